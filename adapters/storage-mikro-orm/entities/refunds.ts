/**
 * Refunds to be made on Stellar, and the envelopes that make them.
 *
 * Gotcha: two partial unique indexes hold what the whole scheme stands on: of a refund, and of a source account, at most one
 * envelope is open. `made` says that one was included, after which no other is opened.
 */
import { defineEntity, p } from "@mikro-orm/postgresql"
import { amount, key } from "./columns.ts"

const RefundOrderSchema = defineEntity({
  name: "RefundOrder",
  tableName: "refund_order",
  uniques: [{ name: "refund_order_transaction", properties: ["transactionId"] }],
  indexes: [
    { name: "refund_order_due", properties: ["dueAt"], where: "due_at is not null" },
    {
      name: "refund_order_unfinished",
      properties: ["payment", "ordinal"],
      where: "state in ('planned', 'open', 'held')"
    }
  ],
  checks: [
    {
      name: "refund_order_state",
      expression:
        "state in ('planned', 'open', 'held', 'confirmed', 'cancelled') and (state <> 'confirmed' or made)"
    }
  ],
  properties: {
    payment: key().primary(),
    ordinal: p.integer().primary(),
    transactionId: p.uuid().nullable(),
    amount: amount(),
    state: p.text(),
    dueAt: p.datetime().nullable(),
    tries: p.integer(),
    attempts: p.integer(),
    made: p.boolean()
  }
})
export class RefundOrder extends RefundOrderSchema.class {}
RefundOrderSchema.setClass(RefundOrder)

const RefundEnvelopeSchema = defineEntity({
  name: "RefundEnvelope",
  tableName: "refund_envelope",
  uniques: [
    { name: "refund_envelope_hash", properties: ["hash"] },
    { name: "refund_envelope_one_open", properties: ["payment", "ordinal"], where: "state = 'open'" },
    { name: "refund_envelope_one_source", properties: ["source"], where: "state = 'open'" }
  ],
  properties: {
    payment: key().primary(),
    ordinal: p.integer().primary(),
    attempt: p.integer().primary(),
    hash: key(),
    xdr: p.text(),
    source: key(),
    sequence: p.text(),
    maxTime: p.bigint("number"),
    state: p.text(),
    openedAt: p.datetime()
  }
})
export class RefundEnvelope extends RefundEnvelopeSchema.class {}
RefundEnvelopeSchema.setClass(RefundEnvelope)
