// The price of the moment of receipt: what the runtime is told, and that it is told nothing where there is no price.
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { amount } from "../../../machines/domain/Amount.ts"
import type { Price } from "../../../machines/transaction/context.ts"
import { RateUnavailable } from "../../../src/ports/RateProvider.ts"
import { PriceAtReceipt } from "../../../src/runtime/PriceAtReceipt.ts"
import { priceAtReceipt } from "../../../src/sep38/priceAtReceipt.ts"
import { Quotes, Unpriceable } from "../../../src/sep38/Quotes.ts"

const price: Price = {
  buyAmount: amount("450"),
  fee: { total: amount("10"), asset: "stellar:native" },
  price: "0.2",
  totalPrice: "0.2222222222"
}
const query = { from: "stellar:native", to: "iso4217:BRL", amount: amount("100"), fundingMethod: "PIX" }
type PriceNow = Quotes["Service"]["priceNow"]

const ask = (priceNow: PriceNow) =>
  Effect.flatMap(PriceAtReceipt, (prices) => prices.priceNow(query)).pipe(
    Effect.provide(
      priceAtReceipt.pipe(
        Layer.provide(Layer.mock(Quotes)({ priceNow, supports: () => true, deliveryMethods: () => [] }))
      )
    )
  )

describe("priceAtReceipt", () => {
  it.effect("sells the whole amount received, by the transaction's funding method (S31-AMT-08, H-32)", () =>
    Effect.gen(function* () {
      const asked: Array<Parameters<PriceNow>[0]> = []
      const told = yield* ask((question) => {
        asked.push(question)
        return Effect.succeed(price)
      })

      expect(told).toEqual(price)
      expect(asked).toEqual([
        { sellAsset: "stellar:native", buyAsset: "iso4217:BRL", sellAmount: "100", deliveryMethod: "PIX" }
      ])
    })
  )

  it.effect.each(["under", "over", "no-price"] as const)(
    "is told from one that will never be, so that the payment is parked: %s (H-32, S31-AMT-08)",
    (why) =>
      Effect.gen(function* () {
        expect(yield* ask(() => Effect.fail(new Unpriceable({ why, message: "never" })))).toEqual({
          never: why
        })
      })
  )

  it.effect("is null where there is none at the moment, so that the payment waits (H-32, S38-G-05)", () =>
    Effect.gen(function* () {
      expect(yield* ask(() => Effect.fail(new RateUnavailable({ message: "down" })))).toBeNull()
    })
  )
})
