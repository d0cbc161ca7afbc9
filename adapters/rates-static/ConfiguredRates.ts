/**
 * Rates by configuration: each pair's own, or one that moves and is asked for; less the pair's spread, with the pair's fee.
 *
 * Gotcha: a spread is in the rate and a fee beside it. Clients see both, one as `price` and one as `fee`.
 */
import { Effect, Layer, Result } from "effect"
import { isZero } from "../../machines/domain/Amount.ts"
import type { AssetId } from "../../machines/domain/Asset.ts"
import { type Decimal, decimalText } from "../../machines/domain/Decimal.ts"
import { feeOfTerms, feeParts, lessSpread } from "../../machines/domain/Rate.ts"
import type { QuotePair } from "../../src/KedgeConfig.ts"
import {
  NoRate,
  type Rate,
  RateProvider,
  type RateQuestion,
  RateUnavailable
} from "../../src/ports/RateProvider.ts"

/** The rate of a pair that has none of its own: units of `buy` for one of `sell`, as a decimal string. */
export type MovingRate = (sell: AssetId, buy: AssetId) => Effect.Effect<string, RateUnavailable>

const unmoving: MovingRate = (sell, buy) =>
  Effect.fail(new RateUnavailable({ message: `no rate is configured for ${sell} to ${buy}` }))

const answerOf = (pair: QuotePair, question: RateQuestion, rate: Decimal): Effect.Effect<Rate, NoRate> => {
  const { amount, buyDecimals, given, sellDecimals } = question
  const fee = feeOfTerms({
    terms: pair.fee,
    in: pair.feeIn,
    given,
    amount,
    rate,
    sellDecimals,
    buyDecimals
  })
  if (fee === null) return Effect.fail(new NoRate({ message: "there is no rate for so much" }))
  const details = feeParts(pair.fee, fee)
  const asset = pair.feeIn === "sell" ? pair.sell : pair.buy
  return Effect.succeed({
    rate: decimalText(rate),
    fee: { total: fee, asset, ...(isZero(fee) || details.length === 0 ? {} : { details }) }
  })
}

/** The provider of these pairs. */
export const configuredRates = (
  pairs: ReadonlyArray<QuotePair>,
  moving: MovingRate = unmoving
): RateProvider["Service"] => ({
  rate: Effect.fnUntraced(function* (question) {
    const { buyAsset, sellAsset } = question
    const pair = pairs.find(({ buy, sell }) => sell === sellAsset && buy === buyAsset)
    if (pair === undefined) {
      return yield* new NoRate({ message: `${sellAsset} is not exchanged for ${buyAsset}` })
    }
    const rate = lessSpread(pair.rate ?? (yield* moving(pair.sell, pair.buy)), pair.spread)
    return Result.isFailure(rate)
      ? yield* new RateUnavailable({ message: `the rate of ${sellAsset} to ${buyAsset}: ${rate.failure}` })
      : yield* answerOf(pair, question, rate.success)
  })
})

export const layer = (pairs: ReadonlyArray<QuotePair>, moving?: MovingRate) =>
  Layer.succeed(RateProvider, configuredRates(pairs, moving))
