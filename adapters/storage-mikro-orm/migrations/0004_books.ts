/**
 * Parked money that a person decides about, the sums of the books, and the seals of the audit.
 *
 * Gotchas. A decision is about a payment whole, so it is made under the lock of its leader. Seals are put on rows after their
 * commit: the triggers let nothing else be done to a row of the audit, and that once.
 */
import { Migration } from "@mikro-orm/migrations"

export class Books extends Migration {
  override name = "0004_books"

  override up(): void {
    for (const statement of statements) this.addSql(statement)
  }
}

/** Named as the object mapper names the function of a trigger of the table. */
const append = (table: string, sentence: string): ReadonlyArray<string> => [
  `create function ${table}_stays_fn() returns trigger language plpgsql as
    $$ begin raise exception '${sentence}' using errcode = '23001'; end; $$`,
  `create trigger stays before delete on "${table}" for each statement execute function ${table}_stays_fn()`,
  `create trigger stays_whole before truncate on "${table}" for each statement execute function ${table}_stays_fn()`
]

const sealed = (table: string, sentence: string): ReadonlyArray<string> => [
  `create unique index "${table}_seal" on "${table}" ("seal_number") where seal_number is not null`,
  `create index "${table}_unsealed" on "${table}" ("at") where seal_number is null`,
  `create function ${table}_sealed_once_fn() returns trigger language plpgsql as $$ begin ${sealOnly(sentence)} end; $$`,
  `create trigger sealed_once before update on "${table}" for each row execute function ${table}_sealed_once_fn()`
]

/** Lets a row without a seal get one, and nothing else happen to it. */
export const sealOnly = (sentence: string): string =>
  `if old.seal_number is null and old.seal_hash is null and new.seal_number is not null and new.seal_hash is not null then
      old.seal_number := new.seal_number; old.seal_hash := new.seal_hash;
      if new is not distinct from old then return new; end if;
    end if;
    raise exception '${sentence}' using errcode = '23001';`

export const auditStays = "the audit is only ever added to"
export const resolutionStays = "what was decided about a payment is only ever added to"

/** The leader of a parked payment about which no decision stands, locked. */
const undecided = `select * into parked from stellar_payment p
        where p.id = its_payment and p.leader = p.id and p.state = 'parked' and not p.resolved for update;
      if not found then return null; end if;`

const decide = (what: string, transaction: string) => `insert into resolution
        (payment, ordinal, what, transaction_id, by, why, at)
        select its_payment, 1 + count(*), '${what}', ${transaction}, its_by, its_why, kedge_now()
        from resolution r where r.payment = its_payment;`

/** The next line of what is booked of a credit: parked, released, parked again, kept. */
export const nextBooking = (payment: string): string =>
  `(select count(*) from journal j where j.cause = md5(${payment})::uuid)`

const statements = [
  `alter table "stellar_payment" add column "resolved" boolean not null default false`,
  // Of parked rows alone: one that funds its transaction at once pays for neither.
  `create index "stellar_payment_undecided" on "stellar_payment" ("closed_at", "id")
    where state = 'parked' and not resolved`,
  `create index "stellar_payment_credits" on "stellar_payment" ("leader") where state = 'parked'`,

  `create table "resolution" ("payment" text collate "C" not null, "ordinal" int not null, "what" text not null,
    "transaction_id" uuid null, "by" text not null, "why" text not null, "at" timestamptz not null,
    "seal_number" bigint null, "seal_hash" bytea null, primary key ("payment", "ordinal"))`,
  `create index "resolution_at" on "resolution" ("at")`,
  ...append("resolution", resolutionStays),
  ...sealed("resolution", resolutionStays),

  `drop trigger stays on "audit"`,
  `create trigger stays before delete on "audit" for each statement execute function audit_stays_fn()`,
  `alter table "audit" add column "seal_number" bigint null, add column "seal_hash" bytea null`,
  ...sealed("audit", auditStays),

  // The newest seal: who would go on from it must still find it there.
  `create table "audit_head" ("id" int not null, "number" bigint not null, "hash" bytea not null, primary key ("id"))`,
  `insert into "audit_head" (id, number, hash) values (1, 0, decode(repeat('00', 32), 'hex'))`,

  `create index "refund_order_unfinished" on "refund_order" ("payment", "ordinal")
    where state in ('planned', 'open', 'held')`,

  `create function kedge_plan_parked_refund(its_payment text, its_by text, its_why text) returns int
    language plpgsql volatile as $$
    declare
      parked stellar_payment;
      nth int;
    begin
      ${undecided}
      if parked.received = 0 then return null; end if;
      nth := 1 + (select count(*) from refund_order o where o.payment = its_payment);
      insert into refund_order (payment, ordinal, transaction_id, amount, state, due_at, tries, attempts, made)
        values (its_payment, nth, null, parked.received, 'planned', kedge_now(), 0, 0, false);
      update stellar_payment set reserved_refund = received, resolved = true
        where leader = its_payment and state = 'parked';
      ${decide("refund", "null")}
      return nth;
    end $$`,

  // States it may come from are said by the caller; rows are locked in the order of the commit: the payment, then its refund.
  `create function kedge_settle_parked_refund(its_payment text, its_ordinal int, its_state text, of_states text[],
      wants_made boolean, envelope jsonb) returns boolean language plpgsql volatile as $$
    declare
      paid stellar_payment;
      moved refund_order;
    begin
      select * into paid from stellar_payment p where p.id = its_payment for update;
      if not found then return false; end if;
      update refund_order o set state = its_state, attempts = o.attempts + (envelope is not null)::int,
        due_at = case when envelope is not null then kedge_now() end
        where o.payment = its_payment and o.ordinal = its_ordinal and o.transaction_id is null
          and o.state = any(of_states) and o.made = wants_made and not exists (select from refund_envelope e
            where e.payment = o.payment and e.ordinal = o.ordinal and e.state = 'open')
        returning * into moved;
      if not found then return false; end if;
      if envelope is not null then
        insert into refund_envelope (payment, ordinal, attempt, hash, xdr, source, sequence, max_time, state, opened_at)
          values (its_payment, its_ordinal, moved.attempts, envelope ->> 'hash', envelope ->> 'xdr',
            envelope ->> 'source', envelope ->> 'sequence', (envelope ->> 'maxTime')::bigint, 'open', kedge_now());
      end if;
      if its_state = 'confirmed' then
        insert into journal (cause, version, line, from_account, to_account, amount, asset, payment)
          values (md5(its_payment || '/' || its_ordinal)::uuid, 0, 0, 'suspense', 'refund-out', moved.amount, paid.asset,
            its_payment);
      end if;
      if its_state = 'cancelled' then
        update stellar_payment set reserved_refund = 0, resolved = false where leader = its_payment and state = 'parked';
      end if;
      return true;
    exception when unique_violation then
      return false;
    end $$`,

  `create function kedge_release_parked(its_payment text, its_transaction uuid, its_by text, its_why text)
    returns boolean language plpgsql volatile as $$
    declare
      parked stellar_payment;
    begin
      ${undecided}
      if not exists (select from "transaction" t where t.id = its_transaction and t.asset = parked.asset) then
        return null;
      end if;
      insert into journal (cause, version, line, from_account, to_account, amount, asset, payment)
        select md5(p.id)::uuid, ${nextBooking("p.id")}, 0, 'suspense', 'ledger-in', p.amount, p.asset, p.id
        from stellar_payment p where p.leader = its_payment and p.state = 'parked' and p.amount > 0;
      update stellar_payment set state = 'waiting', reason = null, transaction_id = its_transaction
        where leader = its_payment and state = 'parked';
      ${decide("match", "its_transaction")}
      return true;
    end $$`,

  `create function kedge_keep_parked(its_payment text, its_by text, its_why text) returns boolean
    language plpgsql volatile as $$
    declare
      parked stellar_payment;
    begin
      ${undecided}
      insert into journal (cause, version, line, from_account, to_account, amount, asset, payment)
        select md5(its_payment)::uuid, ${nextBooking("its_payment")}, 0, 'suspense', 'fee', parked.received, parked.asset,
          its_payment where parked.received > 0;
      update stellar_payment set fees = received, resolved = true where leader = its_payment and state = 'parked';
      ${decide("keep", "null")}
      return true;
    end $$`
]
