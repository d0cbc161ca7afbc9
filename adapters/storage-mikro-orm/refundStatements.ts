/**
 * Refunds and their envelopes: taken when due, closed as the ledger says, and settled alone where the payment is parked.
 *
 * Gotcha: whoever changes an envelope locks its refund first, as a commit does (./commitStatement.ts): so one that closes and
 * one that opens never lock each other out, and the second goes by what the first has written.
 */
import { Effect } from "effect"
import type { Memo } from "../../machines/domain/Memo.ts"
import { type PaymentId, refundId, type RefundId } from "../../machines/domain/Ids.ts"
import { originsOf } from "../../src/ports/refundMoves.ts"
import type { ActorRow, EnvelopeEnd, PaymentRow, RefundJob, RefundState } from "../../src/ports/rows.ts"
import type { Storage } from "../../src/ports/Storage.ts"
import { type ActorColumns, actorColumns, actorOf, memoOrNull } from "./actorRows.ts"
import { canonical } from "./canonical.ts"
import type { Engine, Rows } from "./Engine.ts"
import { type InboxColumns, inboxColumns, paymentOf } from "./inboxStatements.ts"
import { arrayLiteral } from "./literals.ts"
import { refundKey, textList, uuidList } from "./parameters.ts"

interface RefundColumns {
  readonly payment: string
  readonly ordinal: number
  readonly transaction_id: string | null
  readonly amount: string
  readonly state: string
  readonly tries: number
  readonly open: NonNullable<RefundJob["envelope"]> | null
  readonly ended: NonNullable<RefundJob["lastEnd"]> | null
}

/** From refunds under the alias `o`. */
const refundColumns = `o.payment, o.ordinal, o.transaction_id, o.amount, o.state, o.tries,
  (select jsonb_build_object('hash', e.hash, 'xdr', e.xdr, 'source', e.source, 'sequence', e.sequence, 'maxTime', e.max_time)
    from refund_envelope e where e.payment = o.payment and e.ordinal = o.ordinal and e.state = 'open') as open,
  (select jsonb_build_object('hash', e.hash, 'as', e.state) from refund_envelope e
    where e.payment = o.payment and e.ordinal = o.ordinal and e.state <> 'open' order by e.attempt desc limit 1) as ended`

interface ActorWithMemo extends ActorColumns {
  readonly refund_memo_type: string | null
  readonly refund_memo: string | null
}

interface Parts {
  readonly payments: ReadonlyMap<string, PaymentRow>
  readonly actors: ReadonlyMap<string, { readonly actor: ActorRow; readonly refundMemo: Memo | null }>
}

const jobOf =
  ({ actors, payments }: Parts) =>
  (row: RefundColumns): ReadonlyArray<RefundJob> => {
    const payment = payments.get(row.payment)
    const of = row.transaction_id === null ? undefined : actors.get(row.transaction_id)
    return payment === undefined
      ? []
      : [
          {
            id: refundId(payment.id, row.ordinal),
            payment,
            state: row.state as RefundState,
            amount: canonical(row.amount),
            tries: row.tries,
            envelope: row.open,
            lastEnd: row.ended,
            refundMemo: of?.refundMemo ?? null,
            actor: of?.actor ?? null
          }
        ]
  }

/** With the payments they return and the transactions that wait: neither is ever deleted, so later reads find them. */
const jobsOf = (engine: Engine, rows: Rows<RefundColumns>) =>
  Effect.gen(function* () {
    const found = yield* rows
    if (found.length === 0) return []
    const payments = yield* engine.run<InboxColumns>({
      name: "kedge_refund_payments",
      text: `select ${inboxColumns} from stellar_payment i where i.id = any($1::text::text[])`,
      values: [textList(found.map(({ payment }) => payment))]
    })
    const actors = yield* engine.run<ActorWithMemo>({
      name: "kedge_refund_actors",
      text: `select ${actorColumns}, t.refund_memo_type, t.refund_memo from "transaction" t
        where t.id = any($1::text::uuid[])`,
      values: [uuidList(found.flatMap(({ transaction_id }) => transaction_id ?? []))]
    })
    return found.flatMap(
      jobOf({
        payments: new Map(payments.map((row) => [row.id, paymentOf(row)])),
        actors: new Map(
          actors.map((row) => [
            row.id,
            { actor: actorOf(row), refundMemo: memoOrNull(row.refund_memo_type, row.refund_memo) }
          ])
        )
      })
    )
  })

type Methods = Pick<
  Storage["Service"],
  | "dueRefunds"
  | "refundJobs"
  | "closeEnvelope"
  | "openSources"
  | "postponeRefund"
  | "retryRefund"
  | "planParkedRefund"
  | "settleParkedRefund"
  | "unfinishedRefunds"
>

export const refundStatements = (engine: Engine): Methods => {
  /** A write about one refund; text that is no refund's id is no refund. */
  const of = <A>(id: RefundId, none: A, write: (payment: string, ordinal: string) => Rows<A>) => {
    const key = refundKey(id)
    return key === null
      ? Effect.succeed(none)
      : Effect.map(write(key.payment, String(key.ordinal)), ([row]) => row ?? none)
  }
  return {
    dueRefunds: ({ leaseSeconds, limit }) =>
      jobsOf(
        engine,
        engine.run({
          name: "kedge_due_refunds",
          text: `with taken as materialized (
              select payment, ordinal, due_at from refund_order where due_at <= kedge_now()
              order by due_at, payment, ordinal limit $1::text::int for update skip locked),
            changed as (
              update refund_order o set due_at = kedge_now() + make_interval(secs => $2::text::float8) from taken k
              where o.payment = k.payment and o.ordinal = k.ordinal
              returning o.*, k.due_at as was_due)
            select ${refundColumns} from changed o order by o.was_due, o.payment, o.ordinal`,
          values: [String(limit), String(leaseSeconds)]
        })
      ),

    refundJobs: (ids) => {
      const keys = ids.flatMap((id) => refundKey(id) ?? [])
      return jobsOf(
        engine,
        engine.run({
          name: "kedge_refunds",
          text: `select ${refundColumns}
            from (select distinct * from unnest($1::text::text[], $2::text::int4[]) as k(payment, ordinal)) k
            join refund_order o on o.payment = k.payment and o.ordinal = k.ordinal`,
          values: [arrayLiteral(keys, ({ payment }) => payment), arrayLiteral(keys, ({ ordinal }) => ordinal)]
        })
      )
    },

    unfinishedRefunds: ({ after, limit }) => {
      const mark = after === undefined ? null : refundKey(after)
      if (after !== undefined && mark === null) return Effect.succeed([])
      return jobsOf(
        engine,
        engine.run({
          name: "kedge_unfinished_refunds",
          text: `select ${refundColumns} from refund_order o where o.state in ('planned', 'open', 'held')
              and ($2::text is null or (o.payment, o.ordinal) > ($2::text, $3::text::int))
            order by o.payment, o.ordinal limit $1::text::int`,
          values: [String(limit), mark?.payment ?? null, mark === null ? null : String(mark.ordinal)]
        })
      )
    },

    closeEnvelope: (hash, as: EnvelopeEnd) =>
      engine
        .run({
          name: "kedge_close_envelope",
          text: `with its as materialized (
              select o.payment, o.ordinal from refund_order o
              join refund_envelope e on e.payment = o.payment and e.ordinal = o.ordinal
              where e.hash = $1::text and e.state = 'open' for update of o),
            closed as (
              update refund_envelope e set state = $2::text from its
              where e.payment = its.payment and e.ordinal = its.ordinal and e.hash = $1::text and e.state = 'open'
              returning e.payment, e.ordinal)
            update refund_order o set due_at = kedge_now(), made = $2::text = 'included' from closed c
            where o.payment = c.payment and o.ordinal = c.ordinal`,
          values: [hash, as]
        })
        .pipe(Effect.asVoid),

    openSources: engine
      .run<{ readonly source: string }>({
        name: "kedge_open_sources",
        text: `select source from refund_envelope where state = 'open' order by source`,
        values: []
      })
      .pipe(Effect.map((rows) => rows.map(({ source }) => source))),

    postponeRefund: (id, seconds) =>
      of<unknown>(id, null, (payment, ordinal) =>
        engine.run({
          name: "kedge_postpone_refund",
          text: `update refund_order set tries = tries + 1, due_at = kedge_now() + make_interval(secs => $3::text::float8)
            where payment = $1::text and ordinal = $2::text::int and state in ('planned', 'open')`,
          values: [payment, ordinal, String(seconds)]
        })
      ).pipe(Effect.asVoid),

    retryRefund: (id) =>
      of<object | null>(id, null, (payment, ordinal) =>
        engine.run({
          name: "kedge_retry_refund",
          text: `update refund_order set state = 'planned', due_at = kedge_now()
            where payment = $1::text and ordinal = $2::text::int and state = 'held' returning ordinal`,
          values: [payment, ordinal]
        })
      ).pipe(Effect.map((row) => row !== null)),

    planParkedRefund: (payment: PaymentId, { by, why }) =>
      engine
        .run<{ readonly ordinal: number | null }>({
          name: "kedge_plan_parked_refund",
          text: `select kedge_plan_parked_refund($1::text, $2::text, $3::text) as ordinal`,
          values: [payment, by, why]
        })
        .pipe(
          Effect.map(([row]) =>
            row === undefined || row.ordinal === null ? null : refundId(payment, row.ordinal)
          )
        ),

    settleParkedRefund: (id, change) =>
      of(id, { done: false }, (payment, ordinal) =>
        engine.run<{ readonly done: boolean }>({
          name: "kedge_settle_parked_refund",
          text: `select kedge_settle_parked_refund($1::text, $2::text::int, $3::text, $4::text::text[], $5::text::boolean,
            $6::text::jsonb) as done`,
          values: [
            payment,
            ordinal,
            change.to,
            textList(originsOf(change.to)),
            String(change.to === "confirmed"),
            change.to === "open" ? JSON.stringify(change.envelope) : null
          ]
        })
      ).pipe(Effect.map(({ done }) => done))
  }
}
