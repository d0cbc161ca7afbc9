/**
 * Refunds on chain, their envelopes, and what was decided about parked payments.
 *
 * Gotcha: a refund's row says what its envelopes have come to (`made`, `attempts`). A statement that waited for another process
 * judges by that row, whose newest version it gets; the envelopes it sees are as old as its snapshot.
 */
import { Migration } from "@mikro-orm/migrations"

export class Refunds extends Migration {
  override name = "0003_refunds"

  override up(): void {
    for (const statement of statements) this.addSql(statement)
  }
}

const statements = [
  `create table "refund_order" ("payment" text collate "C" not null, "ordinal" int not null, "transaction_id" uuid null,
    "amount" numeric(30,7) not null, "state" text not null, "due_at" timestamptz null, "tries" int not null,
    "attempts" int not null, "made" boolean not null, primary key ("payment", "ordinal"))`,
  `alter table "refund_order" add constraint "refund_order_transaction" unique ("transaction_id")`,
  `alter table "refund_order" add constraint "refund_order_state"
    check (state in ('planned', 'open', 'held', 'confirmed', 'cancelled') and (state <> 'confirmed' or made))`,
  `create index "refund_order_due" on "refund_order" ("due_at") where due_at is not null`,

  `create table "refund_envelope" ("payment" text collate "C" not null, "ordinal" int not null, "attempt" int not null,
    "hash" text collate "C" not null, "xdr" text not null, "source" text collate "C" not null, "sequence" text not null,
    "max_time" bigint not null, "state" text not null, "opened_at" timestamptz not null,
    primary key ("payment", "ordinal", "attempt"))`,
  `alter table "refund_envelope" add constraint "refund_envelope_hash" unique ("hash")`,
  `create unique index "refund_envelope_one_open" on "refund_envelope" ("payment", "ordinal") where state = 'open'`,
  `create unique index "refund_envelope_one_source" on "refund_envelope" ("source") where state = 'open'`,

  `create table "resolution" ("payment" text collate "C" not null, "ordinal" int not null, "what" text not null,
    "by" text not null, "why" text not null, "at" timestamptz not null, primary key ("payment", "ordinal"))`,
  `create function resolution_stays_fn() returns trigger language plpgsql as
    $$ begin raise exception 'what was decided about a payment is only ever added to' using errcode = '23001'; end; $$`,
  `create trigger stays before update or delete on "resolution" for each statement execute function resolution_stays_fn()`,
  `create trigger stays_whole before truncate on "resolution" for each statement execute function resolution_stays_fn()`,

  // What was owed before there were refunds: a person says whether it has been returned by other hands by now.
  `insert into "refund_order" (payment, ordinal, transaction_id, amount, state, due_at, tries, attempts, made)
    select t.funded_by, 1, t.id, (t.context ->> 'owed')::numeric, 'held', null, 0, 0, false from "transaction" t
    where t.state in ('pending_receiver.refundOwed', 'pending_receiver.partRefundOwed') and t.funded_by is not null
      and t.context ->> 'owed' is not null`,

  // A step whose refund did not move as it says must not be written; only an error undoes the statement it is part of.
  `create function kedge_refunds_moved(unmoved text) returns boolean language plpgsql volatile as $$
    begin
      if unmoved is null then return true; end if;
      raise exception 'the refund of % cannot change so', unmoved using errcode = '23514';
    end $$`,

  `create function kedge_plan_parked_refund(its_payment text, its_by text, its_why text) returns int
    language plpgsql volatile as $$
    declare
      parked stellar_payment;
      nth int;
    begin
      select * into parked from stellar_payment p where p.id = its_payment and p.leader = p.id and p.state = 'parked'
        and p.reserved_refund = 0 and p.received > 0 for update;
      if not found then return null; end if;
      nth := 1 + (select count(*) from refund_order o where o.payment = its_payment);
      insert into refund_order (payment, ordinal, transaction_id, amount, state, due_at, tries, attempts, made)
        values (its_payment, nth, null, parked.received, 'planned', kedge_now(), 0, 0, false);
      update stellar_payment set reserved_refund = received where id = its_payment;
      insert into resolution (payment, ordinal, what, by, why, at) values (its_payment,
        1 + (select count(*) from resolution r where r.payment = its_payment), 'refund', its_by, its_why, kedge_now());
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
        update stellar_payment set reserved_refund = 0 where id = its_payment;
      end if;
      return true;
    exception when unique_violation then
      return false;
    end $$`
]
