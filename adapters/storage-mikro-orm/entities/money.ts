/**
 * Payouts, the journal, and what was returned on Stellar.
 *
 * Gotcha: `open_of` repeats the transaction's id while the attempt is open. Its unique constraint is deferrable, and so is
 * checked when the statement ends: one step may close attempt n and plan n+1, and two attempts can never be open at once.
 */
import { defineEntity, p } from "@mikro-orm/postgresql"
import { amount } from "./columns.ts"

const PayoutSchema = defineEntity({
  name: "Payout",
  tableName: "payout",
  uniques: [{ name: "payout_one_open", properties: ["openOf"], deferMode: "immediate" }],
  indexes: [{ name: "payout_due", properties: ["dueAt"], where: "open_of is not null" }],
  properties: {
    transactionId: p.uuid().primary(),
    n: p.integer().primary(),
    rail: p.text(),
    amount: amount(),
    fee: amount(),
    amountIn: amount(),
    state: p.text(),
    tries: p.integer(),
    externalId: p.text().nullable(),
    sealed: p.uuid().nullable(),
    owner: p.text().nullable(),
    dueAt: p.datetime().nullable(),
    openOf: p.uuid().nullable()
  }
})
export class Payout extends PayoutSchema.class {}
PayoutSchema.setClass(Payout)

/**
 * Transfers: each takes from one account what it gives another, so every asset sums to zero by construction. `cause` is the
 * transaction and `version` its transition. What is booked of a credit outside any transaction has the MD5 of the payment's id, or
 * of the refund's, counts its bookings from 0, and names the payment.
 */
const JournalSchema = defineEntity({
  name: "Journal",
  tableName: "journal",
  properties: {
    cause: p.uuid().primary(),
    version: p.integer().primary(),
    line: p.smallint().primary(),
    fromAccount: p.text(),
    toAccount: p.text(),
    amount: amount(),
    asset: p.text(),
    payment: p.text().nullable()
  }
})
export class Journal extends JournalSchema.class {}
JournalSchema.setClass(Journal)

const RefundSchema = defineEntity({
  name: "Refund",
  tableName: "refund",
  properties: {
    transactionId: p.uuid().primary(),
    version: p.integer().primary(),
    line: p.smallint().primary(),
    stellarTransactionId: p.text(),
    amount: amount()
  }
})
export class Refund extends RefundSchema.class {}
RefundSchema.setClass(Refund)
