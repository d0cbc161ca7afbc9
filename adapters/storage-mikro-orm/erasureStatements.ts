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
  "eraseCustomer" | "eraseCustomerValues" | "unfinishedOf" | "deferErasure" | "dueErasures"
>

const final = `(${finalStatuses.map((status) => `'${status}'`).join(", ")})`

const deletions = `with verdicts as (delete from verdict where customer_id = $1::text::uuid),
  told as (delete from customer_callback where customer_id = $1::text::uuid),
  discarded as (delete from customer_file where customer_id = $1::text::uuid)`

export const erasureStatements = (engine: Engine): Methods => ({
  eraseCustomer: (id) =>
    isUuid(id)
      ? engine
          .run({
            name: "kedge_erase_customer",
            text: `${deletions}
              update customer set erased = true, version = version + 1, contested = '{}', account = null,
                memo_type = null, memo = null, address = null, callback_url = null, registration = null
              where id = $1::text::uuid`,
            values: [id]
          })
          .pipe(
            Effect.andThen(
              engine.run({
                name: "kedge_clear_customer",
                text: `${deletions} delete from erasure where customer_id = $1::text::uuid`,
                values: [id]
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
