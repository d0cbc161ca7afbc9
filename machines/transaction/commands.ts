/**
 * Everything the machine can ask for, in the imperative. Commands are data: the runtime writes them as rows in the commit of
 * the step that asked, and only committed rows are acted on. Each carries its own key, derived and never random.
 */
import type { Amount } from "../domain/Amount.ts"
import type { CustomerId, PayoutId } from "../domain/Ids.ts"
import type { Party } from "./context.ts"

/** Plan a payout attempt: `amount`, in the asset delivered, goes to the Receiving Client; `fee`, in the one received, stays. */
export interface ExecutePayout {
  readonly type: "executePayout"
  readonly payoutId: PayoutId
  readonly amount: Amount
  readonly fee: Amount
}
/** The same attempt once more, under the same key, after its backoff. */
export interface RetryPayout {
  readonly type: "retryPayout"
  readonly payoutId: PayoutId
}
/** Ask the rail what became of the attempt; never send it again. */
export interface LookUpPayout {
  readonly type: "lookUpPayout"
  readonly payoutId: PayoutId
}
/** The rail confirms later: poll from now on. */
export interface AwaitConfirmation {
  readonly type: "awaitConfirmation"
  readonly payoutId: PayoutId
  readonly externalId: string | null
}
/** Only a person, or a late answer, can say what became of the attempt. */
export interface HoldPayout {
  readonly type: "holdPayout"
  readonly payoutId: PayoutId
}
/** The attempt is over. */
export interface ClosePayout {
  readonly type: "closePayout"
  readonly payoutId: PayoutId
  readonly as: "delivered" | "refused" | "voided" | "failed"
  readonly externalId: string | null
}
/** Ask a customer for corrected data through SEP-12. */
export interface RequestCustomerInfo {
  readonly type: "requestCustomerInfo"
  readonly party: Party
  readonly fields: ReadonlyArray<string>
}
/** Move what is reserved: how much of the payment waits for a payout, for a refund, and stays as fee. */
export interface Reserve {
  readonly type: "reserve"
  readonly payout: Amount
  readonly refund: Amount
  readonly fee: Amount
}
/** What is owed is to be returned on Stellar. Acted on only where there is a key that may. */
export interface PlanRefund {
  readonly type: "planRefund"
  readonly amount: Amount
}
/** It has been returned by other hands: the planned refund must not be made. */
export interface CancelRefund {
  readonly type: "cancelRefund"
}
/** The envelope that comes with the event is open from now on. */
export interface OpenEnvelope {
  readonly type: "openEnvelope"
  readonly hash: string
}
/** The refund is over, or waits for a person. */
export interface CloseRefund {
  readonly type: "closeRefund"
  readonly as: "confirmed" | "held"
}
/** Money has been returned on Stellar, by us or by the integrator. */
export interface RecordRefund {
  readonly type: "recordRefund"
  readonly amount: Amount
  readonly stellarTransactionId: string
}
export type Account =
  | "ledger-in"
  | "suspense"
  | "payable"
  | "exchange"
  | "rail-out"
  | "refund-out"
  | "fee"
  | "rounding"

/** A side has got its customer. */
export interface LinkCustomer {
  readonly type: "linkCustomer"
  readonly party: Party
  readonly customerId: CustomerId
  readonly customerType: string
}
/** Book a transfer between two accounts of the journal: balanced by construction, in every asset. */
export interface Book {
  readonly type: "book"
  readonly from: Account
  readonly to: Account
  readonly amount: Amount
  /** As SEP-38 names it; null is the asset received. */
  readonly asset: string | null
}

export type TransactionCommand =
  | ExecutePayout
  | RetryPayout
  | LookUpPayout
  | AwaitConfirmation
  | HoldPayout
  | ClosePayout
  | RequestCustomerInfo
  | Reserve
  | RecordRefund
  | PlanRefund
  | CancelRefund
  | OpenEnvelope
  | CloseRefund
  | LinkCustomer
  | Book
