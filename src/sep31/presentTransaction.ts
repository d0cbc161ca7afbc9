/**
 * A transaction as its Sending Anchor sees it: the member table of SEP-31 §GET Transaction (S31-GET-03), from the row.
 *
 * Never shown: customers' ids and values, bank details, internal notes (S31-GET-08). Gotcha: a note is shown by state, since
 * what a rail says while nobody knows whether it paid is for the operator.
 */
import { DateTime } from "effect"
import { type Amount, zero } from "../../machines/domain/Amount.ts"
import type { Leaf } from "../../machines/transaction/leaves.ts"
import type { FieldDescription } from "../ports/Rails.ts"
import type { TransactionRow } from "../ports/rows.ts"
import type { Note } from "../runtime/Note.ts"
import { type PresentedAmounts, presentAmounts } from "./amounts.ts"
import type { TransactionWire } from "./wire.ts"

/** States whose note was said about the Sending Anchor's own doing, or about how the transaction ended. */
const notedFor: ReadonlySet<string> = new Set<Leaf>([
  "pending_receiver.refundOwed",
  "pending_receiver.partRefundOwed",
  "pending_transaction_info_update.awaitingUpdate",
  "pending_customer_info_update.awaitingCustomer",
  "completed",
  "refunded",
  "error"
])

/** Whether the transaction's note, if it has one, is for its Sending Anchor. */
export const showsNote = (row: Pick<TransactionRow, "state">): boolean => notedFor.has(row.state)

/** `note` is null when there is none, when it is not shown, or when it cannot be opened. */
export const presentTransaction = (row: TransactionRow, note: Note | null): TransactionWire => {
  const amounts = presentAmounts(row)
  return {
    id: row.id,
    status: row.status,
    ...(note?.message === undefined ? {} : { status_message: note.message }),
    ...amountMembers(amounts, row.asset),
    stellar_account_id: row.account,
    stellar_memo_type: row.memo.type,
    stellar_memo: row.memo.value,
    started_at: isoTime(row.createdAtMillis),
    updated_at: isoTime(row.statusAtMillis),
    ...(row.completedAtMillis === null || row.status !== "completed"
      ? {}
      : { completed_at: isoTime(row.completedAtMillis) }),
    ...(row.stellarTransactionId === null ? {} : { stellar_transaction_id: row.stellarTransactionId }),
    ...(row.externalTransactionId === null ? {} : { external_transaction_id: row.externalTransactionId }),
    ...(row.status === "pending_transaction_info_update" ? requiredInfo(row, note) : {})
  }
}

const amountMembers = ({ amountIn, amountOut, fee, refunded, refunds }: PresentedAmounts, asset: string) => ({
  amount_in: amountIn,
  amount_in_asset: asset,
  ...(amountOut === null ? {} : { amount_out: amountOut }),
  amount_out_asset: asset,
  amount_fee: fee,
  amount_fee_asset: asset,
  fee_details: { total: fee, asset },
  refunded,
  ...(refunds === null ? {} : { refunds: refundsWire(refunds) })
})

/** Refunds cost the Sending Anchor nothing: the network fee is ours (S31-REF-03). */
const refundsWire = ({ payments, refunded }: NonNullable<PresentedAmounts["refunds"]>) => ({
  amount_refunded: refunded,
  amount_fee: free,
  payments: payments.map(({ amount, stellarTransactionId }) => ({
    id: stellarTransactionId,
    amount,
    fee: free
  }))
})
const free: Amount = zero

const requiredInfo = (row: TransactionRow, note: Note | null) => ({
  required_info_updates: { transaction: wantedFields(row, note) },
  ...(note?.message === undefined ? {} : { required_info_message: note.message })
})

/**
 * The fields a PATCH must bring: the names the machine waits for, each as the rail described it. A name whose description is
 * lost is still wanted, so it describes itself (S31-ST-06).
 */
export const wantedFields = (
  row: Pick<TransactionRow, "context">,
  note: Note | null
): Readonly<Record<string, FieldDescription>> =>
  Object.fromEntries(
    (row.context.fields ?? []).map((name) => {
      const described =
        note?.fields !== undefined && Object.hasOwn(note.fields, name) ? note.fields[name] : undefined
      return [name, described ?? { description: name }]
    })
  )

/** UTC with `Z` (S31-GEN-11). */
const isoTime = (millis: number): string => DateTime.formatIso(DateTime.makeUnsafe(millis))
