/**
 * Customers, and the only places where data about people lives, sealed: `sealed` and `customer_value`.
 *
 * Gotcha: `address` is owner, account and memo in one value, because a unique constraint over columns would let two
 * customers with a null memo pass. It is null where a customer was not named by an account, and after erasure.
 */
import { defineEntity, p } from "@mikro-orm/postgresql"
import { key } from "./columns.ts"

const CustomerSchema = defineEntity({
  name: "Customer",
  tableName: "customer",
  uniques: [{ name: "customer_address", properties: ["address"] }],
  properties: {
    id: p.uuid().primary(),
    owner: p.text(),
    account: p.text().nullable(),
    memoType: p.text().nullable(),
    memo: p.text().nullable(),
    address: key().nullable(),
    version: p.integer(),
    erased: p.boolean(),
    contested: p.array().columnType("text[]")
  }
})
export class Customer extends CustomerSchema.class {}
CustomerSchema.setClass(Customer)

/** The verdict on a customer for one SEP-12 type. */
const VerdictSchema = defineEntity({
  name: "Verdict",
  tableName: "verdict",
  indexes: [{ name: "verdict_due", properties: ["askAgainAt"], where: "ask_again_at is not null" }],
  properties: {
    customerId: p.uuid().primary(),
    type: key().primary(),
    status: p.text(),
    message: p.text().nullable(),
    askAgainAt: p.datetime().nullable()
  }
})
export class Verdict extends VerdictSchema.class {}
VerdictSchema.setClass(Verdict)

/** A value of the embedded KYC store. Its sealed bytes stand in the row itself: putting or erasing it leaves nothing behind. */
const CustomerValueSchema = defineEntity({
  name: "CustomerValue",
  tableName: "customer_value",
  properties: {
    customerId: p.uuid().primary(),
    name: key().primary(),
    sealedId: p.uuid(),
    keyId: p.text(),
    bytes: p.blob()
  }
})
export class CustomerValue extends CustomerValueSchema.class {}
CustomerValueSchema.setClass(CustomerValue)

const SealedSchema = defineEntity({
  name: "Sealed",
  tableName: "sealed",
  properties: {
    id: p.uuid().primary(),
    keyId: p.text(),
    bytes: p.blob()
  }
})
export class Sealed extends SealedSchema.class {}
SealedSchema.setClass(Sealed)
