// Does Kedge's rail adapter tell apart what was refused, what was taken and what nobody knows? Over loopback, against the
// sandbox's rail and its book.
import { describe, expect, it } from "@effect/vitest"
import { Cause, Effect, type Scope } from "effect"
import { type Sandbox, SandboxServer } from "../../../adapters/sandbox/SandboxServer.ts"
import { orderOf } from "../../../adapters/sandbox/railAnswers.ts"
import { sandboxRail } from "../../../adapters/sandbox/SandboxRail.ts"
import { amount } from "../../../machines/domain/Amount.ts"
import type { PayoutId, TransactionId } from "../../../machines/domain/Ids.ts"
import type { PaymentRail, Payout } from "../../../src/ports/Rails.ts"
import { railContract } from "../../../src/testing/railContract.ts"

let count = 0
const payoutTo = (customer: string, transaction?: string): Payout => {
  count += 1
  return {
    payoutId: `0190a000-${count}:1` as PayoutId,
    transactionId: `0190a000-${count}` as TransactionId,
    amount: amount("98.5"),
    fee: amount("1.5"),
    amountIn: amount("100"),
    asset: "stellar:USDC:G",
    destinationAsset: "stellar:USDC:G",
    fundingMethod: "SEPA",
    senderId: null,
    receiverId: null,
    receiver: { bank_account_number: customer },
    fields: transaction === undefined ? {} : { account_number: transaction },
    reference: null,
    metadata: {}
  }
}

interface Pair {
  readonly sandbox: Sandbox
  readonly rail: PaymentRail
  readonly lookUp: NonNullable<PaymentRail["lookUp"]>
  readonly poll: NonNullable<PaymentRail["poll"]>
}

const start: Effect.Effect<Pair, unknown, Scope.Scope> = Effect.gen(function* () {
  const sandbox = yield* SandboxServer.scoped({ closeEverySeconds: null })
  const rail = yield* sandboxRail({ url: new URL(sandbox.url), concurrency: 4, timeoutSeconds: 5 })
  const { lookUp, poll } = rail
  if (lookUp === undefined || poll === undefined) return yield* Effect.die("a capability is missing")
  return { sandbox, rail, lookUp, poll }
})

const accepted = ({ sandbox }: Pair, payout: Payout) => sandbox.rail.book.ofPayout(payout.payoutId).length

describe("the sandbox rail adapter: the rail contract", () => {
  it.effect("every clause holds", () =>
    Effect.gen(function* () {
      const { rail } = yield* start
      const clauses = railContract({ rail, payout: Effect.sync(() => payoutTo("1234")) })

      expect(clauses.length).toBeGreaterThan(4)
      for (const clause of clauses) yield* clause.check
    })
  )
})

describe("the sandbox rail adapter: a converted payout", () => {
  const converted = (account: string): Payout => ({
    ...payoutTo(account),
    amount: amount("485"),
    destinationAsset: "iso4217:BRL"
  })

  it("is ordered in the asset its amount is of, not in the one received (S31-AMT-08)", () => {
    expect(orderOf(converted("1234"))).toMatchObject({ amount: "485", asset: "iso4217:BRL" })
    expect(orderOf(payoutTo("1234"))).toMatchObject({ amount: "98.5", asset: "stellar:USDC:G" })
  })

  it.effect("that the rail refuses in part breaks the contract, which says so", () =>
    Effect.gen(function* () {
      const { rail } = yield* start
      const clauses = (account: string) =>
        railContract({ rail, payout: Effect.sync(() => converted(account)) })
      const [clause] = clauses("0009").filter(({ name }) => name.includes("in part"))
      const [kept] = clauses("1234").filter(({ name }) => name.includes("in part"))
      if (clause === undefined || kept === undefined) throw new Error("there is such a clause")
      yield* kept.check

      expect(String(Cause.squash(yield* Effect.flip(Effect.sandbox(clause.check))))).toContain(
        "PartlyRefused for a payout converted to iso4217:BRL"
      )
    })
  )
})

describe("the sandbox rail adapter: execute", () => {
  it.live.each([
    ["1234", undefined, { _tag: "Delivered", amount: "98.5" }],
    ["0001", undefined, { _tag: "Pending" }],
    ["0002", undefined, { _tag: "TransactionInfoNeeded", fields: { account_number: {} } }],
    ["0003", undefined, { _tag: "CustomerInfoNeeded", party: "receiver", fields: ["bank_account_number"] }],
    ["0004", undefined, { _tag: "Rejected" }],
    ["0006", undefined, { _tag: "Unknown" }],
    ["0008", undefined, { _tag: "Failed" }],
    ["0009", undefined, { _tag: "PartlyRefused", refused: "1", rest: "delivered" }],
    ["0002", "5678", { _tag: "Delivered" }]
  ] as const)("an account ending in %s, corrected to %s, answers %o", ([customer, transaction, outcome]) =>
    Effect.gen(function* () {
      const { rail } = yield* start

      expect(yield* rail.execute(payoutTo(customer, transaction))).toMatchObject(outcome)
    })
  )

  it.live("a rail that is unavailable has accepted nothing, and delivers in the end", () =>
    Effect.gen(function* () {
      const pair = yield* start
      const payout = payoutTo("0005")

      for (const _ of [1, 2]) {
        const error = yield* Effect.flip(pair.rail.execute(payout))
        expect(error._tag).toBe("NothingAccepted")
        expect(accepted(pair, payout)).toBe(0)
      }
      expect(yield* pair.rail.execute(payout)).toMatchObject({ _tag: "Delivered" })
      expect(accepted(pair, payout)).toBe(1)
    })
  )

  it.live("a rail that cannot be connected to has accepted nothing", () =>
    Effect.gen(function* () {
      const { rail, sandbox } = yield* start
      yield* Effect.promise(() => sandbox.close())

      const error = yield* Effect.flip(rail.execute(payoutTo("1234")))

      expect(error.message).toContain("ECONNREFUSED")
    })
  )

  it.live("a line that is kept alive and cut as the order goes out leaves the outcome unknown", () =>
    Effect.gen(function* () {
      const { rail, sandbox } = yield* start
      yield* rail.execute(payoutTo("1234"))
      sandbox.disturbances.add({ path: "/rail", kind: "lose_reply", times: 1 })

      expect(yield* rail.execute(payoutTo("1234"))).toMatchObject({ _tag: "Unknown" })
    })
  )

  it.live("an answer that is no answer of a rail leaves the outcome unknown", () =>
    Effect.gen(function* () {
      const { rail, sandbox } = yield* start
      for (const [status, body] of [
        [500, "{}"],
        [200, "<html>"],
        [200, `{"outcome":"perhaps"}`],
        [503, "try later"]
      ] as const) {
        sandbox.disturbances.add({ path: "/rail", kind: "answer", status, body, times: 1 })
        expect(yield* rail.execute(payoutTo("1234")), body).toMatchObject({ _tag: "Unknown" })
      }
    })
  )

  it.live("a call that hangs ends when it is interrupted, and was accepted once", () =>
    Effect.gen(function* () {
      const pair = yield* start
      const payout = payoutTo("0007")

      const ended = yield* pair.rail.execute(payout).pipe(Effect.timeoutOption("300 millis"))

      expect(ended._tag).toBe("None")
      expect(accepted(pair, payout)).toBe(1)
      expect(yield* pair.lookUp(payout.payoutId)).toMatchObject({ _tag: "Delivered" })
    })
  )
})

describe("the sandbox rail adapter: look-up and poll", () => {
  it.live("a look-up finds what was taken though the reply was lost", () =>
    Effect.gen(function* () {
      const { lookUp, rail } = yield* start
      const payout = payoutTo("0006")
      yield* rail.execute(payout)

      expect(yield* lookUp(payout.payoutId)).toMatchObject({ _tag: "Delivered", amount: "98.5" })
    })
  )

  it.live("a rail that forgot cannot tell: the outcome stays unknown", () =>
    Effect.gen(function* () {
      const { lookUp, rail } = yield* start
      const payout = payoutTo("0010")
      yield* rail.execute(payout)

      expect(yield* lookUp(payout.payoutId)).toMatchObject({ _tag: "Unknown" })
    })
  )

  it.live(
    "a key that was never accepted is void: sent late, it is unknown until looked up again, and never paid",
    () =>
      Effect.gen(function* () {
        const pair = yield* start
        const payout = payoutTo("1234")

        expect(yield* pair.lookUp(payout.payoutId)).toEqual({ _tag: "NeverAccepted" })
        expect(yield* pair.rail.execute(payout)).toMatchObject({ _tag: "Unknown" })
        expect(yield* pair.lookUp(payout.payoutId)).toEqual({ _tag: "NeverAccepted" })
        expect(accepted(pair, payout)).toBe(0)
      })
  )

  it.live("a poll tells what was delivered meanwhile and is silent about what the rail never took", () =>
    Effect.gen(function* () {
      const { poll, rail, sandbox } = yield* start
      const pending = payoutTo("0001")
      yield* rail.execute(pending)
      const asked = [pending, payoutTo("1234")].map(({ payoutId, transactionId }) => ({
        payoutId,
        transactionId,
        externalId: null,
        reference: null,
        metadata: {}
      }))

      expect(yield* poll(asked)).toMatchObject([{ payoutId: pending.payoutId, outcome: { _tag: "Pending" } }])
      yield* Effect.promise(() => sandbox.rail.settle())
      expect(yield* poll(asked)).toMatchObject([
        { payoutId: pending.payoutId, outcome: { _tag: "Delivered" } }
      ])
    })
  )

  it.live("questions that get no answer are failures, asked again", () =>
    Effect.gen(function* () {
      const { lookUp, poll, sandbox } = yield* start
      yield* Effect.promise(() => sandbox.close())

      expect((yield* Effect.flip(lookUp("x:1" as PayoutId)))._tag).toBe("RailUnavailable")
      expect((yield* Effect.flip(poll([])))._tag).toBe("RailUnavailable")
    })
  )
})
