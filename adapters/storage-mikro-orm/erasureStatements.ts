/**
 * Erasures: of a customer and all that goes with it, and those that wait until no transaction of it is unfinished.
 *
 * Gotcha: what was being written when a customer was marked as erased is not seen by the statement that marks it. So what belongs
 * to it is deleted once more after the mark, which nothing passes any more.
 */
import { Effect } from "effect"
import type { CustomerId, TransactionId } from "../../machines/domain/Ids.ts"
import { finalStatuses } from "../../machines/domain/Sep31Status.ts"
import type { Storage } from "../../src/ports/Storage.ts"
import type { Engine } from "./Engine.ts"
import { isUuid } from "./parameters.ts"

type Methods = Pick<
  Storage["Service"],
  "eraseCustomer" | "eraseCustomerValues" | "unfinishedOf" | "forgetSealed" | "deferErasure" | "dueErasures"
>

const final = `(${finalStatuses.map((status) => `'${status}'`).join(", ")})`

const deletions = `with verdicts as (delete from verdict where customer_id = $1::text::uuid),
  told as (delete from customer_callback where customer_id = $1::text::uuid),
  discarded as (delete from customer_file where customer_id = $1::text::uuid)`

/** Only text that is an id is made one: what else an event may bring is its own affair. */
const idIn = (detail: string) =>
  `case when ${detail} ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then (${detail})::uuid end`

export const erasureStatements = (engine: Engine): Methods => ({
  eraseCustomer: (id) =>
    isUuid(id)
      ? engine
          .run<{ readonly was_erased: boolean }>({
            name: "kedge_erase_customer",
            text: `${deletions},
              before as materialized (select id, erased from customer where id = $1::text::uuid for update)
              update customer c set erased = true, version = version + 1, contested = '{}', account = null,
                memo_type = null, memo = null, address = null, callback_url = null, registration = null
              from before b where c.id = b.id returning b.erased as was_erased`,
            values: [id]
          })
          .pipe(
            Effect.flatMap(([row]) =>
              engine.run({
                name: "kedge_clear_customer",
                text: `${deletions} delete from erasure where customer_id = $1::text::uuid and $2::text::boolean
                  and not exists (select from "transaction" t where t.sender_id = customer_id and t.status not in ${final})
                  and not exists (select from "transaction" t where t.receiver_id = customer_id and t.status not in ${final})`,
                values: [id, String(row?.was_erased ?? true)]
              })
            ),
            Effect.asVoid
          )
      : Effect.void,

  eraseCustomerValues: (id) =>
    isUuid(id)
      ? engine
          .run({
            name: "kedge_erase_customer_values",
            text: `with discarded as (delete from customer_file where customer_id = $1::text::uuid)
              delete from customer_value where customer_id = $1::text::uuid`,
            values: [id]
          })
          .pipe(Effect.asVoid)
      : Effect.void,

  unfinishedOf: (id) =>
    isUuid(id)
      ? engine
          .run<{ readonly id: string }>({
            name: "kedge_unfinished_of",
            text: `select id from "transaction" where sender_id = $1::text::uuid and status not in ${final}
              union select id from "transaction" where receiver_id = $1::text::uuid and status not in ${final}
              order by id`,
            values: [id]
          })
          .pipe(Effect.map((rows) => rows.map((row) => row.id as TransactionId)))
      : Effect.succeed([]),

  forgetSealed: (id) =>
    isUuid(id)
      ? engine
          .run({
            name: "kedge_forget_sealed",
            text: `with ended as materialized (
                select id, destination, context from "transaction" where sender_id = $1::text::uuid and status in ${final}
                union all
                select id, destination, context from "transaction" where receiver_id = $1::text::uuid and status in ${final})
              delete from sealed s using (
                select destination as id from ended
                union select ${idIn("context ->> 'note'")} from ended
                union select p.sealed from payout p join ended e on e.id = p.transaction_id
                union select ${idIn("a.detail ->> 'note'")} from audit a join ended e on e.id = a.transaction_id
                union select ${idIn("a.detail ->> 'replaced'")} from audit a join ended e on e.id = a.transaction_id
              ) r where s.id = r.id`,
            values: [id]
          })
          .pipe(Effect.asVoid)
      : Effect.void,

  deferErasure: (id) =>
    engine
      .run({
        name: "kedge_defer_erasure",
        text: `insert into erasure (customer_id, due_at) values ($1::text::uuid, kedge_now())
          on conflict (customer_id) do nothing`,
        values: [id]
      })
      .pipe(Effect.asVoid),

  dueErasures: ({ againInSeconds, limit }) =>
    engine
      .run<{ readonly customer_id: string }>({
        name: "kedge_due_erasures",
        text: `with taken as materialized (
            select e.customer_id from erasure e where e.due_at <= kedge_now()
              and not exists (select from "transaction" t where t.sender_id = e.customer_id and t.status not in ${final})
              and not exists (
                select from "transaction" t where t.receiver_id = e.customer_id and t.status not in ${final})
            order by e.due_at, e.customer_id limit $1::text::int for update of e skip locked)
          update erasure e set due_at = kedge_now() + make_interval(secs => $2::text::float8) from taken k
          where e.customer_id = k.customer_id returning e.customer_id`,
        values: [String(limit), String(againInSeconds)]
      })
      .pipe(Effect.map((rows) => rows.map((row) => row.customer_id as CustomerId)))
})
