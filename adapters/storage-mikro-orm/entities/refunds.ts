/**
 * Refunds to be made on Stellar, the envelopes that make them, and what was decided about parked payments.
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
  indexes: [{ name: "refund_order_due", properties: ["dueAt"], where: "due_at is not null" }],
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

/** What a person decided about a parked payment, and why: only ever added to. */
const ResolutionSchema = defineEntity({
  name: "Resolution",
  tableName: "resolution",
  triggers: [
    {
      name: "stays",
      timing: "before",
      events: ["update", "delete"],
      forEach: "statement",
      body: "raise exception 'what was decided about a payment is only ever added to' using errcode = '23001';"
    }
  ],
  properties: {
    payment: key().primary(),
    ordinal: p.integer().primary(),
    what: p.text(),
    by: p.text(),
    why: p.text(),
    at: p.datetime()
  }
})
export class Resolution extends ResolutionSchema.class {}
ResolutionSchema.setClass(Resolution)
