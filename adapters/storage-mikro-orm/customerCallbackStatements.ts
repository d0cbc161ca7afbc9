/**
 * Telling a customer's changes: the registration stands on the customer's own row, so that a verdict and a registration at the
 * same time see each other; what is to be told is left by the statement that records the verdict.
 *
 * Gotcha: a registration is named by an id of its own. The last word ends the one it was sent to, not one made meanwhile.
 */
import { Effect } from "effect"
import type { CustomerId } from "../../machines/domain/Ids.ts"
import type { Storage } from "../../src/ports/Storage.ts"
import { millisOf } from "./actorRows.ts"
import { settledAs } from "./callbackStatements.ts"
import type { Engine } from "./Engine.ts"
import { isUuid } from "./parameters.ts"

type Methods = Pick<
  Storage["Service"],
  "setCustomerCallback" | "dueCustomerCallbacks" | "settleCustomerCallback"
>

interface ToldColumns {
  readonly customer_id: string
  readonly version: number
  readonly type: string
  readonly status: string
  readonly url: string
  readonly tries: number
  readonly created_millis: number
}

export const customerCallbackStatements = (engine: Engine): Methods => ({
  setCustomerCallback: (id, url) =>
    isUuid(id)
      ? engine
          .run({
            name: "kedge_set_customer_callback",
            text: `update customer set callback_url = $2::text, registration = gen_random_uuid()
              where id = $1::text::uuid and not erased returning id`,
            values: [id, url]
          })
          .pipe(Effect.map((rows) => rows.length === 1))
      : Effect.succeed(false),

  dueCustomerCallbacks: ({ leaseSeconds, limit }) =>
    engine
      .run<ToldColumns>({
        name: "kedge_due_customer_callbacks",
        text: `with taken as materialized (
            select k.customer_id, k.version, k.due_at, c.callback_url, c.registration
            from customer_callback k join customer c on c.id = k.customer_id and c.callback_url is not null
            where k.state = 'pending' and k.due_at <= kedge_now() and not exists (select from customer_callback o
              where o.customer_id = k.customer_id and o.version < k.version and o.state = 'pending')
            order by k.due_at, k.customer_id limit $1::text::int for update of k skip locked),
          behind as (
            update customer_callback b set due_at = kedge_now() + make_interval(secs => $2::text::float8)
            from taken g where b.customer_id = g.customer_id and b.version > g.version and b.state = 'pending'),
          changed as (
            update customer_callback k set sent_to = g.registration,
              due_at = kedge_now() + make_interval(secs => $2::text::float8)
            from taken g where k.customer_id = g.customer_id and k.version = g.version
            returning k.*, g.callback_url as url, g.due_at as was_due)
          select customer_id, version, type, status, url, tries, ${millisOf("created_at")} as created_millis
          from changed order by was_due, customer_id`,
        values: [String(limit), String(leaseSeconds)]
      })
      .pipe(
        Effect.map((rows) =>
          rows.map(({ created_millis: createdAtMillis, customer_id: id, ...row }) => ({
            customerId: id as CustomerId,
            version: row.version,
            type: row.type,
            status: row.status,
            url: row.url,
            tries: row.tries,
            createdAtMillis
          }))
        )
      ),

  settleCustomerCallback: ({ as, customerId, version }) =>
    engine
      .run({
        name: "kedge_settle_customer_callback",
        text: `with settled as (
            update customer_callback set tries = tries + 1, state = coalesce($3::text, 'pending'),
              due_at = case when $3::text is null then kedge_now() + make_interval(secs => $4::text::float8) end
            where customer_id = $1::text::uuid and version = $2::text::int and state = 'pending'
            returning state, status, sent_to, due_at),
          ended as (
            update customer c set callback_url = null, registration = null from settled s
            where c.id = $1::text::uuid and c.registration = s.sent_to and s.state = 'delivered'
              and s.status in ('ACCEPTED', 'REJECTED')
            returning c.id),
          unasked as (
            delete from customer_callback b where b.customer_id = $1::text::uuid and b.version <> $2::text::int
              and b.state = 'pending' and exists (select from ended))
          update customer_callback b set due_at = coalesce(s.due_at, kedge_now()) from settled s
          where b.customer_id = $1::text::uuid and b.version > $2::text::int and b.state = 'pending'
            and not exists (select from ended)`,
        values: [customerId, String(version), ...settledAs(as)]
      })
      .pipe(Effect.asVoid)
})
