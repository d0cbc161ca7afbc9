/**
 * The rows of a group as relations: which columns of which type go into the commit statement, and how each is read from a row.
 *
 * A relation that has no rows is left out of the statement (./commitStatement.ts). Gotcha: everything here is named as the
 * statement names it; a name changed in one place only is an error of SQL at the first test.
 */
import type { Amount } from "../../machines/domain/Amount.ts"
import { ordinalOf } from "../../machines/domain/Ids.ts"
import type {
  AttentionRow,
  AuditRow,
  Birth,
  Link,
  PageRow,
  PaymentFate,
  PayoutBirth,
  PayoutChange,
  RefundRow,
  RefusalRow,
  RequiredCustomer,
  Reservation,
  SealedRow,
  StepRow,
  TransferRow
} from "../../src/ports/rows.ts"
import type { FoldedRefund } from "../../src/ports/refundMoves.ts"
import { type Cell, hex } from "./literals.ts"

type Column<Row> = readonly [name: string, type: string, cellOf: (row: Row) => Cell]

/** One relation of the statement, with the rows that a group has of it. */
export interface Relation<Row = never> {
  readonly name: string
  readonly columns: ReadonlyArray<Column<Row>>
}

const relation = <Row>(name: string, columns: ReadonlyArray<Column<Row>>): Relation<Row> => ({
  name,
  columns
})

/** A row that belongs to a step, or to a birth, and is written only with it. */
export interface Of<Row> {
  readonly of: string
  readonly row: Row
  readonly line: number
}
const owner = ["transaction_id", "uuid", ({ of }: Of<unknown>) => of] as const

export const step = relation<StepRow>("step", [
  ["id", "uuid", (s) => s.id],
  ["version", "int4", (s) => s.version],
  ["final_version", "int4", (s) => s.version + s.audits.length],
  ["state", "text", (s) => s.leaf],
  ["context", "jsonb", (s) => JSON.stringify(s.context)],
  ["received", "numeric", (s) => s.amounts.received],
  ["accepted", "numeric", (s) => s.amounts.accepted],
  ["fee", "numeric", (s) => s.amounts.fee],
  ["delivered", "numeric", (s) => s.amounts.delivered],
  ["funding", "text", (s) => s.funding?.payment ?? null],
  ["stellar_transaction_id", "text", (s) => s.funding?.stellarTransactionId ?? null],
  ["payer", "text", (s) => s.funding?.payer ?? null],
  ["destination", "uuid", (s) => s.destination?.id ?? null],
  ["external_transaction_id", "text", (s) => s.externalTransactionId],
  ["attended", "bool", (s) => s.attention !== null]
])

export const audit = relation<Of<AuditRow>>("audited", [
  owner,
  ["version", "int4", ({ row }) => row.version],
  ["event", "text", ({ row }) => row.event],
  ["cause", "text", ({ row }) => row.cause],
  ["before", "text", ({ row }) => row.before],
  ["after", "text", ({ row }) => row.after],
  ["detail", "jsonb", ({ row }) => JSON.stringify(row.detail)]
])

export const transfer = relation<Of<TransferRow>>("transfer", [
  owner,
  ["version", "int4", ({ row }) => row.version],
  ["line", "int2", ({ line }) => line],
  ["from_account", "text", ({ row }) => row.from],
  ["to_account", "text", ({ row }) => row.to],
  ["amount", "numeric", ({ row }) => row.amount],
  ["asset", "text", ({ row }) => row.asset]
])

export const payoutBirth = relation<Of<PayoutBirth>>("attempt", [
  owner,
  ["n", "int4", ({ row }) => ordinalOf(row.id)],
  ["rail", "text", ({ row }) => row.rail],
  ["amount", "numeric", ({ row }) => row.amount],
  ["fee", "numeric", ({ row }) => row.fee],
  ["amount_in", "numeric", ({ row }) => row.amountIn],
  ["state", "text", ({ row }) => row.state],
  ["due_in", "float8", ({ row }) => row.dueInSeconds ?? 0]
])

export const payoutChange = relation<Of<PayoutChange>>("change", [
  owner,
  ["n", "int4", ({ row }) => ordinalOf(row.id)],
  ["state", "text", ({ row }) => row.state],
  ["external_id", "text", ({ row }) => row.externalId],
  ["due_in", "float8", ({ row }) => row.dueInSeconds],
  ["tried", "int4", ({ row }) => (row.tried ? 1 : 0)]
])

export const reservation = relation<Of<Reservation>>("reservation", [
  owner,
  ["payment", "text", ({ row }) => row.payment],
  ["payout", "numeric", ({ row }) => row.payout],
  ["refund", "numeric", ({ row }) => row.refund],
  ["fee", "numeric", ({ row }) => row.fee]
])

export const attention = relation<Of<AttentionRow>>("matter", [
  owner,
  ["kind", "text", ({ row }) => row.kind],
  ["due_in", "float8", ({ row }) => row.dueInSeconds],
  ["customer_id", "uuid", ({ row }) => row.customerId]
])

/** The customers a step brings, at most one a side. */
export const link = relation<Of<Readonly<Record<Link["party"], Link | null>>>>("link", [
  owner,
  ["sender_id", "uuid", ({ row }) => row.sender?.customerId ?? null],
  ["sender_type", "text", ({ row }) => row.sender?.type ?? null],
  ["receiver_id", "uuid", ({ row }) => row.receiver?.customerId ?? null],
  ["receiver_type", "text", ({ row }) => row.receiver?.type ?? null]
])

export const contested = relation<Of<{ readonly customer: string; readonly field: string }>>("contest", [
  owner,
  ["customer_id", "uuid", ({ row }) => row.customer],
  ["field", "text", ({ row }) => row.field]
])

export const refund = relation<Of<RefundRow> & { readonly version: number }>("returned", [
  owner,
  ["version", "int4", ({ version }) => version],
  ["line", "int2", ({ line }) => line],
  ["stellar_transaction_id", "text", ({ row }) => row.stellarTransactionId],
  ["amount", "numeric", ({ row }) => row.amount]
])

/** What a step makes of its refund, all in one, and how much it reserves for it; null leaves what was reserved. */
export const repayment = relation<Of<FoldedRefund & { readonly reserved: Amount | null }>>("repayment", [
  owner,
  ["amount", "numeric", ({ row }) => row.amount],
  ["reserved", "numeric", ({ row }) => row.reserved],
  ["state", "text", ({ row }) => row.to],
  ["origins", "text", ({ row }) => row.from.join(" ")],
  ["hash", "text", ({ row }) => row.envelope?.hash ?? null],
  ["xdr", "text", ({ row }) => row.envelope?.xdr ?? null],
  ["source", "text", ({ row }) => row.envelope?.source ?? null],
  ["sequence", "text", ({ row }) => row.envelope?.sequence ?? null],
  ["max_time", "int8", ({ row }) => row.envelope?.maxTime ?? null]
])

export const sealed = relation<Of<SealedRow>>("sealing", [
  owner,
  ["id", "uuid", ({ row }) => row.id],
  ["key_id", "text", ({ row }) => row.keyId],
  ["bytes", "bytea", ({ row }) => hex(row.bytes)]
])

export const birth = relation<Birth>("birth", [
  ["id", "uuid", (b) => b.id],
  ["state", "text", (b) => b.leaf],
  ["expected", "numeric", (b) => b.terms.expected],
  ["minimum", "numeric", (b) => b.terms.minimum],
  ["maximum", "numeric", (b) => b.terms.maximum],
  ["fee_fixed", "numeric", (b) => b.terms.fee.fixed],
  ["fee_percent", "numeric", (b) => b.terms.fee.percent],
  ["expires_at", "float8", (b) => b.terms.expiresAtMillis],
  ["context", "jsonb", (b) => JSON.stringify(b.context)],
  ["asset", "text", (b) => b.asset],
  ["account", "text", (b) => b.account],
  ["memo_type", "text", (b) => b.memo.type],
  ["memo", "text", (b) => b.memo.value],
  ["funding_method", "text", (b) => b.fundingMethod],
  ["sender_id", "uuid", (b) => b.senderId],
  ["receiver_id", "uuid", (b) => b.receiverId],
  ["sender_type", "text", (b) => b.senderType],
  ["receiver_type", "text", (b) => b.receiverType],
  ["destination", "uuid", (b) => b.destination?.id ?? null],
  ["sending_anchor", "text", (b) => b.sendingAnchor],
  ["creator", "text", (b) => b.creator],
  ["reference", "text", (b) => b.reference],
  ["metadata", "jsonb", (b) => JSON.stringify(b.metadata)],
  ["lang", "text", (b) => b.lang],
  ["refund_memo_type", "text", (b) => b.refundMemo?.type ?? null],
  ["refund_memo", "text", (b) => b.refundMemo?.value ?? null],
  ["conversion", "jsonb", (b) => (b.terms.conversion === null ? null : JSON.stringify(b.terms.conversion))],
  ["overpaid", "text", (b) => b.terms.mismatch.over],
  ["underpaid", "text", (b) => b.terms.mismatch.under],
  ["client_domain", "text", (b) => b.clientDomain],
  ["quote_id", "uuid", (b) => b.quoteId],
  ["repeat_key", "text", (b) => b.repeat?.key ?? null],
  ["repeat_fingerprint", "text", (b) => b.repeat?.fingerprint ?? null]
])

/** Births that redeem a quote. */
export const redemption = relation<Birth>("redemption", [
  ["transaction_id", "uuid", (b) => b.id],
  ["quote_id", "uuid", (b) => b.quoteId],
  ["owner", "text", (b) => b.sendingAnchor]
])

/** Births that wait for their customers. */
export const gated = relation<Birth>("gated", [
  ["transaction_id", "uuid", (b) => b.id],
  ["due_in", "float8", (b) => b.dueInSeconds ?? 0]
])

export const requirement = relation<Of<RequiredCustomer>>("requirement", [
  owner,
  ["customer_id", "uuid", ({ row }) => row.id],
  ["version", "int4", ({ row }) => row.version]
])

/** A payment with the reservation of the step it funds: one row is written once in a statement, or not for sure. */
export interface FundedFate {
  readonly fate: PaymentFate
  readonly reservation: Reservation | null
}

export const payment = relation<FundedFate>("payment", [
  ["id", "text", ({ fate }) => fate.payment.id],
  ["leader", "text", ({ fate }) => fate.payment.leader],
  ["received", "numeric", ({ fate }) => fate.payment.received],
  ["operation_id", "text", ({ fate }) => fate.payment.operationId],
  ["credit_index", "int4", ({ fate }) => fate.payment.index],
  ["stellar_transaction_id", "text", ({ fate }) => fate.payment.stellarTransactionId],
  ["account", "text", ({ fate }) => fate.payment.account],
  ["muxed_account", "text", ({ fate }) => fate.payment.muxedAccount],
  ["payer", "text", ({ fate }) => fate.payment.from],
  ["asset", "text", ({ fate }) => fate.payment.asset],
  ["amount", "numeric", ({ fate }) => fate.payment.amount],
  ["memo_type", "text", ({ fate }) => fate.payment.memoType],
  ["memo", "text", ({ fate }) => fate.payment.memo],
  ["odd", "text", ({ fate }) => fate.payment.odd],
  ["closed_at", "float8", ({ fate }) => fate.payment.closedAtMillis],
  ["ledger", "int8", ({ fate }) => fate.payment.ledger],
  ["transaction_id", "uuid", ({ fate }) => fate.transactionId],
  ["fate", "text", ({ fate }) => fate.fate],
  ["page", "text", ({ fate }) => fate.page],
  ["reserved_payout", "numeric", ({ reservation: r }) => r?.payout ?? "0"],
  ["reserved_refund", "numeric", ({ reservation: r }) => r?.refund ?? "0"],
  ["fees", "numeric", ({ reservation: r }) => r?.fee ?? "0"]
])

export const page = relation<PageRow>("page", [
  ["account", "text", (g) => g.account],
  ["epoch", "int4", (g) => g.epoch],
  ["since", "text", (g) => g.from],
  ["upto", "text", (g) => g.to],
  ["ledger", "int8", (g) => g.processedLedger?.sequence ?? null],
  ["closed_at", "float8", (g) => g.processedLedger?.closedAtMillis ?? null]
])

/** PostgreSQL's text cannot hold NUL. What could not be read must be kept all the same, or its page would come again for ever. */
const storable = (text: string): string => text.replaceAll("\0", "\\u0000")

export const unreadable = relation<{ readonly account: string } & PageRow["quarantined"][number]>(
  "unreadable",
  [
    ["account", "text", (q) => q.account],
    ["position", "text", (q) => q.position],
    ["reason", "text", (q) => storable(q.reason)],
    ["raw", "text", (q) => storable(q.raw)]
  ]
)

export const refusal = relation<RefusalRow>("refused", [
  ["id", "text", (r) => r.id],
  ["transaction_id", "uuid", (r) => r.transactionId],
  ["event", "text", (r) => r.event],
  ["cause", "text", (r) => r.cause],
  ["reason", "text", (r) => r.reason],
  ["carries_money", "bool", (r) => r.carriesMoney],
  ["detail", "jsonb", (r) => JSON.stringify(r.detail)]
])
