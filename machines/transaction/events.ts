/**
 * Everything that can happen to a transaction, in the past tense. An event is a fact already stored or committed with the
 * step it causes; the machine decides what it means and may refuse it by name (./refusals.ts).
 */
import type { Amount } from "../domain/Amount.ts"
import type { CustomerId, PaymentId, PayoutId, RefundId, SealedId } from "../domain/Ids.ts"
import type { Party, Price } from "./context.ts"

/** A payment on Stellar carried this transaction's account and memo in the right asset; `amount` is what was credited. */
export interface PaymentMatched {
  readonly type: "payment.matched"
  readonly paymentId: PaymentId
  readonly amount: Amount
  readonly stellarTransactionId: string
  /** When its ledger closed, milliseconds since 1970: lateness is decided on this and nothing else (S31-ST-11). */
  readonly closedAtMillis: number
  /** Of this moment, for a conversion without a quote; what `acceptedOf` gives is priced. */
  readonly price: Price | null
}
/** The watcher processed a ledger that closed after `expires_at`, and no payment was in time. */
export interface ExpiryPassed {
  readonly type: "expiry.passed"
}

/** The Receiving Client has the money. `fee` only when the rail charged less than the terms say. */
export interface PayoutDelivered {
  readonly type: "payout.delivered"
  readonly payoutId: PayoutId
  readonly externalId: string | null
  readonly fee: Amount | null
}
/** The rail took the payout and will confirm later. */
export interface PayoutPending {
  readonly type: "payout.pending"
  readonly payoutId: PayoutId
  readonly externalId: string | null
}
/** Not accepted: values of `fields` sent with the transaction are wrong. */
export interface PayoutNeededTransactionInfo {
  readonly type: "payout.neededTransactionInfo"
  readonly payoutId: PayoutId
  readonly fields: ReadonlyArray<string>
  readonly note: SealedId | null
}
/** Not accepted: the data of one customer is wrong. */
export interface PayoutNeededCustomerInfo {
  readonly type: "payout.neededCustomerInfo"
  readonly payoutId: PayoutId
  readonly party: Party
  readonly fields: ReadonlyArray<string>
  readonly note: SealedId | null
}
/** Not accepted, for good: the whole amount is owed back. */
export interface PayoutRejected {
  readonly type: "payout.rejected"
  readonly payoutId: PayoutId
  readonly note: SealedId | null
}
/** Not paid out; the integrator returned the money itself, on Stellar (with a hash) or otherwise. */
export interface PayoutRefundedByIntegrator {
  readonly type: "payout.refundedByIntegrator"
  readonly payoutId: PayoutId
  readonly amount: Amount
  readonly stellarTransactionId: string | null
  readonly note: SealedId | null
}
/** Failed for good, nothing to be returned: a person decides what follows. */
export interface PayoutFailed {
  readonly type: "payout.failed"
  readonly payoutId: PayoutId
  readonly note: SealedId | null
}
/** A part is owed back; the rest was delivered, or is on its way. */
export interface PayoutPartlyRefused {
  readonly type: "payout.partlyRefused"
  readonly payoutId: PayoutId
  readonly refused: Amount
  readonly rest: "delivered" | "pending"
  readonly externalId: string | null
  readonly note: SealedId | null
}
/** The rail promises that it took nothing; the same attempt may be made again. */
export interface PayoutNotAccepted {
  readonly type: "payout.notAccepted"
  readonly payoutId: PayoutId
}
/** Proven: this attempt was never accepted and never will be, so a next one may be made. */
export interface PayoutVoided {
  readonly type: "payout.voided"
  readonly payoutId: PayoutId
}
/** Nobody knows whether the money moved. `next` is what the rail's capabilities allow. */
export interface PayoutUnknown {
  readonly type: "payout.unknown"
  readonly payoutId: PayoutId
  readonly next: "repeat" | "lookUp" | "hold"
  readonly note: SealedId | null
}

/** An envelope that returns what is owed is signed and committed with this event; only then is it submitted. */
export interface RefundSubmitted {
  readonly type: "refund.submitted"
  readonly refundId: RefundId
  /** Hash of the Stellar transaction, hex. */
  readonly hash: string
}
/** The ledger holds the envelope, successful. */
export interface RefundConfirmed {
  readonly type: "refund.confirmed"
  readonly refundId: RefundId
  readonly amount: Amount
  readonly stellarTransactionId: string
}
/** No envelope of the refund is open, and none can be made now: the payer cannot receive, or we cannot pay. */
export interface RefundHeld {
  readonly type: "refund.held"
  readonly refundId: RefundId
  readonly note: SealedId | null
}

/** The Sending Anchor sent every field asked for and the integrator accepted the values (SEP-31 §PATCH). */
export interface TransactionUpdated {
  readonly type: "transaction.updated"
  readonly fields: ReadonlyArray<string>
}
/** A customer came to a side that had none (SEP-12 §PUT with transaction_id). */
export interface CustomerLinked {
  readonly type: "customer.linked"
  readonly party: Party
  readonly customerId: CustomerId
  /** The SEP-12 type it is judged by for this transaction. */
  readonly customerType: string
}
/** Before any payment: some side has no customer, or one that is NEEDS_INFO. */
export interface CustomersNeedInfo {
  readonly type: "customers.needInfo"
}
/** Before any payment: every side has given what was asked, and some verdict is still open. */
export interface CustomersProcessing {
  readonly type: "customers.processing"
}
/** Both customers are ACCEPTED for the transaction's types. */
export interface CustomersAccepted {
  readonly type: "customers.accepted"
}
/** A customer's verdict is REJECTED. */
export interface CustomerRejected {
  readonly type: "customer.rejected"
  readonly party: Party
  readonly note: SealedId | null
}

export type PayoutEvent =
  | PayoutDelivered
  | PayoutPending
  | PayoutNeededTransactionInfo
  | PayoutNeededCustomerInfo
  | PayoutRejected
  | PayoutRefundedByIntegrator
  | PayoutFailed
  | PayoutPartlyRefused
  | PayoutNotAccepted
  | PayoutVoided
  | PayoutUnknown

export type TransactionEvent =
  | PaymentMatched
  | ExpiryPassed
  | PayoutEvent
  | RefundSubmitted
  | RefundConfirmed
  | RefundHeld
  | TransactionUpdated
  | CustomerLinked
  | CustomersNeedInfo
  | CustomersProcessing
  | CustomersAccepted
  | CustomerRejected

export const eventTypes = [
  "payment.matched",
  "expiry.passed",
  "payout.delivered",
  "payout.pending",
  "payout.neededTransactionInfo",
  "payout.neededCustomerInfo",
  "payout.rejected",
  "payout.refundedByIntegrator",
  "payout.failed",
  "payout.partlyRefused",
  "payout.notAccepted",
  "payout.voided",
  "payout.unknown",
  "refund.submitted",
  "refund.confirmed",
  "refund.held",
  "transaction.updated",
  "customer.linked",
  "customers.needInfo",
  "customers.processing",
  "customers.accepted",
  "customer.rejected"
] as const satisfies ReadonlyArray<TransactionEvent["type"]>

/** Events that tell of money having moved, or come with money: a refusal of one is an alert. */
export const carriesMoney = (event: TransactionEvent): boolean =>
  event.type === "payment.matched" ||
  event.type === "payout.delivered" ||
  event.type === "payout.partlyRefused" ||
  event.type === "payout.refundedByIntegrator" ||
  event.type === "refund.confirmed"
