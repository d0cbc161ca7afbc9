// "I do not know whether the money moved": however a call ends, it is never made again without proof.
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { emptyTables } from "../../../adapters/storage-memory/tables.ts"
import { type LookUpAnswer, type PaymentRail, RailUnavailable } from "../../../src/ports/Rails.ts"
import { funded, lookUpOnce, seen, startProcess, turns } from "../../support/payoutWorld.ts"
import { scriptedRail, transactionId } from "../../support/runtimeWorld.ts"

/** Pays one transaction over a rail whose first call ends so. */
const called = Effect.fnUntraced(function* (
  execute: PaymentRail["execute"],
  extra: Partial<PaymentRail> = {}
) {
  const tables = emptyTables()
  const { calls, rail } = scriptedRail(execute, extra)
  const process = yield* startProcess({ rails: rail, tables })
  yield* funded(process, 1)
  return { calls, process, tables, now: () => seen(tables, 1) }
})

/** A rail that can be looked up and answers so, one after the other; the last for ever. */
const lookedUp = (...answers: ReadonlyArray<LookUpAnswer | "no answer">) => {
  let asked = 0
  const lookUp: NonNullable<PaymentRail["lookUp"]> = () =>
    Effect.suspend(() => {
      const answer = answers[Math.min(asked, answers.length - 1)]
      asked += 1
      return answer === undefined || answer === "no answer"
        ? Effect.fail(new RailUnavailable({ message: "try later" }))
        : Effect.succeed(answer)
    })
  return { lookUp, asked: () => asked }
}

/** Every way in which a call can end without an outcome. */
const ends: ReadonlyArray<readonly [string, PaymentRail["execute"]]> = [
  ["says Unknown", () => Effect.succeed({ _tag: "Unknown" })],
  [
    "throws before it begins",
    () => {
      throw new Error("Jane Doe, account 123")
    }
  ],
  ["dies with an error", () => Effect.die(new Error("broken"))],
  ["dies with no error at all", () => Effect.die(undefined)],
  ["fails outside its type", () => Effect.fail({ _tag: "SomethingElse" } as never)],
  ["fails with nothing", () => Effect.fail(undefined as never)],
  ["interrupts itself", () => Effect.interrupt],
  ["rejects a promise", () => Effect.promise(() => Promise.reject(new Error("broken")))],
  ["answers with no effect", () => undefined as never],
  ["answers with a promise", () => Promise.resolve({ _tag: "Delivered" }) as never]
]
/** Answers outside the contract (R4, R5). */
const nonsense: ReadonlyArray<unknown> = [
  undefined,
  null,
  "",
  "Delivered",
  42,
  [],
  {},
  { _tag: "Done" },
  { _tag: "delivered" },
  { _tag: "Delivered", fee: "-1" },
  { _tag: "Delivered", fee: Number.NaN },
  { _tag: "Delivered", fee: 0.5 },
  { _tag: "Delivered", fee: "1e-7" },
  { _tag: "Delivered", amount: "98.00000000" },
  { _tag: "Delivered", externalId: "x".repeat(1_000_000) },
  { _tag: "Delivered", externalId: "" },
  { _tag: "TransactionInfoNeeded", fields: {} },
  { _tag: "TransactionInfoNeeded", fields: { "a b": { description: "" } } },
  { _tag: "CustomerInfoNeeded", party: "nobody", fields: ["x"] },
  { _tag: "CustomerInfoNeeded", party: "sender", fields: [] },
  { _tag: "PartlyRefused", refused: "ten", rest: "delivered" },
  { _tag: "RefundedByIntegrator", amount: "100", stellarTransactionHash: "0x1" },
  { _tag: "NeverAccepted" }
]

describe("a call that ends without an outcome", () => {
  it.effect.each(ends)("%s: is held and not made again (R2)", ([, execute]) =>
    Effect.gen(function* () {
      const { calls, now } = yield* called(execute)
      yield* TestClock.adjust("1 hour")
      yield* turns()

      expect(now()).toMatchObject({ state: "pending_receiver.held", attention: "held", payouts: ["1 held"] })
      expect(calls).toHaveLength(1)
    })
  )

  it.effect("leaves the reservation of the payout: its amount cannot be refunded (R17)", () =>
    Effect.gen(function* () {
      const { now } = yield* called(() => Effect.die("broken"))

      expect(now().reserved).toBe("98 + 0 + 2")
    })
  )

  it.effect("is made again under the same key where the rail is repeatable, with a pause (R1)", () =>
    Effect.gen(function* () {
      let first = true
      const { calls, now } = yield* called(
        () =>
          Effect.suspend(() => {
            if (!first) return Effect.succeed({ _tag: "Delivered" as const })
            first = false
            return Effect.die("broken")
          }),
        { repeatable: true }
      )
      expect(calls).toHaveLength(1)

      yield* TestClock.adjust("2 seconds")
      yield* turns()

      expect(calls).toEqual([`${transactionId(1)}:1`, `${transactionId(1)}:1`])
      expect(now()).toMatchObject({ state: "completed", payouts: ["1 delivered"] })
    })
  )
})

describe("an answer outside the contract", () => {
  it.effect("is held and not asked for again (R4, R5)", () =>
    Effect.gen(function* () {
      for (const answer of nonsense) {
        const { calls, now } = yield* called(() => Effect.succeed(answer as never), { repeatable: true })
        yield* TestClock.adjust("10 minutes")
        yield* turns()

        const what = JSON.stringify(answer)?.slice(0, 60)
        expect(now().state, what).toBe("pending_receiver.held")
        expect(calls, what).toHaveLength(1)
        // nothing of what it said is kept
        expect(now(), what).toMatchObject({
          externalId: null,
          refunds: [],
          amounts: { delivered: null, fee: "2" }
        })
      }
    })
  )

  it.effect("is settled by a look-up where the rail has one", () =>
    Effect.gen(function* () {
      const { lookUp } = lookedUp({ _tag: "Delivered", externalId: "bank-1" })
      const { calls, now } = yield* called(() => Effect.succeed({ _tag: "Done" } as never), { lookUp })

      expect(now()).toMatchObject({ state: "completed", externalId: "bank-1" })
      expect(calls).toHaveLength(1)
    })
  )
})

describe("an unknown payout that can be looked up", () => {
  it.effect("is found delivered, and completed without a second call", () =>
    Effect.gen(function* () {
      const { lookUp } = lookedUp({ _tag: "Delivered" })
      const { calls, now } = yield* called(() => Effect.die("lost"), { lookUp })

      expect(now()).toMatchObject({
        state: "completed",
        events: ["transaction.created", "payment.matched", "payout.unknown", "payout.delivered"]
      })
      expect(calls).toHaveLength(1)
    })
  )

  it.effect("is found never accepted: the next number is sent, the old one never again (S31-ST-16)", () =>
    Effect.gen(function* () {
      const { lookUp } = lookedUp({ _tag: "NeverAccepted" })
      const { calls, now } = yield* called(
        (payout) =>
          payout.payoutId.endsWith(":1") ? Effect.die("lost") : Effect.succeed({ _tag: "Delivered" }),
        { lookUp }
      )

      expect(now()).toMatchObject({ state: "completed", payouts: ["1 voided", "2 delivered"] })
      expect(calls).toEqual([`${transactionId(1)}:1`, `${transactionId(1)}:2`])
    })
  )

  it.effect("is asked about again when the look-up gets no answer", () =>
    Effect.gen(function* () {
      const { asked, lookUp } = lookedUp("no answer", "no answer", { _tag: "Pending", externalId: "bank-1" })
      const { calls, now, process } = yield* called(() => Effect.die("lost"), { lookUp })
      expect(now()).toMatchObject({ state: "pending_receiver.lookingUp", payouts: ["1 unknown"] })
      expect(yield* lookUpOnce(process)).toBe(0)

      yield* TestClock.adjust("5 seconds")
      expect(yield* lookUpOnce(process)).toBe(1)
      expect(now().state).toBe("pending_receiver.lookingUp")
      yield* TestClock.adjust("5 seconds")
      yield* lookUpOnce(process)

      expect(asked()).toBe(3)
      expect(now()).toMatchObject({ state: "pending_external.confirming", payouts: ["1 pending"] })
      expect(calls).toHaveLength(1)
    })
  )

  it.effect("is held when the rail cannot tell, and settled when it later can", () =>
    Effect.gen(function* () {
      const { lookUp } = lookedUp({ _tag: "Unknown" }, { _tag: "Unknown" }, { _tag: "Delivered" })
      const { calls, now, process } = yield* called(() => Effect.die("lost"), { lookUp })
      expect(now()).toMatchObject({ state: "pending_receiver.held", attention: "held" })
      const versions = now().events.length

      yield* TestClock.adjust("1 hour")
      yield* lookUpOnce(process)
      // still unknown is no news: no transition, no refusal
      expect(now().events).toHaveLength(versions)
      expect(now().refusals).toEqual([])
      yield* TestClock.adjust("1 hour")
      yield* lookUpOnce(process)

      expect(now()).toMatchObject({ state: "completed", attention: null })
      expect(calls).toHaveLength(1)
    })
  )

  it.effect("survives a look-up that breaks, hangs or answers nonsense", () =>
    Effect.gen(function* () {
      const looks: ReadonlyArray<NonNullable<PaymentRail["lookUp"]>> = [
        () => Effect.die(undefined),
        () => Effect.fail(null as never),
        () => {
          throw new Error("broken")
        },
        () => Effect.never,
        () => undefined as never
      ]
      for (const lookUp of looks) {
        const { now, process } = yield* called(() => Effect.die("lost"), { lookUp })
        yield* TestClock.adjust("31 seconds")
        yield* turns()
        expect(now().state).toBe("pending_receiver.lookingUp")
        const looking = yield* Effect.forkChild(lookUpOnce(process))
        yield* turns()
        yield* TestClock.adjust("31 seconds")
        expect(looking.pollUnsafe()).toBeDefined()
        expect(now().state).toBe("pending_receiver.lookingUp")
      }
      const { lookUp } = lookedUp({ _tag: "Nonsense" } as never)
      const { now } = yield* called(() => Effect.die("lost"), { lookUp })
      expect(now().state).toBe("pending_receiver.held")
    })
  )

  it.effect("gets ever longer pauses when the rail loses one attempt after the other (R21)", () =>
    Effect.gen(function* () {
      const { lookUp } = lookedUp({ _tag: "NeverAccepted" })
      const { calls } = yield* called(() => Effect.die("lost"), { lookUp })
      // the second attempt follows at once, as after a crash; the third waits
      expect(calls).toHaveLength(2)

      const after: Array<number> = []
      for (let second = 1; second <= 60; second++) {
        yield* TestClock.adjust("1 second")
        yield* turns(50)
        if (calls.length > after.length + 2) after.push(second)
      }

      // about 1 s, 2 s, 4 s, 8 s, 16 s apart, each up to a quarter more
      expect(calls.length).toBe(2 + after.length)
      expect(after).toHaveLength(5)
      const pauses = after.map((at, index) => at - (after[index - 1] ?? 0))
      for (const [index, pause] of pauses.entries()) {
        expect(pause).toBeGreaterThanOrEqual(2 ** index)
        expect(pause).toBeLessThanOrEqual(2 ** index * 1.25 + 1)
      }
    })
  )
})

describe("a call that hangs", () => {
  it.effect("is unknown after the rail's time limit, and the others go on meanwhile (R3)", () =>
    Effect.gen(function* () {
      const tables = emptyTables()
      const { calls, rail } = scriptedRail((payout) =>
        payout.transactionId === transactionId(1) ? Effect.never : Effect.succeed({ _tag: "Delivered" })
      )
      const process = yield* startProcess({ rails: rail, tables })
      yield* funded(process, 1)
      yield* funded(process, 2)
      expect(seen(tables, 2).state).toBe("completed")

      yield* TestClock.adjust("29 seconds")
      yield* turns()
      expect(seen(tables, 1).state).toBe("pending_receiver.payingOut")
      yield* TestClock.adjust("2 seconds")
      yield* turns()

      expect(seen(tables, 1).state).toBe("pending_receiver.held")
      expect(calls).toHaveLength(2)
    })
  )

  it.effect("gives its slot back even where it cannot be interrupted (R3)", () =>
    Effect.gen(function* () {
      const tables = emptyTables()
      const { rail } = scriptedRail(
        (payout) =>
          payout.transactionId === transactionId(1)
            ? Effect.uninterruptible(Effect.never)
            : Effect.succeed({ _tag: "Delivered" }),
        { concurrency: 1 }
      )
      const process = yield* startProcess({ rails: rail, tables })
      yield* funded(process, 1)
      yield* funded(process, 2)
      expect(seen(tables, 2).payouts).toEqual(["1 planned"])

      yield* TestClock.adjust("31 seconds")
      yield* turns()

      expect(seen(tables, 1).state).toBe("pending_receiver.held")
      expect(seen(tables, 2).state).toBe("completed")
    })
  )
})
