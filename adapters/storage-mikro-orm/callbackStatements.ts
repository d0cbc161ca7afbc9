/**
 * The outbox of status changes: what a commit left is taken when due, and settled.
 *
 * Gotcha: of a transaction only the oldest pending callback is ever taken. The due time of those behind it moves with its own,
 * so that a receiver that is down does not fill the index of what is due with rows that cannot be sent.
 */
import { Effect } from "effect"
import type { CallbackRow } from "../../src/ports/rows.ts"
import type { Storage } from "../../src/ports/Storage.ts"
import { millisOf, type TransactionColumns, transactionColumnsAt, transactionOf } from "./actorRows.ts"
import type { Engine } from "./Engine.ts"
import { isUuid } from "./parameters.ts"

interface CallbackColumns extends TransactionColumns {
  readonly told_version: number
  readonly told_state: string
  readonly snapshot: Partial<TransactionColumns>
  readonly tries: number
  readonly told_millis: number
  readonly due_millis: number | null
}

/** From callbacks under the alias `k` and their transactions under `t`. */
const callbackColumns = `${transactionColumnsAt("k.version")}, k.version as told_version, k.state as told_state, k.snapshot,
  k.tries, ${millisOf("k.created_at")} as told_millis, ${millisOf("k.due_at")} as due_millis`

const callbackOf = (row: CallbackColumns): CallbackRow => ({
  transaction: transactionOf({ ...row, ...row.snapshot }),
  version: row.told_version,
  url: row.callback_url ?? "",
  tries: row.tries,
  state: row.told_state as CallbackRow["state"],
  createdAtMillis: row.told_millis,
  dueAtMillis: row.due_millis
})

/** What became of a try as parameters: the state it ends in, or null and the pause before the next. */
export const settledAs = (
  as: Parameters<Storage["Service"]["settleCallback"]>[0]["as"]
): readonly [string | null, string] =>
  typeof as === "string" ? [as, "0"] : [null, String(as.retryInSeconds)]

type Methods = Pick<
  Storage["Service"],
  "setCallback" | "dueCallbacks" | "settleCallback" | "callbacks" | "replayCallback"
>

export const callbackStatements = (engine: Engine): Methods => ({
  setCallback: (id, url) =>
    isUuid(id)
      ? engine
          .run({
            name: "kedge_set_callback",
            text: `update "transaction" set callback_url = $2::text where id = $1::text::uuid returning id`,
            values: [id, url]
          })
          .pipe(Effect.map((rows) => rows.length === 1))
      : Effect.succeed(false),

  dueCallbacks: ({ leaseSeconds, limit }) =>
    engine
      .run<CallbackColumns>({
        name: "kedge_due_callbacks",
        text: `with taken as materialized (
            select c.transaction_id, c.version, c.due_at from callback c
            where c.state = 'pending' and c.due_at <= kedge_now() and not exists (select from callback o
              where o.transaction_id = c.transaction_id and o.version < c.version and o.state = 'pending')
            order by c.due_at, c.transaction_id limit $1::text::int for update of c skip locked),
          behind as (
            update callback b set due_at = kedge_now() + make_interval(secs => $2::text::float8) from taken g
            where b.transaction_id = g.transaction_id and b.version > g.version and b.state = 'pending'),
          changed as (
            update callback c set due_at = kedge_now() + make_interval(secs => $2::text::float8) from taken g
            where c.transaction_id = g.transaction_id and c.version = g.version
            returning c.*, g.due_at as was_due)
          select ${callbackColumns} from changed k join "transaction" t on t.id = k.transaction_id
          order by k.was_due, t.id`,
        values: [String(limit), String(leaseSeconds)]
      })
      .pipe(Effect.map((rows) => rows.map(callbackOf))),

  settleCallback: ({ as, transactionId, version }) =>
    engine
      .run({
        name: "kedge_settle_callback",
        text: `with settled as (
            update callback set tries = tries + 1, state = coalesce($3::text, 'pending'),
              due_at = case when $3::text is null then kedge_now() + make_interval(secs => $4::text::float8) end
            where transaction_id = $1::text::uuid and version = $2::text::int and state = 'pending'
            returning due_at)
          update callback b set due_at = coalesce(s.due_at, kedge_now()) from settled s
          where b.transaction_id = $1::text::uuid and b.version > $2::text::int and b.state = 'pending'`,
        values: [transactionId, String(version), ...settledAs(as)]
      })
      .pipe(Effect.asVoid),

  callbacks: ({ limit, state }) =>
    engine
      .run<CallbackColumns>({
        name: "kedge_callbacks",
        text: `select ${callbackColumns}
          from (select * from callback where state = $1::text
            order by created_at desc, transaction_id desc, version desc limit $2::text::int) k
          join "transaction" t on t.id = k.transaction_id
          order by k.created_at desc, k.transaction_id desc, k.version desc`,
        values: [state, String(limit)]
      })
      .pipe(Effect.map((rows) => rows.map(callbackOf))),

  replayCallback: (transactionId, version) =>
    isUuid(transactionId)
      ? engine
          .run({
            name: "kedge_replay_callback",
            text: `update callback c set state = 'pending', due_at = kedge_now()
              where c.transaction_id = $1::text::uuid and c.version = $2::text::int and c.state = 'dead'
                and not exists (select from callback o where o.transaction_id = c.transaction_id and o.version > c.version)
              returning c.version`,
            values: [transactionId, String(version)]
          })
          .pipe(Effect.map((rows) => rows.length === 1))
      : Effect.succeed(false)
})
