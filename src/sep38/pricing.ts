/**
 * Prices of the moment: what is offered, at which rate, and what that makes of the one amount a client named.
 *
 * Nothing here promises anything; ./QuotesLayer.ts makes quotes of it. Gotcha: whatever can be refused without asking the
 * institution is refused before.
 */
import { Effect, Result } from "effect"
import type { Amount } from "../../machines/domain/Amount.ts"
import { type Priced, type PriceFault, priceOf, priceOfRate } from "../../machines/domain/Price.ts"
import { say, type Words } from "../../machines/domain/Sentence.ts"
import { BadRequest } from "../http/errors.ts"
import { orRefuse, refuse } from "../http/Language.ts"
import type { Settings } from "../KedgeConfig.ts"
import type { RateProvider, RateQuestion } from "../ports/RateProvider.ts"
import { askRates, type CheckedRate } from "./askRates.ts"
import {
  decimalsOfSide,
  fitting,
  fulfillable,
  marketOf,
  onlyMethod,
  type Pair,
  type PriceItem,
  withinLimits
} from "./Market.ts"
import type { PriceRequest, PricesRequest, Wishes } from "./parseRequest.ts"
import type { Indicative } from "./Quotes.ts"

/** Pairs asked about at once for one GET /prices. */
const pairsAtOnce = 8

/** Who asks, and what the answer is to be good for. */
export interface Asking {
  /** Base account; null where nobody signed in. */
  readonly client: string | null
  /** A firm answer holds until then, and is judged by this present; null asks for an indicative one. */
  readonly firm: { readonly untilMillis: number; readonly nowMillis: number } | null
}

/** A conversion with the rate behind it. */
export interface Made {
  readonly priced: Priced
  readonly rate: CheckedRate
}

type Named = Pick<PriceRequest, "given" | "amount">

/** The client's words for a price that cannot be made. */
export const faultWords = (fault: PriceFault, named: Named): Words => {
  const amount = say`${`${named.given}_amount`} ${named.amount}`
  switch (fault) {
    case "fee":
      return say`${amount} leaves nothing to buy after the fee`
    case "nothing":
      return say`${amount} is too little to be exchanged`
    case "beyond":
      return say`${amount} is too much to be exchanged`
  }
}

const questionOf = (
  pair: Pair,
  { amount, given }: Named,
  wishes: Wishes,
  { client, firm }: Asking
): RateQuestion => ({
  kind: firm === null ? "indicative" : "firm",
  sellAsset: pair.sellAsset,
  buyAsset: pair.buy.asset,
  given,
  amount,
  sellDecimals: decimalsOfSide(pair, "sell"),
  buyDecimals: decimalsOfSide(pair, "buy"),
  context: "sep31",
  sellDeliveryMethod: wishes.sellDeliveryMethod,
  buyDeliveryMethod: wishes.buyDeliveryMethod ?? onlyMethod(pair),
  countryCode: wishes.countryCode,
  client,
  untilMillis: firm?.untilMillis ?? null
})

/** The functions behind the endpoints, over these settings and this provider. */
export const makePricing = (
  settings: Pick<Settings, "assets" | "quotes" | "timing">,
  provider: RateProvider["Service"]
) => {
  const market = marketOf(settings)
  const rates = askRates(provider, settings.timing.rateTimeout)

  const ask = (pair: Pair, named: Named, wishes: Wishes, asking: Asking) =>
    rates(questionOf(pair, named, wishes, asking), asking.firm?.nowMillis ?? 0)

  /** The conversion. Its failure `PriceFault` is the amount's; the others are the provider's. */
  const convert = Effect.fnUntraced(function* (pair: Pair, named: Named, wishes: Wishes, asking: Asking) {
    const rate = yield* ask(pair, named, wishes, asking)
    const priced = priceOf({
      given: named.given,
      amount: named.amount,
      rate: rate.rate,
      fee: { total: rate.fee.total, in: rate.feeIn },
      sellDecimals: decimalsOfSide(pair, "sell"),
      buyDecimals: decimalsOfSide(pair, "buy")
    })
    return Result.map(priced, (made): Made => ({ priced: made, rate }))
  })

  /** The pair a request is for: what can be said before any rate is asked for. */
  const offered = (request: PriceRequest): Result.Result<Pair, Words> =>
    Result.gen(function* () {
      const { amount, given } = request
      const pair = yield* market.pair(request.sellAsset, request.buyAsset)
      const asset = given === "sell" ? pair.sellAsset : pair.buy.asset
      yield* fitting(given, amount, asset, decimalsOfSide(pair, given))
      yield* fulfillable(pair, request)
      return pair
    })

  /** What a request comes to. `NoRate` speaks to the client: 400 with its sentence. */
  const answer = Effect.fnUntraced(function* (pair: Pair, request: PriceRequest, asking: Asking) {
    const converted = yield* convert(pair, request, request, asking).pipe(
      Effect.catchTag("NoRate", ({ message }) => refuse(BadRequest, message))
    )
    const made = yield* orRefuse(
      BadRequest,
      Result.mapError(converted, (fault) => faultWords(fault, request))
    )
    yield* orRefuse(BadRequest, withinLimits(pair, made.priced.sellAmount))
    return made
  })

  /** The pairs to list: those of the asset, less what the wishes rule out. A wish that none can fulfil is a wrong one. */
  const listed = (request: PricesRequest): Result.Result<ReadonlyArray<Pair>, Words> =>
    Result.gen(function* () {
      const given = request.listed === "buy" ? "sell" : "buy"
      const all = yield* market.pairsOf(given, request.asset)
      yield* fitting(given, request.amount, request.asset, market.decimals(request.asset))
      const named = request.only === null ? all : [yield* market.pair(request.asset, request.only)]
      const fits = named.map((pair) => Result.map(fulfillable(pair, request), () => pair))
      const fitted = fits.filter(Result.isSuccess).map(({ success }) => success)
      const [first] = fits
      return fitted.length === 0 && first !== undefined ? [yield* first] : fitted
    })

  const list = Effect.fnUntraced(function* (client: string | null, request: PricesRequest) {
    const pairs = yield* orRefuse(BadRequest, listed(request))
    const named: Named = { given: request.listed === "buy" ? "sell" : "buy", amount: request.amount }
    const items = yield* Effect.forEach(
      pairs,
      (pair) =>
        ask(pair, named, request, { client, firm: null }).pipe(
          Effect.map(
            ({ rate }): ReadonlyArray<PriceItem> => [
              {
                asset: request.listed === "buy" ? pair.buy.asset : pair.sellAsset,
                price: priceOfRate(rate),
                decimals: decimalsOfSide(pair, request.listed)
              }
            ]
          ),
          // There is no rate for so much of it: the others are still told.
          Effect.catchTag("NoRate", () => Effect.succeed([]))
        ),
      { concurrency: pairsAtOnce }
    )
    return { listed: request.listed, items: items.flat() }
  })

  return { market, offered, convert, answer, list }
}

/** As it is told: nothing is promised. */
export const indicativeOf = ({ priced, rate }: Made): Indicative => ({ ...priced, fee: rate.fee })

/** Of a payment that is here already: who sent how much is settled, and nobody asks for more. */
export const sellAll = (amount: Amount): Named => ({ given: "sell", amount })
