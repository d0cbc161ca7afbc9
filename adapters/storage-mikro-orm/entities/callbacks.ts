/**
 * The outboxes: status changes to be told, of transactions and of customers.
 *
 * Gotcha: `snapshot` has what a step may change, numbers as text; what was frozen at birth is read from the transaction.
 */
import { defineEntity, p } from "@mikro-orm/postgresql"

const CallbackSchema = defineEntity({
  name: "Callback",
  tableName: "callback",
  indexes: [
    { name: "callback_due", properties: ["dueAt"], where: "state = 'pending'" },
    { name: "callback_listed", properties: ["state", "createdAt"] }
  ],
  properties: {
    transactionId: p.uuid().primary(),
    version: p.integer().primary(),
    snapshot: p.json<Record<string, unknown>>(),
    state: p.text(),
    tries: p.integer(),
    dueAt: p.datetime().nullable(),
    createdAt: p.datetime()
  }
})
export class Callback extends CallbackSchema.class {}
CallbackSchema.setClass(Callback)

/** `sent_to` is the registration with whose address it was last given out. */
const CustomerCallbackSchema = defineEntity({
  name: "CustomerCallback",
  tableName: "customer_callback",
  indexes: [
    { name: "customer_callback_due", properties: ["dueAt"], where: "state = 'pending'" },
    { name: "customer_callback_past", properties: ["createdAt"], where: "state = 'delivered'" }
  ],
  properties: {
    customerId: p.uuid().primary(),
    version: p.integer().primary(),
    type: p.text(),
    status: p.text(),
    state: p.text(),
    tries: p.integer(),
    dueAt: p.datetime().nullable(),
    createdAt: p.datetime(),
    sentTo: p.uuid().nullable()
  }
})
export class CustomerCallback extends CustomerCallbackSchema.class {}
CustomerCallbackSchema.setClass(CustomerCallback)
