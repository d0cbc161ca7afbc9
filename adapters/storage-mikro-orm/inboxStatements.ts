/** What the ledger brought: inbox rows, the watcher's cursors and lease, quarantine, and what may expire. */
import { Effect } from "effect"
import type { PaymentId, TransactionId } from "../../machines/domain/Ids.ts"
import { unfundedLeaves } from "../../machines/transaction/leaves.ts"
import type { ParkReason, PaymentRow } from "../../src/ports/rows.ts"
import type { Cursor, InboxRow, Storage } from "../../src/ports/Storage.ts"
import { type ActorColumns, actorColumns, actorOf, millisOf } from "./actorRows.ts"
import { canonical, canonicalOrNull } from "./canonical.ts"
import type { Engine } from "./Engine.ts"
import { Quarantine } from "./entities/inbox.ts"
import { isUuid, textList } from "./parameters.ts"

export interface InboxColumns {
  readonly id: string
  readonly leader: string
  readonly received: string
  readonly operation_id: string
  readonly credit_index: number
  readonly stellar_transaction_id: string
  readonly account: string
  readonly muxed_account: string | null
  readonly payer: string
  readonly asset: string
  readonly amount: string | null
  readonly memo_type: string
  readonly memo: string | null
  readonly odd: string | null
  readonly closed_millis: number
  readonly ledger: number
  readonly state: string
  readonly reason: string | null
  readonly transaction_id: string | null
  readonly reserved_payout: string
  readonly reserved_refund: string
  readonly fees: string
  readonly resolved: boolean
}

/** The select list of `InboxColumns`, from the inbox under the alias `i`. */
export const inboxColumns = `i.id, i.leader, i.received, i.operation_id, i.credit_index, i.stellar_transaction_id, i.account,
  i.muxed_account, i.payer, i.asset, i.amount, i.memo_type, i.memo, i.odd, ${millisOf("i.closed_at")} as closed_millis,
  i.ledger::float8 as ledger, i.state, i.reason, i.transaction_id, i.reserved_payout, i.reserved_refund, i.fees,
  i.resolved`

export const paymentOf = (row: InboxColumns): PaymentRow => ({
  id: row.id as PaymentId,
  leader: row.leader as PaymentId,
  received: canonical(row.received),
  operationId: row.operation_id,
  index: row.credit_index,
  stellarTransactionId: row.stellar_transaction_id,
  account: row.account,
  muxedAccount: row.muxed_account,
  from: row.payer,
  asset: row.asset,
  amount: canonicalOrNull(row.amount),
  memoType: row.memo_type,
  memo: row.memo,
  odd: row.odd as PaymentRow["odd"],
  closedAtMillis: row.closed_millis,
  ledger: row.ledger
})

export const inboxOf = (row: InboxColumns): InboxRow => ({
  payment: paymentOf(row),
  state: row.state as InboxRow["state"],
  reason: row.reason as ParkReason | null,
  transactionId: row.transaction_id as TransactionId | null,
  reservedPayout: canonical(row.reserved_payout),
  reservedRefund: canonical(row.reserved_refund),
  fees: canonical(row.fees),
  resolved: row.resolved
})

interface CursorColumns {
  readonly account: string
  readonly network: string
  readonly position: string
  readonly epoch: number
  readonly processed_ledger: number | null
  readonly processed_millis: number | null
}

const cursorColumns = `c.account, c.network, c.position, c.epoch, c.processed_ledger::float8 as processed_ledger,
  ${millisOf("c.processed_at")} as processed_millis`

const cursorOf = (row: CursorColumns): Cursor => ({
  account: row.account,
  network: row.network,
  position: row.position,
  epoch: row.epoch,
  processedLedger:
    row.processed_ledger === null || row.processed_millis === null
      ? null
      : { sequence: row.processed_ledger, closedAtMillis: row.processed_millis }
})

type InboxMethods = Pick<
  Storage["Service"],
  | "waitingPayments"
  | "payments"
  | "quarantined"
  | "releaseQuarantined"
  | "lease"
  | "cursors"
  | "openCursor"
  | "expirable"
>

export const inboxStatements = (engine: Engine): InboxMethods => ({
  waitingPayments: ({ after, limit, olderThanSeconds }) =>
    engine
      .run<InboxColumns>({
        name: "kedge_waiting_payments",
        // With ties: the credits of a payment share time and leader, so the last one is never cut in two.
        text: `select w.* from (
            select ${inboxColumns}, i.seen_at from stellar_payment i
            where i.state = 'waiting' and i.seen_at <= kedge_now() - make_interval(secs => $1::text::float8)
              and ($3::text is null
                or (i.seen_at, i.leader) > (select a.seen_at, a.leader from stellar_payment a where a.id = $3::text))
            order by i.seen_at, i.leader fetch first ($2::text::int) rows with ties) w
          order by w.seen_at, w.leader, w.id`,
        values: [String(olderThanSeconds), String(limit), after ?? null]
      })
      .pipe(
        Effect.map((rows) =>
          rows.map((row) => ({
            ...paymentOf(row),
            transactionId: row.transaction_id as TransactionId | null
          }))
        )
      ),

  payments: (ids) =>
    engine
      .read<InboxColumns>({
        name: "kedge_payments",
        text: `select ${inboxColumns} from stellar_payment i where i.id = any($1::text::text[])`,
        values: [textList(ids)]
      })
      .pipe(Effect.map((rows) => rows.map(inboxOf))),

  quarantined: engine
    .withOrm((em) => em.find(Quarantine, {}, { orderBy: { account: "asc", position: "asc" } }))
    .pipe(
      Effect.map((rows) =>
        rows.map(({ account, position, raw, reason }) => ({ account, position, reason, raw }))
      )
    ),

  releaseQuarantined: (account, position) =>
    engine.withOrm((em) => em.nativeDelete(Quarantine, { account, position })).pipe(Effect.asVoid),

  lease: (role, owner, seconds) =>
    engine
      .run<{ readonly epoch: number }>({
        name: "kedge_lease",
        text: `insert into lease as l (role, owner, epoch, until)
          values ($1::text, $2::text, 1, kedge_now() + make_interval(secs => $3::text::float8))
          on conflict (role) do update set owner = excluded.owner, until = excluded.until,
            epoch = case when l.owner = excluded.owner then l.epoch else l.epoch + 1 end
          where l.owner = excluded.owner or l.until <= kedge_now()
          returning epoch`,
        values: [role, owner, String(seconds)]
      })
      .pipe(Effect.map(([held]) => (held === undefined ? null : { epoch: held.epoch }))),

  cursors: engine
    .run<CursorColumns>({
      name: "kedge_cursors",
      text: `select ${cursorColumns} from "cursor" c order by c.account`,
      values: []
    })
    .pipe(Effect.map((rows) => rows.map(cursorOf))),

  openCursor: ({ account, epoch, network, tip }) =>
    engine
      .run<CursorColumns>({
        name: "kedge_open_cursor",
        // The update that changes nothing is what makes a conflict answer with the stored row.
        text: `insert into "cursor" as c (account, network, position, epoch) values ($1::text, $2::text, $3::text, $4::text::int)
          on conflict (account) do update set epoch = greatest(c.epoch, excluded.epoch)
          returning ${cursorColumns}`,
        values: [account, network, tip, String(epoch)]
      })
      .pipe(
        Effect.flatMap(([row]) =>
          row === undefined
            ? Effect.die("a cursor was opened and not returned")
            : Effect.succeed(cursorOf(row))
        )
      ),

  expirable: ({ after, limit }) => {
    if (after !== undefined && !isUuid(after)) return Effect.succeed([])
    return engine
      .run<ActorColumns>({
        name: "kedge_expirable",
        text: expirableText,
        values: [String(limit), after ?? null]
      })
      .pipe(
        Effect.tap((rows) =>
          rows.length < limit ? engine.run({ name: "kedge_swept", text: sweptText, values: [] }) : Effect.void
        ),
        Effect.map((rows) => rows.map(actorOf))
      )
  }
})

/** Where no money has come yet. */
const unfunded = `t.state in (${unfundedLeaves.map((leaf) => `'${leaf}'`).join(", ")})`

const expirableText = `select ${actorColumns}
  from "cursor" c left join expiry_sweep w on w.account = c.account
  join "transaction" t on t.account = c.account and t.expires_at < c.processed_at
    and t.expires_at >= coalesce(w.swept_until, '-infinity') and ${unfunded}
  where ($2::text is null
      or (t.expires_at, t.id) > (select a.expires_at, a.id from "transaction" a where a.id = $2::text::uuid))
    and not exists (select from stellar_payment i where i.state = 'waiting'
    and (i.transaction_id = t.id or (i.account = t.account and i.memo_type = t.memo_type and i.memo = t.memo)))
  order by t.expires_at, t.id limit $1::text::int`

/**
 * Moves the mark below which nothing waits to expire, once five minutes of ledger time have gathered above it: to the oldest
 * transaction that still waits, or to a minute before the newest processed ledger, so that no birth under way is passed over.
 */
const sweptText = `insert into expiry_sweep as w (account, swept_until)
  select c.account, least(c.processed_at - interval '1 minute',
    (select min(t.expires_at) from "transaction" t where t.account = c.account and ${unfunded}
      and t.expires_at < c.processed_at and t.expires_at >= coalesce(o.swept_until, '-infinity')))
  from "cursor" c left join expiry_sweep o on o.account = c.account
  where c.processed_at is not null
    and (o.account is null or o.swept_until < c.processed_at - interval '5 minutes')
  on conflict (account) do update set swept_until = excluded.swept_until where w.swept_until < excluded.swept_until`
