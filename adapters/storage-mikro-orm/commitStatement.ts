/**
 * `Storage.commit` as one statement: one round trip, one transaction, one flush for hundreds of steps.
 *
 * Gotchas. Data-modifying parts do not see each other's rows, only what they return: so the state of a payment is computed
 * from the steps that are locked, and a step is written only if its payment came back. Every table is reached by
 * `= any(array(…))`, that is by its index, because the hot sessions join by hashing (./PostgresEngine.ts). Steps are locked
 * before pages, payments and births in every group, each kind in one order: groups that meet wait for each other, and do
 * not lock each other out.
 */
import { nextBooking } from "./migrations/0004_books.ts"
import { varyingColumns } from "./actorRows.ts"
import { givesWay } from "./customerStatements.ts"

/** A relation the statement reads: its name and the names and types of its columns. */
export interface Shape {
  readonly name: string
  readonly columns: ReadonlyArray<readonly [name: string, type: string, ...rest: ReadonlyArray<unknown>]>
}

const final = "('completed', 'refunded', 'expired', 'error')"
const millis = (column: string) => `to_timestamp(${column} / 1000)`
const idsOf = (relation: string, column = "id") => `array(select ${column} from ${relation})`

/** A side that has its customer keeps it. */
const linked = (["sender", "receiver"] as const)
  .map(
    (party) => `,
      ${party}_id = coalesce(t.${party}_id, k.${party}_id),
      ${party}_type = case when t.${party}_id is null then coalesce(k.${party}_type, t.${party}_type) else t.${party}_type end`
  )
  .join("")

const steps = (has: ReadonlySet<string>): ReadonlyArray<string> => [
  `locked as materialized (
    select s.id, s.funding, t.status as was from "transaction" t, step s
    where t.id = any(${idsOf("step")}) and s.id = t.id and t.version = s.version and t.status not in ${final}
    order by t.id for update of t)`,
  `ready as materialized (
    select s.*, l.was from step s join locked l on l.id = s.id where (s.funding is null${
      has.has("payment")
        ? " or (s.funding, s.id) in (select id, transaction_id from seen where state = 'applied')"
        : ""
    }))`,
  `updated as (
    update "transaction" t set version = r.final_version, state = r.state, status = split_part(r.state, '.', 1),
      context = r.context, received = r.received, accepted = r.accepted, fee = r.fee, delivered = r.delivered,
      funded_by = coalesce(r.funding, t.funded_by),
      stellar_transaction_id = coalesce(r.stellar_transaction_id, t.stellar_transaction_id),
      payer = coalesce(r.payer, t.payer), destination = coalesce(r.destination, t.destination),
      external_transaction_id = coalesce(r.external_transaction_id, t.external_transaction_id),
      status_at = case when t.status = split_part(r.state, '.', 1) then t.status_at else kedge_now() end,
      completed_at = case when r.state = 'completed' then kedge_now() else t.completed_at end${
        has.has("link") ? linked : ""
      }
    from ready r${has.has("link") ? " left join link k on k.transaction_id = r.id" : ""}
    where t.id = any(${idsOf("ready")}) and t.id = r.id and t.version = r.version
    returning t.id, t.destination, t.sender_id, t.receiver_id, t.funded_by, r.attended,
      case when t.callback_url is not null and t.status <> r.was then ${varyingColumns} end as told)`,
  `outbox as (
    insert into callback (transaction_id, version, snapshot, state, tries, due_at, created_at)
    select u.id, (u.told ->> 'version')::int, u.told, 'pending', 0, kedge_now(), kedge_now()
    from updated u where u.told is not null)`,
  `settled_matter as (
    delete from attention a where a.transaction_id = any(${idsOf("updated")})
      and a.transaction_id in (select id from updated where not attended))`
]

const pages = `moved as (
    update "cursor" c set position = g.upto, processed_ledger = coalesce(g.ledger, c.processed_ledger),
      processed_at = coalesce(${millis("g.closed_at")}, c.processed_at)
    from page g where c.account = any(${idsOf("page", "account")}) and c.account = g.account and c.epoch = g.epoch
      and c.position = g.since
    returning c.account)`

const unrefused = (has: ReadonlySet<string>): string =>
  has.has("page") ? "(p.page is null or p.page in (select account from moved))" : "(p.page is null)"

const payments = (has: ReadonlySet<string>): ReadonlyArray<string> => [
  `known as materialized (
    select p.id from stellar_payment p where p.id = any(${idsOf("payment")}) and p.state <> 'waiting')`,
  // The credits that lead a payment and may be applied; the others of the payment go with theirs.
  `led as materialized (
    select p.id, p.transaction_id from payment p
    where p.fate = 'step' and p.id not in (select id from known) and ${unrefused(has)} and ${
      has.has("step") ? "(p.transaction_id, p.id) in (select id, funding from locked)" : "false"
    })`,
  `fated as materialized (
    select p.*, case
      when p.fate = 'waiting' or not ${unrefused(has)} then 'waiting'
      when p.fate <> 'step' then 'parked'
      when (p.transaction_id, p.leader) in (select transaction_id, id from led) then 'applied'
      else 'waiting' end as state
    from payment p where p.id not in (select id from known))`,
  `seen as (
    insert into stellar_payment as i (id, leader, received, operation_id, credit_index, stellar_transaction_id, account,
      muxed_account, payer, asset, amount, memo_type, memo, odd, closed_at, ledger, state, reason, transaction_id,
      reserved_payout, reserved_refund, fees, seen_at)
    select p.id, p.leader, p.received, p.operation_id, p.credit_index, p.stellar_transaction_id, p.account,
      p.muxed_account, p.payer, p.asset, p.amount, p.memo_type, p.memo, p.odd, ${millis("p.closed_at")}, p.ledger, p.state,
      case when p.state = 'parked' then p.fate end, p.transaction_id,
      case when p.state = 'applied' then p.reserved_payout else 0 end,
      case when p.state = 'applied' then p.reserved_refund else 0 end,
      case when p.state = 'applied' then p.fees else 0 end, kedge_now()
    from fated p order by p.id
    on conflict (id) do update set state = excluded.state, reason = excluded.reason,
      transaction_id = excluded.transaction_id, reserved_payout = excluded.reserved_payout,
      reserved_refund = excluded.reserved_refund, fees = excluded.fees
    where i.state = 'waiting'
    returning i.id, i.state, i.transaction_id)`,
  `suspended as (
    insert into journal (cause, version, line, from_account, to_account, amount, asset, payment)
    select md5(p.id)::uuid, ${nextBooking("p.id")}, 0, 'ledger-in', 'suspense', p.amount, p.asset, p.id
    from payment p where p.amount > 0 and p.id in (select id from seen where state = 'parked'))`
]

const unblocked = (has: ReadonlySet<string>): string => {
  const blocking = [
    ...(has.has("requirement") ? ["blocked"] : []),
    ...(has.has("redemption") ? ["unredeemed"] : [])
  ]
  if (blocking.length === 0) return ""
  return `where ${blocking.map((name) => `b.id not in (select id from ${name})`).join(" and ")}`
}

const births = (has: ReadonlySet<string>): ReadonlyArray<string> => [
  ...(has.has("requirement")
    ? [
        `blocked as materialized (
    select r.transaction_id as id from requirement r
    left join customer c on c.id = any(${idsOf("requirement", "customer_id")}) and c.id = r.customer_id
      and c.version = r.version
    where c.id is null)`
      ]
    : []),
  ...(has.has("redemption")
    ? [
        `unredeemed as materialized (
    select r.transaction_id as id from redemption r
    left join quote q on q.id = any(${idsOf("redemption", "quote_id")}) and q.id = r.quote_id
      and q.owner = r.owner and q.expires_at > kedge_now()
    where q.id is null)`
      ]
    : []),
  // Whatever it takes may be taken: its memo, its quote or its repeat key.
  `born as (
    insert into "transaction" (id, version, state, status, context, status_at, expected, minimum, maximum, fee_fixed,
      fee_percent, expires_at, asset, account, memo_type, memo, funding_method, sender_id, receiver_id, sender_type,
      receiver_type, destination, sending_anchor, creator, reference, metadata, lang, refund_memo_type, refund_memo,
      created_at, conversion, overpaid, underpaid, client_domain, quote_id, repeat_key, repeat_fingerprint)
    select b.id, 1, b.state, split_part(b.state, '.', 1), b.context, kedge_now(), b.expected, b.minimum,
      b.maximum, b.fee_fixed, b.fee_percent, ${millis("b.expires_at")}, b.asset, b.account, b.memo_type, b.memo,
      b.funding_method, b.sender_id, b.receiver_id, b.sender_type, b.receiver_type, b.destination, b.sending_anchor,
      b.creator, b.reference, b.metadata, b.lang, b.refund_memo_type, b.refund_memo, kedge_now(), b.conversion,
      b.overpaid, b.underpaid, b.client_domain, b.quote_id, b.repeat_key, b.repeat_fingerprint
    from birth b ${unblocked(has)}
    order by b.account, b.memo_type, b.memo, b.place
    on conflict do nothing
    returning id)`,
  // An id that is there is no reason not to be born but a defect: its first audit is there as well, and refuses the group.
  `first_audit as (
    insert into audit (transaction_id, version, event, cause, before, after, detail, at)
    select b.id, 1, 'transaction.created', b.creator, b.state, b.state, '{}', kedge_now()
    from birth b where b.id in (select id from born)
      or (select t.id from "transaction" t where t.id = b.id) is not null)`,
  ...(has.has("gated")
    ? [
        `gated_matter as (
    insert into attention (transaction_id, kind, due_at, customer_id, sender_id, receiver_id)
    select g.transaction_id, 'customer-info', kedge_now() + make_interval(secs => g.due_in), null, b.sender_id,
      b.receiver_id
    from gated g join birth b on b.id = g.transaction_id where g.transaction_id in (select id from born))`
      ]
    : []),
  // A birth that is past its time already must be found by the sweep, however far that has come.
  `unswept as (
    update expiry_sweep w set swept_until = b.first
    from (select account, ${millis("min(expires_at)")} as first from birth group by account) b
    where w.account = any(${idsOf("birth", "account")}) and w.account = b.account and w.swept_until > b.first)`
]

/** Parts that go with a step: name of their relation and what is done with it. */
const stepParts: Readonly<Record<string, string>> = {
  audited: `audit_row as (
    insert into audit (transaction_id, version, event, cause, before, after, detail, at)
    select transaction_id, version, event, cause, before, after, detail, kedge_now() from audited
    where transaction_id in (select id from updated))`,
  transfer: `journal_row as (
    insert into journal (cause, version, line, from_account, to_account, amount, asset)
    select transaction_id, version, line, from_account, to_account, amount, asset from transfer
    where transaction_id in (select id from updated))`,
  attempt: `planned as (
    insert into payout (transaction_id, n, rail, amount, fee, amount_in, state, tries, sealed, owner, due_at, open_of)
    select a.transaction_id, a.n, a.rail, a.amount, a.fee, a.amount_in, a.state, 0, u.destination,
      case when a.state = 'started' then g.owner end,
      kedge_now() + make_interval(secs => case when a.state = 'started' then g.lease else a.due_in end),
      a.transaction_id
    from attempt a join updated u on u.id = a.transaction_id cross join setting g)`,
  change: `changed as (
    update payout p set state = c.state, external_id = coalesce(c.external_id, p.external_id),
      tries = p.tries + c.tried, owner = null, due_at = kedge_now() + make_interval(secs => c.due_in),
      open_of = case when c.state in ('delivered', 'refused', 'voided', 'failed') then null else p.transaction_id end
    from change c
    where p.transaction_id = any(${idsOf("updated")}) and p.transaction_id = c.transaction_id and p.n = c.n)`,
  reservation: `reserved as (
    update stellar_payment p set reserved_payout = r.payout, reserved_refund = r.refund, fees = r.fee
    from reservation r
    where p.id = any(${idsOf("reservation", "payment")}) and p.id = r.payment
      and r.transaction_id in (select id from updated)
      and (p.reserved_payout, p.reserved_refund, p.fees) is distinct from (r.payout, r.refund, r.fee))`,
  matter: `opened_matter as (
    insert into attention (transaction_id, kind, due_at, customer_id, sender_id, receiver_id)
    select m.transaction_id, m.kind, kedge_now() + make_interval(secs => m.due_in), m.customer_id, u.sender_id,
      u.receiver_id
    from matter m join updated u on u.id = m.transaction_id
    on conflict (transaction_id) do update set kind = excluded.kind, due_at = excluded.due_at,
      customer_id = excluded.customer_id, sender_id = excluded.sender_id, receiver_id = excluded.receiver_id)`,
  contest: `contested as (
    update customer c set version = c.version + x.steps,
      contested = array(select distinct f from unnest(c.contested || x.fields) f order by f)
    from (select customer_id, array_agg(field) as fields, count(distinct transaction_id)::int as steps from contest
      where transaction_id in (select id from updated) group by customer_id order by customer_id) x
    where c.id = any(${idsOf("contest", "customer_id")}) and c.id = x.customer_id and not c.erased
    returning c.id, c.version, c.callback_url, x.steps),
  contest_told as (
    insert into customer_callback (customer_id, version, type, status, state, tries, due_at, created_at)
    select c.id, s.version, v.type, 'NEEDS_INFO', 'pending', 0, kedge_now(), kedge_now()
    from contested c cross join generate_series(c.version - c.steps + 1, c.version) as s(version) cross join lateral (select o.type from verdict o
      where o.customer_id = c.id and ${givesWay("o")} order by o.type limit 1) v
    where c.callback_url is not null)`,
  returned: `refund_row as (
    insert into refund (transaction_id, version, line, stellar_transaction_id, amount)
    select transaction_id, version, line, stellar_transaction_id, amount from returned
    where transaction_id in (select id from updated))`
}

/**
 * A refund moves only from where its step says, and returns no more than is reserved for it; one that would undoes the whole
 * statement. What is reserved after the step is the step's own, which this statement cannot see written.
 */
const repayments: ReadonlyArray<string> = [
  `repaid_first as (
    insert into refund_order (payment, ordinal, transaction_id, amount, state, due_at, tries, attempts, made)
    select u.funded_by, 1 + (select count(*) from refund_order o where o.payment = u.funded_by), u.id, r.amount, r.state,
      case when r.state in ('planned', 'open') then kedge_now() end, 0, (r.hash is not null)::int, false
    from repayment r join updated u on u.id = r.transaction_id
    where r.amount is not null and 'none' = any(string_to_array(r.origins, ' ')) and r.amount <= coalesce(r.reserved,
      (select p.reserved_refund from stellar_payment p where p.id = u.funded_by), 0)
    returning transaction_id, payment, ordinal, attempts)`,
  `repaid_on as (
    update refund_order o set state = r.state, attempts = o.attempts + (r.hash is not null)::int,
      due_at = case when r.state = 'open' then kedge_now() end
    from repayment r
    where o.transaction_id = any(${idsOf("repayment", "transaction_id")}) and o.transaction_id = r.transaction_id
      and r.transaction_id in (select id from updated) and r.amount is null
      and o.state = any(string_to_array(r.origins, ' ')) and o.made = (r.state = 'confirmed')
      and not exists (select from refund_envelope e
        where e.payment = o.payment and e.ordinal = o.ordinal and e.state = 'open')
    returning o.transaction_id, o.payment, o.ordinal, o.attempts)`,
  `repaid as materialized (select * from repaid_first union all select * from repaid_on)`,
  `enveloped as (
    insert into refund_envelope (payment, ordinal, attempt, hash, xdr, source, sequence, max_time, state, opened_at)
    select m.payment, m.ordinal, m.attempts, r.hash, r.xdr, r.source, r.sequence, r.max_time, 'open', kedge_now()
    from repayment r join repaid m on m.transaction_id = r.transaction_id where r.hash is not null)`
]

const allRepaid = `kedge_refunds_moved((select string_agg(r.transaction_id::text, ', ') from repayment r
    where r.transaction_id in (select id from updated) and r.transaction_id not in (select transaction_id from repaid)))`

const looseParts: Readonly<Record<string, string>> = {
  unreadable: `quarantined as (
    insert into quarantine (account, position, reason, raw, at)
    select account, position, reason, raw, kedge_now() from unreadable
    on conflict (account, position) do update set reason = excluded.reason, raw = excluded.raw)`,
  refused: `refusal_row as (
    insert into refusal (id, transaction_id, event, cause, reason, carries_money, detail, at)
    select id, transaction_id, event, cause, reason, carries_money, detail, kedge_now() from refused
    on conflict (id) do nothing)`
}

const sealing = (has: ReadonlySet<string>): string => {
  const written = [
    ...(has.has("step") ? ["transaction_id in (select id from updated)"] : []),
    ...(has.has("birth") ? ["transaction_id in (select id from born)"] : [])
  ]
  return `sealed_row as (
    insert into sealed (id, key_id, bytes) select id, key_id, bytes from sealing where ${written.join(" or ")}
    on conflict (id) do nothing)`
}

const list = (query: string | undefined): string =>
  query === undefined ? "'[]'::jsonb" : `coalesce((${query}), '[]'::jsonb)`

const answer = (has: ReadonlySet<string>): string => {
  const why = `kedge_unborn(sending_anchor, repeat_key, quote_id, account, memo_type, memo, ${
    has.has("requirement") ? "id in (select id from blocked)" : "false"
  })`
  const parts = {
    lost: has.has("step")
      ? "select jsonb_agg(id) from step where id not in (select id from updated)"
      : undefined,
    refusedPages: has.has("page")
      ? "select jsonb_agg(account) from page where account not in (select account from moved)"
      : undefined,
    known: has.has("payment")
      ? "select jsonb_agg(id) from payment where id not in (select id from seen)"
      : undefined,
    unborn: has.has("birth")
      ? `select jsonb_agg(jsonb_build_object('id', id, 'why', ${why})) from birth where id not in (select id from born)`
      : undefined
  }
  const pairs = Object.entries(parts).map(([name, query]) => `'${name}', ${list(query)}`)
  return `insert into commit_group (id, at, result)
  select g.id, kedge_now(), jsonb_build_object(${pairs.join(",\n    ")}) from setting g${
    has.has("repayment") ? `\n  where ${allRepaid}` : ""
  }
  returning result`
}

/** The first parameters of every commit statement: id of the group, owner and lease of the attempts born started. */
export const settingParameters = 3

/** The statement for groups that have rows of exactly these relations, in this order. */
export const commitStatement = (shapes: ReadonlyArray<Shape>): string => {
  const has = new Set(shapes.map(({ name }) => name))
  let parameter = settingParameters
  const relations = shapes.map(({ columns, name }) => {
    const arrays = columns.map(([, type]) => `$${++parameter}::text::${type}[]`)
    const names = columns.map(([column]) => column)
    return `${name} as materialized (
    select * from unnest(${arrays.join(", ")}) with ordinality as ${name}(${names.join(", ")}, place))`
  })
  const parts = (of: Readonly<Record<string, string>>) =>
    Object.entries(of).flatMap(([name, text]) => (has.has(name) ? [text] : []))
  const [locked, ...written] = has.has("step") ? steps(has) : []
  const ctes = [
    "setting as (select $1::text::uuid as id, $2::text as owner, $3::text::float8 as lease)",
    ...relations,
    ...(locked === undefined ? [] : [locked]),
    ...(has.has("page") ? [pages] : []),
    ...(has.has("payment") ? payments(has) : []),
    ...written,
    ...(has.has("birth") ? births(has) : []),
    ...parts(stepParts),
    ...(has.has("repayment") ? repayments : []),
    ...parts(looseParts),
    ...(has.has("sealing") ? [sealing(has)] : [])
  ]
  return `with ${ctes.join(",\n")}\n${answer(has)}`
}
