// Refunds over PostgreSQL, to a ledger with a book of its own: what the unit tests prove over memory holds over the statements.
import { layer } from "@effect/vitest"
import { Effect, Layer, Redacted, References } from "effect"
import { describe, expect } from "vitest"
import * as PostgresStorage from "../../../adapters/storage-mikro-orm/PostgresStorage.ts"
import { Storage } from "../../../src/ports/Storage.ts"
import { StorageClock } from "../../../src/testing/StorageClock.ts"
import { freshDatabase, noPostgres } from "../../support/postgres.ts"
import { makeWorld, owed, parkedRefund, partOwed, payer, start, usdc } from "../../support/refundWorld.ts"
import { transactionId } from "../../support/runtimeWorld.ts"

const Migrated = Layer.unwrap(
  Effect.gen(function* () {
    const database = yield* Effect.acquireRelease(Effect.promise(freshDatabase), (made) =>
      Effect.promise(() => made.drop())
    )
    return Layer.effectDiscard(Effect.flatMap(Storage, (storage) => storage.migrate)).pipe(
      Layer.provideMerge(PostgresStorage.layerWithClock({ url: Redacted.make(database.url) }))
    )
  })
)

const quietly = Effect.provideService(References.MinimumLogLevel, "None")
const later = (seconds: number) => Effect.flatMap(StorageClock, ({ advance }) => advance(seconds))
const rowOf = Effect.fnUntraced(function* (n: number) {
  const storage = yield* Storage
  const [row] = yield* storage.transactions([transactionId(n)])
  return { status: row?.status, refunds: row?.refunds.map(({ amount }) => amount) }
})

describe.skipIf(noPostgres)("refunds over PostgreSQL", () => {
  layer(Migrated, { excludeTestServices: true, timeout: "60 seconds" })((it) => {
    it.effect(
      "whole, in part and of a parked payment, each is made once and shown (S31-REF-06, S31-REF-08)",
      () =>
        Effect.gen(function* () {
          const storage = yield* Storage
          const world = makeWorld()
          const process = yield* start(world, { storage })
          yield* owed(process, 1)
          yield* partOwed(process, 2)
          const parked = yield* parkedRefund(process, 3)
          for (let ledgers = 0; ledgers < 6; ledgers++) {
            yield* process.look
            expect(world.ledger.waiting.length).toBeLessThan(2)
            world.ledger.close()
            yield* later(3)
          }
          yield* process.look

          expect(world.ledger.paid.map(({ amount, memo }) => `${amount} ${memo}`).sort()).toEqual([
            "10 id 2",
            "100 id 1",
            "100 text unknown"
          ])
          expect(yield* rowOf(1)).toEqual({ status: "refunded", refunds: ["100"] })
          expect(yield* rowOf(2)).toEqual({ status: "completed", refunds: ["10"] })
          expect((yield* storage.refundJobs([parked])).map(({ state }) => state)).toEqual(["confirmed"])
          yield* later(200)
        }).pipe(quietly)
    )

    it.effect(
      "one that was lost is signed anew after its bound, and one that is held tried again (S5, S31-REF-05)",
      () =>
        Effect.gen(function* () {
          const storage = yield* Storage
          const world = makeWorld()
          const process = yield* start(world, { storage })
          const lost = yield* owed(process, 11)
          yield* process.look
          world.ledger.forget()
          for (let ledgers = 0; ledgers < 60; ledgers++) world.ledger.close()
          yield* later(3)
          yield* process.look
          yield* later(3)
          yield* process.look
          world.ledger.accounts.get(payer)?.lines.delete(usdc)
          world.ledger.close()
          yield* later(3)
          yield* process.look
          const [held] = yield* storage.refundJobs([lost])
          expect(held).toMatchObject({ state: "held", envelope: null, lastEnd: { as: "failed" } })
          expect(yield* rowOf(11)).toEqual({ status: "pending_receiver", refunds: [] })

          world.ledger.accounts.get(payer)?.lines.set(usdc, { stroops: 0n, limit: null, isAuthorized: true })
          expect(yield* storage.retryRefund(lost)).toBe(true)
          yield* process.look
          world.ledger.close()
          yield* later(3)
          yield* process.look
          expect(new Set(world.ledger.given.map(({ hash }) => hash)).size).toBe(3)
          expect(world.ledger.paid).toHaveLength(1)
          expect(yield* rowOf(11)).toEqual({ status: "refunded", refunds: ["100"] })
          yield* later(200)
        }).pipe(quietly)
    )

    it.effect(
      "a process that dies once its envelope is committed is followed by one that submits that very one (S10)",
      () =>
        Effect.gen(function* () {
          const storage = yield* Storage
          const world = makeWorld()
          world.ledger.fates.push("never-heard")
          const first = yield* start(world, { storage })
          const id = yield* owed(first, 21)
          yield* first.look
          first.kill()
          const [open] = yield* storage.refundJobs([id])
          expect(world.ledger.given).toEqual([])
          yield* later(200)
          const second = yield* start(world, { storage })
          yield* second.look
          expect(world.ledger.waiting).toEqual([open?.envelope?.hash])
          world.ledger.close()
          yield* later(3)
          yield* second.look
          expect(yield* rowOf(21)).toEqual({ status: "refunded", refunds: ["100"] })
        }).pipe(quietly)
    )
  })
})
