/**
 * The name of each "no". A refused event changes nothing and is recorded under this name; where it came with money, the
 * payment is parked under it and stays with its own row. Total: every event in every state has an answer here or a transition.
 */
import type { TransactionContext } from "./context.ts"
import type { PayoutEvent, PayoutRefundedByIntegrator, TransactionEvent } from "./events.ts"
import { fundingFault, isCurrent, isPayoutEvent, lacksPrice } from "./guards.ts"
import { dueOf, isUnfunded, type Leaf, statusOf } from "./leaves.ts"
import { isFinal } from "../domain/Sep31Status.ts"

export type Refusal =
  /** Less than the minimum, or nothing left after the fee. */
  | "under"
  /** More than the maximum. */
  | "over"
  /** The transaction has its payment already. */
  | "second"
  /** Its customers are not accepted yet: nobody should have paid. */
  | "early"
  /** A conversion without a quote, and no price to be had at this moment. */
  | "no-price"
  /** The transaction is closed. */
  | "late"
  /** A payout answer about an attempt that is not the newest. */
  | "not-current"
  /** A payout answer before any money came. */
  | "unfunded"
  /** The transaction is final; what the event tells is for a person. */
  | "final"
  /** Amounts or fee in the event do not fit the transaction. */
  | "amounts-differ"
  /** Says what is known already. */
  | "already-so"
  /** The attempt it speaks of is over, with another answer. */
  | "closed"
  /** Not asked for in this state. */
  | "not-awaited"
  /** Some field that was asked for is missing, or none is named. */
  | "fields-missing"

/** Why the machine has no transition for this event. */
export const refusalOf = (leaf: Leaf, context: TransactionContext, event: TransactionEvent): Refusal => {
  const final = isFinal(statusOf(leaf))
  if (event.type === "payment.matched") {
    if (leaf === "pending_sender.awaitingPayment") {
      const lacking = lacksPrice(context, event) ? "no-price" : "under"
      return fundingFault(context, event) ?? lacking
    }
    if (isUnfunded(leaf)) return event.closedAtMillis >= context.terms.expiresAtMillis ? "late" : "early"
    return context.received === null ? "late" : "second"
  }
  if (event.type === "expiry.passed") return final ? "final" : "not-awaited"
  if (isPayoutEvent(event)) {
    if (final)
      return event.type === "payout.delivered" && leaf === "completed" && isCurrent({ context, event })
        ? "already-so"
        : "final"
    if (context.received === null) return "unfunded"
    if (!isCurrent({ context, event })) return "not-current"
    if (event.type === "payout.refundedByIntegrator") return refundFault(leaf, context, event)
    return isOpen(leaf) ? openFault(leaf, event) : told[leaf] === event.type ? "already-so" : "closed"
  }
  if (final) return event.type === "refund.confirmed" && context.refunded ? "already-so" : "final"
  if (event.type === "refund.confirmed") return context.submitted ? "amounts-differ" : "not-awaited"
  if (event.type === "transaction.updated" && leaf === "pending_transaction_info_update.awaitingUpdate")
    return "fields-missing"
  return "not-awaited"
}

/** Where the newest attempt is open: a rail's answer about it is awaited. */
const isOpen = (leaf: Leaf): boolean => dueOf(leaf) === "payout" || dueOf(leaf) === "held"

/** The answer that led to a state in which the newest attempt is over: told again, it says nothing new. */
const told: Partial<Record<Leaf, PayoutEvent["type"]>> = {
  "pending_receiver.refundOwed": "payout.rejected",
  "pending_receiver.partRefundOwed": "payout.delivered",
  "pending_transaction_info_update.awaitingUpdate": "payout.neededTransactionInfo",
  "pending_customer_info_update.awaitingCustomer": "payout.neededCustomerInfo"
}

const openFault = (leaf: Leaf, event: PayoutEvent): Refusal => {
  switch (event.type) {
    case "payout.delivered":
    case "payout.partlyRefused":
      return "amounts-differ"
    case "payout.neededTransactionInfo":
    case "payout.neededCustomerInfo":
      return "fields-missing"
    case "payout.pending":
      return "already-so"
    case "payout.unknown":
      return leaf === "pending_receiver.held" ? "already-so" : "not-awaited"
    default:
      return "not-awaited"
  }
}

/** A part that was delivered but for what is owed can only be returned on Stellar; else the amount is wrong. */
const refundFault = (leaf: Leaf, context: TransactionContext, event: PayoutRefundedByIntegrator): Refusal =>
  leaf === "pending_receiver.partRefundOwed" && event.amount === context.owed
    ? "not-awaited"
    : "amounts-differ"
