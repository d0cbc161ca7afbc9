// The storage does not answer for a while: nothing that was taken is dropped, and those who cannot wait are told so.
import { describe, expect, it } from "@effect/vitest"
import { Context, Effect } from "effect"
import { TestClock } from "effect/testing"
import { emptyTables } from "../../../adapters/storage-memory/tables.ts"
import { payoutId } from "../../../machines/domain/Ids.ts"
import { StorageUnavailable } from "../../../src/ports/Storage.ts"
import { Actors } from "../../../src/runtime/Actors.ts"
import { funded, type Process, seen, startProcess, tell, turns } from "../../support/payoutWorld.ts"
import { birth, bringPayments, payment, scriptedRail, transactionId } from "../../support/runtimeWorld.ts"

const rails = scriptedRail(() => Effect.never).rail
const unavailable = Effect.fail(new StorageUnavailable({ message: "too many connections" }))

/** A process whose storage can be taken away: reads, commits, or both. */
const world = Effect.fnUntraced(function* (what: { readonly reads?: boolean; readonly commits?: boolean }) {
  const tables = emptyTables()
  let isDown = false
  let tries = 0
  const process = yield* startProcess({
    rails,
    tables,
    executes: false,
    storage: (storage) => ({
      ...storage,
      commit: (group) =>
        Effect.suspend(() => {
          if (!isDown || what.commits !== true) return storage.commit(group)
          tries += 1
          return unavailable
        }),
      actors: (ids) =>
        Effect.suspend(() => {
          if (!isDown || what.reads !== true) return storage.actors(ids)
          tries += 1
          return unavailable
        })
    })
  })
  for (const n of [1, 2, 3]) yield* funded(process, n)
  isDown = true
  return {
    process,
    tables,
    tries: () => tries,
    mend: Effect.suspend(() => {
      isDown = false
      return TestClock.adjust("2 seconds")
    }).pipe(Effect.andThen(turns()))
  }
})

const hold = (process: Process, n: number) =>
  tell(process, {
    to: transactionId(n),
    event: { type: "payout.unknown", payoutId: payoutId(transactionId(n), 1), next: "hold", note: null },
    cause: "rail:scripted"
  })

const wait = (seconds: number) =>
  Effect.forEach(
    Array.from({ length: seconds }),
    () => TestClock.adjust("1 second").pipe(Effect.andThen(turns(20))),
    {
      discard: true
    }
  )

describe("while the storage does not answer", () => {
  for (const what of [{ reads: true }, { commits: true }, { reads: true, commits: true }]) {
    it.effect(
      `(${Object.keys(what).join(" and ")}) a fact told by a loop waits, and is committed once it does`,
      () =>
        Effect.gen(function* () {
          const { mend, process, tables, tries } = yield* world(what)
          const telling = yield* Effect.forkChild(
            Effect.all([hold(process, 1), hold(process, 2), hold(process, 3)], { concurrency: 3 })
          )
          yield* wait(120)
          expect(telling.pollUnsafe()).toBeUndefined()
          // asked again and again, and not without a pause
          expect(tries()).toBeGreaterThan(50)
          expect(tries()).toBeLessThan(5_000)

          yield* mend

          expect(telling.pollUnsafe()).toMatchObject({ _tag: "Success" })
          for (const n of [1, 2, 3]) expect(seen(tables, n).state).toBe("pending_receiver.held")
          expect(seen(tables, 1).events).toHaveLength(3)
        })
    )
  }

  it.effect("a payment brought by the watcher waits, and funds its transaction once", () =>
    Effect.gen(function* () {
      const { mend, process, tables } = yield* world({ commits: true })
      tables.transactions.clear()
      tables.memos.clear()
      const other = yield* startProcess({ rails, tables, executes: false })
      yield* Context.get(other.services, Actors).bear(birth(7))
      const bringing = yield* Effect.forkChild(
        bringPayments([payment(7)]).pipe(Effect.provide(process.services))
      )
      yield* wait(60)
      expect(seen(tables, 7).state).toBe("pending_sender.awaitingPayment")

      yield* mend

      expect(bringing.pollUnsafe()).toMatchObject({ value: { applied: 1 } })
      expect(seen(tables, 7)).toMatchObject({
        state: "pending_receiver.payingOut",
        journal: ["ledger-in>payable 100"]
      })
    })
  )

  it.effect("a request is told after its time that the outcome is open, and the commit still happens", () =>
    Effect.gen(function* () {
      const { mend, process, tables } = yield* world({ commits: true })
      const bearing = yield* Effect.forkChild(
        Effect.exit(Context.get(process.services, Actors).bear(birth(8)))
      )
      yield* wait(29)
      expect(bearing.pollUnsafe()).toBeUndefined()
      yield* wait(2)
      expect(JSON.stringify(bearing.pollUnsafe())).toContain("NoAnswer")
      expect(tables.transactions.has(transactionId(8))).toBe(false)

      yield* mend

      expect(tables.transactions.has(transactionId(8))).toBe(true)
    })
  )
})
