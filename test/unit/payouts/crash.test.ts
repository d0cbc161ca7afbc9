// A process dies between any two of its commits, or sleeps through its lease, and another comes to its tables.
import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect } from "effect"
import { TestClock } from "effect/testing"
import { emptyTables, type Tables } from "../../../adapters/storage-memory/tables.ts"
import type { PayoutId } from "../../../machines/domain/Ids.ts"
import type { LookUpAnswer, PaymentRail, PayoutOutcome } from "../../../src/ports/Rails.ts"
import type { Storage } from "../../../src/ports/Storage.ts"
import { funded, lookUpOnce, type Process, seen, startProcess, turns } from "../../support/payoutWorld.ts"
import { scriptedRail, transactionId } from "../../support/runtimeWorld.ts"

const first = `${transactionId(1)}:1` as PayoutId

/** A bank that keeps its own book: what it accepted, by payout id, however often it was told. */
const bank = (capabilities: { readonly repeatable?: boolean; readonly looksUp?: boolean }) => {
  const book = new Map<PayoutId, number>()
  const refused = new Set<PayoutId>()
  const accept = (id: PayoutId): PayoutOutcome => {
    if (refused.has(id)) return { _tag: "Rejected", reason: "voided before" }
    book.set(id, (book.get(id) ?? 0) + (capabilities.repeatable === true && book.has(id) ? 0 : 1))
    return { _tag: "Delivered", externalId: `bank-${book.size}` }
  }
  const lookUp = (id: PayoutId): LookUpAnswer => {
    if (book.has(id)) return { _tag: "Delivered", externalId: "bank-1" }
    // the promise is kept by voiding the id first
    refused.add(id)
    return { _tag: "NeverAccepted" }
  }
  const extra: Partial<PaymentRail> = {
    repeatable: capabilities.repeatable === true,
    ...(capabilities.looksUp === true ? { lookUp: (id) => Effect.sync(() => lookUp(id)) } : {})
  }
  return {
    book,
    paid: () => [...book.values()].reduce((total, times) => total + times, 0),
    extra,
    rail: (execute?: (accept: () => PayoutOutcome) => Effect.Effect<PayoutOutcome>) =>
      scriptedRail(
        ({ payoutId }) =>
          execute === undefined ? Effect.sync(() => accept(payoutId)) : execute(() => accept(payoutId)),
        extra
      )
  }
}

/** Dies after `started` is committed: before the bank hears of it, or after it has paid and before we hear of that. */
const diesCalling = Effect.fnUntraced(function* (
  tables: Tables,
  ours: ReturnType<typeof bank>,
  when: "before" | "after"
) {
  const { rail } = ours.rail((accept) =>
    Effect.sync(() => (when === "after" ? accept() : undefined)).pipe(Effect.andThen(Effect.never))
  )
  const process = yield* startProcess({ rails: rail, tables })
  yield* funded(process, 1)
  expect(seen(tables, 1)).toMatchObject({ state: "pending_receiver.payingOut", payouts: ["1 started"] })
  process.kill()
})

/** Another process on the same tables, past the lease of the one that died. */
const successor = Effect.fnUntraced(function* (tables: Tables, ours: ReturnType<typeof bank>) {
  const { calls, rail } = ours.rail()
  const process = yield* startProcess({ rails: rail, tables })
  yield* lookUpOnce(process)
  yield* turns()
  // within the lease nothing is touched: the other may be alive
  expect(calls).toEqual([])
  expect(seen(tables, 1).payouts).toEqual(["1 started"])
  yield* TestClock.adjust("121 seconds")
  yield* lookUpOnce(process)
  yield* TestClock.adjust("11 seconds")
  yield* turns()
  return { calls, process }
})

describe("a process that dies while the rail is called (SEC-32, R1)", () => {
  it.effect("after the rail accepted: the look-up finds it, and it is paid once", () =>
    Effect.gen(function* () {
      const tables = emptyTables()
      const ours = bank({ looksUp: true })
      yield* diesCalling(tables, ours, "after")

      const { calls } = yield* successor(tables, ours)

      expect(seen(tables, 1)).toMatchObject({ state: "completed", payouts: ["1 delivered"] })
      expect(calls).toEqual([])
      expect(ours.paid()).toBe(1)
    })
  )

  it.effect("before the rail accepted: the look-up proves it, and the next number is paid once", () =>
    Effect.gen(function* () {
      const tables = emptyTables()
      const ours = bank({ looksUp: true })
      yield* diesCalling(tables, ours, "before")

      const { calls } = yield* successor(tables, ours)

      expect(seen(tables, 1)).toMatchObject({ state: "completed", payouts: ["1 voided", "2 delivered"] })
      expect(calls).toEqual([`${transactionId(1)}:2`])
      expect(ours.paid()).toBe(1)
    })
  )

  it.effect("on a repeatable rail: the same key is sent again, and it is paid once", () =>
    Effect.gen(function* () {
      for (const when of ["before", "after"] as const) {
        const tables = emptyTables()
        const ours = bank({ repeatable: true })
        yield* diesCalling(tables, ours, when)

        const { calls } = yield* successor(tables, ours)

        expect(seen(tables, 1)).toMatchObject({ state: "completed", payouts: ["1 delivered"] })
        expect(calls).toEqual([first])
        expect(ours.paid()).toBe(1)
      }
    })
  )

  it.effect("on a rail that can do neither: it is held for a person and never sent again", () =>
    Effect.gen(function* () {
      for (const when of ["before", "after"] as const) {
        const tables = emptyTables()
        const ours = bank({})
        yield* diesCalling(tables, ours, when)

        const { calls, process } = yield* successor(tables, ours)
        yield* TestClock.adjust("2 hours")
        yield* lookUpOnce(process)
        yield* turns()

        expect(seen(tables, 1)).toMatchObject({
          state: "pending_receiver.held",
          attention: "held",
          payouts: ["1 held"]
        })
        expect(calls).toEqual([])
        expect(ours.paid()).toBe(when === "after" ? 1 : 0)
      }
    })
  )
})

describe("a process that dies between a claim and its first call (R7)", () => {
  const dies = Effect.fnUntraced(function* (tables: Tables, ours: ReturnType<typeof bank>) {
    yield* funded(yield* startProcess({ rails: ours.rail().rail, tables, executes: false }), 1)
    expect(seen(tables, 1).payouts).toEqual(["1 planned"])
    const { calls, rail } = ours.rail()
    let isDead = false
    const process: Process = yield* startProcess({
      rails: rail,
      tables,
      storage: (storage) => ({
        ...storage,
        claim: (query) =>
          storage.claim(query).pipe(
            Effect.tap(() =>
              Effect.sync(() => {
                isDead = true
                process.kill()
              })
            ),
            Effect.andThen(Effect.never)
          )
      })
    })
    yield* turns()
    expect(isDead).toBe(true)
    expect(calls).toEqual([])
  })

  it.effect("strands nothing: after the lease what it claimed is looked up and paid once", () =>
    Effect.gen(function* () {
      const tables = emptyTables()
      const ours = bank({ looksUp: true })
      yield* dies(tables, ours)

      yield* successor(tables, ours)

      expect(seen(tables, 1).state).toBe("completed")
      expect(ours.paid()).toBe(1)
    })
  )
})

describe("a process that dies before what it planned was started", () => {
  it.effect("leaves it to whoever comes next, who pays it without asking", () =>
    Effect.gen(function* () {
      const tables = emptyTables()
      const ours = bank({})
      const hanging = ours.rail(() => Effect.never)
      const one = yield* startProcess({ rails: { ...hanging.rail, concurrency: 1 }, tables })
      yield* funded(one, 1)
      yield* funded(one, 2)
      expect(seen(tables, 2).payouts).toEqual(["1 planned"])
      one.kill()

      const { calls, rail } = ours.rail()
      yield* startProcess({ rails: rail, tables })
      yield* turns()

      expect(seen(tables, 2).state).toBe("completed")
      expect(calls).toEqual([`${transactionId(2)}:1`])
    })
  )
})

describe("two processes on one storage (R6)", () => {
  it.effect("pay each payout once between them", () =>
    Effect.gen(function* () {
      const tables = emptyTables()
      const ours = bank({})
      const slow = () =>
        ours.rail((accept) =>
          Effect.yieldNow.pipe(Effect.andThen(Effect.yieldNow), Effect.andThen(Effect.sync(accept)))
        )
      const one = slow()
      const other = slow()
      const a = yield* startProcess({ rails: one.rail, tables })
      const b = yield* startProcess({ rails: other.rail, tables })
      for (let n = 1; n <= 40; n++) yield* Effect.forkChild(funded(n % 2 === 0 ? a : b, n))
      yield* turns(600)
      for (let round = 0; round < 10; round++) {
        yield* TestClock.adjust("10 seconds")
        yield* turns(50)
      }

      for (let n = 1; n <= 40; n++) expect(seen(tables, n).state, String(n)).toBe("completed")
      expect([...ours.book.values()]).toEqual(Array.from({ length: 40 }, () => 1))
      expect(one.calls.length + other.calls.length).toBe(40)
      expect(Math.min(one.calls.length, other.calls.length)).toBeGreaterThan(0)
    })
  )

  it.effect("both may claim at once: no payout is given to both", () =>
    Effect.gen(function* () {
      const tables = emptyTables()
      const ours = bank({})
      const planner = yield* startProcess({ rails: ours.rail().rail, tables, executes: false })
      for (let n = 1; n <= 30; n++) yield* funded(planner, n)
      const one = ours.rail()
      const other = ours.rail()
      yield* startProcess({ rails: one.rail, tables })
      yield* startProcess({ rails: other.rail, tables })
      yield* turns()

      expect(new Set([...one.calls, ...other.calls]).size).toBe(30)
      expect(one.calls.length + other.calls.length).toBe(30)
      expect(Math.min(one.calls.length, other.calls.length)).toBeGreaterThan(0)
    })
  )
})

describe("a process that sleeps through its lease and wakes (R9)", () => {
  /** The rail's answer comes to the first process long after a second one has settled the payout. */
  const zombie = Effect.fnUntraced(function* (late: PayoutOutcome, found: LookUpAnswer) {
    const tables = emptyTables()
    const answer = yield* Deferred.make<PayoutOutcome>()
    const calls: Array<string> = []
    const rail: PaymentRail = {
      ...scriptedRail(() => Effect.succeed({ _tag: "Unknown" })).rail,
      timeoutSeconds: 10_000,
      execute: ({ payoutId }) => {
        calls.push(payoutId)
        return payoutId === first ? Deferred.await(answer) : Effect.succeed({ _tag: "Delivered" })
      },
      lookUp: () => Effect.succeed(found)
    }
    const a = yield* startProcess({ rails: rail, tables })
    const b = yield* startProcess({ rails: rail, tables })
    yield* funded(a, 1)
    yield* TestClock.adjust("121 seconds")
    yield* lookUpOnce(b)
    yield* turns()
    const settled = seen(tables, 1)
    yield* Deferred.succeed(answer, late)
    yield* turns()
    return { calls, settled, now: seen(tables, 1), tables }
  })

  it.effect("changes nothing that was settled meanwhile, and its answer is kept", () =>
    Effect.gen(function* () {
      const { now, settled } = yield* zombie({ _tag: "Delivered" }, { _tag: "Delivered" })

      expect(settled.state).toBe("completed")
      expect(now).toEqual({ ...settled, refusals: ["payout.delivered already-so"] })
    })
  )

  it.effect("is not believed about an attempt that was proven never accepted", () =>
    Effect.gen(function* () {
      const { now, tables } = yield* zombie({ _tag: "Delivered" }, { _tag: "NeverAccepted" })

      expect(now.payouts[0]).toBe("1 voided")
      expect(now.refusals.some((refusal) => /^payout.delivered (not-current|final)$/.test(refusal))).toBe(
        true
      )
      // the rail broke its promise: that is for a person
      expect(tables.refusals.find(({ event }) => event === "payout.delivered")?.carriesMoney).toBe(true)
      expect(now.journal.filter((line) => line.includes("rail-out"))).toHaveLength(1)
    })
  )

  it.effect("still settles what nobody else could", () =>
    Effect.gen(function* () {
      const { now, settled } = yield* zombie({ _tag: "Delivered" }, { _tag: "Unknown" })

      expect(settled.state).toBe("pending_receiver.held")
      expect(now.state).toBe("completed")
    })
  )
})

describe("a payout started and not yet read by the executor", () => {
  it.effect("is not sent once another has taken it over", () =>
    Effect.gen(function* () {
      const tables = emptyTables()
      const ours = bank({ looksUp: true })
      const gate = yield* Deferred.make<void>()
      const sleepy = (storage: Storage["Service"]): Storage["Service"] => ({
        ...storage,
        jobs: (ids) => Deferred.await(gate).pipe(Effect.andThen(storage.jobs(ids)))
      })
      const one = ours.rail()
      const a = yield* startProcess({
        rails: one.rail,
        tables,
        storage: sleepy,
        timing: { payoutLease: 4_000 }
      })
      yield* funded(a, 1)
      expect(seen(tables, 1).payouts).toEqual(["1 started"])
      // another process, which has been told of a shorter lease, settles it
      const other = ours.rail()
      const b = yield* startProcess({ rails: other.rail, tables })
      const payout = tables.payouts.get(first)
      if (payout !== undefined) tables.payouts.set(first, { ...payout, dueAtMillis: 0 })
      yield* lookUpOnce(b)
      yield* turns()
      expect(seen(tables, 1).state).toBe("completed")

      yield* Deferred.succeed(gate, undefined)
      yield* turns()

      expect(one.calls).toEqual([])
      expect(ours.paid()).toBe(1)
    })
  )
})
