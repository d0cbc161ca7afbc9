/** The bodies of SEP-38 as they are on the wire. Closed: no other member stands in an answer, and none is null (S38-GEN-06). */
import { Schema } from "effect"

const text = (description: string) => Schema.String.annotate({ description })
const optional = (description: string) => Schema.optionalKey(text(description))

const DeliveryMethodWire = Schema.Struct({ name: Schema.String, description: Schema.String })

/** Answer of GET /info. Delivery methods and countries only of what is not on Stellar (S38-INFO-01). */
export const InfoWire = Schema.Struct({
  assets: Schema.Array(
    Schema.Struct({
      asset: text("stellar:CODE:ISSUER, stellar:native or iso4217:CODE"),
      sell_delivery_methods: Schema.optionalKey(Schema.Array(DeliveryMethodWire)),
      buy_delivery_methods: Schema.optionalKey(Schema.Array(DeliveryMethodWire)),
      country_codes: Schema.optionalKey(Schema.Array(Schema.String))
    })
  )
})
export type InfoWire = typeof InfoWire.Type

const wishes = {
  sell_delivery_method: optional("Not offered: what is sold is paid on Stellar."),
  buy_delivery_method: optional("A name in buy_delivery_methods of /info."),
  country_code: optional("One of country_codes of /info.")
}

/** Query of GET /prices; which members go together is ./parseRequest.ts's to say. */
export const PricesQuery = {
  sell_asset: optional("This, or buy_asset."),
  buy_asset: optional("This, or sell_asset; with sell_asset, the one pair."),
  sell_amount: optional("With sell_asset."),
  buy_amount: optional("With buy_asset."),
  ...wishes
}

const priceMembers = {
  sell_asset: optional("Needed. An asset of /info."),
  buy_asset: optional("Needed. An asset of /info."),
  sell_amount: optional("This, or buy_amount; a decimal string."),
  buy_amount: optional("This, or sell_amount."),
  context: optional("Needed: sep31."),
  ...wishes
}

/** Query of GET /price. */
export const PriceQuery = priceMembers

/** Body of POST /quote. Documentation only: it is read raw, so that null can mean absence. */
export const QuoteBody = Schema.Struct({
  ...priceMembers,
  expire_after: optional("The least life that is wanted: UTC, ISO 8601.")
})

const PriceItemWire = Schema.Struct({
  asset: Schema.String,
  price: text("Of one unit bought, in the asset sold; margin included."),
  decimals: Schema.Int
})

/** Answer of GET /prices: the one member or the other (S38-PS-02). */
export const PricesWire = Schema.Union([
  Schema.Struct({ buy_assets: Schema.Array(PriceItemWire) }),
  Schema.Struct({ sell_assets: Schema.Array(PriceItemWire) })
])
export type PricesWire = typeof PricesWire.Type

const FeeWire = Schema.Struct({
  total: Schema.String,
  asset: Schema.String,
  details: Schema.optionalKey(
    Schema.Array(
      Schema.Struct({
        name: Schema.String,
        description: Schema.optionalKey(Schema.String),
        amount: Schema.String
      })
    )
  )
})

const priced = {
  total_price: text("sell_amount = total_price * buy_amount"),
  price: text("The same with the fee off."),
  sell_amount: Schema.String,
  buy_amount: Schema.String,
  fee: FeeWire
}

/** Answer of GET /price. */
export const PriceWire = Schema.Struct(priced)
export type PriceWire = typeof PriceWire.Type

/** Answer of POST /quote and GET /quote/:id. */
export const QuoteWire = Schema.Struct({
  id: Schema.String,
  expires_at: text("Until when the payment must be on the ledger: UTC, ISO 8601."),
  sell_asset: Schema.String,
  buy_asset: Schema.String,
  sell_delivery_method: optional("As it was asked for."),
  buy_delivery_method: optional("As it was asked for."),
  ...priced
})
export type QuoteWire = typeof QuoteWire.Type
