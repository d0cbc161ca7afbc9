import { describe, expect, it } from "@effect/vitest"
import { Context, Effect } from "effect"
import { amount } from "../../../machines/domain/Amount.ts"
import { reconcile } from "../../../src/cli/reconcileAnswers.ts"
import { StellarSubmission } from "../../../src/ports/StellarSubmission.ts"
import { Storage } from "../../../src/ports/Storage.ts"
import { later, makeWorld, owed, parkedRefund, partOwed, start } from "../../support/refundWorld.ts"

/** One part delivered, one payment returned, one parked and on its way back. */
const played = Effect.gen(function* () {
  const world = makeWorld()
  const process = yield* start(world)
  yield* partOwed(process, 1)
  yield* owed(process, 2)
  yield* process.look
  world.ledger.close()
  yield* later(2)
  yield* process.look
  yield* parkedRefund(process, 3)
  const storage = Context.get(process.services, Storage)
  const ask = reconcile(false).pipe(
    Effect.provideService(Storage, storage),
    Effect.provideService(StellarSubmission, world.ledger.port)
  )
  return { ...world, ask, storage }
})

describe("kedge reconcile", () => {
  it.effect("finds no drift where money was delivered, returned and parked", () =>
    Effect.gen(function* () {
      const { ask } = yield* played
      const reply = yield* ask
      expect(reply.text).not.toContain("DRIFT")
      expect(reply.text).toContain("received: the journal says 300, the inbox 300")
      expect(reply.text).toContain("on the ledger: our accounts hold")
      expect(reply).not.toHaveProperty("mismatch")
    })
  )

  it.effect("names the sum that a falsified journal line no longer fits (R17)", () =>
    Effect.gen(function* () {
      const moves = [
        ["ledger-in", "payable", "received"],
        ["payable", "rail-out", "delivered"],
        ["payable", "refund-out", "returned"],
        ["ledger-in", "suspense", "parked"]
      ] as const
      for (const [from, to, named] of moves) {
        const { ask, tables } = yield* played
        const at = tables.journal.findIndex((line) => line.from === from && line.to === to)
        const line = tables.journal[at]
        if (line === undefined) return expect.fail(`nothing was booked from ${from} to ${to}`)
        tables.journal[at] = { ...line, amount: amount("1000") }
        const reply = yield* ask
        expect(reply.text).toMatch(new RegExp(`^DRIFT  stellar:USDC:\\w+  ${named}`, "m"))
        expect(reply).toHaveProperty("mismatch")
      }
    })
  )

  it.effect("finds that our accounts hold less than is owed, and says when the ledger does not answer", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      const process = yield* start(world)
      yield* owed(process, 1)
      const storage = Context.get(process.services, Storage)
      // What is planned to go back may have left already: only what is held is asked for.
      for (const [id, order] of world.tables.refundOrders)
        world.tables.refundOrders.set(id, { ...order, state: "held" })
      const poor = yield* reconcile(false).pipe(
        Effect.provideService(Storage, storage),
        Effect.provideService(StellarSubmission, {
          ...world.ledger.port,
          account: () => Effect.succeed(null)
        })
      )
      const silent = yield* Effect.provide(reconcile(false), StellarSubmission.none).pipe(
        Effect.provideService(Storage, storage)
      )
      expect(poor.text).toMatch(
        /^DRIFT {2}stellar:USDC:\w+ {2}on the ledger: our accounts hold 0, and 100 is owed$/m
      )
      expect(silent).toMatchObject({
        mismatch: "the ledger could not be asked, so not everything was compared"
      })
    })
  )
})
