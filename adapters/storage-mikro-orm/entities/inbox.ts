/**
 * What the ledger brought: the inbox, the watcher's cursors, and how far expiry was swept.
 *
 * Gotcha: the partial indexes of `stellar_payment` hold only rows that are not plainly applied, so a payment that funds its
 * transaction at once pays for the primary key alone.
 */
import { defineEntity, p } from "@mikro-orm/postgresql"
import { amount, key, nullableAmount } from "./columns.ts"

const StellarPaymentSchema = defineEntity({
  name: "StellarPayment",
  tableName: "stellar_payment",
  indexes: [
    { name: "stellar_payment_waiting", properties: ["seenAt"], where: "state = 'waiting'" },
    { name: "stellar_payment_parked", properties: ["closedAt", "id"], where: "state = 'parked'" },
    {
      name: "stellar_payment_undecided",
      properties: ["closedAt", "id"],
      where: "state = 'parked' and not resolved"
    },
    { name: "stellar_payment_credits", properties: ["leader"], where: "state = 'parked'" },
    {
      name: "stellar_payment_transaction",
      properties: ["transactionId"],
      where: "state <> 'applied' or leader <> id"
    }
  ],
  checks: [
    {
      name: "stellar_payment_reservation",
      expression: "reserved_payout + reserved_refund + fees <= received"
    },
    {
      name: "stellar_payment_state",
      expression: "state in ('applied', 'parked', 'waiting') and (state = 'parked') = (reason is not null)"
    }
  ],
  properties: {
    id: key().primary(),
    leader: key(),
    received: amount(),
    operationId: p.text(),
    creditIndex: p.integer(),
    stellarTransactionId: p.text(),
    account: p.text(),
    muxedAccount: p.text().nullable(),
    payer: p.text(),
    asset: p.text(),
    amount: nullableAmount(),
    memoType: p.text(),
    memo: p.text().nullable(),
    odd: p.text().nullable(),
    closedAt: p.datetime(),
    ledger: p.bigint("number"),
    state: p.text(),
    reason: p.text().nullable(),
    transactionId: p.uuid().nullable(),
    reservedPayout: amount(),
    reservedRefund: amount(),
    fees: amount(),
    seenAt: p.datetime(),
    resolved: p.boolean().default(false)
  }
})
export class StellarPayment extends StellarPaymentSchema.class {}
StellarPaymentSchema.setClass(StellarPayment)

/** Where the watcher of an account stands; bound to the network it was opened on. */
const CursorSchema = defineEntity({
  name: "Cursor",
  tableName: "cursor",
  properties: {
    account: key().primary(),
    network: p.text(),
    position: p.text(),
    epoch: p.integer(),
    processedLedger: p.bigint("number").nullable(),
    processedAt: p.datetime().nullable()
  }
})
export class Cursor extends CursorSchema.class {}
CursorSchema.setClass(Cursor)

/** Records that could not be read. */
const QuarantineSchema = defineEntity({
  name: "Quarantine",
  tableName: "quarantine",
  properties: {
    account: key().primary(),
    position: key().primary(),
    reason: p.text(),
    raw: p.text(),
    at: p.datetime()
  }
})
export class Quarantine extends QuarantineSchema.class {}
QuarantineSchema.setClass(Quarantine)

/** Before `swept_until` nothing of the account waits to expire: the sweep starts there and not at the beginning of time. */
const ExpirySweepSchema = defineEntity({
  name: "ExpirySweep",
  tableName: "expiry_sweep",
  properties: {
    account: key().primary(),
    sweptUntil: p.datetime()
  }
})
export class ExpirySweep extends ExpirySweepSchema.class {}
ExpirySweepSchema.setClass(ExpirySweep)
