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
import { type PaymentId, payoutId, type SealedId, type TransactionId } from "../../machines/domain/Ids.ts"
import { initialContext, type Party, type Terms } from "../../machines/transaction/context.ts"
import { eventTypes, type TransactionEvent } from "../../machines/transaction/events.ts"
import { dueOf, type Leaf } from "../../machines/transaction/leaves.ts"
import type { Snapshot } from "../../machines/transaction/snapshot.ts"
import { step, type Stepped } from "../../src/runtime/step.ts"

export const playId = "0190a000-0000-7000-8000-0000000000ff" as TransactionId

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
}

export const fieldNames = ["account_number", "routing_number", "purpose"]
const stroops = (max: bigint) => fc.bigInt({ min: 0n, max }).map(fromStroops)
const mostly = <A>(often: A, ...rarely: ReadonlyArray<A>) =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(often) }, { weight: 1, arbitrary: fc.constantFrom(...rarely) })

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
  lowersFee: fc.boolean()
})

const bound = fc.oneof(stroops(1_000_000_000n), fc.constant(null))

export const terms: fc.Arbitrary<Terms> = fc.record({
  expected: stroops(5_000_000_000n),
  minimum: bound,
  maximum: fc.constantFrom(amount("500"), amount("1000"), null),
  fee: fc.record({ fixed: stroops(50_000_000n), percent: stroops(100_000_000n) }),
  expiresAtMillis: fc.constant(2_000)
})

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

const awaitedIn = (leaf: Leaf): ReadonlyArray<TransactionEvent["type"]> => {
  switch (dueOf(leaf)) {
    case "expiry":
      return ["payment.matched"]
    case "payout":
    case "held":
      return answers
    case "refund-owed":
      return ["payout.refundedByIntegrator"]
    case "transaction-info":
      return ["transaction.updated", ...givingUp]
    case "customer-info":
      return ["customers.accepted", "customer.rejected", ...givingUp]
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
  const value = sized(drawn, snapshot)
  const about = { payoutId: payoutId(context.id, Math.max(1, context.attempt + drawn.offset)) }
  switch (type) {
    case "payment.matched":
      return {
        type,
        paymentId: "testnet:1:0" as PaymentId,
        amount: value,
        stellarTransactionId: "b".repeat(64),
        closedAtMillis: context.terms.expiresAtMillis + (drawn.isLate ? 1 : 0)
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
    case "transaction.updated":
      return { type, fields: names }
    case "customer.rejected":
      return { type, party, note }
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

export const born = (given: Terms): Snapshot => ({
  leaf: "pending_sender.awaitingPayment",
  context: initialContext({ id: playId, terms: given })
})

/** Tells every draw in turn. */
export const play = (given: Terms, draws: ReadonlyArray<Draw>): ReadonlyArray<Told> => {
  let now = born(given)
  return draws.map((drawn) => {
    const before = now
    const event = eventOf(drawn, before)
    const result = step(before, event)
    now = result._tag === "Moved" ? result.after : before
    return { before, event, result, after: now }
  })
}

/** A life: terms and what is told, mostly opened by a payment that funds it. */
export const life: fc.Arbitrary<ReadonlyArray<Told>> = fc
  .tuple(terms, fc.array(draw, { minLength: 1, maxLength: 25, size: "max" }), fc.boolean())
  .map(([given, draws, opens]) => {
    const first: ReadonlyArray<Draw> =
      opens && draws[0] !== undefined
        ? [{ ...draws[0], awaited: 0, size: "any", any: amount("400.1234567"), isLate: false }]
        : []
    return play(given, [...first, ...draws])
  })
