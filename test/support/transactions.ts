/** Contexts and events of the transaction machine that open and close each of its guards. */
import { amount, zero } from "../../machines/domain/Amount.ts"
import {
  type CustomerId,
  type PaymentId,
  payoutId,
  refundId,
  type SealedId,
  type TransactionId
} from "../../machines/domain/Ids.ts"
import {
  deliverAsReceived,
  initialContext,
  type TransactionContext
} from "../../machines/transaction/context.ts"
import type { PayoutEvent, TransactionEvent } from "../../machines/transaction/events.ts"

export const id = "0190a000-0000-7000-8000-000000000001" as TransactionId
const refund = refundId("testnet:1:0" as PaymentId, 1)
const customerId = "0190a000-0000-7000-8000-0000000000c1" as CustomerId
const note = "0190a000-0000-7000-8000-0000000000aa" as SealedId

export const terms = {
  expected: amount("100"),
  minimum: amount("10"),
  maximum: amount("1000"),
  fee: { fixed: amount("1"), percent: amount("1") },
  expiresAtMillis: 2_000,
  ...deliverAsReceived
}
export const unfunded = initialContext({ id, terms })
export const funded: TransactionContext = {
  ...unfunded,
  received: amount("100"),
  accepted: amount("100"),
  fee: amount("2"),
  attempt: 1
}
export const contexts: ReadonlyArray<TransactionContext> = [
  unfunded,
  funded,
  { ...funded, attempt: 2, fields: ["account_number"], note },
  { ...funded, attempt: 1, fields: ["bank_account_number"], party: "receiver" },
  { ...funded, accepted: amount("90"), owed: amount("10"), fee: amount("1.9") },
  { ...funded, accepted: zero, owed: amount("100"), fee: zero },
  { ...funded, accepted: amount("90"), owed: amount("10"), fee: amount("1.9"), delivered: amount("88.1") }
]

export const payoutEvents = (n: number): ReadonlyArray<PayoutEvent> => {
  const about = { payoutId: payoutId(id, n) }
  return [
    { type: "payout.delivered", ...about, externalId: "e1", fee: null },
    { type: "payout.delivered", ...about, externalId: null, fee: amount("0.5") },
    { type: "payout.delivered", ...about, externalId: null, fee: amount("50") },
    { type: "payout.pending", ...about, externalId: "e1" },
    { type: "payout.neededTransactionInfo", ...about, fields: ["account_number"], note },
    { type: "payout.neededCustomerInfo", ...about, party: "sender", fields: ["last_name"], note: null },
    { type: "payout.rejected", ...about, note },
    {
      type: "payout.refundedByIntegrator",
      ...about,
      amount: amount("100"),
      stellarTransactionId: "a".repeat(64),
      note: null
    },
    {
      type: "payout.refundedByIntegrator",
      ...about,
      amount: amount("100"),
      stellarTransactionId: null,
      note: null
    },
    {
      type: "payout.refundedByIntegrator",
      ...about,
      amount: amount("10"),
      stellarTransactionId: "a".repeat(64),
      note: null
    },
    { type: "payout.failed", ...about, note },
    {
      type: "payout.partlyRefused",
      ...about,
      refused: amount("10"),
      rest: "delivered",
      externalId: "e2",
      note: null
    },
    {
      type: "payout.partlyRefused",
      ...about,
      refused: amount("10"),
      rest: "pending",
      externalId: null,
      note: null
    },
    {
      type: "payout.partlyRefused",
      ...about,
      refused: amount("99.5"),
      rest: "pending",
      externalId: null,
      note: null
    },
    {
      type: "payout.partlyRefused",
      ...about,
      refused: zero,
      rest: "delivered",
      externalId: null,
      note: null
    },
    { type: "payout.notAccepted", ...about },
    { type: "payout.voided", ...about },
    { type: "payout.unknown", ...about, next: "repeat", note: null },
    { type: "payout.unknown", ...about, next: "lookUp", note },
    { type: "payout.unknown", ...about, next: "hold", note: null }
  ]
}
const paid = (value: string, closedAtMillis: number): TransactionEvent => ({
  type: "payment.matched",
  paymentId: "testnet:1:0" as PaymentId,
  amount: amount(value),
  stellarTransactionId: "b".repeat(64),
  closedAtMillis,
  price: null
})
export const events: ReadonlyArray<TransactionEvent> = [
  paid("100", 1_000),
  paid("9.9999999", 1_000),
  paid("1000.0000001", 1_000),
  paid("100", 2_001),
  { type: "expiry.passed" },
  ...payoutEvents(1),
  ...payoutEvents(2),
  { type: "refund.submitted", refundId: refund, hash: "d".repeat(64) },
  { type: "refund.confirmed", refundId: refund, amount: amount("100"), stellarTransactionId: "d".repeat(64) },
  { type: "refund.confirmed", refundId: refund, amount: amount("10"), stellarTransactionId: "d".repeat(64) },
  { type: "refund.held", refundId: refund, note },
  { type: "transaction.updated", fields: ["account_number"] },
  { type: "transaction.updated", fields: [] },
  { type: "customer.linked", party: "receiver", customerId, customerType: "sep31-receiver" },
  { type: "customers.needInfo" },
  { type: "customers.processing" },
  { type: "customers.accepted" },
  { type: "customer.rejected", party: "receiver", note }
]
