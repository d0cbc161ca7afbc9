/**
 * The first schema. The entities describe the same tables; what only PostgreSQL can say is said here: room for heap-only
 * updates, the clock, and an audit that nothing can change.
 */
import { Migration } from "@mikro-orm/migrations"

export class Init extends Migration {
  /** Stable: bundlers may rename classes, and the name is what the database remembers. */
  override name = "0001_init"

  override up(): void {
    for (const statement of statements) this.addSql(statement)
  }
}

const statements = [
  // Columns that identify are sorted as "C": by bytes, so that no update of the system's locales can break their indexes.

  // The clock of leases, due times and expiry. Tests put another in its place; nothing else may.
  `create function kedge_now() returns timestamptz language sql stable as 'select now()'`,

  `create table "transaction" ("id" uuid not null, "version" int not null, "state" text not null, "status" text not null,
    "context" jsonb not null, "received" numeric(30,7) null, "accepted" numeric(30,7) null, "fee" numeric(30,7) null,
    "delivered" numeric(30,7) null, "funded_by" text null, "stellar_transaction_id" text null, "payer" text null,
    "destination" uuid null, "external_transaction_id" text null, "status_at" timestamptz not null,
    "completed_at" timestamptz null, "expected" numeric(30,7) not null, "minimum" numeric(30,7) null,
    "maximum" numeric(30,7) null, "fee_fixed" numeric(30,7) not null, "fee_percent" numeric(30,7) not null,
    "expires_at" timestamptz not null, "asset" text not null, "account" text collate "C" not null, "memo_type" text collate "C" not null,
    "memo" text collate "C" not null, "funding_method" text not null, "sender_id" uuid null, "receiver_id" uuid null,
    "sender_type" text null, "receiver_type" text null, "sending_anchor" text not null, "creator" text not null,
    "reference" text null, "metadata" jsonb not null, "lang" text not null, "refund_memo_type" text null,
    "refund_memo" text null, "created_at" timestamptz not null, primary key ("id"))
    with (fillfactor = 50)`,
  `alter table "transaction" add constraint "transaction_memo" unique ("account", "memo_type", "memo")`,
  `alter table "transaction" add constraint "transaction_status" check (status = split_part(state, '.', 1))`,
  `create index "transaction_expiry" on "transaction" ("account", "expires_at")`,

  `create table "audit" ("transaction_id" uuid not null, "version" int not null, "event" text not null,
    "cause" text not null, "before" text not null, "after" text not null, "detail" jsonb not null,
    "at" timestamptz not null, primary key ("transaction_id", "version"))`,
  // Named as the object mapper names the function of the trigger `stays` of the table `audit`.
  `create function audit_stays_fn() returns trigger language plpgsql as
    $$ begin raise exception 'the audit is only ever added to' using errcode = '23001'; end; $$`,
  `create trigger stays before update or delete on "audit" for each statement execute function audit_stays_fn()`,
  `create trigger stays_whole before truncate on "audit" for each statement execute function audit_stays_fn()`,

  `create table "refusal" ("id" text collate "C" not null, "transaction_id" uuid not null, "event" text not null,
    "cause" text not null, "reason" text not null, "carries_money" boolean not null, "detail" jsonb not null,
    "at" timestamptz not null, primary key ("id"))`,
  `create index "refusal_transaction" on "refusal" ("transaction_id")`,

  `create table "attention" ("transaction_id" uuid not null, "kind" text not null, "due_at" timestamptz not null,
    "customer_id" uuid null, "sender_id" uuid null, "receiver_id" uuid null, primary key ("transaction_id"))`,
  `create index "attention_due" on "attention" ("due_at")`,
  `create index "attention_sender" on "attention" ("sender_id") where kind = 'customer-info'`,
  `create index "attention_receiver" on "attention" ("receiver_id") where kind = 'customer-info'`,

  `create table "payout" ("transaction_id" uuid not null, "n" int not null, "rail" text not null,
    "amount" numeric(30,7) not null, "fee" numeric(30,7) not null, "amount_in" numeric(30,7) not null,
    "state" text not null, "tries" int not null, "external_id" text null, "sealed" uuid null, "owner" text null,
    "due_at" timestamptz null, "open_of" uuid null, primary key ("transaction_id", "n"))`,
  `alter table "payout" add constraint "payout_one_open" unique ("open_of") deferrable initially immediate`,
  `create index "payout_due" on "payout" ("due_at") where open_of is not null`,

  `create table "journal" ("cause" uuid not null, "version" int not null, "line" smallint not null,
    "from_account" text not null, "to_account" text not null, "amount" numeric(30,7) not null, "asset" text not null,
    "payment" text null, primary key ("cause", "version", "line"))`,

  `create table "refund" ("transaction_id" uuid not null, "version" int not null, "line" smallint not null,
    "stellar_transaction_id" text not null, "amount" numeric(30,7) not null,
    primary key ("transaction_id", "version", "line"))`,

  `create table "stellar_payment" ("id" text collate "C" not null, "leader" text collate "C" not null, "received" numeric(30,7) not null,
    "operation_id" text not null, "credit_index" int not null, "stellar_transaction_id" text not null,
    "account" text not null, "muxed_account" text null, "payer" text not null, "asset" text not null,
    "amount" numeric(30,7) null, "memo_type" text not null, "memo" text null, "odd" text null, "closed_at" timestamptz not null,
    "ledger" bigint not null, "state" text not null, "reason" text null, "transaction_id" uuid null,
    "reserved_payout" numeric(30,7) not null, "reserved_refund" numeric(30,7) not null, "fees" numeric(30,7) not null,
    "seen_at" timestamptz not null, primary key ("id"))`,
  `alter table "stellar_payment" add constraint "stellar_payment_reservation"
    check (reserved_payout + reserved_refund + fees <= received)`,
  `alter table "stellar_payment" add constraint "stellar_payment_state"
    check (state in ('applied', 'parked', 'waiting') and (state = 'parked') = (reason is not null))`,
  `create index "stellar_payment_waiting" on "stellar_payment" ("seen_at") where state = 'waiting'`,
  `create index "stellar_payment_parked" on "stellar_payment" ("closed_at", "id") where state = 'parked'`,
  `create index "stellar_payment_transaction" on "stellar_payment" ("transaction_id")
    where state <> 'applied' or leader <> id`,

  `create table "cursor" ("account" text collate "C" not null, "network" text not null, "position" text not null,
    "epoch" int not null, "processed_ledger" bigint null, "processed_at" timestamptz null, primary key ("account"))`,
  `create table "quarantine" ("account" text collate "C" not null, "position" text collate "C" not null, "reason" text not null,
    "raw" text not null, "at" timestamptz not null, primary key ("account", "position"))`,
  `create table "expiry_sweep" ("account" text collate "C" not null, "swept_until" timestamptz not null, primary key ("account"))`,

  `create table "customer" ("id" uuid not null, "owner" text not null, "account" text null, "memo_type" text null,
    "memo" text null, "address" text collate "C" null, "version" int not null, "erased" boolean not null,
    "contested" text[] not null, primary key ("id"))`,
  `alter table "customer" add constraint "customer_address" unique ("address")`,
  `create table "verdict" ("customer_id" uuid not null, "type" text collate "C" not null, "status" text not null,
    "message" text null, "ask_again_at" timestamptz null, primary key ("customer_id", "type"))`,
  `create index "verdict_due" on "verdict" ("ask_again_at") where ask_again_at is not null`,
  `create table "customer_value" ("customer_id" uuid not null, "name" text collate "C" not null,
    "sealed_id" uuid not null, "key_id" text not null, "bytes" bytea not null, primary key ("customer_id", "name"))`,
  `create table "sealed" ("id" uuid not null, "key_id" text not null, "bytes" bytea not null, primary key ("id"))`,

  `create table "commit_group" ("id" uuid not null, "at" timestamptz not null, "result" jsonb null,
    primary key ("id"))`,
  `create index "commit_group_at" on "commit_group" ("at")`,
  `create table "lease" ("role" text collate "C" not null, "owner" text not null, "epoch" int not null,
    "until" timestamptz not null, primary key ("role"))`,
  `create table "challenge" ("hash" text collate "C" not null, "expires_at" timestamptz not null, primary key ("hash"))`,
  `create index "challenge_expiry" on "challenge" ("expires_at")`,
  `create table "heartbeat" ("id" int not null, "at" timestamptz not null, primary key ("id"))`
]
