/** The price of the moment a payment is received, for what converts without a quote (H-32): `Quotes` as the runtime asks for it. */
import { Effect, Layer } from "effect"
import { PriceAtReceipt } from "../runtime/PriceAtReceipt.ts"
import { Quotes } from "./Quotes.ts"

/** Leaves open `Quotes`. Without a price the payment waits or is parked, and the operator hears why. */
export const priceAtReceipt = Layer.effect(
  PriceAtReceipt,
  Effect.map(Quotes, ({ priceNow }) => ({
    priceNow: ({ amount, from, fundingMethod, to }) =>
      priceNow({ sellAsset: from, buyAsset: to, sellAmount: amount, deliveryMethod: fundingMethod }).pipe(
        Effect.catchTags({
          RateUnavailable: ({ message }) =>
            Effect.logWarning(`no price for a payment that was received; it waits: ${message}`, {
              from,
              to
            }).pipe(Effect.as(null)),
          Unpriceable: ({ message, why }) =>
            Effect.logWarning(
              `a payment that was received has no price and never will; it is parked: ${message}`,
              {
                from,
                to
              }
            ).pipe(Effect.as({ never: why }))
        })
      )
  }))
)
