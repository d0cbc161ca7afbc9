// Pending payouts and the rail that is asked about them: what is answered, answered wrongly, or not answered.
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { emptyTables } from "../../../adapters/storage-memory/tables.ts"
import type { PayoutId } from "../../../machines/domain/Ids.ts"
import { type PaymentRail, type PayoutOutcome, RailUnavailable } from "../../../src/ports/Rails.ts"
import { funded, lookUpOnce, pollOnce, report, seen, startProcess, turns } from "../../support/payoutWorld.ts"
import { scriptedRail, transactionId } from "../../support/runtimeWorld.ts"

type Poll = NonNullable<PaymentRail["poll"]>

const payoutOf = (n: number) => `${transactionId(n)}:1` as PayoutId

/** Transactions 1 to `count`, all pending, with a poll that is due. */
const pending = Effect.fnUntraced(function* (poll: Poll, count = 1) {
  const tables = emptyTables()
  const { rail } = scriptedRail(() => Effect.succeed({ _tag: "Pending", externalId: "bank-1" }), { poll })
  const process = yield* startProcess({ rails: rail, tables })
  for (let n = 1; n <= count; n++) yield* funded(process, n)
  yield* TestClock.adjust("61 seconds")
  yield* turns()
  return { process, tables, now: (n = 1) => seen(tables, n) }
})

const says =
  (...answers: ReadonlyArray<readonly [n: number, outcome: PayoutOutcome]>): Poll =>
  () =>
    Effect.succeed(answers.map(([n, outcome]) => ({ payoutId: payoutOf(n), outcome })))

describe("a poll", () => {
  it.effect("completes what is confirmed and leaves the rest pending", () =>
    Effect.gen(function* () {
      const asked: Array<ReadonlyArray<unknown>> = []
      const { now, process } = yield* pending((payouts) => {
        asked.push(payouts)
        return says([2, { _tag: "Delivered", externalId: "bank-2" }])(payouts)
      }, 3)

      expect(yield* pollOnce(process)).toBe(3)

      expect(asked).toHaveLength(1)
      expect(asked[0]?.[0]).toEqual({
        payoutId: payoutOf(1),
        transactionId: transactionId(1),
        externalId: "bank-1",
        reference: "order-1",
        metadata: {}
      })
      expect([1, 2, 3].map((n) => now(n).state)).toEqual([
        "pending_external.confirming",
        "completed",
        "pending_external.confirming"
      ])
      expect(now(2).externalId).toBe("bank-2")
    })
  )

  it.effect("asks about a payout again only when it is due, and about a page at a time", () =>
    Effect.gen(function* () {
      const pages: Array<number> = []
      const { process } = yield* pending((payouts) => {
        pages.push(payouts.length)
        return Effect.succeed([])
      }, 101)

      expect(yield* pollOnce(process)).toBe(101)
      expect(yield* pollOnce(process)).toBe(0)
      expect(pages).toEqual([100, 1])
      yield* TestClock.adjust("60 seconds")
      expect(yield* pollOnce(process)).toBe(101)
    })
  )

  it.effect("may bring any final outcome", () =>
    Effect.gen(function* () {
      const { now, process } = yield* pending(
        says(
          [1, { _tag: "Rejected", reason: "bounced" }],
          [2, { _tag: "Failed", reason: "seized" }],
          [3, { _tag: "RefundedByIntegrator", amount: "100", stellarTransactionHash: "a".repeat(64) }],
          [4, { _tag: "PartlyRefused", refused: "10", rest: "delivered" }],
          [5, { _tag: "TransactionInfoNeeded", fields: { iban: { description: "IBAN" } } }],
          [6, { _tag: "Pending" }],
          [7, { _tag: "Unknown" }]
        ),
        7
      )
      yield* pollOnce(process)

      expect([1, 2, 3, 4, 5, 6, 7].map((n) => now(n).state)).toEqual([
        "pending_receiver.refundOwed",
        "error",
        "refunded",
        "pending_receiver.partRefundOwed",
        "pending_transaction_info_update.awaitingUpdate",
        "pending_external.confirming",
        "pending_external.confirming"
      ])
      // not to know yet is no news
      expect(now(7).refusals).toEqual([])
      expect(now(7).events).toHaveLength(3)
    })
  )

  it.effect("that names a payout twice moves it once and records the second answer (R10)", () =>
    Effect.gen(function* () {
      const { now, process } = yield* pending(
        says([1, { _tag: "Delivered" }], [1, { _tag: "Failed", reason: "no" }])
      )

      yield* pollOnce(process)

      expect(now()).toMatchObject({
        state: "completed",
        events: ["transaction.created", "payment.matched", "payout.pending", "payout.delivered"],
        refusals: ["payout.answered not-asked"]
      })
    })
  )

  it.effect("about payouts that were not asked about changes nothing and is recorded (R11)", () =>
    Effect.gen(function* () {
      const { now, process } = yield* pending(
        says([1, { _tag: "Delivered" }], [2, { _tag: "Delivered" }], [9, { _tag: "Delivered" }]),
        2
      )
      // 2 has ended meanwhile, 9 was never ours
      yield* report(process, payoutOf(2), { _tag: "Failed", reason: "seized" })
      yield* pollOnce(process)

      expect(now(1).state).toBe("completed")
      expect(now(2)).toMatchObject({ state: "error", refusals: ["payout.answered not-asked"] })
      expect(now(9)).toMatchObject({ state: "none", refusals: [] })
    })
  )

  it.effect("with other figures than the payout's goes to a person (R22)", () =>
    Effect.gen(function* () {
      const { now, process, tables } = yield* pending(
        says(
          [1, { _tag: "Delivered", amount: "97" }],
          [2, { _tag: "Delivered", fee: "3" }],
          [3, { _tag: "RefundedByIntegrator", amount: "1" }],
          [4, { _tag: "PartlyRefused", refused: "100", rest: "delivered" }],
          [5, { _tag: "Delivered", amount: "98" }]
        ),
        5
      )
      yield* pollOnce(process)

      for (const n of [1, 2, 3, 4]) {
        expect(now(n), String(n)).toMatchObject({
          state: "pending_receiver.held",
          attention: "held",
          payouts: ["1 held"],
          reserved: "98 + 0 + 2"
        })
      }
      expect(now(5).state).toBe("completed")
      expect(tables.payouts.size).toBe(5)
    })
  )

  it.effect(
    "that repeats a refused part leaves it one part, and completes when the rest is delivered (R10, R18)",
    () =>
      Effect.gen(function* () {
        let rest: "pending" | "delivered" = "pending"
        const { now, process } = yield* pending((payouts) =>
          says([1, { _tag: "PartlyRefused", refused: "10", rest }])(payouts)
        )
        yield* pollOnce(process)
        for (let again = 0; again < 3; again++) {
          yield* TestClock.adjust("60 seconds")
          yield* pollOnce(process)
        }
        expect(now()).toMatchObject({
          state: "pending_external.confirming",
          refusals: [],
          reserved: "88 + 10 + 2"
        })

        rest = "delivered"
        yield* TestClock.adjust("60 seconds")
        yield* pollOnce(process)

        expect(now()).toMatchObject({
          state: "pending_receiver.partRefundOwed",
          context: { owed: "10" },
          journal: ["ledger-in>payable 100", "payable>rail-out 88", "payable>fee 2"]
        })
      })
  )

  it.effect("cannot promise that a payout was never accepted: only a look-up can", () =>
    Effect.gen(function* () {
      const { now, process } = yield* pending(says([1, { _tag: "NeverAccepted" } as never]))
      yield* pollOnce(process)

      expect(now()).toMatchObject({ state: "pending_external.confirming", payouts: ["1 pending"] })
    })
  )
})

describe("a poll that gets no proper answer", () => {
  const bad: ReadonlyArray<readonly [string, Poll]> = [
    ["fails", () => Effect.fail(new RailUnavailable({ message: "down" }))],
    ["fails with nothing", () => Effect.fail(undefined as never)],
    ["breaks", () => Effect.die("broken")],
    [
      "throws",
      () => {
        throw new Error("broken")
      }
    ],
    ["hangs", () => Effect.never],
    ["answers no effect", () => null as never],
    ["answers no list", () => Effect.succeed({ 0: "x" } as never)],
    ["answers nothing", () => Effect.succeed(undefined as never)]
  ]
  it.effect.each(bad)("%s: leaves all as it was and asks again when due (R12)", ([, poll]) =>
    Effect.gen(function* () {
      let broken = true
      const { now, process } = yield* pending(
        (payouts) => (broken ? poll(payouts) : says([1, { _tag: "Delivered" }])(payouts)),
        2
      )
      const polling = yield* Effect.forkChild(pollOnce(process))
      yield* turns()
      yield* TestClock.adjust("31 seconds")
      yield* turns()
      expect(polling.pollUnsafe()).toMatchObject({ _tag: "Success", value: 2 })
      expect(now(1)).toMatchObject({ state: "pending_external.confirming", refusals: [] })

      broken = false
      yield* TestClock.adjust("60 seconds")
      yield* pollOnce(process)
      expect(now(1).state).toBe("completed")
      expect(now(2).state).toBe("pending_external.confirming")
    })
  )

  it.effect("takes what is right of an answer that is half wrong (R12)", () =>
    Effect.gen(function* () {
      const { now, process } = yield* pending(
        () =>
          Effect.succeed([
            null,
            undefined,
            7,
            "x",
            {},
            { payoutId: 7, outcome: { _tag: "Delivered" } },
            { payoutId: "nonsense", outcome: { _tag: "Delivered" } },
            { payoutId: `${"0".repeat(36)}:1'; drop table payout`, outcome: { _tag: "Delivered" } },
            { payoutId: payoutOf(1) },
            { payoutId: payoutOf(2), outcome: { _tag: "Done" } },
            { payoutId: payoutOf(3), outcome: { _tag: "Delivered" } }
          ] as never),
        3
      )
      yield* pollOnce(process)

      expect([1, 2, 3].map((n) => now(n).state)).toEqual([
        "pending_external.confirming",
        "pending_external.confirming",
        "completed"
      ])
    })
  )

  it.effect("does not keep the poll of another rail from its answer (R12, D15)", () =>
    Effect.gen(function* () {
      const tables = emptyTables()
      const railOf = (name: string, poll: Poll) =>
        scriptedRail(() => Effect.succeed({ _tag: "Pending" }), { name, poll }).rail
      const process = yield* startProcess({
        tables,
        rails: [railOf("hanging", () => Effect.never), railOf("sound", says([2, { _tag: "Delivered" }]))]
      })
      yield* funded(process, 1, { birth: { fundingMethod: "hanging" } })
      yield* funded(process, 2, { birth: { fundingMethod: "sound" } })
      yield* TestClock.adjust("61 seconds")
      yield* Effect.forkChild(pollOnce(process))
      yield* turns()

      expect(seen(tables, 1).state).toBe("pending_external.confirming")
      expect(seen(tables, 2).state).toBe("completed")
    })
  )
})

describe("a pending payout of a rail that cannot be polled", () => {
  const waiting = Effect.fnUntraced(function* (extra: Partial<PaymentRail>) {
    const tables = emptyTables()
    const { calls, rail } = scriptedRail(() => Effect.succeed({ _tag: "Pending" }), extra)
    const process = yield* startProcess({ rails: rail, tables })
    yield* funded(process, 1)
    yield* TestClock.adjust("61 seconds")
    return { calls, process, tables }
  })

  it.effect("is looked up when due: nothing waits for a message alone (R14)", () =>
    Effect.gen(function* () {
      const answers: Array<PayoutOutcome> = [
        { _tag: "Pending" },
        { _tag: "Unknown" },
        { _tag: "Delivered", externalId: "bank-1" }
      ]
      const { calls, process, tables } = yield* waiting({
        lookUp: () => Effect.sync(() => answers.shift() ?? { _tag: "Unknown" })
      })

      for (let round = 0; round < 2; round++) {
        expect(yield* lookUpOnce(process)).toBe(1)
        expect(yield* lookUpOnce(process)).toBe(0)
        // still pending, or not known yet, is no news
        expect(seen(tables, 1)).toMatchObject({ state: "pending_external.confirming", refusals: [] })
        expect(seen(tables, 1).events).toHaveLength(3)
        yield* TestClock.adjust("60 seconds")
      }
      yield* lookUpOnce(process)

      expect(seen(tables, 1)).toMatchObject({ state: "completed", externalId: "bank-1" })
      expect(calls).toHaveLength(1)
    })
  )

  it.effect("nor looked up is raised again and again, and a report still settles it (R14)", () =>
    Effect.gen(function* () {
      const { process, tables } = yield* waiting({})

      expect(yield* lookUpOnce(process)).toBe(1)
      expect(yield* lookUpOnce(process)).toBe(0)
      yield* TestClock.adjust("1 hour")
      expect(yield* lookUpOnce(process)).toBe(1)
      expect(seen(tables, 1)).toMatchObject({ state: "pending_external.confirming", refusals: [] })

      yield* report(process, payoutOf(1), { _tag: "Delivered" })
      expect(seen(tables, 1).state).toBe("completed")
    })
  )
})
