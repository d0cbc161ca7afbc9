import { expect, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Latch } from "effect"
import { describe } from "vitest"
import type { SealedId, TransactionId } from "../../../machines/domain/Ids.ts"
import { make } from "../../../adapters/storage-memory/MemoryStorage.ts"
import { emptyTables } from "../../../adapters/storage-memory/tables.ts"
import { type Storage, StorageUnavailable } from "../../../src/ports/Storage.ts"
import { groupedReads } from "../../../src/sep31/reads.ts"
import { transactionRow } from "../../support/sep31.ts"

const idAt = (n: number) => `0190a000-0000-7000-8000-${String(n).padStart(12, "0")}` as TransactionId

/** A storage of the transactions 1 to 9 that remembers which ids each statement asked for. */
const counted = (read?: Partial<Storage["Service"]>) => {
  const statements: Array<ReadonlyArray<string>> = []
  const storage: Storage["Service"] = {
    ...make(emptyTables()),
    transactions: (ids) =>
      Effect.sync(() => {
        statements.push(ids)
        return ids.filter((id) => id <= idAt(9)).map((id) => transactionRow({ id }))
      }),
    ...read
  }
  return { statements, reads: groupedReads(storage) }
}

describe("groupedReads", () => {
  it.effect("reads what many ask for at once in one statement, each id once", () => {
    const { reads, statements } = counted()
    return Effect.gen(function* () {
      const asked = Array.from({ length: 30 }, (_, n) => idAt(1 + (n % 12)))
      const rows = yield* Effect.forEach(asked, reads.transaction, { concurrency: "unbounded" })

      expect(rows.map((row) => row?.id ?? null)).toEqual(asked.map((id) => (id <= idAt(9) ? id : null)))
      expect(statements).toEqual([Array.from({ length: 12 }, (_, n) => idAt(1 + n))])
    })
  })

  it.effect("groups the requests of fibers that know nothing of each other", () => {
    const { reads, statements } = counted()
    return Effect.gen(function* () {
      const fibers = yield* Effect.forEach([1, 2, 3], (n) => Effect.forkDetach(reads.transaction(idAt(n))))
      yield* Effect.forEach(fibers, Fiber.join)

      expect(statements).toHaveLength(1)
    })
  })

  it.effect("never answers with a reading older than the question", () => {
    const latch = Latch.makeUnsafe(false)
    let version = 1
    const { reads } = counted({
      transactions: (ids) =>
        Effect.suspend(() => {
          const rows = ids.map((id) => transactionRow({ id, version }))
          return Effect.as(latch.await, rows)
        })
    })
    return Effect.gen(function* () {
      const early = yield* Effect.forkChild(reads.transaction(idAt(1)))
      yield* Effect.yieldNow.pipe(Effect.repeat({ times: 10 }))
      version = 2
      const late = yield* Effect.forkChild(reads.transaction(idAt(1)))
      yield* Effect.yieldNow.pipe(Effect.repeat({ times: 10 }))
      yield* latch.open

      expect((yield* Fiber.join(early))?.version).toBe(1)
      expect((yield* Fiber.join(late))?.version).toBe(2)
    })
  })

  it.effect("splits no more ids than one statement takes", () => {
    const { reads, statements } = counted()
    return Effect.gen(function* () {
      yield* Effect.forEach(
        Array.from({ length: 600 }, (_, n) => idAt(n)),
        reads.transaction,
        {
          concurrency: "unbounded"
        }
      )

      expect(statements.map((ids) => ids.length)).toEqual([256, 256, 88])
    })
  })

  it.effect("tells every caller of a failed statement, and reads anew for the next", () => {
    let fails = true
    const { reads } = counted({
      sealed: (ids) =>
        fails
          ? Effect.fail(new StorageUnavailable({ message: "gone" }))
          : Effect.succeed(ids.map((id) => ({ id, keyId: "k", bytes: new Uint8Array() })))
    })
    const id = "s" as SealedId
    return Effect.gen(function* () {
      const both = yield* Effect.all([Effect.exit(reads.sealed(id)), Effect.exit(reads.sealed(id))], {
        concurrency: "unbounded"
      })
      fails = false

      expect(both.map(Exit.isFailure)).toEqual([true, true])
      expect((yield* reads.sealed(id))?.id).toBe(id)
    })
  })

  it.effect("a caller that gives up takes nobody else's answer along", () => {
    const { reads } = counted()
    return Effect.gen(function* () {
      const first = yield* Effect.forkChild(reads.transaction(idAt(1)), { startImmediately: true })
      const second = yield* Effect.forkChild(reads.transaction(idAt(2)), { startImmediately: true })
      yield* Fiber.interrupt(first)

      expect((yield* Fiber.join(second))?.id).toBe(idAt(2))
    })
  })

  it.effect("asks the clock once for all who ask at once", () => {
    let asked = 0
    const { reads } = counted({ nowMillis: Effect.sync(() => ++asked) })
    return Effect.gen(function* () {
      const times = yield* Effect.all([reads.nowMillis, reads.nowMillis, reads.nowMillis], {
        concurrency: "unbounded"
      })

      expect(times).toEqual([1, 1, 1])
      expect(yield* reads.nowMillis).toBe(2)
    })
  })
})
