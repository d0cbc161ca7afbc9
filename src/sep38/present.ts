/** Prices, quotes and what is exchanged, as SEP-38 writes them. */
import { DateTime } from "effect"
import { describe } from "../http/Language.ts"
import type { DeliveryMethod } from "../KedgeConfig.ts"
import type { Market, PriceList } from "./Market.ts"
import type { FirmQuote, Indicative } from "./Quotes.ts"
import type { InfoWire, PricesWire, PriceWire, QuoteWire } from "./wire.ts"

const methodsIn = (lang: string) => (list: ReadonlyArray<DeliveryMethod>) =>
  list.map(({ description, name }) => ({ name, description: describe(description, lang) }))

/** What is on Stellar first; of it there is nothing more to say (S38-INFO-02). Descriptions in `lang` (ISO 639-1). */
export const presentInfo = (
  { offChain, stellar }: Pick<Market, "stellar" | "offChain">,
  lang: string
): InfoWire => ({
  assets: [
    ...stellar.map(({ id }) => ({ asset: id })),
    ...offChain.map(({ asset, buyDeliveryMethods, countryCodes, sellDeliveryMethods }) => ({
      asset,
      ...(sellDeliveryMethods.length === 0
        ? {}
        : { sell_delivery_methods: methodsIn(lang)(sellDeliveryMethods) }),
      buy_delivery_methods: methodsIn(lang)(buyDeliveryMethods),
      ...(countryCodes.length === 0 ? {} : { country_codes: countryCodes })
    }))
  ]
})

export const presentPrices = ({ items, listed }: PriceList): PricesWire =>
  listed === "buy" ? { buy_assets: items } : { sell_assets: items }

export const presentPrice = ({ buyAmount, fee, price, sellAmount, totalPrice }: Indicative): PriceWire => ({
  total_price: totalPrice,
  price,
  sell_amount: sellAmount,
  buy_amount: buyAmount,
  fee
})

/** The same at birth and ever after (S38-G-01); a delivery method only where it was asked for (S38-Q-02). */
export const presentQuote = (quote: FirmQuote): QuoteWire => ({
  id: quote.id,
  expires_at: DateTime.formatIso(DateTime.makeUnsafe(quote.expiresAtMillis)),
  sell_asset: quote.sellAsset,
  buy_asset: quote.buyAsset,
  ...(quote.sellDeliveryMethod === null ? {} : { sell_delivery_method: quote.sellDeliveryMethod }),
  ...(quote.buyDeliveryMethod === null ? {} : { buy_delivery_method: quote.buyDeliveryMethod }),
  ...presentPrice(quote)
})
