/** The statuses of SEP-31 that Kedge shows, spelled as the specification spells them (SEP-31 §Transaction Statuses). */
export const sep31Statuses = [
  "pending_sender",
  "pending_stellar",
  "pending_receiver",
  "pending_external",
  "pending_transaction_info_update",
  "pending_customer_info_update",
  "completed",
  "refunded",
  "expired",
  "error"
] as const

export type Sep31Status = (typeof sep31Statuses)[number]

export const finalStatuses = ["completed", "refunded", "expired", "error"] as const
export const isFinal = (status: Sep31Status): boolean =>
  (finalStatuses as ReadonlyArray<string>).includes(status)
