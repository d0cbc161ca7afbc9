// A mailbox that is full: requests are refused at once, loops wait for room, and its size stays within its bound.
import { describe, expect, it } from "@effect/vitest"
import { Context, Deferred, Effect } from "effect"
import { emptyTables } from "../../../adapters/storage-memory/tables.ts"
import { Actors } from "../../../src/runtime/Actors.ts"
import { seen, startProcess, turns } from "../../support/payoutWorld.ts"
import { birth, bringPayments, payment, scriptedRail, transactionId } from "../../support/runtimeWorld.ts"

const rails = scriptedRail(() => Effect.never).rail
const capacity = 16
const loopsMax = 12

/** A process whose commits wait at a gate, one at a time. */
const world = Effect.gen(function* () {
  const tables = emptyTables()
  const gate = yield* Deferred.make<void>()
  const sizes: Array<number> = []
  const process = yield* startProcess({
    rails,
    tables,
    executes: false,
    mailboxCapacity: capacity,
    storage: (storage) => ({
      ...storage,
      lanes: 1,
      commit: (group) => {
        sizes.push(group.births.length + group.refusals.length + group.payments.length)
        return Deferred.await(gate).pipe(Effect.andThen(storage.commit(group)))
      }
    })
  })
  const actors = Context.get(process.services, Actors)
  return {
    actors,
    open: Deferred.succeed(gate, undefined).pipe(Effect.andThen(turns())),
    process,
    sizes,
    tables
  }
})

const fact = (n: number) => ({
  transactionId: transactionId(n),
  event: "payout.answered",
  cause: "test",
  reason: "not-asked",
  carriesMoney: false,
  detail: {}
})

describe("a full mailbox", () => {
  it.effect("refuses a request at once, and takes the next when there is room (D5)", () =>
    Effect.gen(function* () {
      const { actors, open, tables } = yield* world
      yield* Effect.forkChild(actors.bear(birth(0)))
      yield* turns(20)
      // the first is being committed; these stand in line
      for (let n = 1; n <= capacity; n++) yield* Effect.forkChild(actors.bear(birth(n)))
      yield* turns(20)

      const refused = yield* Effect.flip(actors.bear(birth(99)))
      expect(refused).toMatchObject({ _tag: "Overloaded" })
      expect(tables.transactions.size).toBe(0)

      yield* open
      expect(tables.transactions.size).toBe(capacity + 1)
      expect(yield* actors.bear(birth(99))).toEqual({ _tag: "Born" })
    })
  )

  it.effect("lets loops wait while requests still have their reserved share (D5)", () =>
    Effect.gen(function* () {
      const { actors, open, tables } = yield* world
      yield* Effect.forkChild(actors.bear(birth(0)))
      yield* turns(20)
      const telling = yield* Effect.forkChild(
        Effect.forEach(
          Array.from({ length: 100 }, (_, n) => n),
          (n) => actors.record(fact(n)),
          { concurrency: "unbounded", discard: true }
        )
      )
      yield* turns(20)

      // of a hundred only twelve stand in line; four places are left for requests
      for (let n = 1; n <= capacity - loopsMax; n++) yield* Effect.forkChild(actors.bear(birth(n)))
      yield* turns(20)
      expect(yield* Effect.flip(actors.bear(birth(99)))).toMatchObject({ _tag: "Overloaded" })

      yield* open
      expect(telling.pollUnsafe()).toMatchObject({ _tag: "Success" })
      expect(tables.refusals).toHaveLength(100)
      expect(new Set(tables.refusals.map(({ id }) => id)).size).toBe(100)
      expect(tables.transactions.size).toBe(1 + capacity - loopsMax)
    })
  )

  it.effect("stays within its bound when many loops wait for the same room", () =>
    Effect.gen(function* () {
      const { actors, open, sizes } = yield* world
      yield* Effect.forkChild(actors.bear(birth(0)))
      yield* turns(20)
      yield* Effect.forkChild(
        Effect.forEach(
          Array.from({ length: 200 }, (_, n) => n),
          (n) => actors.record(fact(n)),
          { concurrency: "unbounded", discard: true }
        )
      )
      yield* turns(20)
      yield* open
      yield* turns(500)

      expect(sizes.reduce((total, size) => total + size, 0)).toBe(201)
      expect(Math.max(...sizes)).toBeLessThanOrEqual(capacity)
    })
  )

  it.effect("makes the watcher wait, and loses nothing it brings (D5)", () =>
    Effect.gen(function* () {
      const { actors, open, process, tables } = yield* world
      yield* Effect.forkChild(actors.bear(birth(1)))
      yield* turns(20)
      yield* Effect.forkChild(
        Effect.forEach(
          Array.from({ length: 40 }, (_, n) => n),
          (n) => actors.record(fact(n)),
          { concurrency: "unbounded", discard: true }
        )
      )
      yield* turns(20)
      const bringing = yield* Effect.forkChild(
        bringPayments([payment(1), payment(2)]).pipe(Effect.provide(process.services))
      )
      yield* turns()
      expect(tables.inbox.size).toBe(0)
      expect(bringing.pollUnsafe()).toBeUndefined()

      yield* open
      yield* turns(500)

      expect(bringing.pollUnsafe()).toMatchObject({ _tag: "Success" })
      expect(tables.inbox.size).toBe(2)
      // brought before the transaction was there to be found: parked, not lost
      expect(seen(tables, 1).state).toBe("pending_sender.awaitingPayment")
    })
  )
})
