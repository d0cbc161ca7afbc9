// Whatever happens to a transaction, what its Sending Anchor is shown adds up (S31-AMT-02): every walk of the machine, presented.
import { Result } from "effect"
import fc from "fast-check"
import { expect, it } from "vitest"
import { type Amount, amount, fromStroops, toStroops, zero } from "../../../machines/domain/Amount.ts"
import { parseDecimal, powerOfTen } from "../../../machines/domain/Decimal.ts"
import { feeOf } from "../../../machines/domain/Fee.ts"
import { type PaymentId, payoutId } from "../../../machines/domain/Ids.ts"
import { priceOf } from "../../../machines/domain/Price.ts"
import { initialContext, type Price, type Terms } from "../../../machines/transaction/context.ts"
import type { TransactionEvent } from "../../../machines/transaction/events.ts"
import { acceptedOf } from "../../../machines/transaction/guards.ts"
import { type Leaf, statusOf } from "../../../machines/transaction/leaves.ts"
import { type Snapshot, storedContext } from "../../../machines/transaction/snapshot.ts"
import type { RefundRow } from "../../../src/ports/rows.ts"
import { step } from "../../../src/runtime/step.ts"
import { presentTransaction } from "../../../src/sep31/presentTransaction.ts"
import type { TransactionWire } from "../../../src/sep31/wire.ts"
import { transactionId, transactionRow } from "../../support/sep31.ts"

const stroops = fc.bigInt(1n, 100_000_000_000n)
const amounts = stroops.map(fromStroops)
const hash = fc.constantFrom("a".repeat(64), "b".repeat(64))

/** Events as a rail might bring them, of the newest attempt mostly, with amounts that fit and others. */
const events = fc.record({
  kind: fc.constantFrom(
    "delivered",
    "pending",
    "rejected",
    "returned",
    "returnedOwed",
    "failed",
    "partly",
    "voided",
    "unknown",
    "info",
    "updated"
  ),
  n: fc.constantFrom(0, 0, 0, -1),
  amount: amounts,
  share: fc.integer({ min: 1, max: 99 }),
  elsewhere: fc.boolean(),
  lowerFee: fc.boolean(),
  rest: fc.constantFrom("delivered" as const, "pending" as const),
  hash
})
type Drawn = typeof events extends fc.Arbitrary<infer A> ? A : never

const eventOf = (drawn: Drawn, { context }: Snapshot): TransactionEvent => {
  const about = { payoutId: payoutId(transactionId, Math.max(0, context.attempt + drawn.n)) }
  const onStellar = drawn.elsewhere ? null : drawn.hash
  const part = fromStroops(
    (toStroops(context.accepted ?? context.terms.expected) * BigInt(drawn.share)) / 100n
  )
  switch (drawn.kind) {
    case "delivered": {
      const fee = context.fee !== null && drawn.lowerFee ? fromStroops(toStroops(context.fee) / 2n) : null
      return { type: "payout.delivered", ...about, externalId: null, fee }
    }
    case "pending":
      return { type: "payout.pending", ...about, externalId: "e" }
    case "rejected":
      return { type: "payout.rejected", ...about, note: null }
    case "returned":
      return {
        type: "payout.refundedByIntegrator",
        ...about,
        amount: context.received ?? drawn.amount,
        stellarTransactionId: onStellar,
        note: null
      }
    case "returnedOwed":
      return {
        type: "payout.refundedByIntegrator",
        ...about,
        amount: context.owed ?? drawn.amount,
        stellarTransactionId: onStellar,
        note: null
      }
    case "failed":
      return { type: "payout.failed", ...about, note: null }
    case "partly":
      return {
        type: "payout.partlyRefused",
        ...about,
        refused: part,
        rest: drawn.rest,
        externalId: null,
        note: null
      }
    case "voided":
      return { type: "payout.voided", ...about }
    case "info":
      return { type: "payout.neededTransactionInfo", ...about, fields: ["account_number"], note: null }
    case "updated":
      return { type: "transaction.updated", fields: ["account_number"] }
    default:
      return { type: "payout.unknown", ...about, next: "lookUp", note: null }
  }
}

const present = ({ context, leaf }: Snapshot, refunds: ReadonlyArray<RefundRow>) =>
  presentTransaction(
    transactionRow({
      ...(context.terms.conversion === null ? {} : { asset: context.terms.conversion.from }),
      state: leaf,
      status: statusOf(leaf),
      terms: context.terms,
      amounts: {
        received: context.received,
        accepted: context.accepted,
        fee: context.fee,
        delivered: context.delivered
      },
      context: storedContext(context),
      refunds
    }),
    null
  )

const stroopsOf = (text: string): bigint => toStroops(amount(text))

const priceIn = ({ context }: Snapshot): Price => {
  const price = context.terms.conversion?.price ?? context.price
  if (price === null) throw new Error("an amount_out is shown without a price")
  return price
}
const feeIsUnknown = ({ context }: Snapshot): boolean =>
  context.terms.conversion?.price === null && context.price === null && context.accepted !== zero

/** `amount_in - fee = price * amount_out`, or with the fee in the asset delivered `amount_in = price * (amount_out + fee)`. */
const checkConverted = (shown: TransactionWire, price: Price, from: string) => {
  const fee = stroopsOf(shown.amount_fee ?? "0")
  const isInFrom = price.fee.asset === from
  const left = stroopsOf(shown.amount_in) - (isInFrom ? fee : 0n)
  const right = stroopsOf(shown.amount_out ?? "0") + (isInFrom ? 0n : fee)
  const exact = Result.getOrThrow(parseDecimal(price.price))
  const off = left * powerOfTen(exact.scale) - exact.units * right
  // a price is printed with more digits than the amounts have: not a stroop is lost
  expect((off < 0n ? -off : off) < powerOfTen(exact.scale)).toBe(true)
}

/** What must hold of every presentation, whatever came before. */
const checkSums = (snapshot: Snapshot, refunds: ReadonlyArray<RefundRow>) => {
  const shown = present(snapshot, refunds)
  const refunded = refunds.reduce((total, each) => total + toStroops(each.amount), 0n)
  const { conversion } = snapshot.context.terms
  if (shown.amount_out !== undefined && conversion === null) {
    expect(stroopsOf(shown.amount_out)).toBe(
      stroopsOf(shown.amount_in) - stroopsOf(shown.amount_fee ?? "0") - refunded
    )
  }
  if (shown.amount_out !== undefined && conversion !== null && refunded === 0n) {
    checkConverted(shown, priceIn(snapshot), conversion.from)
  }
  // nothing is told of a price that is not known, and everything of one that is (S31-AMT-08)
  expect(shown.amount_fee === undefined).toBe(conversion !== null && feeIsUnknown(snapshot))
  expect(shown.fee_details?.total).toBe(shown.amount_fee)
  if (shown.fee_details !== undefined) expect(shown.fee_details.asset).toBe(shown.amount_fee_asset)
  const parts = shown.fee_details?.details
  if (parts !== undefined) {
    expect(parts.reduce((total, part) => total + stroopsOf(part.amount), 0n)).toBe(
      stroopsOf(shown.fee_details?.total ?? "")
    )
  }
  expect(shown.refunds?.amount_refunded ?? "0").toBe(fromStroops(refunded))
  // true for the whole amount and nothing less, on Stellar or elsewhere
  const { received } = snapshot.context
  expect(shown.refunded).toBe(snapshot.context.refunded)
  if (received !== null && refunded === toStroops(received)) expect(shown.refunded).toBe(true)
  if (shown.refunded) expect(shown.amount_in).toBe(received)
}

/** Walks the machine by what was drawn, and checks every presentation on the way; answers the states that were seen. */
const walk = (
  terms: Terms,
  received: Amount,
  price: Price | null,
  drawn: ReadonlyArray<Drawn>
): ReadonlySet<Leaf> => {
  const seen = new Set<Leaf>()
  const refunds: Array<RefundRow> = []
  let snapshot: Snapshot = {
    leaf: "pending_sender.awaitingPayment",
    context: initialContext({ id: transactionId, terms })
  }
  const take = (event: TransactionEvent) => {
    const stepped = step(snapshot, event)
    if (stepped._tag === "Moved") {
      snapshot = stepped.after
      refunds.push(...stepped.commands.filter((command) => command.type === "recordRefund"))
    }
    seen.add(snapshot.leaf)
    checkSums(snapshot, refunds)
  }
  checkSums(snapshot, refunds)
  take({
    type: "payment.matched",
    paymentId: "testnet:1:0" as PaymentId,
    amount: received,
    stellarTransactionId: "c".repeat(64),
    closedAtMillis: 1,
    price
  })
  for (const each of drawn) take(eventOf(each, snapshot))
  return seen
}

const policies = fc.record({
  over: fc.constantFrom("deliver" as const, "refundExcess" as const, "refundAll" as const),
  under: fc.constantFrom("deliver" as const, "refundAll" as const)
})
const walked = fc.array(events, { maxLength: 8 })
const unlimited = { minimum: null, maximum: null, expiresAtMillis: 2 }

it("amount_out is amount_in less fee and refunds in every state that shows it (S31-AMT-02, S31-REF-02, S31-AMT-09)", () => {
  const seen = new Set<Leaf>()
  fc.assert(
    fc.property(amounts, amounts, amounts, policies, walked, (expected, received, fixed, mismatch, drawn) => {
      const fee = { fixed, percent: amount("1") }
      // POST takes no amount that its fee would eat (S31-AMT-07)
      fc.pre(toStroops(feeOf(fee, expected)) < toStroops(expected))
      const terms = { ...unlimited, expected, fee, conversion: null, mismatch }
      for (const leaf of walk(terms, received, null, drawn)) seen.add(leaf)
    }),
    { numRuns: 3000 }
  )

  // the walks reached what they are about
  const wanted: ReadonlyArray<Leaf> = [
    "completed",
    "refunded",
    "error",
    "pending_receiver.partRefundOwed",
    "pending_receiver.refundOwed"
  ]
  expect(wanted.filter((leaf) => !seen.has(leaf))).toEqual([])
})

/** Prices as quotes have them, for an amount. */
const prices = fc.record({
  rate: fc.integer({ min: 1, max: 1_000_000 }).map((units) => ({ units: BigInt(units), scale: 3 })),
  feeIn: fc.constantFrom("sell" as const, "buy" as const),
  fee: fc.bigInt(0n, 1_000_000_000n).map(fromStroops),
  buyDecimals: fc.constantFrom(0, 2, 7),
  parts: fc.boolean()
})
const [sold, bought] = ["stellar:USDC:G", "iso4217:BRL"]
const pricedBy = (
  drawn: typeof prices extends fc.Arbitrary<infer A> ? A : never,
  sell: Amount
): Price | null => {
  const priced = priceOf({
    given: "sell",
    amount: sell,
    rate: drawn.rate,
    fee: { total: drawn.fee, in: drawn.feeIn },
    sellDecimals: 7,
    buyDecimals: drawn.buyDecimals
  })
  if (Result.isFailure(priced)) return null
  const { buyAmount, price, totalPrice } = priced.success
  const asset = drawn.feeIn === "sell" ? sold : bought
  const details = drawn.parts ? { details: [{ name: "service", amount: drawn.fee }] } : {}
  return { buyAmount, price, totalPrice, fee: { total: drawn.fee, asset, ...details } }
}

it("converted by a quote, amounts and fee are the quote's, and its price joins them (S31-AMT-02, S31-AMT-03, S31-GET-04)", () => {
  let delivered = 0
  fc.assert(
    fc.property(
      amounts,
      prices,
      policies,
      walked,
      fc.boolean(),
      (expected, drawnPrice, mismatch, drawn, exact) => {
        const price = pricedBy(drawnPrice, expected)
        fc.pre(price !== null)
        const conversion = { from: sold, to: bought, price }
        const fee = { fixed: zero, percent: zero }
        const terms = { ...unlimited, expected, fee, conversion, mismatch }
        const shown = present(
          { leaf: "pending_sender.awaitingPayment", context: initialContext({ id: transactionId, terms }) },
          []
        )
        expect(shown).toMatchObject({
          amount_in: expected,
          amount_out: price?.buyAmount,
          amount_out_asset: bought,
          amount_fee: price?.fee.total,
          amount_fee_asset: price?.fee.asset,
          fee_details: price?.fee
        })
        const received = exact ? expected : fromStroops(toStroops(expected) + 1n)
        if (walk(terms, received, null, drawn).has("completed")) delivered += 1
      }
    ),
    { numRuns: 1000 }
  )
  expect(delivered).toBeGreaterThan(10)
})

it("converted without a quote, amount_out and fee are those of receipt and unknown before (S31-AMT-08, H-32)", () => {
  let delivered = 0
  fc.assert(
    fc.property(
      amounts,
      amounts,
      prices,
      policies,
      walked,
      (expected, received, drawnPrice, mismatch, drawn) => {
        const conversion = { from: sold, to: bought, price: null }
        const fee = { fixed: zero, percent: zero }
        const terms = { ...unlimited, expected, fee, conversion, mismatch }
        const shown = present(
          { leaf: "pending_sender.awaitingPayment", context: initialContext({ id: transactionId, terms }) },
          []
        )
        for (const member of ["amount_out", "amount_fee", "fee_details"]) {
          expect(shown).not.toHaveProperty(member)
        }
        expect(shown).toMatchObject({ amount_in: expected, amount_out_asset: bought, amount_fee_asset: sold })
        const price = pricedBy(drawnPrice, acceptedOf(terms, received))
        if (walk(terms, received, price, drawn).has("completed")) delivered += 1
      }
    ),
    { numRuns: 1000 }
  )
  expect(delivered).toBeGreaterThan(10)
})
