// What Sending Anchors are told of their transactions, and when.
import { describe, expect, it } from "@effect/vitest"
import { Context, Effect, Layer, Metric } from "effect"
import { TestClock } from "effect/testing"
import { emptyTables } from "../../../adapters/storage-memory/tables.ts"
import { defaultTiming, KedgeConfig } from "../../../src/KedgeConfig.ts"
import { Presentation } from "../../../src/sep31/Presentation.ts"
import {
  bodyOf,
  born,
  delivered,
  keypair,
  paid,
  played,
  startCallbacks,
  statuses,
  url,
  whole
} from "../../support/callbackWorld.ts"
import { seen, turns } from "../../support/payoutWorld.ts"
import { readSignature } from "../../support/Receiver.ts"
import { account, testSettings, transactionId } from "../../support/runtimeWorld.ts"

describe("StatusCallbacks", () => {
  it.effect(
    "tells every status change in order, and not the status a transaction is born in (S31-ST-17, S31-CB-05)",
    () =>
      Effect.gen(function* () {
        const world = yield* startCallbacks()
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
      const world = yield* startCallbacks()
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
      const world = yield* startCallbacks()
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
      const world = yield* startCallbacks()
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
        const world = yield* startCallbacks()
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
      const world = yield* startCallbacks({ receives: () => null, outcome: { _tag: "Delivered" } })
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

  it.effect("the transaction goes its way while its receiver never answers (S31-CB-13, A11)", () =>
    Effect.gen(function* () {
      const world = yield* startCallbacks({ receives: () => Effect.never })
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
      const world = yield* startCallbacks({
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
      const world = yield* startCallbacks({ receives: () => 503 })
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
      const world = yield* startCallbacks({ receives: () => 400 })
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
      const first = yield* startCallbacks({ tables, outcome: { _tag: "Delivered" } })
      yield* played(first)
      first.script.receives = () =>
        Effect.as(
          Effect.sync(() => first.process.kill()),
          200
        )
      yield* Effect.forkScoped(first.callbacks.runOnce)
      yield* turns()
      expect(statuses(first.sent)).toEqual(["pending_receiver"])

      const second = yield* startCallbacks({ tables })
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
      const world = yield* startCallbacks({ receives: () => 503, settings: { sendingAnchors: [agreed] } })
      yield* born(world.process, 1)
      yield* world.storage.setCallback(transactionId(1), url)
      yield* paid(world.process, 1)
      yield* world.callbacks.runOnce
      expect(world.sent[0]?.request).toMatchObject({ timeoutSeconds: 25, owner: account })
      yield* TestClock.adjust("61 seconds")
      yield* world.callbacks.runOnce

      expect(yield* world.storage.callbacks({ state: "dead", limit: 10 })).toHaveLength(2)

      const usual = yield* startCallbacks({ receives: () => 503 })
      yield* played(usual)
      yield* usual.callbacks.runOnce
      expect(usual.sent[0]?.request.timeoutSeconds).toBe(defaultTiming.callbackTimeout)
    })
  )

  it.effect("what is delivered, refused, given up and late can be seen in the metrics", () =>
    Effect.gen(function* () {
      const before = yield* counts
      const world = yield* startCallbacks({ receives: () => 400 })
      yield* played(world)
      yield* TestClock.adjust("30 seconds")
      yield* world.callbacks.runOnce
      const between = yield* counts
      world.script.receives = () => 200
      yield* played(world, 2)
      yield* world.callbacks.runOnce
      const after = yield* counts

      expect(between("kedge_callbacks_dead_total") - before("kedge_callbacks_dead_total")).toBe(3)
      expect(
        between("kedge_callback_tries_total", "refused") - before("kedge_callback_tries_total", "refused")
      ).toBe(3)
      expect(
        after("kedge_callback_tries_total", "delivered") - before("kedge_callback_tries_total", "delivered")
      ).toBe(3)
      expect(after("kedge_callback_lag_seconds")).toBe(0)
    })
  )
})

/** The number that a metric stands at, by its result where it has one. */
const counts = Effect.map(Metric.snapshot, (all) => (name: string, result?: string): number => {
  const found = all.find(
    (metric) => metric.id === name && (result === undefined || metric.attributes?.["result"] === result)
  )
  return found?.type === "Counter" || found?.type === "Gauge"
    ? Number("count" in found.state ? found.state.count : found.state.value)
    : 0
})
