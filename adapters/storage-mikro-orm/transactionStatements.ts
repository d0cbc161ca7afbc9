/** Transactions and what belongs to them, read: actors by id and by memo, pages of the list, the history of one. */
import { Effect } from "effect"
import type { CustomerId, SealedId, TransactionId } from "../../machines/domain/Ids.ts"
import type { Account } from "../../machines/transaction/commands.ts"
import type { Attention as AttentionKind, Leaf } from "../../machines/transaction/leaves.ts"
import type { Storage, TransactionHistory } from "../../src/ports/Storage.ts"
import {
  type ActorColumns,
  actorColumns,
  actorOf,
  millisOf,
  type TransactionColumns,
  transactionColumns,
  transactionOf
} from "./actorRows.ts"
import { canonical } from "./canonical.ts"
import type { Engine } from "./Engine.ts"
import { Audit } from "./entities/audit.ts"
import { Sealed } from "./entities/customers.ts"
import { Journal } from "./entities/money.ts"
import { Attention, Refusal } from "./entities/transactions.ts"
import { type InboxColumns, inboxColumns, inboxOf } from "./inboxStatements.ts"
import { arrayLiteral } from "./literals.ts"
import { isUuid, uuidList } from "./parameters.ts"
import { type JobColumns, jobColumns, jobJoins, jobOf } from "./payoutStatements.ts"

type TransactionReads = Pick<
  Storage["Service"],
  | "actors"
  | "actorsByMemo"
  | "transactions"
  | "list"
  | "history"
  | "sealed"
  | "dueAttention"
  | "waitingOnCustomer"
>

export const transactionStatements = (engine: Engine): TransactionReads => ({
  actors: (ids) =>
    engine
      .read<ActorColumns>({
        name: "kedge_actors",
        text: `select ${actorColumns} from "transaction" t where t.id = any($1::text::uuid[])`,
        values: [uuidList(ids)]
      })
      .pipe(Effect.map((rows) => rows.map(actorOf))),

  actorsByMemo: (addresses) =>
    engine
      .read<ActorColumns>({
        name: "kedge_actors_by_memo",
        text: `select ${actorColumns}
          from (select distinct * from unnest($1::text::text[], $2::text::text[], $3::text::text[])
            as a(account, memo_type, memo)) a
          join "transaction" t on t.account = a.account and t.memo_type = a.memo_type and t.memo = a.memo`,
        values: [
          arrayLiteral(addresses, ({ account }) => account),
          arrayLiteral(addresses, ({ memo }) => memo.type),
          arrayLiteral(addresses, ({ memo }) => memo.value)
        ]
      })
      .pipe(Effect.map((rows) => rows.map(actorOf))),

  transactions: (ids) =>
    engine
      .read<TransactionColumns>({
        name: "kedge_transactions",
        text: `select ${transactionColumns} from "transaction" t where t.id = any($1::text::uuid[])`,
        values: [uuidList(ids)]
      })
      .pipe(Effect.map((rows) => rows.map(transactionOf))),

  list: ({ before, limit, status }) => {
    if (before !== undefined && !isUuid(before)) return Effect.succeed([])
    return engine
      .run<TransactionColumns>({
        name: "kedge_list",
        text: `select ${transactionColumns} from "transaction" t
          where ($1::text is null or t.status = $1::text) and ($2::text is null or t.id < $2::text::uuid)
          order by t.id desc limit $3::text::int`,
        values: [status ?? null, before ?? null, String(limit)]
      })
      .pipe(Effect.map((rows) => rows.map(transactionOf)))
  },

  history: (id) => (isUuid(id) ? history(engine, id) : Effect.succeed(nothing)),

  sealed: (ids) =>
    engine
      .withOrm((em) => em.find(Sealed, { id: { $in: ids.filter(isUuid) } }))
      .pipe(
        Effect.map((rows) =>
          rows.map(({ bytes, id, keyId }) => ({ id: id as SealedId, keyId, bytes: new Uint8Array(bytes) }))
        )
      ),

  dueAttention: ({ againInSeconds, limit }) =>
    engine
      .run<ActorColumns & { readonly kind: string; readonly customer_id: string | null }>({
        name: "kedge_due_attention",
        text: `with taken as materialized (
            select transaction_id, due_at from attention where due_at <= kedge_now()
            order by due_at limit $1::text::int for update skip locked),
          changed as (
            update attention a set due_at = kedge_now() + make_interval(secs => $2::text::float8) from taken k
            where a.transaction_id = k.transaction_id returning a.*, k.due_at as was_due)
          select ${actorColumns}, a.kind, a.customer_id
          from changed a join "transaction" t on t.id = a.transaction_id order by a.was_due, t.id`,
        values: [String(limit), String(againInSeconds)]
      })
      .pipe(
        Effect.map((rows) =>
          rows.map((row) => ({
            kind: row.kind as AttentionKind,
            customerId: row.customer_id as CustomerId | null,
            actor: actorOf(row)
          }))
        )
      ),

  waitingOnCustomer: (id) =>
    isUuid(id)
      ? engine
          .run<ActorColumns>({
            name: "kedge_waiting_on_customer",
            text: `select ${actorColumns} from attention a join "transaction" t on t.id = a.transaction_id
          where a.kind = 'customer-info' and $1::text::uuid in (a.sender_id, a.receiver_id) order by t.id`,
            values: [id]
          })
          .pipe(Effect.map((rows) => rows.map(actorOf)))
      : Effect.succeed([])
})

const nothing: TransactionHistory = {
  audits: [],
  transfers: [],
  payouts: [],
  payments: [],
  refusals: [],
  attention: null
}

const history = Effect.fnUntraced(function* (engine: Engine, id: TransactionId) {
  const audits = yield* engine.withOrm((em) =>
    em.find(Audit, { transactionId: id }, { orderBy: { version: "asc" } })
  )
  const transfers = yield* engine.withOrm((em) =>
    em.find(Journal, { cause: id }, { orderBy: { version: "asc", line: "asc" } })
  )
  const refusals = yield* engine.withOrm((em) =>
    em.find(Refusal, { transactionId: id }, { orderBy: { at: "asc", id: "asc" } })
  )
  const attention = yield* engine.withOrm((em) => em.findOne(Attention, { transactionId: id }))
  const payouts = yield* engine.run<
    JobColumns & { readonly due_millis: number | null; readonly owner: string | null }
  >({
    name: "kedge_payouts_of",
    text: `select ${jobColumns}, ${millisOf("p.due_at")} as due_millis, p.owner from payout p ${jobJoins}
      where p.transaction_id = $1::text::uuid order by p.n`,
    values: [id]
  })
  const payments = yield* engine.run<InboxColumns>({
    name: "kedge_payments_of",
    text: `select ${inboxColumns} from stellar_payment i
      where i.id = (select funded_by from "transaction" where id = $1::text::uuid)
        or (i.transaction_id = $1::text::uuid and (i.state <> 'applied' or i.leader <> i.id))
      order by i.ledger, i.id`,
    values: [id]
  })
  const history: TransactionHistory = {
    audits: audits.map(({ after, at, before, cause, detail, event, version }) => ({
      version,
      event,
      cause,
      before: before as Leaf,
      after: after as Leaf,
      detail,
      atMillis: at.getTime()
    })),
    transfers: transfers.map(({ amount, asset, fromAccount, toAccount, version }) => ({
      from: fromAccount as Account,
      to: toAccount as Account,
      amount: canonical(amount),
      asset,
      version
    })),
    payouts: payouts.map((row) => ({ ...jobOf(row), dueAtMillis: row.due_millis, owner: row.owner })),
    payments: payments.map(inboxOf),
    refusals: refusals.map(({ at, carriesMoney, cause, detail, event, id: refusalId, reason }) => ({
      id: refusalId,
      transactionId: id,
      event,
      cause,
      reason,
      carriesMoney,
      detail,
      atMillis: at.getTime()
    })),
    attention:
      attention === null
        ? null
        : { kind: attention.kind as AttentionKind, dueAtMillis: attention.dueAt.getTime() }
  }
  return history
})
