/**
 * What the transaction machine knows. Facts its guards read and its commands need, nothing a screen wants.
 *
 * Gotcha: no customer data ever: names of fields, never their values; whatever a rail or a person said in words is a sealed
 * row that `note` refers to. In the row, `terms` and the amounts are columns and the rest is the snapshot (./snapshot.ts).
 */
import type { Amount } from "../domain/Amount.ts"
import type { FeeTerms } from "../domain/Fee.ts"
import type { SealedId, TransactionId } from "../domain/Ids.ts"

/** Raised when stored contexts change shape; `upgrade` in ./snapshot.ts reads every version since 1. */
export const machineVersion = 2

/** What is kept of an amount, and its parts. Amounts in units of `asset`; the parts add up to the total. */
export interface PriceFee {
  readonly total: Amount
  /** As SEP-38 names it: the asset received or the one delivered. */
  readonly asset: string
  readonly details?: ReadonlyArray<{
    readonly name: string
    readonly description?: string
    readonly amount: Amount
  }>
}

/** What one amount received comes to in the asset delivered. */
export interface Price {
  /** For the Receiving Client, in the asset delivered. */
  readonly buyAmount: Amount
  readonly fee: PriceFee
  /** Decimal strings, as SEP-38 prints them. */
  readonly price: string
  readonly totalPrice: string
}

/** The Receiving Client gets another asset than the one received. Assets as SEP-38 names them. */
export interface Conversion {
  readonly from: string
  readonly to: string
  /** Of the firm quote; null where the price is that of the moment of receipt (S31-AMT-08). */
  readonly price: Price | null
}

/** What is done with a payment that is not the amount announced, yet within the bounds (S31-AMT-10). */
export interface MismatchPolicy {
  readonly over: "deliver" | "refundExcess" | "refundAll"
  readonly under: "deliver" | "refundAll"
}

/** Frozen at birth: later configuration does not reach a transaction that exists. */
export interface Terms {
  readonly expected: Amount
  /** Inclusive bounds on what may be received; null is no bound. */
  readonly minimum: Amount | null
  readonly maximum: Amount | null
  readonly fee: FeeTerms
  /** A payment whose ledger did not close before this moment (milliseconds since 1970) is late, whenever it is seen. */
  readonly expiresAtMillis: number
  /** Null: the asset received itself is delivered, one to one. */
  readonly conversion: Conversion | null
  readonly mismatch: MismatchPolicy
}

/** The asset received is delivered one to one, and what came is what is delivered. */
export const deliverAsReceived: Pick<Terms, "conversion" | "mismatch"> = {
  conversion: null,
  mismatch: { over: "deliver", under: "deliver" }
}

export type Party = "sender" | "receiver"

export interface TransactionContext {
  readonly id: TransactionId
  readonly terms: Terms
  /** Its Sending Anchor has been told where to pay: true once it was ready for funds (S31-RESP-04). */
  readonly ready: boolean
  /** The price of the moment of receipt, for a conversion without a quote. */
  readonly price: Price | null
  /** What the ledger credited, in all operations of the payment that funded this transaction. */
  readonly received: Amount | null
  /** What the payout works on: the received amount less what the rail refused. */
  readonly accepted: Amount | null
  /** Fee taken; known from the moment of receipt, lowered at most by the rail. */
  readonly fee: Amount | null
  /** What reached the Receiving Client, in the asset delivered. */
  readonly delivered: Amount | null
  /** Ordinal of the newest payout attempt; 0 is none. It grows only after the attempt before was proven not accepted. */
  readonly attempt: number
  /** Owed back to the payer and not yet returned. */
  readonly owed: Amount | null
  /** An envelope that returns what is owed may be on the ledger: nobody else may return it. */
  readonly submitted: boolean
  /** All of the money was returned. */
  readonly refunded: boolean
  /** Names of the fields a rail wants corrected, in either info-update state. */
  readonly fields: ReadonlyArray<string>
  readonly party: Party | null
  /** A sealed row with what was said in words: message, reason, descriptions of the fields. */
  readonly note: SealedId | null
}

export const initialContext = (input: {
  readonly id: TransactionId
  readonly terms: Terms
  /** False where its customers must be accepted first. */
  readonly ready?: boolean
}): TransactionContext => ({
  id: input.id,
  terms: input.terms,
  ready: input.ready ?? true,
  price: null,
  received: null,
  accepted: null,
  fee: null,
  delivered: null,
  attempt: 0,
  owed: null,
  submitted: false,
  refunded: false,
  fields: [],
  party: null,
  note: null
})
