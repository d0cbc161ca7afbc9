/**
 * What the rest of the protocol keeps: firm quotes and their use, repeat keys, conversions, callbacks, files of customers, and
 * erasures that wait.
 *
 * Gotcha: its two functions are volatile, so each of their statements sees what was committed until then. In a plain statement
 * the snapshot is older than the locks it waits for, and limits could be passed or reasons be mistaken.
 */
import { Migration } from "@mikro-orm/migrations"

export class Protocol extends Migration {
  override name = "0002_protocol"

  override up(): void {
    for (const statement of statements) this.addSql(statement)
  }
}

/** States of a transaction `t` that redeemed a quote: it waits for its payment, or what was paid may yet be delivered. */
const unpaid = `t.state in ('pending_receiver.checking', 'pending_customer_info_update.awaitingData',
          'pending_sender.awaitingPayment')`
const deliverable = `t.state in ('pending_receiver.payingOut', 'pending_receiver.lookingUp', 'pending_receiver.held',
          'pending_external.confirming', 'pending_transaction_info_update.awaitingUpdate',
          'pending_customer_info_update.awaitingCustomer')`

const statements = [
  `alter table "transaction" add column "conversion" jsonb null, add column "overpaid" text not null default 'deliver',
    add column "underpaid" text not null default 'deliver', add column "client_domain" text null,
    add column "quote_id" uuid null, add column "repeat_key" text collate "C" null,
    add column "repeat_fingerprint" text null, add column "callback_url" text null`,
  // The terms of those that were there; every new one brings its own.
  `alter table "transaction" alter column "overpaid" drop default, alter column "underpaid" drop default,
    alter column "sending_anchor" type text collate "C"`,
  // On columns that no step changes, but for a link to a customer: updates of a row without them stay heap-only.
  `create unique index "transaction_quote" on "transaction" ("quote_id") where quote_id is not null`,
  `create unique index "transaction_repeat" on "transaction" ("sending_anchor", "repeat_key")
    where repeat_key is not null`,
  `create index "transaction_sender" on "transaction" ("sender_id") where sender_id is not null`,
  `create index "transaction_receiver" on "transaction" ("receiver_id") where receiver_id is not null`,

  `create table "callback" ("transaction_id" uuid not null, "version" int not null, "snapshot" jsonb not null,
    "state" text not null, "tries" int not null, "due_at" timestamptz null, "created_at" timestamptz not null,
    primary key ("transaction_id", "version"))`,
  `create index "callback_due" on "callback" ("due_at") where state = 'pending'`,
  `create index "callback_listed" on "callback" ("state", "created_at")`,

  `create table "quote" ("id" uuid not null, "owner" text collate "C" not null, "context" text not null,
    "sell_asset" text not null, "sell_amount" numeric(30,7) not null, "buy_asset" text collate "C" not null,
    "buy_amount" numeric(30,7) not null, "price" text not null, "total_price" text not null, "fee" jsonb not null,
    "sell_delivery_method" text null, "buy_delivery_method" text null, "delivery_method" text null,
    "country_code" text null,
    "expires_at" timestamptz not null, "created_at" timestamptz not null, primary key ("id"))`,
  `create index "quote_owner" on "quote" ("owner", "expires_at")`,
  `create index "quote_asset" on "quote" ("buy_asset", "expires_at")`,

  // The status before the present one, as the row held it when it was changed: whatever other verdict came in between.
  `alter table "verdict" add column "was" text null`,
  `alter table "customer" add column "callback_url" text null, add column "registration" uuid null`,
  `create table "customer_callback" ("customer_id" uuid not null, "version" int not null, "type" text not null,
    "status" text not null, "state" text not null, "tries" int not null, "due_at" timestamptz null,
    "created_at" timestamptz not null, "sent_to" uuid null, primary key ("customer_id", "version"))`,
  `create index "customer_callback_due" on "customer_callback" ("due_at") where state = 'pending'`,
  `create index "customer_callback_past" on "customer_callback" ("created_at") where state = 'delivered'`,

  `create table "customer_file" ("id" uuid not null, "owner" text not null, "customer_id" uuid null,
    "content_type" text not null, "size" int not null, "expires_at" timestamptz null, "sealed_id" uuid not null,
    "key_id" text not null, "bytes" bytea not null, primary key ("id"))`,
  `create index "customer_file_customer" on "customer_file" ("customer_id") where customer_id is not null`,
  `create index "customer_file_expiry" on "customer_file" ("expires_at") where expires_at is not null`,
  `create table "erasure" ("customer_id" uuid not null, "due_at" timestamptz not null, primary key ("customer_id"))`,

  // Why a birth met a row that is there: asked after it did, so the row can be seen whoever committed it.
  `create function kedge_unborn(its_anchor text, its_key text, its_quote uuid, its_account text, its_memo_type text,
      its_memo text, lacks_customer boolean) returns text language plpgsql volatile as $$
    begin
      if its_key is not null and exists (select from "transaction" t
        where t.sending_anchor = its_anchor and t.repeat_key = its_key) then return 'repeat'; end if;
      if its_quote is not null and (exists (select from "transaction" t where t.quote_id = its_quote)
        or not exists (select from quote q where q.id = its_quote and q.owner = its_anchor
          and q.expires_at > kedge_now())) then return 'quote'; end if;
      if lacks_customer and not exists (select from "transaction" t where t.account = its_account
        and t.memo_type = its_memo_type and t.memo = its_memo) then return 'customers'; end if;
      return 'memo';
    end $$`,

  // The limits are judged under locks of the owner and of the asset, taken in one order. A quote that was redeemed costs its owner
  // nothing until the transaction is paid, and stays promised until it is delivered or cannot be any more: then its quote may have
  // expired, so it is found by what every such transaction has, an attempt that is open or a matter for somebody.
  `create function kedge_create_quote(given jsonb, open_max int, capacity numeric) returns text
    language plpgsql volatile as $$
    declare
      made quote := jsonb_populate_record(null::quote, given);
      of_owner int := hashtext('quotes of ' || (given ->> 'owner'));
      of_asset int := case when capacity is null then of_owner else hashtext('quotes for ' || (given ->> 'buy_asset')) end;
    begin
      perform pg_advisory_xact_lock(7305632, least(of_owner, of_asset));
      perform pg_advisory_xact_lock(7305632, greatest(of_owner, of_asset));
      if exists (select from quote q where q.id = made.id) then return 'created'; end if;
      if (select count(*) from quote q where q.owner = made.owner and q.expires_at > kedge_now()
        and not exists (select from "transaction" t where t.quote_id = q.id and not ${unpaid})) >= open_max then
        return 'too-many';
      end if;
      if capacity is not null and made.buy_amount + (select coalesce(sum(s.buy_amount), 0) from (
          select q.id, q.buy_amount from quote q where q.buy_asset = made.buy_asset and q.expires_at > kedge_now()
            and not exists (select from "transaction" t where t.quote_id = q.id and not ${unpaid})
          union all
          select q.id, q.buy_amount from (select p.transaction_id from payout p where p.open_of is not null
              union select a.transaction_id from attention a) u
            join "transaction" t on t.id = u.transaction_id and ${deliverable}
            join quote q on q.id = t.quote_id where q.buy_asset = made.buy_asset) s) > capacity then
        return 'no-capacity';
      end if;
      made.created_at := kedge_now();
      insert into quote select made.*;
      return 'created';
    end $$`
]
