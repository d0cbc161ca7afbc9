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
export const machineVersion = 1

/** Frozen at birth: later configuration does not reach a transaction that exists. */
export interface Terms {
  readonly expected: Amount
  /** Inclusive bounds on what may be received; null is no bound. */
  readonly minimum: Amount | null
  readonly maximum: Amount | null
  readonly fee: FeeTerms
  /** A payment that closed in a ledger after this moment (milliseconds since 1970) is late, whenever it is seen. */
  readonly expiresAtMillis: number
}

export type Party = "sender" | "receiver"

export interface TransactionContext {
  readonly id: TransactionId
  readonly terms: Terms
  /** What the ledger credited, in all operations of the payment that funded this transaction. */
  readonly received: Amount | null
  /** What the payout works on: the received amount less what the rail refused. */
  readonly accepted: Amount | null
  /** Fee taken; known from the moment of receipt, lowered at most by the rail. */
  readonly fee: Amount | null
  /** What reached the Receiving Client. */
  readonly delivered: Amount | null
  /** Ordinal of the newest payout attempt; 0 is none. It grows only after the attempt before was proven not accepted. */
  readonly attempt: number
  /** Owed back to the payer and not yet returned. */
  readonly owed: Amount | null
  /** The integrator returned the money itself. */
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
}): TransactionContext => ({
  id: input.id,
  terms: input.terms,
  received: null,
  accepted: null,
  fee: null,
  delivered: null,
  attempt: 0,
  owed: null,
  refunded: false,
  fields: [],
  party: null,
  note: null
})
