/**
 * Customers, the verdicts on them, and the values of the embedded KYC store.
 *
 * Gotcha: a customer's version is raised by the statement that makes the change. A birth is written only where the versions it
 * relied on still stand, so nothing may change a customer and leave its version.
 */
import { Effect } from "effect"
import type { CustomerId, SealedId } from "../../machines/domain/Ids.ts"
import type { Memo } from "../../machines/domain/Memo.ts"
import type { CustomerRow } from "../../src/ports/rows.ts"
import type { Storage } from "../../src/ports/Storage.ts"
import { memoOrNull, millisOf } from "./actorRows.ts"
import type { Engine, Rows } from "./Engine.ts"
import { groupedRead } from "./groupedRead.ts"
import { arrayLiteral, hex } from "./literals.ts"
import { isUuid, textList, uuidList } from "./parameters.ts"

type CustomerMethods = Pick<
  Storage["Service"],
  | "customer"
  | "customerBy"
  | "createCustomer"
  | "recordVerdict"
  | "dueVerdicts"
  | "putCustomerValues"
  | "customerValues"
>

interface CustomerColumns {
  readonly id: string
  readonly owner: string
  readonly account: string | null
  readonly memo_type: string | null
  readonly memo: string | null
  readonly version: number
  readonly erased: boolean
  readonly contested: ReadonlyArray<string>
  readonly statuses: CustomerRow["statuses"] | null
}

const verdictObject = `jsonb_object_agg(v.type, jsonb_build_object('status', v.status, 'message', v.message,
  'askAgainAtMillis', ${millisOf("v.ask_again_at")}))`
const columns =
  "c.id, c.owner, c.account, c.memo_type, c.memo, c.version, c.erased, to_jsonb(c.contested) as contested"
const customerColumns = `${columns}, (select ${verdictObject} from verdict v where v.customer_id = c.id) as statuses`

const rowOf = (row: CustomerColumns): CustomerRow => ({
  id: row.id as CustomerId,
  owner: row.owner,
  account: row.account,
  memo: memoOrNull(row.memo_type, row.memo),
  version: row.version,
  erased: row.erased,
  // A verdict under way when it was erased may still stand beside it.
  statuses: row.erased ? {} : (row.statuses ?? {}),
  contested: row.contested
})

const first = (rows: Rows<CustomerColumns>) =>
  Effect.map(rows, ([row]) => (row === undefined ? null : rowOf(row)))

/** A verdict that is shown as NEEDS_INFO while data is contested, and again as it is afterwards. Under "*" stands no verdict. */
export const givesWay = (v: string): string =>
  `${v}.type <> '*' and ${v}.status in ('ACCEPTED', 'PROCESSING')`

/** One value for owner, account and memo, whatever characters they hold. */
const addressOf = (owner: string, account: string, memo: Memo | null): string =>
  JSON.stringify(memo === null ? [owner, account] : [owner, account, memo.type, memo.value])

interface ValueColumns {
  readonly customer_id: string
  readonly name: string
  readonly sealed_id: string
  readonly key_id: string
  readonly bytes: Uint8Array
}

/** Every POST asks for two customers and the values of one: those of many requests are read together. */
const groupedReads = (engine: Engine) => ({
  customer: groupedRead<CustomerColumns>(
    (ids) =>
      engine.read({
        name: "kedge_customers",
        text: `select ${customerColumns} from customer c where c.id = any($1::text::uuid[])`,
        values: [uuidList(ids)]
      }),
    ({ id }) => id
  ),
  values: groupedRead<ValueColumns>(
    (ids) =>
      engine.read({
        name: "kedge_customer_values",
        text: `select v.customer_id, v.name, v.sealed_id, v.key_id, v.bytes from customer_value v
          where v.customer_id = any($1::text::uuid[]) order by v.customer_id, v.name`,
        values: [uuidList(ids)]
      }),
    ({ customer_id: id }) => id
  )
})

export const customerStatements = (engine: Engine): CustomerMethods =>
  methodsOver(engine, groupedReads(engine))

const methodsOver = (engine: Engine, grouped: ReturnType<typeof groupedReads>): CustomerMethods => ({
  customer: (id) => (isUuid(id) ? first(grouped.customer(id)) : Effect.succeed(null)),

  customerBy: (owner, account, memo) =>
    first(
      engine.read({
        name: "kedge_customer_by",
        text: `select ${customerColumns} from customer c where c.address = $1::text`,
        values: [addressOf(owner, account, memo)]
      })
    ),

  createCustomer: ({ account, id, memo, owner }) =>
    first(
      engine.run({
        name: "kedge_create_customer",
        text: `insert into customer as c (id, owner, account, memo_type, memo, address, version, erased, contested)
          values ($1::text::uuid, $2::text, $3::text, $4::text, $5::text, $6::text, 1, false, '{}')
          on conflict do nothing returning ${columns}, null::jsonb as statuses`,
        values: [
          id,
          owner,
          account,
          memo?.type ?? null,
          memo?.value ?? null,
          account === null ? null : addressOf(owner, account, memo)
        ]
      })
    ),

  recordVerdict: ({ askAgainInSeconds, id, ifVersion, message, put, status, type }) =>
    isUuid(id)
      ? first(
          engine.run({
            name: "kedge_record_verdict",
            text: recordVerdictText,
            values: [
              id,
              type,
              status,
              message,
              askAgainInSeconds === null ? null : String(askAgainInSeconds),
              textList(put),
              ifVersion === undefined ? null : String(ifVersion)
            ]
          })
        )
      : Effect.succeed(null),

  dueVerdicts: ({ againInSeconds, limit }) =>
    engine
      .run<{ readonly customer_id: string; readonly type: string }>({
        name: "kedge_due_verdicts",
        text: `with taken as materialized (
            select customer_id, type, ask_again_at from verdict where ask_again_at <= kedge_now()
            order by ask_again_at limit $1::text::int for update skip locked)
          update verdict v set ask_again_at = kedge_now() + make_interval(secs => $2::text::float8) from taken k
          where v.customer_id = k.customer_id and v.type = k.type returning v.customer_id, v.type`,
        values: [String(limit), String(againInSeconds)]
      })
      .pipe(Effect.map((rows) => rows.map(({ customer_id: id, type }) => ({ id: id as CustomerId, type })))),

  putCustomerValues: (id, rows) => {
    const values = [...new Map(rows.map((row) => [row.name, row])).values()]
    return engine
      .run({
        name: "kedge_put_customer_values",
        text: `insert into customer_value (customer_id, name, sealed_id, key_id, bytes)
          select $1::text::uuid, v.* from unnest($2::text::text[], $3::text::uuid[], $4::text::text[], $5::text::bytea[])
            as v(name, sealed_id, key_id, bytes) order by v.name
          on conflict (customer_id, name) do update set sealed_id = excluded.sealed_id, key_id = excluded.key_id,
            bytes = excluded.bytes`,
        values: [
          id,
          arrayLiteral(values, ({ name }) => name),
          arrayLiteral(values, ({ sealed }) => sealed.id),
          arrayLiteral(values, ({ sealed }) => sealed.keyId),
          arrayLiteral(values, ({ sealed }) => hex(sealed.bytes))
        ]
      })
      .pipe(Effect.asVoid)
  },

  customerValues: (id) =>
    isUuid(id)
      ? Effect.map(grouped.values(id), (rows) =>
          rows.map(({ bytes, key_id: keyId, name, sealed_id: sealedId }) => ({
            name,
            sealed: { id: sealedId as SealedId, keyId, bytes: new Uint8Array(bytes) }
          }))
        )
      : Effect.succeed([])
})

/**
 * The statement does not see the row it writes to `verdict`, so the answer is put together from the others and from it. What the
 * status was before is read from the row as it is changed: another verdict may have come since the statement began.
 */
const recordVerdictText = `with before as materialized (
    select id, cardinality(contested) > 0 as was_contested from customer where id = $1::text::uuid for update),
  changed as (
    update customer c set version = c.version + 1,
      contested = array(select f from unnest(c.contested) f where f <> all($6::text::text[]))
    from before b
    where c.id = b.id and not c.erased and ($7::text is null or c.version = $7::text::int)
    returning c.*, b.was_contested and cardinality(c.contested) = 0 as is_cleared),
  judged as (
    insert into verdict as v (customer_id, type, status, message, ask_again_at)
    select id, $2::text, $3::text, $4::text, kedge_now() + make_interval(secs => $5::text::float8) from changed
    on conflict (customer_id, type) do update set status = excluded.status, message = excluded.message,
      ask_again_at = excluded.ask_again_at, was = v.status
    returning *),
  told as (
    insert into customer_callback (customer_id, version, type, status, state, tries, due_at, created_at)
    select c.id, c.version, t.type, t.status, 'pending', 0, kedge_now(), kedge_now()
    from changed c join judged j on j.customer_id = c.id cross join lateral (
      select j.type, j.status, 0 as place
        where j.type <> '*' and (j.was is distinct from j.status or c.is_cleared and ${givesWay("j")})
      union all select o.type, o.status, 1 from verdict o
        where c.is_cleared and o.customer_id = c.id and o.type <> j.type and ${givesWay("o")}
      order by place, type limit 1) t
    where c.callback_url is not null)
  select ${columns}, (select ${verdictObject} from (
      select * from judged union all
      select * from verdict o where o.customer_id = c.id and o.type <> $2::text) v) as statuses
  from changed c`
