/**
 * Prices and firm quotes, as the other rooms use them: what is exchanged for what, what a quote says that is redeemed, and
 * what an amount comes to now.
 *
 * Gotcha: an unknown, another's, a used and an expired quote are one refusal, sentence and all (S31-POST-19). That a quote is
 * used once is not decided here but by the commit of the transaction that redeems it (S31-POST-21).
 */
import { Context, Data, type Effect } from "effect"
import type { Amount } from "../../machines/domain/Amount.ts"
import type { AssetId } from "../../machines/domain/Asset.ts"
import type { Price } from "../../machines/transaction/context.ts"
import type { BadRequest, NotFound } from "../http/errors.ts"
import type { RateUnavailable } from "../ports/RateProvider.ts"
import type { QuoteRow } from "../ports/rows.ts"
import type { NeverPriced } from "../runtime/PriceAtReceipt.ts"
import type { StorageUnavailable } from "../ports/Storage.ts"
import type { PriceRequest, PricesRequest, QuoteRequest } from "./parseRequest.ts"
import type { PriceList } from "./Market.ts"

/** A price without a promise. */
export interface Indicative extends Price {
  readonly sellAmount: Amount
}

/** A firm quote as its owner sees it. */
export type FirmQuote = Omit<QuoteRow, "createdAtMillis" | "transactionId">

/** No price can be made of an amount that was received: of this one, or of any. `message` is for the operator. */
export class Unpriceable extends Data.TaggedError("Unpriceable")<{
  readonly why: NeverPriced["never"]
  readonly message: string
}> {}

/** The world did not answer: never the caller's doing. */
export type QuoteFailure = RateUnavailable | StorageUnavailable

export class Quotes extends Context.Service<
  Quotes,
  {
    /** Is this conversion offered? Assets as SEP-38 names them. */
    readonly supports: (sellAsset: AssetId, buyAsset: AssetId) => boolean
    /** The ways in which the asset bought is delivered; empty where that is left open. */
    readonly deliveryMethods: (sellAsset: AssetId, buyAsset: AssetId) => ReadonlyArray<string>
    /**
     * The quote a transaction may redeem: the owner's, not expired and not used as far as is known now. 400 `quote not usable`
     * otherwise, whatever the reason. Whether it fits the transaction (assets, amount, method) is for the caller to check.
     */
    readonly usable: (
      owner: string,
      quoteId: string
    ) => Effect.Effect<QuoteRow, BadRequest | StorageUnavailable>
    /**
     * The price of selling all of `sellAmount` now, fee off (H-32). `Unpriceable`: there is none and will be none, for this
     * amount or for this pair.
     */
    readonly priceNow: (query: {
      readonly sellAsset: AssetId
      readonly buyAsset: AssetId
      readonly sellAmount: Amount
      /** The funding method, which is the delivery method of the asset bought; null where it is not known yet. */
      readonly deliveryMethod: string | null
    }) => Effect.Effect<Price, RateUnavailable | Unpriceable>

    /** GET /prices. `client` is a base account, null where nobody signed in. */
    readonly prices: (
      client: string | null,
      request: PricesRequest
    ) => Effect.Effect<PriceList, BadRequest | QuoteFailure>
    /** GET /price. */
    readonly price: (
      client: string | null,
      request: PriceRequest
    ) => Effect.Effect<Indicative, BadRequest | QuoteFailure>
    /** POST /quote: durable when it answers. */
    readonly create: (
      owner: string,
      request: QuoteRequest
    ) => Effect.Effect<FirmQuote, BadRequest | QuoteFailure>
    /** GET /quote/:id, before and after it expired; 404 for an unknown one and for another's. */
    readonly find: (owner: string, id: string) => Effect.Effect<QuoteRow, NotFound | StorageUnavailable>
  }
>()("kedge/sep38/Quotes") {}
