// NothingAccepted and the order in which payouts are made: a pause that grows, the same key, and no queue behind the failing.
import { describe, expect, it } from "@effect/vitest"
import { Context, Deferred, Effect } from "effect"
import { TestClock } from "effect/testing"
import fc from "fast-check"
import { expect as same, it as plain } from "vitest"
import { emptyTables } from "../../../adapters/storage-memory/tables.ts"
import { backoffSeconds } from "../../../src/payouts/backoff.ts"
import { PayoutExecutor } from "../../../src/payouts/PayoutExecutor.ts"
import { NothingAccepted, type PayoutOutcome } from "../../../src/ports/Rails.ts"
import { Unsealable, Vault } from "../../../src/ports/Vault.ts"
import { StorageUnavailable } from "../../../src/ports/Storage.ts"
import { PayoutSlots } from "../../../src/runtime/PayoutSlots.ts"
import { sealDestination } from "../../../src/runtime/Destination.ts"
import { funded, seen, startProcess, timing, turns } from "../../support/payoutWorld.ts"
import { scriptedRail, transactionId } from "../../support/runtimeWorld.ts"
import { holds, seeded } from "../../support/seed.ts"

const unavailable = Effect.fail(new NothingAccepted({ message: "the bank is closed" }))
const delivered = Effect.succeed<PayoutOutcome>({ _tag: "Delivered" })
const first = `${transactionId(1)}:1`

describe("a rail that accepted nothing", () => {
  it.effect("is told again under the same key, after pauses that double, until it accepts (R16)", () =>
    Effect.gen(function* () {
      const tables = emptyTables()
      let open = false
      const { calls, rail } = scriptedRail(() => Effect.suspend(() => (open ? delivered : unavailable)))
      const process = yield* startProcess({ rails: rail, tables })
      yield* funded(process, 1)
      expect(seen(tables, 1)).toMatchObject({ state: "pending_receiver.payingOut", payouts: ["1 planned"] })

      const at: Array<number> = [0]
      for (let second = 1; second <= 70; second++) {
        yield* TestClock.adjust("1 second")
        yield* turns(20)
        if (calls.length > at.length) at.push(second)
      }
      open = true
      yield* TestClock.adjust("80 seconds")
      yield* turns()

      const pauses = at.slice(1).map((each, index) => each - (at[index] ?? 0))
      expect(pauses).toHaveLength(6)
      for (const [index, pause] of pauses.entries()) {
        expect(pause).toBeGreaterThanOrEqual(2 ** index)
        expect(pause).toBeLessThanOrEqual(2 ** index * 1.25 + 1)
      }
      expect(new Set(calls)).toEqual(new Set([first]))
      expect(seen(tables, 1)).toMatchObject({ state: "completed", payouts: ["1 delivered"] })
    })
  )

  it.effect(
    "does not keep the others waiting: what fails first goes behind what has not been tried (D16, R21)",
    () =>
      Effect.gen(function* () {
        const tables = emptyTables()
        const { calls, rail } = scriptedRail(
          ({ transactionId: id }) =>
            [1, 2, 3].some((n) => id === transactionId(n)) ? unavailable : delivered,
          { concurrency: 1 }
        )
        const planner = yield* startProcess({ rails: rail, tables, executes: false })
        for (let n = 1; n <= 9; n++) {
          yield* funded(planner, n)
          yield* TestClock.adjust("1 second")
        }
        yield* startProcess({ rails: rail, tables })
        yield* turns()

        // the oldest first, each of the failing ones once, and all the others without a second passing
        expect(calls).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `${transactionId(n)}:1`))
        for (let n = 4; n <= 9; n++) expect(seen(tables, n).state).toBe("completed")
      })
  )

  it.effect("never gets more calls at once than it declared, however many payouts wait (R21)", () =>
    Effect.gen(function* () {
      const tables = emptyTables()
      let now = 0
      let most = 0
      const answer = yield* Deferred.make<void>()
      const { calls, rail } = scriptedRail(
        () =>
          Effect.gen(function* () {
            now += 1
            most = Math.max(most, now)
            yield* Deferred.await(answer)
            yield* Effect.yieldNow
            now -= 1
            return yield* calls.length < 60 ? unavailable : delivered
          }),
        { concurrency: 3 }
      )
      const process = yield* startProcess({ rails: rail, tables })
      for (let n = 1; n <= 30; n++) yield* funded(process, n)
      expect(calls).toHaveLength(3)
      yield* Deferred.succeed(answer, undefined)
      for (let second = 1; second <= 30; second++) {
        yield* TestClock.adjust("1 second")
        yield* turns()
      }

      expect(most).toBe(3)
      for (let n = 1; n <= 30; n++) expect(seen(tables, n).state, String(n)).toBe("completed")
    })
  )

  it.effect("of several rails stops only its own (R21)", () =>
    Effect.gen(function* () {
      const tables = emptyTables()
      const down = scriptedRail(() => Effect.never, { name: "down", concurrency: 1 })
      const up = scriptedRail(() => delivered, { name: "up", concurrency: 1 })
      const process = yield* startProcess({ rails: [down.rail, up.rail], tables })
      for (let n = 1; n <= 6; n++)
        yield* funded(process, n, { birth: { fundingMethod: n % 2 === 0 ? "up" : "down" } })

      expect(down.calls).toHaveLength(1)
      expect([2, 4, 6].map((n) => seen(tables, n).state)).toEqual(["completed", "completed", "completed"])
    })
  )
})

describe("a payout that could not be sent", () => {
  it.effect("for want of its sealed destination is tried again: nothing was sent", () =>
    Effect.gen(function* () {
      const tables = emptyTables()
      const { calls, rail } = scriptedRail(() => delivered)
      const process = yield* startProcess({ rails: rail, tables })
      const vault = Context.get(process.services, Vault)
      const destination = yield* sealDestination({ receiver: { last_name: "Doe" }, fields: {} }).pipe(
        Effect.provide(process.services)
      )
      const other = yield* vault.seal("another row", {})
      yield* funded(process, 1, { birth: { destination: { ...destination, ...other } } })

      expect(yield* Effect.flip(vault.open(destination.id, other))).toBeInstanceOf(Unsealable)
      expect(calls).toEqual([])
      expect(seen(tables, 1)).toMatchObject({ state: "pending_receiver.payingOut", payouts: ["1 planned"] })

      tables.sealed.set(destination.id, destination)
      yield* TestClock.adjust("2 seconds")
      yield* turns()
      expect(seen(tables, 1).state).toBe("completed")
    })
  )

  it.effect("for want of its row gives its slot back, and is looked up after its lease", () =>
    Effect.gen(function* () {
      const tables = emptyTables()
      let isDown = true
      const { calls, rail } = scriptedRail(() => delivered, { concurrency: 2 })
      const process = yield* startProcess({
        rails: rail,
        tables,
        storage: (storage) => ({
          ...storage,
          jobs: (ids) =>
            Effect.suspend(() =>
              isDown ? Effect.fail(new StorageUnavailable({ message: "down" })) : storage.jobs(ids)
            )
        })
      })
      const slots = Context.get(process.services, PayoutSlots)
      yield* funded(process, 1)
      expect(slots.free("scripted")).toBe(1)

      // a short outage is waited out
      isDown = false
      yield* TestClock.adjust("2 seconds")
      yield* turns()
      expect(calls).toEqual([first])
      expect(slots.free("scripted")).toBe(2)

      // a long one, of a quarter of the lease, is not: the payout is no longer ours to send
      isDown = true
      yield* funded(process, 2)
      for (let second = 0; second < 31; second++) yield* TestClock.adjust("1 second")
      yield* turns()
      expect(slots.free("scripted")).toBe(2)
      isDown = false
      yield* TestClock.adjust("60 seconds")
      yield* turns()
      expect(calls).toEqual([first])
      expect(seen(tables, 2).payouts).toEqual(["1 started"])
    })
  )
})

describe("PayoutExecutor.runOnce", () => {
  it.effect("makes what is planned and due, waits for its outcome, and says how many", () =>
    Effect.gen(function* () {
      const tables = emptyTables()
      const { calls, rail } = scriptedRail(() => delivered, { concurrency: 10 })
      yield* startProcess({ rails: rail, tables, executes: false }).pipe(
        Effect.flatMap((planner) => Effect.forEach([1, 2, 3], (n) => funded(planner, n)))
      )
      const process = yield* startProcess({ rails: rail, tables, loops: false })

      expect(yield* Context.get(process.services, PayoutExecutor).runOnce).toBe(3)

      expect(calls).toHaveLength(3)
      expect([1, 2, 3].map((n) => seen(tables, n).state)).toEqual(["completed", "completed", "completed"])
      expect(yield* Context.get(process.services, PayoutExecutor).runOnce).toBe(0)
    })
  )
})

plain(seeded("the pause grows with the tries, stays within a quarter of its step, and is capped"), () => {
  holds(
    fc.property(fc.nat(200), fc.uuid(), (tries, id) => {
      const pause = backoffSeconds(timing, tries, id)
      const step = Math.min(timing.retryMax, timing.retryFirst * 2 ** Math.min(tries, 60))

      same(pause).toBeGreaterThanOrEqual(step)
      same(pause).toBeLessThan(step * 1.25)
      same(backoffSeconds(timing, tries, id)).toBe(pause)
    })
  )
})
