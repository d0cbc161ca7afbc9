/** Firm quotes. One is never changed; the transaction that redeemed it names it, and no other can. */
import { defineEntity, p } from "@mikro-orm/postgresql"
import { amount, key } from "./columns.ts"

const QuoteSchema = defineEntity({
  name: "Quote",
  tableName: "quote",
  indexes: [
    { name: "quote_owner", properties: ["owner", "expiresAt"] },
    { name: "quote_asset", properties: ["buyAsset", "expiresAt"] }
  ],
  properties: {
    id: p.uuid().primary(),
    owner: key(),
    context: p.text(),
    sellAsset: p.text(),
    sellAmount: amount(),
    buyAsset: key(),
    buyAmount: amount(),
    price: p.text(),
    totalPrice: p.text(),
    fee: p.json<Record<string, unknown>>(),
    sellDeliveryMethod: p.text().nullable(),
    buyDeliveryMethod: p.text().nullable(),
    deliveryMethod: p.text().nullable(),
    countryCode: p.text().nullable(),
    expiresAt: p.datetime(),
    createdAt: p.datetime()
  }
})
export class Quote extends QuoteSchema.class {}
QuoteSchema.setClass(Quote)
