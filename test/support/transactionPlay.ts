// Random lives of a transaction: what is told is drawn relative to where the transaction stands, so that most draws mean
// something in most states, and some are about an older attempt, a wrong amount or a name that nobody asked for.
import fc from "fast-check"
import {
  type Amount,
  amount,
  fromStroops,
  stroopsMax,
  toStroops,
  zero
} from "../../machines/domain/Amount.ts"
import {
  type CustomerId,
  type PaymentId,
  payoutId,
  type RefundId,
  type SealedId,
  type TransactionId
} from "../../machines/domain/Ids.ts"
import {
  type Conversion,
  initialContext,
  type MismatchPolicy,
  type Party,
  type Price,
  type Terms
} from "../../machines/transaction/context.ts"
import { eventTypes, type TransactionEvent } from "../../machines/transaction/events.ts"
import { dueOf, isUnfunded, type Leaf } from "../../machines/transaction/leaves.ts"
import type { Snapshot } from "../../machines/transaction/snapshot.ts"
import { step, type Stepped } from "../../src/runtime/step.ts"

export const playId = "0190a000-0000-7000-8000-0000000000ff" as TransactionId

const playRefund = "testnet:1:0/1" as RefundId
const playCustomer = "0190a000-0000-7000-8000-0000000000c1" as CustomerId

type Size = "received" | "accepted" | "owed" | "half" | "stroop" | "nothing" | "any"

/** One thing to tell, before it is known to whom. */
export interface Draw {
  readonly type: TransactionEvent["type"]
  /** Tell instead one of those that the state waits for, this one of them; null tells `type`. */
  readonly awaited: number | null
  /** About the newest attempt (0), the one before, or one that is not yet. */
  readonly offset: number
  readonly size: Size
  readonly any: Amount
  readonly isLate: boolean
  readonly names: ReadonlyArray<string>
  readonly party: Party
  readonly note: SealedId | null
  readonly hash: string | null
  readonly rest: "delivered" | "pending"
  readonly next: "repeat" | "lookUp" | "hold"
  readonly lowersFee: boolean
  readonly price: Price | null
}

export const fieldNames = ["account_number", "routing_number", "purpose"]
const stroops = (max: bigint) => fc.bigInt({ min: 0n, max }).map(fromStroops)
const mostly = <A>(often: A, ...rarely: ReadonlyArray<A>) =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(often) }, { weight: 1, arbitrary: fc.constantFrom(...rarely) })

const received = "stellar:USDC:GBBD47IF6LWK7P7MDEVSCWR7DPUWV3NY3DTQEVFL4NAT4AQH3ZLLFLA5"
export const delivered = "iso4217:BRL"

const price: fc.Arbitrary<Price> = fc.record({
  buyAmount: stroops(20_000_000_000n).map((some) => (some === zero ? amount("1") : some)),
  fee: fc.record({ total: stroops(40_000_000n), asset: fc.constantFrom(received, delivered) }),
  price: fc.constant("0.2"),
  totalPrice: fc.constant("0.21")
})

export const draw: fc.Arbitrary<Draw> = fc.record({
  type: fc.constantFrom(...eventTypes),
  awaited: fc.oneof(fc.nat(1000), fc.constant(null)),
  offset: mostly(0, 0, 0, -1, 1),
  size: mostly<Size>("received", "accepted", "owed", "half", "stroop", "nothing", "any"),
  any: fc.oneof(stroops(10_000_000_000n), stroops(stroopsMax)),
  isLate: mostly(false, false, true),
  names: fc.subarray(fieldNames),
  party: fc.constantFrom<Party>("sender", "receiver"),
  note: fc.constantFrom("0190a000-0000-7000-8000-0000000000aa" as SealedId, null),
  hash: fc.constantFrom("a".repeat(64), null),
  rest: fc.constantFrom("delivered", "pending"),
  next: fc.constantFrom("repeat", "lookUp", "hold"),
  lowersFee: fc.boolean(),
  price: fc.option(price)
})

const bound = fc.oneof(stroops(1_000_000_000n), fc.constant(null))

export const terms: fc.Arbitrary<Terms> = fc.record({
  expected: stroops(5_000_000_000n),
  minimum: bound,
  maximum: fc.constantFrom(amount("500"), amount("1000"), null),
  fee: fc.record({ fixed: stroops(50_000_000n), percent: stroops(100_000_000n) }),
  expiresAtMillis: fc.constant(2_000),
  conversion: fc.constant<Conversion | null>(null),
  mismatch: fc.record<MismatchPolicy>({
    over: mostly<MismatchPolicy["over"]>("deliver", "refundExcess", "refundAll"),
    under: mostly<MismatchPolicy["under"]>("deliver", "refundAll")
  })
})

/** Terms under which another asset is delivered, by a firm price or that of receipt. */
export const convertingTerms: fc.Arbitrary<Terms> = fc
  .tuple(terms, fc.option(price))
  .map(([plain, firm]) => ({ ...plain, conversion: { from: received, to: delivered, price: firm } }))

const sizedFor = (drawn: Draw, snapshot: Snapshot): Amount =>
  drawn.size === "received" && snapshot.context.received === null
    ? snapshot.context.terms.expected
    : sized(drawn, snapshot)

const sized = ({ any, size }: Draw, { context }: Snapshot): Amount => {
  const of = {
    received: context.received,
    accepted: context.accepted,
    owed: context.owed,
    half: context.accepted === null ? null : fromStroops(toStroops(context.accepted) / 2n),
    stroop: fromStroops(1n),
    nothing: zero,
    any
  }[size]
  return of ?? any
}

const answers = eventTypes.filter((type) => type.startsWith("payout."))
const givingUp = ["payout.rejected", "payout.failed", "payout.refundedByIntegrator"] as const

const gates = [
  "customer.linked",
  "customers.needInfo",
  "customers.processing",
  "customers.accepted",
  "customers.accepted",
  "customer.rejected",
  "expiry.passed"
] as const

const refunding = ["refund.submitted", "refund.submitted", "refund.confirmed", "refund.held"] as const

const awaitedIn = (leaf: Leaf): ReadonlyArray<TransactionEvent["type"]> => {
  switch (dueOf(leaf)) {
    case "expiry":
      return ["payment.matched"]
    case "payout":
    case "held":
      return answers
    case "refund-owed":
      return ["payout.refundedByIntegrator", ...refunding]
    case "refund":
      return refunding
    case "transaction-info":
      return ["transaction.updated", ...givingUp]
    case "customer-info":
      return isUnfunded(leaf) ? gates : ["customers.accepted", "customer.rejected", ...givingUp]
    case "none":
      return eventTypes
  }
}

/** The event a draw stands for in a snapshot. */
export const eventOf = (drawn: Draw, snapshot: Snapshot): TransactionEvent => {
  const { awaited, hash, names, next, note, party, rest } = drawn
  const { context, leaf } = snapshot
  const wanted = awaitedIn(leaf)
  const type = (awaited === null ? undefined : wanted[awaited % wanted.length]) ?? drawn.type
  const value = sizedFor(drawn, snapshot)
  const about = { payoutId: payoutId(context.id, Math.max(1, context.attempt + drawn.offset)) }
  switch (type) {
    case "payment.matched":
      return {
        type,
        paymentId: "testnet:1:0" as PaymentId,
        amount: value,
        stellarTransactionId: "b".repeat(64),
        closedAtMillis: context.terms.expiresAtMillis - (drawn.isLate ? 0 : 1),
        price: drawn.price
      }
    case "payout.delivered": {
      const lower = fromStroops(toStroops(context.fee ?? zero) / 2n)
      return { type, ...about, externalId: note, fee: drawn.lowersFee ? lower : hash === null ? null : value }
    }
    case "payout.pending":
      return { type, ...about, externalId: note }
    case "payout.neededTransactionInfo":
      return { type, ...about, fields: names, note }
    case "payout.neededCustomerInfo":
      return { type, ...about, party, fields: names, note }
    case "payout.rejected":
    case "payout.failed":
      return { type, ...about, note }
    case "payout.refundedByIntegrator":
      return { type, ...about, amount: value, stellarTransactionId: hash, note }
    case "payout.partlyRefused":
      return { type, ...about, refused: value, rest, externalId: note, note }
    case "payout.notAccepted":
    case "payout.voided":
      return { type, ...about }
    case "payout.unknown":
      return { type, ...about, next, note }
    case "refund.submitted":
      return { type, refundId: playRefund, hash: "d".repeat(64) }
    case "refund.confirmed": {
      const returned = drawn.isLate ? value : (context.owed ?? value)
      return { type, refundId: playRefund, amount: returned, stellarTransactionId: "d".repeat(64) }
    }
    case "refund.held":
      return { type, refundId: playRefund, note }
    case "transaction.updated":
      return { type, fields: names }
    case "customer.rejected":
      return { type, party, note }
    case "customer.linked":
      return { type, party, customerId: playCustomer, customerType: `sep31-${party}` }
    case "customers.needInfo":
    case "customers.processing":
    case "expiry.passed":
    case "customers.accepted":
      return { type }
  }
}

export interface Told {
  readonly before: Snapshot
  readonly event: TransactionEvent
  readonly result: Stepped
  readonly after: Snapshot
}

/** Ready to be paid, or waiting for its customers first. */
export const born = (given: Terms, ready = true): Snapshot => ({
  leaf: ready ? "pending_sender.awaitingPayment" : "pending_receiver.checking",
  context: initialContext({ id: playId, terms: given, ready })
})

/** Tells every draw in turn. */
export const play = (given: Terms, draws: ReadonlyArray<Draw>, ready = true): ReadonlyArray<Told> => {
  let now = born(given, ready)
  return draws.map((drawn) => {
    const before = now
    const event = eventOf(drawn, before)
    const result = step(before, event)
    now = result._tag === "Moved" ? result.after : before
    return { before, event, result, after: now }
  })
}

/** Terms and what is told, mostly opened by a payment that funds it. */
const lifeUnder = (given: fc.Arbitrary<Terms>): fc.Arbitrary<ReadonlyArray<Told>> =>
  fc
    .tuple(
      given,
      fc.array(draw, { minLength: 1, maxLength: 25, size: "max" }),
      mostly<"paid" | "ready" | "waiting">("paid", "ready", "waiting")
    )
    .map(([under, draws, opens]) => {
      const [next] = draws
      const paid: ReadonlyArray<Draw> =
        opens === "paid" && next !== undefined
          ? [{ ...next, awaited: 0, size: "any", any: amount("400.1234567"), isLate: false }]
          : []
      return play(under, [...paid, ...draws], opens !== "waiting")
    })

/** A life of a transaction that delivers what it receives. */
export const life = lifeUnder(terms)
/** A life at whose end another asset is delivered; its payment is the amount announced more often than not. */
export const convertingLife = lifeUnder(
  convertingTerms.map((given) => ({ ...given, expected: amount("400.1234567") }))
)
