/**
 * How firm quotes are made, kept and found again (SEP-38 §POST Quote, §GET Quote).
 *
 * Gotcha: whether a quote is open is judged on the storage's clock: here so that a client hears of it early, and again by the
 * commit that redeems it.
 */
import { Effect, Layer, Result } from "effect"
import type { QuoteId } from "../../machines/domain/Ids.ts"
import { say, type Words } from "../../machines/domain/Sentence.ts"
import { BadRequest, NotFound } from "../http/errors.ts"
import { orRefuse, refuse } from "../http/Language.ts"
import { KedgeConfig } from "../KedgeConfig.ts"
import { Entropy } from "../ports/Entropy.ts"
import { RateProvider } from "../ports/RateProvider.ts"
import { Storage } from "../ports/Storage.ts"
import { firmMethod } from "./Market.ts"
import type { QuoteRequest, Wishes } from "./parseRequest.ts"
import { faultWords, indicativeOf, type Made, makePricing, sellAll } from "./pricing.ts"
import { type FirmQuote, Quotes, Unpriceable } from "./Quotes.ts"

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
/** What is no id of ours is unknown, and no database is asked (S38-G-02). */
const quoteIdOf = (text: string): QuoteId | null => (uuid.test(text) ? (text as QuoteId) : null)

const make = Effect.gen(function* () {
  const settings = yield* KedgeConfig
  const storage = yield* Storage
  const entropy = yield* Entropy
  const openMax = settings.quotes?.openMax ?? 0
  const { quoteHorizon, quoteLifetime } = settings.timing
  const pricing = makePricing(settings, yield* RateProvider)

  const price: Quotes["Service"]["price"] = Effect.fnUntraced(function* (client, request) {
    const pair = yield* orRefuse(BadRequest, pricing.offered(request))
    return indicativeOf(yield* pricing.answer(pair, request, { client, firm: null }))
  })

  /** Until when the client is to have it: as asked, else the usual life (S38-Q-06). */
  const lifeOf = ({ expireAfterMillis: asked }: QuoteRequest, now: number): Result.Result<number, Words> => {
    const latest = now + quoteHorizon * 1000
    if (asked === null) return Result.succeed(Math.min(now + quoteLifetime * 1000, latest))
    if (asked <= now) return Result.fail(say`expire_after is not in the future`)
    return asked > latest
      ? Result.fail(say`expire_after is too far ahead: a quote lives at most ${quoteHorizon} seconds`)
      : Result.succeed(asked)
  }

  const rowOf = (
    id: QuoteId,
    owner: string,
    request: QuoteRequest,
    { priced, rate }: Made,
    terms: Pick<FirmQuote, "deliveryMethod" | "expiresAtMillis">
  ): FirmQuote => ({
    id,
    owner,
    context: "sep31",
    sellAsset: request.sellAsset,
    sellAmount: priced.sellAmount,
    buyAsset: request.buyAsset,
    buyAmount: priced.buyAmount,
    price: priced.price,
    totalPrice: priced.totalPrice,
    fee: rate.fee,
    sellDeliveryMethod: request.sellDeliveryMethod,
    buyDeliveryMethod: request.buyDeliveryMethod,
    countryCode: request.countryCode,
    ...terms
  })

  const create: Quotes["Service"]["create"] = Effect.fnUntraced(function* (owner, request) {
    const pair = yield* orRefuse(BadRequest, pricing.offered(request))
    const method = yield* orRefuse(BadRequest, firmMethod(pair, request))
    const nowMillis = yield* storage.nowMillis
    const untilMillis = yield* orRefuse(BadRequest, lifeOf(request, nowMillis))
    const made = yield* pricing.answer(pair, request, { client: owner, firm: { untilMillis, nowMillis } })
    const held = Math.min(untilMillis, made.rate.untilMillis ?? untilMillis)
    if (request.expireAfterMillis !== null && held < request.expireAfterMillis) {
      return yield* refuse(BadRequest, say`expire_after is too far ahead for the rate at this moment`)
    }
    const row = rowOf((yield* entropy.uuid) as QuoteId, owner, request, made, {
      expiresAtMillis: held,
      deliveryMethod: method
    })
    switch (yield* storage.createQuote(row, { openMax, capacity: pair.buy.capacity })) {
      case "created":
        return row
      case "too-many":
        return yield* refuse(
          BadRequest,
          say`there are ${openMax} open quotes already: use them, or wait until they expire`
        )
      case "no-capacity":
        return yield* refuse(
          BadRequest,
          say`so much ${pair.buy.asset} cannot be promised now: ask for less, or wait until quotes expire`
        )
    }
  })

  /** The owner's quote, or null: unknown and another's are not told apart. */
  const owned = Effect.fnUntraced(function* (owner: string, text: string) {
    const id = quoteIdOf(text)
    const row = id === null ? null : yield* storage.quote(id)
    return row?.owner === owner ? row : null
  })

  const find: Quotes["Service"]["find"] = Effect.fnUntraced(function* (owner, id) {
    return (yield* owned(owner, id)) ?? (yield* refuse(NotFound, say`there is no such quote`))
  })

  const usable: Quotes["Service"]["usable"] = Effect.fnUntraced(function* (owner, id) {
    const row = yield* owned(owner, id)
    const isOpen =
      row !== null && row.transactionId === null && row.expiresAtMillis > (yield* storage.nowMillis)
    return isOpen ? row : yield* refuse(BadRequest, say`quote not usable: give the id of an open quote`)
  })

  const priceNow: Quotes["Service"]["priceNow"] = Effect.fnUntraced(function* (query) {
    const { buyAsset, deliveryMethod, sellAmount, sellAsset } = query
    const pair = pricing.market.pair(sellAsset, buyAsset)
    if (Result.isFailure(pair)) {
      return yield* new Unpriceable({ why: "no-price", message: `${sellAsset} is not sold for ${buyAsset}` })
    }
    const wishes: Wishes = { sellDeliveryMethod: null, buyDeliveryMethod: deliveryMethod, countryCode: null }
    const named = sellAll(sellAmount)
    const made = yield* pricing
      .convert(pair.success, named, wishes, { client: null, firm: null })
      .pipe(
        Effect.catchTag("NoRate", ({ message }) => Effect.fail(new Unpriceable({ why: "no-price", message })))
      )
    if (Result.isFailure(made)) {
      const why = made.failure === "beyond" ? "over" : "under"
      return yield* new Unpriceable({ why, message: faultWords(made.failure, named).toString() })
    }
    const { sellAmount: _, ...rest } = indicativeOf(made.success)
    return rest
  })

  const { deliveryMethods, supports } = pricing.market
  return Quotes.of({ supports, deliveryMethods, usable, priceNow, prices: pricing.list, price, create, find })
})

export const layer = Layer.effect(Quotes, make)
