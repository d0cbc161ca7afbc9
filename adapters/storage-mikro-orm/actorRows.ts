/**
 * Transactions as rows of our own SQL and as the rows of the port.
 *
 * Gotcha: times come as milliseconds computed by the database, because the drivers read `timestamptz` differently and one of
 * them loses a millisecond now and then.
 */
import type { CustomerId, PaymentId, QuoteId, SealedId, TransactionId } from "../../machines/domain/Ids.ts"
import type { Memo, MemoType } from "../../machines/domain/Memo.ts"
import type { Sep31Status } from "../../machines/domain/Sep31Status.ts"
import type { Conversion, MismatchPolicy } from "../../machines/transaction/context.ts"
import type { StoredContext } from "../../machines/transaction/snapshot.ts"
import type { ActorRow, TransactionRow } from "../../src/ports/rows.ts"
import { canonical, canonicalOrNull } from "./canonical.ts"

/** Whole milliseconds since 1970 of a `timestamptz`. */
export const millisOf = (column: string): string => `floor(extract(epoch from ${column}) * 1000)::float8`

export interface ActorColumns {
  readonly id: string
  readonly version: number
  readonly state: string
  readonly context: StoredContext
  readonly received: string | null
  readonly accepted: string | null
  readonly fee: string | null
  readonly delivered: string | null
  readonly funded_by: string | null
  readonly destination: string | null
  readonly expected: string
  readonly minimum: string | null
  readonly maximum: string | null
  readonly fee_fixed: string
  readonly fee_percent: string
  readonly expires_millis: number
  readonly conversion: Conversion | null
  readonly overpaid: string
  readonly underpaid: string
  readonly asset: string
  readonly account: string
  readonly memo_type: string
  readonly memo: string
  readonly funding_method: string
  readonly sender_id: string | null
  readonly receiver_id: string | null
}

/** The select list of `ActorColumns`, from the transaction table under the alias `t`. */
export const actorColumns = `t.id, t.version, t.state, t.context, t.received, t.accepted, t.fee, t.delivered, t.funded_by,
  t.destination, t.expected, t.minimum, t.maximum, t.fee_fixed, t.fee_percent, ${millisOf("t.expires_at")} as expires_millis,
  t.conversion, t.overpaid, t.underpaid, t.asset, t.account, t.memo_type, t.memo, t.funding_method, t.sender_id, t.receiver_id`

export const memoOf = (type: string, value: string): Memo => ({ type: type as MemoType, value })

export const memoOrNull = (type: string | null, value: string | null): Memo | null =>
  type === null || value === null ? null : memoOf(type, value)

export const actorOf = (row: ActorColumns): ActorRow => ({
  id: row.id as TransactionId,
  version: row.version,
  state: row.state,
  terms: {
    expected: canonical(row.expected),
    minimum: canonicalOrNull(row.minimum),
    maximum: canonicalOrNull(row.maximum),
    fee: { fixed: canonical(row.fee_fixed), percent: canonical(row.fee_percent) },
    expiresAtMillis: row.expires_millis,
    conversion: row.conversion,
    mismatch: {
      over: row.overpaid as MismatchPolicy["over"],
      under: row.underpaid as MismatchPolicy["under"]
    }
  },
  amounts: {
    received: canonicalOrNull(row.received),
    accepted: canonicalOrNull(row.accepted),
    fee: canonicalOrNull(row.fee),
    delivered: canonicalOrNull(row.delivered)
  },
  context: row.context,
  asset: row.asset,
  account: row.account,
  memo: memoOf(row.memo_type, row.memo),
  fundingMethod: row.funding_method,
  senderId: row.sender_id as CustomerId | null,
  receiverId: row.receiver_id as CustomerId | null,
  fundedBy: row.funded_by as PaymentId | null,
  destination: row.destination as SealedId | null
})

export interface TransactionColumns extends ActorColumns {
  readonly status: string
  readonly sending_anchor: string
  readonly creator: string
  readonly client_domain: string | null
  readonly quote_id: string | null
  readonly callback_url: string | null
  readonly sender_type: string | null
  readonly receiver_type: string | null
  readonly reference: string | null
  readonly metadata: Readonly<Record<string, string>>
  readonly lang: string
  readonly refund_memo_type: string | null
  readonly refund_memo: string | null
  readonly stellar_transaction_id: string | null
  readonly payer: string | null
  readonly external_transaction_id: string | null
  readonly created_millis: number
  readonly status_millis: number
  readonly completed_millis: number | null
  /** Pairs of hash and amount. */
  readonly refunds: ReadonlyArray<readonly [string, string]> | null
}

const columnsUpTo = (
  refunds: string
) => `${actorColumns}, t.status, t.sending_anchor, t.creator, t.client_domain, t.quote_id, t.callback_url,
  t.sender_type, t.receiver_type, t.reference, t.metadata, t.lang, t.refund_memo_type, t.refund_memo, t.stellar_transaction_id, t.payer,
  t.external_transaction_id, ${millisOf("t.created_at")} as created_millis, ${millisOf("t.status_at")} as status_millis,
  ${millisOf("t.completed_at")} as completed_millis,
  (select jsonb_agg(jsonb_build_array(r.stellar_transaction_id, r.amount::text) order by r.version, r.line)
    from refund r where r.transaction_id = t.id${refunds}) as refunds`

/** The select list of `TransactionColumns`, from the transaction table under the alias `t`. */
export const transactionColumns = columnsUpTo("")
/** The same with the refunds that there were at a version. */
export const transactionColumnsAt = (version: string): string => columnsUpTo(` and r.version <= ${version}`)

/**
 * What a step may change, as JSON with the names of `TransactionColumns`: laid over a later row, it is the transaction as it
 * stood. Numbers are text, as a float would not hold them.
 */
export const varyingColumns = `jsonb_build_object('version', t.version, 'state', t.state, 'status', t.status,
    'context', t.context, 'received', t.received::text, 'accepted', t.accepted::text, 'fee', t.fee::text,
    'delivered', t.delivered::text, 'funded_by', t.funded_by, 'destination', t.destination,
    'stellar_transaction_id', t.stellar_transaction_id, 'payer', t.payer,
    'external_transaction_id', t.external_transaction_id, 'sender_id', t.sender_id, 'sender_type', t.sender_type,
    'receiver_id', t.receiver_id, 'receiver_type', t.receiver_type, 'status_millis', ${millisOf("t.status_at")},
    'completed_millis', ${millisOf("t.completed_at")})`

export const transactionOf = (row: TransactionColumns): TransactionRow => ({
  ...actorOf(row),
  status: row.status as Sep31Status,
  sendingAnchor: row.sending_anchor,
  creator: row.creator,
  clientDomain: row.client_domain,
  quoteId: row.quote_id as QuoteId | null,
  callbackUrl: row.callback_url,
  senderType: row.sender_type,
  receiverType: row.receiver_type,
  reference: row.reference,
  metadata: row.metadata,
  lang: row.lang,
  refundMemo: memoOrNull(row.refund_memo_type, row.refund_memo),
  stellarTransactionId: row.stellar_transaction_id,
  payer: row.payer,
  externalTransactionId: row.external_transaction_id,
  createdAtMillis: row.created_millis,
  statusAtMillis: row.status_millis,
  completedAtMillis: row.completed_millis,
  refunds: (row.refunds ?? []).map(([stellarTransactionId, amount]) => ({
    stellarTransactionId,
    amount: canonical(amount)
  }))
})
