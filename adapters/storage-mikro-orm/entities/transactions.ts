/**
 * A transaction and the rows that go with its steps.
 *
 * Gotcha: no index may stand on a column of `transaction` that a step changes: such an update is no longer heap-only and costs
 * three more index entries (the integration test holds the share of heap-only updates).
 */
import { defineEntity, p } from "@mikro-orm/postgresql"
import { amount, key, nullableAmount } from "./columns.ts"

const TransactionSchema = defineEntity({
  name: "Transaction",
  tableName: "transaction",
  uniques: [
    { name: "transaction_memo", properties: ["account", "memoType", "memo"] },
    { name: "transaction_quote", properties: ["quoteId"], where: "quote_id is not null" },
    {
      name: "transaction_repeat",
      properties: ["sendingAnchor", "repeatKey"],
      where: "repeat_key is not null"
    }
  ],
  indexes: [
    { name: "transaction_expiry", properties: ["account", "expiresAt"] },
    // A link to a customer changes these, once a side; other steps leave them alone.
    { name: "transaction_sender", properties: ["senderId"], where: "sender_id is not null" },
    { name: "transaction_receiver", properties: ["receiverId"], where: "receiver_id is not null" }
  ],
  checks: [{ name: "transaction_status", expression: "status = split_part(state, '.', 1)" }],
  properties: {
    id: p.uuid().primary(),
    // What steps change.
    version: p.integer(),
    state: p.text(),
    status: p.text(),
    context: p.json<Record<string, unknown>>(),
    received: nullableAmount(),
    accepted: nullableAmount(),
    fee: nullableAmount(),
    delivered: nullableAmount(),
    fundedBy: p.text().nullable(),
    stellarTransactionId: p.text().nullable(),
    payer: p.text().nullable(),
    destination: p.uuid().nullable(),
    externalTransactionId: p.text().nullable(),
    statusAt: p.datetime(),
    completedAt: p.datetime().nullable(),
    // What was frozen at birth.
    expected: amount(),
    minimum: nullableAmount(),
    maximum: nullableAmount(),
    feeFixed: amount(),
    feePercent: amount(),
    expiresAt: p.datetime(),
    asset: p.text(),
    account: key(),
    memoType: key(),
    memo: key(),
    fundingMethod: p.text(),
    senderId: p.uuid().nullable(),
    receiverId: p.uuid().nullable(),
    senderType: p.text().nullable(),
    receiverType: p.text().nullable(),
    sendingAnchor: key(),
    creator: p.text(),
    reference: p.text().nullable(),
    metadata: p.json<Record<string, string>>(),
    lang: p.text(),
    refundMemoType: p.text().nullable(),
    refundMemo: p.text().nullable(),
    createdAt: p.datetime(),
    conversion: p.json<Record<string, unknown>>().nullable(),
    overpaid: p.text(),
    underpaid: p.text(),
    clientDomain: p.text().nullable(),
    quoteId: p.uuid().nullable(),
    repeatKey: key().nullable(),
    repeatFingerprint: p.text().nullable(),
    // The newest registration.
    callbackUrl: p.text().nullable()
  }
})
export class Transaction extends TransactionSchema.class {}
TransactionSchema.setClass(Transaction)

/** An event the machine did not take; `transaction_id` may name none. */
const RefusalSchema = defineEntity({
  name: "Refusal",
  tableName: "refusal",
  indexes: [{ name: "refusal_transaction", properties: ["transactionId"] }],
  properties: {
    id: key().primary(),
    transactionId: p.uuid(),
    event: p.text(),
    cause: p.text(),
    reason: p.text(),
    carriesMoney: p.boolean(),
    detail: p.json<Record<string, unknown>>(),
    at: p.datetime()
  }
})
export class Refusal extends RefusalSchema.class {}
RefusalSchema.setClass(Refusal)

/** What an open matter waits for; at most one a transaction, raised again when due. Both parties, to be found by either. */
const AttentionSchema = defineEntity({
  name: "Attention",
  tableName: "attention",
  indexes: [
    { name: "attention_due", properties: ["dueAt"] },
    { name: "attention_sender", properties: ["senderId"], where: "kind = 'customer-info'" },
    { name: "attention_receiver", properties: ["receiverId"], where: "kind = 'customer-info'" }
  ],
  properties: {
    transactionId: p.uuid().primary(),
    kind: p.text(),
    dueAt: p.datetime(),
    customerId: p.uuid().nullable(),
    senderId: p.uuid().nullable(),
    receiverId: p.uuid().nullable()
  }
})
export class Attention extends AttentionSchema.class {}
AttentionSchema.setClass(Attention)
