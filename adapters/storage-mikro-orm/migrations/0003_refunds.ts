/**
 * Refunds on chain and their envelopes.
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
    end $$`
]
