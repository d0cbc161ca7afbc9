// The connection breaks while a commit is under way (D1): it happened or it did not, and the runtime asks before anything else.
import { describe, expect, it } from "@effect/vitest"
import { Context, Effect } from "effect"
import { TestClock } from "effect/testing"
import { emptyTables } from "../../../adapters/storage-memory/tables.ts"
import { payoutId } from "../../../machines/domain/Ids.ts"
import { CommitUnknown, type Storage, StorageUnavailable } from "../../../src/ports/Storage.ts"
import { Actors } from "../../../src/runtime/Actors.ts"
import { funded, seen, startProcess, tell, turns } from "../../support/payoutWorld.ts"
import { birth, bringPayments, payment, scriptedRail, transactionId } from "../../support/runtimeWorld.ts"

const lost = new CommitUnknown({ message: "connection reset" })

/** Loses the answer to the commits named by their ordinal, before or after they are written. */
const losing = (when: "before" | "after", ordinals: ReadonlyArray<number>) => {
  const groups: Array<string> = []
  const asked: Array<string> = []
  const wrap = (storage: Storage["Service"]): Storage["Service"] => ({
    ...storage,
    commit: (group) =>
      Effect.suspend(() => {
        groups.push(group.id)
        if (!ordinals.includes(groups.length)) return storage.commit(group)
        return when === "before"
          ? Effect.fail(lost)
          : storage.commit(group).pipe(Effect.andThen(Effect.fail(lost)))
      }),
    outcome: (id) =>
      Effect.suspend(() => {
        asked.push(id)
        return storage.outcome(id)
      })
  })
  return { asked, groups, wrap }
}

const rails = scriptedRail(() => Effect.never).rail
const hold = (n: number) =>
  ({
    to: transactionId(n),
    event: { type: "payout.unknown", payoutId: payoutId(transactionId(n), 1), next: "hold", note: null },
    cause: "test"
  }) as const

describe("a commit whose answer is lost", () => {
  for (const when of ["before", "after"] as const) {
    it.effect(
      `${when} it is written: every fact in it is written once, and the callers are answered (D1)`,
      () =>
        Effect.gen(function* () {
          const tables = emptyTables()
          const { asked, groups, wrap } = losing(when, [1, 3, 5])
          const process = yield* startProcess({ rails, tables, executes: false, storage: wrap })
          const actors = Context.get(process.services, Actors)

          expect(yield* actors.bear(birth(1))).toEqual({ _tag: "Born" })
          const brought = yield* bringPayments([payment(1)]).pipe(Effect.provide(process.services))
          expect(brought).toMatchObject({ applied: 1 })
          const told = yield* tell(process, hold(1))

          expect(told).toMatchObject({ _tag: "Stepped", after: "pending_receiver.held" })
          expect(seen(tables, 1)).toMatchObject({
            events: ["transaction.created", "payment.matched", "payout.unknown"],
            journal: ["ledger-in>payable 100"],
            payouts: ["1 held"]
          })
          expect(tables.inbox.size).toBe(1)
          // asked about each lost one by its own id; the same rows go again only where they were not written
          expect(asked).toEqual(asked.filter((id) => groups.includes(id)))
          expect(asked.length).toBeGreaterThanOrEqual(2)
          expect(new Set(groups).size).toBe(groups.length)
          expect(groups).toHaveLength(when === "before" ? 3 + asked.length : 3)
        })
    )
  }

  it.effect("makes a payout that was born started in it once, whichever way it was lost", () =>
    Effect.gen(function* () {
      for (const when of ["before", "after"] as const) {
        const tables = emptyTables()
        const { calls, rail } = scriptedRail(() => Effect.succeed({ _tag: "Delivered" }))
        const { wrap } = losing(when, [1, 2, 3, 4, 5])
        const process = yield* startProcess({ rails: rail, tables, storage: wrap })
        yield* funded(process, 1)

        expect(seen(tables, 1).state).toBe("completed")
        expect(calls).toHaveLength(1)
      }
    })
  )

  it.effect("answers what the commit had answered: the losers of a race are stepped again", () =>
    Effect.gen(function* () {
      const tables = emptyTables()
      const sound = yield* startProcess({ rails, tables, executes: false })
      yield* funded(sound, 1)
      const known = tables.transactions.get(transactionId(1))
      yield* tell(sound, hold(1))
      const { wrap } = losing("after", [1])
      const process = yield* startProcess({ rails, tables, executes: false, storage: wrap })

      const told = yield* tell(process, {
        to: transactionId(1),
        event: { type: "payout.rejected", payoutId: payoutId(transactionId(1), 1), note: null },
        cause: "test",
        ...(known === undefined ? {} : { known })
      })

      expect(told).toMatchObject({ _tag: "Stepped", before: "pending_receiver.held" })
    })
  )

  it.effect("is asked about until the storage answers, and nothing is written meanwhile", () =>
    Effect.gen(function* () {
      const tables = emptyTables()
      let isDown = true
      const { groups, wrap } = losing("after", [1])
      const process = yield* startProcess({
        rails,
        tables,
        executes: false,
        storage: (storage) => {
          const wrapped = wrap(storage)
          return {
            ...wrapped,
            outcome: (id) =>
              Effect.suspend(() =>
                isDown ? Effect.fail(new StorageUnavailable({ message: "down" })) : wrapped.outcome(id)
              )
          }
        }
      })
      const bearing = yield* Effect.forkChild(Context.get(process.services, Actors).bear(birth(1)))
      for (let second = 0; second < 20; second++) {
        yield* TestClock.adjust("1 second")
        yield* turns(20)
      }
      expect(bearing.pollUnsafe()).toBeUndefined()
      isDown = false
      yield* TestClock.adjust("2 seconds")
      yield* turns()

      expect(bearing.pollUnsafe()).toMatchObject({ _tag: "Success", value: { _tag: "Born" } })
      expect(groups).toHaveLength(1)
    })
  )

  it.effect("that never happened cannot happen later: its id is spent", () =>
    Effect.gen(function* () {
      const tables = emptyTables()
      let late: Effect.Effect<unknown, unknown> = Effect.void
      const process = yield* startProcess({
        rails,
        tables,
        executes: false,
        storage: (storage) => {
          let first = true
          return {
            ...storage,
            commit: (group) => {
              if (!first) return storage.commit(group)
              first = false
              // still on its way through the network
              late = storage.commit(group)
              return Effect.fail(lost)
            }
          }
        }
      })
      yield* Context.get(process.services, Actors).bear(birth(1))

      expect(yield* Effect.exit(late)).toMatchObject({ _tag: "Failure" })
      expect(tables.audits.get(transactionId(1))).toHaveLength(1)
    })
  )
})
