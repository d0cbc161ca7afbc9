/**
 * Customers, and the only places where data about people lives, sealed: `sealed`, `customer_value` and `customer_file`.
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
    contested: p.array().columnType("text[]"),
    // Where changes are told, and which registration it is.
    callbackUrl: p.text().nullable(),
    registration: p.uuid().nullable()
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
    askAgainAt: p.datetime().nullable(),
    was: p.text().nullable()
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

/** An uploaded file, sealed. Without a customer it is discarded when it expires. */
const CustomerFileSchema = defineEntity({
  name: "CustomerFile",
  tableName: "customer_file",
  indexes: [
    { name: "customer_file_customer", properties: ["customerId"], where: "customer_id is not null" },
    { name: "customer_file_expiry", properties: ["expiresAt"], where: "expires_at is not null" }
  ],
  properties: {
    id: p.uuid().primary(),
    owner: p.text(),
    customerId: p.uuid().nullable(),
    contentType: p.text(),
    size: p.integer(),
    expiresAt: p.datetime().nullable(),
    sealedId: p.uuid(),
    keyId: p.text(),
    bytes: p.blob()
  }
})
export class CustomerFile extends CustomerFileSchema.class {}
CustomerFileSchema.setClass(CustomerFile)

/** An erasure that waits until the customer has no unfinished transaction. */
const ErasureSchema = defineEntity({
  name: "Erasure",
  tableName: "erasure",
  properties: {
    customerId: p.uuid().primary(),
    dueAt: p.datetime()
  }
})
export class Erasure extends ErasureSchema.class {}
ErasureSchema.setClass(Erasure)

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
