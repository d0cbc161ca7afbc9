/**
 * The states of the machine as paths, and what each waits for.
 *
 * Every state that is not final answers here: who is asked when its due time comes. A state without an answer does not
 * type-check, so nothing can wait for a message alone.
 */
import { Result } from "effect"
import type { Sep31Status } from "../domain/Sep31Status.ts"

export const leaves = [
  "pending_receiver.checking",
  "pending_customer_info_update.awaitingData",
  "pending_sender.awaitingPayment",
  "pending_receiver.payingOut",
  "pending_receiver.lookingUp",
  "pending_receiver.held",
  "pending_receiver.refundOwed",
  "pending_receiver.partRefundOwed",
  "pending_stellar.refunding",
  "pending_external.confirming",
  "pending_transaction_info_update.awaitingUpdate",
  "pending_customer_info_update.awaitingCustomer",
  "completed",
  "refunded",
  "expired",
  "error"
] as const

export type Leaf = (typeof leaves)[number]

/** The SEP-31 status a state shows: its first word. */
export const statusOf = (leaf: Leaf): Sep31Status => leaf.split(".")[0] as Sep31Status

/** Reads a stored path; the failure names what was found. */
export const parseLeaf = (text: string): Result.Result<Leaf, string> =>
  (leaves as ReadonlyArray<string>).includes(text)
    ? Result.succeed(text as Leaf)
    : Result.fail(`${JSON.stringify(text)} is not a state of the transaction machine`)

/**
 * Who is asked when the due time of a state comes: `expiry` is the sweep over `expires_at`; `payout` the due time of the open
 * attempt (send, look up or poll); `refund` that of the refund on its way, about which the ledger is asked; the rest are rows of `attention`, raised again until someone acts.
 */
export type Due =
  | "expiry"
  | "payout"
  | "refund"
  | "held"
  | "refund-owed"
  | "transaction-info"
  | "customer-info"
  | "none"

const dues: Record<Leaf, Due> = {
  // Unfunded: they expire as well, by the same sweep.
  "pending_receiver.checking": "customer-info",
  "pending_customer_info_update.awaitingData": "customer-info",
  "pending_sender.awaitingPayment": "expiry",
  "pending_receiver.payingOut": "payout",
  "pending_receiver.lookingUp": "payout",
  "pending_receiver.held": "held",
  "pending_receiver.refundOwed": "refund-owed",
  "pending_receiver.partRefundOwed": "refund-owed",
  "pending_stellar.refunding": "refund",
  "pending_external.confirming": "payout",
  "pending_transaction_info_update.awaitingUpdate": "transaction-info",
  "pending_customer_info_update.awaitingCustomer": "customer-info",
  completed: "none",
  refunded: "none",
  expired: "none",
  error: "none"
}

/** Where no money has come yet, and so time alone may end it (S31-ST-10). */
export const unfundedLeaves = [
  "pending_receiver.checking",
  "pending_customer_info_update.awaitingData",
  "pending_sender.awaitingPayment"
] as const satisfies ReadonlyArray<Leaf>
export const isUnfunded = (leaf: Leaf): boolean => (unfundedLeaves as ReadonlyArray<Leaf>).includes(leaf)

/** Where money has come and may yet be delivered. */
export const deliverableLeaves = [
  "pending_receiver.payingOut",
  "pending_receiver.lookingUp",
  "pending_receiver.held",
  "pending_external.confirming",
  "pending_transaction_info_update.awaitingUpdate",
  "pending_customer_info_update.awaitingCustomer"
] as const satisfies ReadonlyArray<Leaf>
export const isDeliverable = (leaf: Leaf): boolean =>
  (deliverableLeaves as ReadonlyArray<Leaf>).includes(leaf)

export const dueOf = (leaf: Leaf): Due => dues[leaf]

export type Attention = "held" | "refund-owed" | "transaction-info" | "customer-info"

/** The kind of attention row a state keeps, or null. */
export const attentionOf = (leaf: Leaf): Attention | null => {
  const due = dues[leaf]
  return due === "held" || due === "refund-owed" || due === "transaction-info" || due === "customer-info"
    ? due
    : null
}
