// Status callbacks out of the outbox: the real runtime, storage, sender and signer; the receivers are scripted and time is
// TestClock's.
import { describe, expect, it } from "@effect/vitest"
import { Context, Effect, Layer, Redacted, Scope } from "effect"
import { TestClock } from "effect/testing"
import { make as makeSigner } from "../../../adapters/signer-local/LocalSigner.ts"
import { emptyTables, type Tables } from "../../../adapters/storage-memory/tables.ts"
import { CallbackSender } from "../../../src/callbacks/CallbackSender.ts"
import { defaultTiming, KedgeConfig, type Settings } from "../../../src/KedgeConfig.ts"
import { Outbound } from "../../../src/ports/Outbound.ts"
import type { PayoutOutcome } from "../../../src/ports/Rails.ts"
import { Signer } from "../../../src/ports/Signer.ts"
import { Storage } from "../../../src/ports/Storage.ts"
import { Presentation } from "../../../src/sep31/Presentation.ts"
import { StatusCallbacks } from "../../../src/sep31/StatusCallbacks.ts"
import { type Process, report, seen, startProcess, turns } from "../../support/payoutWorld.ts"
import { readSignature } from "../../support/Receiver.ts"
import {
  account,
  birth,
  bringPayments,
  payment,
  scriptedRail,
  testSettings,
  transactionId
} from "../../support/runtimeWorld.ts"
import { type Receives, type SentOut, scriptedOutbound } from "../../support/scriptedOutbound.ts"
import { Actors } from "../../../src/runtime/Actors.ts"
import { keyOf } from "../../support/signIn.ts"

const keypair = keyOf("status callbacks")
const url = "https://sender.example/callback"

interface Wish {
  readonly receives?: Receives
  readonly settings?: Partial<Settings>
  readonly outcome?: PayoutOutcome
  readonly tables?: Tables
  readonly storage?: (storage: Storage["Service"]) => Storage["Service"]
}

const start = Effect.fnUntraced(function* (wish: Wish = {}) {
  const tables = wish.tables ?? emptyTables()
  const { outbound, script, sent } = scriptedOutbound(wish.receives)
  const rail = scriptedRail(() => Effect.succeed(wish.outcome ?? { _tag: "Pending" })).rail
  const process = yield* startProcess({
    rails: rail,
    tables,
    ...(wish.storage === undefined ? {} : { storage: wish.storage })
  })
  const settings = Layer.succeed(KedgeConfig, { ...testSettings, timing: defaultTiming, ...wish.settings })
  const layer = StatusCallbacks.layer.pipe(
    Layer.provide([CallbackSender.layer, Presentation.layer]),
    Layer.provide([
      settings,
      Layer.succeed(Outbound, outbound),
      Layer.effect(Signer, makeSigner(Redacted.make(keypair.secret())))
    ]),
    Layer.provide(Layer.succeedContext(process.services))
  )
  const built = yield* Layer.buildWithScope(layer, yield* Scope.fork(process.scope))
  const storage = Context.get(process.services, Storage)
  return { process, tables, storage, callbacks: Context.get(built, StatusCallbacks), sent, script }
})
type World = Effect.Success<ReturnType<typeof start>>

const born = (process: Process, n: number) =>
  Effect.asVoid(Context.get(process.services, Actors).bear(birth(n)))
const paid = (process: Process, n: number) =>
  bringPayments([payment(n)]).pipe(Effect.provide(process.services), Effect.andThen(turns()))
const delivered = (process: Process, n: number) =>
  report(process, `${transactionId(n)}:1`, { _tag: "Delivered", externalId: "bank-1" }).pipe(
    Effect.andThen(turns())
  )

/** Born with a callback, paid, taken by the rail and confirmed by it: three status changes. */
const played = Effect.fnUntraced(function* (world: World, n: number = 1) {
  const { process, storage } = world
  yield* born(process, n)
  yield* storage.setCallback(transactionId(n), url)
  yield* paid(process, n)
  yield* delivered(process, n)
})

const bodyOf = ({ json }: SentOut) =>
  json as { readonly transaction: { readonly id: string; readonly status: string } }
const statuses = (sent: ReadonlyArray<SentOut>) => sent.map((each) => bodyOf(each).transaction.status)
const whole = ["pending_receiver", "pending_external", "completed"]

describe("StatusCallbacks", () => {
  it.effect(
    "tells every status change in order, and not the status a transaction is born in (S31-CB-05)",
    () =>
      Effect.gen(function* () {
        const world = yield* start()
        yield* played(world)
        yield* world.callbacks.runOnce

        expect(statuses(world.sent)).toEqual(whole)
        expect(world.sent.every(({ request }) => request.method === "POST")).toBe(true)
        expect(
          world.sent.every(({ request }) => request.headers["Content-Type"] === "application/json")
        ).toBe(true)
        expect(yield* world.callbacks.runOnce).toBe(0)
      })
  )

  it.effect("tells nothing where nobody asked, and nothing of what was before (S31-CB-05)", () =>
    Effect.gen(function* () {
      const world = yield* start()
      yield* born(world.process, 1)
      yield* paid(world.process, 1)
      yield* world.storage.setCallback(transactionId(1), url)
      yield* delivered(world.process, 1)
      yield* born(world.process, 2)
      yield* paid(world.process, 2)
      yield* world.callbacks.runOnce

      expect(statuses(world.sent)).toEqual(["completed"])
    })
  )

  it.effect("sends what GET answered at that change, in its wrapper (S31-CB-06, H-19)", () =>
    Effect.gen(function* () {
      const world = yield* start()
      yield* born(world.process, 1)
      yield* world.storage.setCallback(transactionId(1), url)
      yield* paid(world.process, 1)
      const presentation = yield* Layer.build(
        Presentation.layer.pipe(
          Layer.provide([
            Layer.succeed(KedgeConfig, testSettings),
            Layer.succeedContext(world.process.services)
          ])
        )
      )
      const [row] = yield* world.storage.transactions([transactionId(1)])
      if (row === undefined) return expect.fail("there is no transaction")
      const shown = yield* Context.get(presentation, Presentation).present(row)
      yield* delivered(world.process, 1)
      yield* world.callbacks.runOnce

      expect(world.sent[1]?.json).toEqual({ transaction: shown })
      expect(shown.status).toBe("pending_external")
      expect(Object.keys(world.sent[1]?.json as object)).toEqual(["transaction"])
    })
  )

  it.effect("calls the newest address alone, for what waits already too (S31-CB-02)", () =>
    Effect.gen(function* () {
      const world = yield* start()
      yield* played(world)
      yield* world.storage.setCallback(transactionId(1), "https://other.example/new")
      yield* world.callbacks.runOnce

      expect(world.sent.map(({ request }) => request.url)).toEqual(
        whole.map(() => "https://other.example/new")
      )
    })
  )

  it.effect(
    "an older change that was not delivered holds back the newer ones of its transaction (S31-CB-11)",
    () =>
      Effect.gen(function* () {
        const world = yield* start()
        yield* played(world)
        yield* played(world, 2)
        world.script.receives = ({ body }) =>
          new TextDecoder().decode(body).includes(transactionId(1)) ? 503 : 200
        yield* world.callbacks.runOnce
        const first = world.sent.filter((each) => bodyOf(each).transaction.id === transactionId(1))

        expect(statuses(first)).toEqual(["pending_receiver"])
        expect(statuses(world.sent.filter((each) => !first.includes(each)))).toEqual(whole)

        world.sent.length = 0
        world.script.receives = () => 200
        yield* world.callbacks.runOnce
        expect(world.sent).toEqual([])
        yield* TestClock.adjust("10 seconds")
        yield* world.callbacks.runOnce
        expect(statuses(world.sent)).toEqual(whole)
      })
  )

  it.effect("signs each try anew, with the time it is made at (S31-CB-10)", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_700_000_000_000)
      const world = yield* start({ receives: () => null, outcome: { _tag: "Delivered" } })
      yield* played(world)
      yield* world.callbacks.runOnce
      yield* TestClock.adjust("8 seconds")
      yield* world.callbacks.runOnce
      const times = world.sent.map(({ request }) => {
        const headers = { signature: request.headers["Signature"] ?? "" }
        const read = readSignature(
          { headers, body: Buffer.from(request.body ?? []) },
          keypair.publicKey(),
          "sender.example"
        )
        expect(read.isGood).toBe(true)
        return read.seconds
      })

      expect(times).toEqual([1_700_000_000, 1_700_000_008])
    })
  )

  it.effect("the transaction goes its way while its receiver never answers (S31-CB-13)", () =>
    Effect.gen(function* () {
      const world = yield* start({ receives: () => Effect.never })
      yield* Effect.forkScoped(world.callbacks.run)
      yield* born(world.process, 1)
      yield* world.storage.setCallback(transactionId(1), url)
      yield* paid(world.process, 1)
      yield* TestClock.adjust("2 seconds")
      yield* turns()
      expect(statuses(world.sent)).toEqual(["pending_receiver"])
      yield* delivered(world.process, 1)

      expect(seen(world.tables, 1).status).toBe("completed")
      expect(world.sent).toHaveLength(1)
    })
  )

  it.effect("a receiver that never answers holds up nobody else's callbacks (S31-CB-13, SEC-08)", () =>
    Effect.gen(function* () {
      const world = yield* start({
        receives: ({ body }) =>
          new TextDecoder().decode(body).includes(transactionId(1)) ? Effect.never : 200
      })
      yield* Effect.forkScoped(world.callbacks.run)
      yield* played(world)
      yield* turns()
      yield* played(world, 2)
      yield* TestClock.adjust("3 seconds")
      yield* turns()

      expect(statuses(world.sent.filter((each) => bodyOf(each).transaction.id === transactionId(2)))).toEqual(
        whole
      )
    })
  )

  it.effect("is given up after a day, visibly, and then the newer changes are told (S31-CB-11)", () =>
    Effect.gen(function* () {
      const world = yield* start({ receives: () => 503 })
      yield* played(world)
      for (let hour = 0; hour < 23; hour += 1) {
        yield* world.callbacks.runOnce
        yield* TestClock.adjust("1 hour")
      }
      expect(yield* world.storage.callbacks({ state: "dead", limit: 10 })).toEqual([])
      expect(new Set(statuses(world.sent))).toEqual(new Set(["pending_receiver"]))

      world.script.receives = ({ body }) =>
        new TextDecoder().decode(body).includes('"status":"pending_receiver"') ? 503 : 200
      yield* TestClock.adjust("1 hour")
      world.sent.length = 0
      yield* world.callbacks.runOnce
      const dead = yield* world.storage.callbacks({ state: "dead", limit: 10 })

      expect(dead.map(({ transaction }) => transaction.status)).toEqual(["pending_receiver"])
      expect(statuses(world.sent)).toEqual(whole)
    })
  )

  it.effect("a 400 is not hammered: it is sent once, and lies with the dead for a person (S31-CB-14)", () =>
    Effect.gen(function* () {
      const world = yield* start({ receives: () => 400 })
      yield* born(world.process, 1)
      yield* world.storage.setCallback(transactionId(1), url)
      yield* paid(world.process, 1)
      for (const pause of ["1 minute", "1 hour", "12 hours"] as const) {
        yield* world.callbacks.runOnce
        yield* TestClock.adjust(pause)
      }

      expect(statuses(world.sent)).toEqual(["pending_receiver", "pending_external"])
      expect(yield* world.storage.callbacks({ state: "dead", limit: 10 })).toHaveLength(2)
    })
  )

  it.effect("what was sent when the process died is sent again by another: at least once (S31-CB-11)", () =>
    Effect.gen(function* () {
      const tables = emptyTables()
      const first = yield* start({ tables, outcome: { _tag: "Delivered" } })
      yield* played(first)
      first.script.receives = () =>
        Effect.as(
          Effect.sync(() => first.process.kill()),
          200
        )
      yield* Effect.forkScoped(first.callbacks.runOnce)
      yield* turns()
      expect(statuses(first.sent)).toEqual(["pending_receiver"])

      const second = yield* start({ tables })
      yield* second.callbacks.runOnce
      expect(second.sent).toEqual([])
      yield* TestClock.adjust("2 minutes")
      yield* second.callbacks.runOnce

      expect(statuses(second.sent)).toEqual(["pending_receiver", "completed"])
    })
  )

  it.effect("how long is waited and how long is tried is as agreed with the Sending Anchor (S31-CB-15)", () =>
    Effect.gen(function* () {
      const agreed = { account, name: "one", callbackTimeout: 25, callbackGiveUp: 60 }
      const world = yield* start({ receives: () => 503, settings: { sendingAnchors: [agreed] } })
      yield* born(world.process, 1)
      yield* world.storage.setCallback(transactionId(1), url)
      yield* paid(world.process, 1)
      yield* world.callbacks.runOnce
      expect(world.sent[0]?.request).toMatchObject({ timeoutSeconds: 25, owner: account })
      yield* TestClock.adjust("61 seconds")
      yield* world.callbacks.runOnce

      expect(yield* world.storage.callbacks({ state: "dead", limit: 10 })).toHaveLength(2)

      const usual = yield* start({ receives: () => 503 })
      yield* played(usual)
      yield* usual.callbacks.runOnce
      expect(usual.sent[0]?.request.timeoutSeconds).toBe(defaultTiming.callbackTimeout)
    })
  )
})
