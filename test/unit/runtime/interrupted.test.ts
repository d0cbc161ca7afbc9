// A caller who goes away stops waiting and nothing else: what it asked for is committed, or stands in line to be.
import { describe, expect, it } from "@effect/vitest"
import { Context, Deferred, Effect, Fiber } from "effect"
import { emptyTables } from "../../../adapters/storage-memory/tables.ts"
import { payoutId } from "../../../machines/domain/Ids.ts"
import { Actors } from "../../../src/runtime/Actors.ts"
import { funded, type Process, seen, startProcess, tell, turns } from "../../support/payoutWorld.ts"
import { birth, bringPayments, payment, scriptedRail, transactionId } from "../../support/runtimeWorld.ts"

const rails = scriptedRail(() => Effect.never).rail

const world = Effect.gen(function* () {
  const tables = emptyTables()
  const gate = yield* Deferred.make<void>()
  let isGated = false
  const process = yield* startProcess({
    rails,
    tables,
    executes: false,
    storage: (storage) => ({
      ...storage,
      lanes: 1,
      commit: (group) =>
        Effect.suspend(() => (isGated ? Deferred.await(gate) : Effect.void)).pipe(
          Effect.andThen(storage.commit(group))
        )
    })
  })
  for (const n of [1, 2]) yield* funded(process, n)
  isGated = true
  return { open: Deferred.succeed(gate, undefined).pipe(Effect.andThen(turns())), process, tables }
})

const hold = (process: Process, n: number) =>
  tell(process, {
    to: transactionId(n),
    event: { type: "payout.unknown", payoutId: payoutId(transactionId(n), 1), next: "hold", note: null },
    cause: "test"
  })

describe("a caller who is interrupted", () => {
  it.effect("while its group is committed does not stop the commit, nor its neighbours' answers", () =>
    Effect.gen(function* () {
      const { open, process, tables } = yield* world
      const one = yield* Effect.forkChild(hold(process, 1))
      const other = yield* Effect.forkChild(hold(process, 2))
      yield* turns(20)

      yield* Fiber.interrupt(one)
      yield* open

      expect(yield* Fiber.join(other)).toMatchObject({ _tag: "Stepped" })
      expect([1, 2].map((n) => seen(tables, n).state)).toEqual([
        "pending_receiver.held",
        "pending_receiver.held"
      ])
    })
  )

  it.effect("while it stands in line leaves its event there", () =>
    Effect.gen(function* () {
      const { open, process, tables } = yield* world
      yield* Effect.forkChild(hold(process, 1))
      yield* turns(20)
      const waiting = yield* Effect.forkChild(hold(process, 2))
      const bearing = yield* Effect.forkChild(Context.get(process.services, Actors).bear(birth(3)))
      yield* turns(20)

      yield* Fiber.interrupt(waiting)
      yield* Fiber.interrupt(bearing)
      yield* open

      expect(seen(tables, 2).state).toBe("pending_receiver.held")
      expect(seen(tables, 3).state).toBe("pending_sender.awaitingPayment")
    })
  )

  it.effect("may ask again: the event that was committed meanwhile is not committed twice", () =>
    Effect.gen(function* () {
      const { open, process, tables } = yield* world
      const first = yield* Effect.forkChild(hold(process, 1))
      yield* turns(20)
      yield* Fiber.interrupt(first)
      const again = yield* Effect.forkChild(hold(process, 1))
      yield* open

      expect(yield* Fiber.join(again)).toMatchObject({ _tag: "Refused", reason: "already-so" })
      expect(seen(tables, 1).events).toHaveLength(3)
    })
  )

  it.effect("is the watcher: its page is committed, and brought again it changes nothing (I2)", () =>
    Effect.gen(function* () {
      const { open, process, tables } = yield* world
      const bear = yield* Effect.forkChild(Context.get(process.services, Actors).bear(birth(4)))
      yield* open
      yield* Fiber.join(bear)
      const paid = payment(4)
      const bringing = yield* Effect.forkChild(bringPayments([paid]).pipe(Effect.provide(process.services)))
      yield* turns(3)
      yield* Fiber.interrupt(bringing)
      yield* turns()

      yield* bringPayments([paid]).pipe(Effect.provide(process.services))

      expect(seen(tables, 4)).toMatchObject({
        state: "pending_receiver.payingOut",
        journal: ["ledger-in>payable 100"]
      })
    })
  )
})
