// A payment is seen while the transaction it names is still being stored, by another process and on a slow database.
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Latch } from "effect"
import { credit } from "../../support/credits.ts"
import {
  applied,
  bear,
  idOf,
  paid,
  startIn,
  startProcess,
  stateOf,
  unpaid,
  world
} from "../../support/watcherWorld.ts"

describe("a payment with the memo of a transaction that is still being stored", () => {
  it.effect("can only be a guess: nobody is told the memo before it is stored (I18, I31)", () =>
    Effect.gen(function* () {
      const { ledger, tables } = world()
      const watching = yield* startIn({ ledger, tables })
      yield* watching.until("Turned")
      const stored = yield* Latch.make(false)
      const slow = yield* startProcess({
        network: ledger.layer,
        tables,
        watches: false,
        storage: (storage) => ({
          ...storage,
          commit: (group) => stored.await.pipe(Effect.andThen(storage.commit(group)))
        })
      })

      const posting = yield* Effect.forkChild(bear(slow, [1]))
      ledger.close(5_000, [credit(1, idOf(1), { from: "GUESSER" })])
      yield* ledger.ring
      yield* watching.until("Turned", ({ brought }) => brought?.parked === 1)
      expect(posting.pollUnsafe()).toBe(undefined)

      yield* stored.open
      yield* Fiber.join(posting)
      expect(stateOf(tables, 1)).toBe(unpaid)
      expect([...tables.inbox.values()].map(({ payment, reason }) => [reason, payment.from])).toEqual([
        ["unknown-memo", "GUESSER"]
      ])

      ledger.close(6_000, [credit(2, idOf(1))])
      yield* ledger.ring
      yield* applied(watching)
      expect(stateOf(tables, 1)).toBe(paid)
    })
  )
})
