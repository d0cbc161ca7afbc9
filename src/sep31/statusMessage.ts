/**
 * What a state means for the Sending Anchor, in a sentence, where its status alone does not tell (SEP-31 `status_message`).
 *
 * What a rail or a person said goes before it (presentTransaction.ts). Gotcha: nothing here may tell why a payout is being
 * looked up or held, nor why a customer was refused: both are for the operator (S31-GET-08, S31-ERR-04).
 */
import type { Leaf } from "../../machines/transaction/leaves.ts"
import { say, type Sentence } from "../http/Sentence.ts"
import type { TransactionRow } from "../ports/rows.ts"

export const statusMessage = (
  row: Pick<TransactionRow, "state" | "context" | "amounts" | "terms">
): Sentence | null => {
  // A state this process does not know is shown without words.
  const state = row.state as Leaf
  switch (state) {
    case "pending_receiver.checking":
      return say`the customers are being checked; account and memo follow when they are accepted`
    case "pending_customer_info_update.awaitingData":
      return say`information about the customers is missing: ask GET /customer with this transaction_id`
    case "pending_receiver.held":
      return say`the payout takes longer than usual`
    case "pending_receiver.refundOwed":
      return row.amounts.received === null || row.amounts.received === row.terms.expected
        ? say`the payment will be returned`
        : say`${row.amounts.received} was paid in place of ${row.terms.expected}; it will be returned`
    case "pending_stellar.refunding":
      return say`a refund is on its way`
    case "pending_receiver.partRefundOwed":
      return row.context.owed === undefined
        ? say`a part of the payment will be returned`
        : say`delivered; ${row.context.owed} of the payment will be returned`
    case "pending_transaction_info_update.awaitingUpdate":
      return say`fields must be corrected: see required_info_updates`
    case "pending_customer_info_update.awaitingCustomer":
      return say`information about the customers must be corrected: ask GET /customer`
    case "refunded":
      return say`the payment was returned`
    case "expired":
      return say`no payment came in time`
    case "error":
      return row.amounts.received === null
        ? say`the transaction was given up before any payment: do not pay`
        : row.context.refunded === true
          ? say`the payment was returned by other means than Stellar`
          : say`the payout failed: contact the receiving anchor`
    case "pending_sender.awaitingPayment":
    case "pending_receiver.payingOut":
    case "pending_receiver.lookingUp":
    case "pending_external.confirming":
    case "completed":
      return null
  }
}
