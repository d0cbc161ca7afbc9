/**
 * The name of each "no". A refused event changes nothing and is recorded under this name; where it came with money, the
 * payment is parked under it and stays with its own row. Total: every event in every state has an answer here or a transition.
 */
import type { TransactionContext } from "./context.ts"
import type { TransactionEvent } from "./events.ts"
import { fundingFault, isCurrent, isPayoutEvent } from "./guards.ts"
import { type Leaf, statusOf } from "./leaves.ts"
import { isFinal } from "../domain/Sep31Status.ts"

export type Refusal =
  /** Less than the minimum, or nothing left after the fee. */
  | "under"
  /** More than the maximum. */
  | "over"
  /** The transaction has its payment already. */
  | "second"
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
  /** Not asked for in this state. */
  | "not-awaited"
  /** Some field that was asked for is missing. */
  | "fields-missing"

/** Why the machine has no transition for this event. */
export const refusalOf = (leaf: Leaf, context: TransactionContext, event: TransactionEvent): Refusal => {
  const final = isFinal(statusOf(leaf))
  if (event.type === "payment.matched") {
    if (leaf === "pending_sender.awaitingPayment") return fundingFault(context, event) ?? "under"
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
    switch (event.type) {
      case "payout.delivered":
      case "payout.partlyRefused":
      case "payout.refundedByIntegrator":
        return "amounts-differ"
      case "payout.pending":
      case "payout.unknown":
        return "already-so"
      default:
        return "not-awaited"
    }
  }
  if (final) return "final"
  if (event.type === "transaction.updated" && leaf === "pending_transaction_info_update.awaitingUpdate")
    return "fields-missing"
  return "not-awaited"
}
