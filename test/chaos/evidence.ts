/**
 * What the auditor judges: the tables, the ledger and the rail's book, read side by side when nothing moves any more.
 *
 * Gotcha: the database is read on a line of its own, past every proxy; amounts are stroops.
 */
import { Client } from "pg"
import { type Amount, toStroops } from "../../machines/domain/Amount.ts"
import { type Field, type LedgerRecord, ledgerOf } from "./Field.ts"

export interface TransactionFact {
  readonly id: string
  readonly version: number
  readonly state: string
  readonly status: string
  readonly memo: string
  readonly received: string | null
  readonly fee: string | null
  readonly delivered: string | null
  readonly funded_by: string | null
  readonly payer: string | null
}

export interface AuditFact {
  readonly transaction_id: string
  readonly version: number
  readonly before: string
  readonly after: string
}

export interface InboxFact {
  readonly id: string
  readonly leader: string
  readonly operation_id: string
  readonly received: string
  readonly amount: string | null
  readonly asset: string
  readonly state: string
  readonly reason: string | null
  readonly transaction_id: string | null
  readonly reserved_payout: string
  readonly reserved_refund: string
  readonly fees: string
}

export interface PayoutFact {
  readonly transaction_id: string
  readonly n: number
  readonly state: string
  readonly amount: string
  /** Its lease or next question is overdue by so many seconds; negative: it is not. */
  readonly overdue: number | null
  readonly is_open: boolean
}

export interface TransferFact {
  readonly from_account: string
  readonly to_account: string
  readonly asset: string
  /** Summed over all transfers between the two. */
  readonly amount: string
}

export interface RefundFact {
  readonly transaction_id: string
  readonly stellar_transaction_id: string
  readonly amount: string
}

export interface BookFact {
  readonly payoutId: string
  readonly transactionId: string
  readonly amount: string
  readonly refusedAmount?: string
}

export interface Evidence {
  readonly account: string
  /** What came to the account since Kedge first looked, oldest first. */
  readonly credits: ReadonlyArray<LedgerRecord>
  /** What left it. */
  readonly debits: ReadonlyArray<LedgerRecord>
  readonly book: ReadonlyArray<BookFact>
  readonly transactions: ReadonlyArray<TransactionFact>
  readonly audits: ReadonlyArray<AuditFact>
  readonly inbox: ReadonlyArray<InboxFact>
  readonly payouts: ReadonlyArray<PayoutFact>
  readonly transfers: ReadonlyArray<TransferFact>
  readonly refunds: ReadonlyArray<RefundFact>
  readonly cursor: string | null
  readonly quarantined: number
  /** Transactions whose announcement was answered, with their memos. */
  readonly announced: ReadonlyArray<{ readonly id: string; readonly memo: string }>
}

/** Of a decimal string, as columns, book and ledger have it; null is nothing. */
export const stroops = (amount: string | null | undefined): bigint => toStroops((amount ?? "0") as Amount)

const text = (column: string) => `trim_scale(${column})::text as ${column}`

const tables = {
  transactions: `select id, version, state, status, memo, ${text("received")}, ${text("fee")}, ${text("delivered")}, funded_by, payer
    from "transaction" order by id`,
  audits: `select transaction_id, version, "before", "after" from audit order by transaction_id, version`,
  inbox: `select id, leader, operation_id, ${text("received")}, ${text("amount")}, asset, state, reason, transaction_id,
    ${text("reserved_payout")}, ${text("reserved_refund")}, ${text("fees")} from stellar_payment order by id`,
  payouts: `select transaction_id, n, state, ${text("amount")}, open_of is not null as is_open,
    extract(epoch from now() - due_at)::float8 as overdue from payout order by transaction_id, n`,
  transfers: `select from_account, to_account, asset, trim_scale(sum(amount))::text as amount from journal
    group by 1, 2, 3`,
  refunds: `select transaction_id, stellar_transaction_id, ${text("amount")} from refund`,
  cursors: `select account, "position" from "cursor"`,
  quarantine: `select count(*)::int as quarantined from quarantine`
}

export const gather = async (field: Field, announced: Evidence["announced"]): Promise<Evidence> => {
  const { before, cluster, kedge } = field
  const client = new Client({ connectionString: cluster.url })
  await client.connect()
  try {
    // The database first: what ledger and book have beyond it came later, and is seen by the next look.
    await client.query("begin isolation level repeatable read read only")
    const all = async <Row>(query: string) => (await client.query(query)).rows as ReadonlyArray<Row>
    const [quarantine] = await all<{ quarantined: number }>(tables.quarantine)
    const cursors = await all<{ account: string; position: string }>(tables.cursors)
    const rows = {
      transactions: await all<TransactionFact>(tables.transactions),
      audits: await all<AuditFact>(tables.audits),
      inbox: await all<InboxFact>(tables.inbox),
      payouts: await all<PayoutFact>(tables.payouts),
      transfers: await all<TransferFact>(tables.transfers),
      refunds: await all<RefundFact>(tables.refunds)
    }
    const records = (await ledgerOf(kedge.sandboxUrl, kedge.receiver)).filter(
      ({ id, transaction_successful: isGood }) => isGood && !before.has(id)
    )
    return {
      ...rows,
      account: kedge.receiver,
      credits: records.filter(({ to }) => to === kedge.receiver),
      debits: records.filter(({ from, to }) => from === kedge.receiver && to !== kedge.receiver),
      book: await kedge.book(),
      cursor: cursors.find(({ account }) => account === kedge.receiver)?.position ?? null,
      quarantined: quarantine?.quarantined ?? 0,
      announced
    }
  } finally {
    await client.end()
  }
}
