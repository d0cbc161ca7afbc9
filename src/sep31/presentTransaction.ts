/**
 * A transaction as its Sending Anchor sees it: the member table of SEP-31 §GET Transaction (S31-GET-03), from the row.
 *
 * Never shown: customers' ids and values, bank details, internal notes (S31-GET-08). Gotcha: a note is shown by state, since
 * what a rail says while nobody knows whether it paid is for the operator.
 */
import { DateTime } from "effect"
import { type Amount, zero } from "../../machines/domain/Amount.ts"
import type { Sep31Status } from "../../machines/domain/Sep31Status.ts"
import type { PriceFee } from "../../machines/transaction/context.ts"
import type { Leaf } from "../../machines/transaction/leaves.ts"
import { defaultLanguage, inLanguage } from "../http/Language.ts"
import type { Profile } from "../KedgeConfig.ts"
import type { FieldDescription } from "../ports/Rails.ts"
import type { TransactionRow } from "../ports/rows.ts"
import type { Note } from "../runtime/Note.ts"
import { type PresentedAmounts, presentAmounts } from "./amounts.ts"
import { statusMessage } from "./statusMessage.ts"
import type { TransactionWire } from "./wire.ts"

/** What the presentation of a transaction depends on beside its row. */
export interface View {
  readonly profile: Profile
  /** ISO 639-1, of the words. */
  readonly lang: string
  /** Seconds until the next status is expected; null where nobody can tell. */
  readonly etaSeconds: number | null
  /** Show `expired` and `refunded` as `error`, for clients older than these (S31-DUAL-08). */
  readonly endsInError: boolean
  /** The asset the fee will be in, where a conversion has no price yet; null is the asset received. */
  readonly feeAsset: string | null
}

export const plainView: View = {
  profile: "v3",
  lang: defaultLanguage,
  etaSeconds: null,
  endsInError: false,
  feeAsset: null
}

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

/** The account and memo are told once the transaction is ready for funds; a v1 client always needs them (S31-DUAL-05). */
export const tellsWhereToPay = (
  row: Pick<TransactionRow, "context">,
  { profile }: Pick<View, "profile">
): boolean => row.context.unready !== true || profile === "v1"

/** `note` is null when there is none, when it is not shown, or when it cannot be opened. */
export const presentTransaction = (
  row: TransactionRow,
  note: Note | null,
  view: View = plainView
): TransactionWire => {
  const amounts = presentAmounts(row)
  const message = messageOf(row, note, view)
  return {
    id: row.id,
    status: statusFor(row.status, view),
    ...(view.etaSeconds === null ? {} : { status_eta: view.etaSeconds }),
    ...(message === null ? {} : { status_message: message }),
    ...amountMembers(amounts, view),
    ...(row.quoteId === null ? {} : { quote_id: row.quoteId }),
    ...(tellsWhereToPay(row, view)
      ? {
          stellar_account_id: row.account,
          stellar_memo_type: row.memo.type,
          stellar_memo: row.memo.value
        }
      : {}),
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

/** What is stored is unchanged: only a client that knows no `expired` and no `refunded` is shown another word for them. */
const statusFor = (status: Sep31Status, { endsInError, profile }: View): Sep31Status =>
  endsInError && profile === "v1" && (status === "expired" || status === "refunded") ? "error" : status

const messageOf = (row: TransactionRow, note: Note | null, { lang }: View): string | null => {
  if (note?.message !== undefined) return note.message
  const said = statusMessage(row)
  return said === null ? null : inLanguage(said, lang)
}

const amountMembers = (
  { amountIn, amountInAsset, amountOut, amountOutAsset, fee, feeAsset, refunded, refunds }: PresentedAmounts,
  view: View
) => ({
  amount_in: amountIn,
  amount_in_asset: amountInAsset,
  ...(amountOut === null ? {} : { amount_out: amountOut }),
  amount_out_asset: amountOutAsset,
  ...(fee === null
    ? { amount_fee_asset: view.feeAsset ?? feeAsset }
    : { amount_fee: fee.total, amount_fee_asset: fee.asset, fee_details: feeDetails(fee) }),
  refunded,
  ...(refunds === null ? {} : { refunds: refundsWire(refunds) })
})

const feeDetails = ({ asset, details, total }: PriceFee) => ({
  total,
  asset,
  ...(details === undefined || details.length === 0 ? {} : { details })
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
