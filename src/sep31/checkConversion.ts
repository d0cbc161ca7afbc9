/**
 * What a POST wants delivered in place of the asset it sends: nothing else, another asset at the price of receipt, or what a
 * firm quote promises (S31-POST-15..20).
 *
 * Gotcha: a quote that is unknown, another's, used or expired is one refusal (`Quotes.usable`); only how the caller's own good
 * quote differs from the request is told.
 */
import { type Effect, Result } from "effect"
import type { Amount } from "../../machines/domain/Amount.ts"
import { assetId } from "../../machines/domain/Asset.ts"
import type { Conversion } from "../../machines/transaction/context.ts"
import type { BadRequest } from "../http/errors.ts"
import { say, type Sentence } from "../http/Sentence.ts"
import type { AssetConfig } from "../KedgeConfig.ts"
import type { QuoteRow } from "../ports/rows.ts"
import type { StorageUnavailable } from "../ports/Storage.ts"
import { quoted, type TransactionRequest } from "./parseRequest.ts"

/** What SEP-31 asks of the quotes. */
export interface QuoteSource {
  readonly supports: (sellAsset: string, buyAsset: string) => boolean
  /** The ways in which the asset bought is delivered; empty where that is left open. */
  readonly deliveryMethods: (sellAsset: string, buyAsset: string) => ReadonlyArray<string>
  readonly usable: (
    owner: string,
    quoteId: string
  ) => Effect.Effect<QuoteRow, BadRequest | StorageUnavailable>
}

export type Wanted =
  | { readonly _tag: "Itself" }
  | { readonly _tag: "Indicative"; readonly to: string }
  | { readonly _tag: "Quote"; readonly id: string }

type Request = Pick<TransactionRequest, "destinationAsset" | "quoteId">
type Checked<A> = Result.Result<A, Sentence>

/** Whether something else than the asset sent is delivered: then its price says the fee. */
export const isConverted = (asset: AssetConfig, { destinationAsset, quoteId }: Request): boolean =>
  quoteId !== null || (destinationAsset !== null && destinationAsset !== assetId(asset))

export const wantConversion = (
  quotes: Pick<QuoteSource, "supports">,
  asset: AssetConfig,
  request: Request
): Checked<Wanted> => {
  const { destinationAsset: to, quoteId: id } = request
  if (id !== null) {
    return asset.quotes === "off"
      ? Result.fail(say`quotes are not offered for ${asset.code}: leave quote_id out`)
      : Result.succeed({ _tag: "Quote", id })
  }
  if (asset.quotes === "required") {
    return Result.fail(say`quote_id is missing: ${asset.code} is received with a firm quote only`)
  }
  if (to === null || !isConverted(asset, request)) return Result.succeed({ _tag: "Itself" })
  return asset.quotes !== "off" && quotes.supports(assetId(asset), to)
    ? Result.succeed({ _tag: "Indicative", to })
    : Result.fail(say`destination_asset ${quoted(to)} is not offered for ${asset.code}: leave it out`)
}

/** The quote promises what the request asks for (S31-POST-19). Amounts are canonical, so equal text is equal value. */
export const matchQuote = (
  quote: QuoteRow,
  asset: AssetConfig,
  amount: Amount,
  stated: string | null,
  { destinationAsset }: Request
): Checked<void> => {
  const sent = assetId(asset)
  if (quote.context !== "sep31") return Result.fail(say`quote_id is for ${quote.context}, not for sep31`)
  if (quote.sellAsset !== sent) return Result.fail(say`quote_id is for ${quote.sellAsset}, not for ${sent}`)
  if (quote.sellAmount !== amount) {
    return Result.fail(say`amount ${amount} differs from the quote's sell_amount of ${quote.sellAmount}`)
  }
  if (destinationAsset !== null && destinationAsset !== quote.buyAsset) {
    return Result.fail(
      say`destination_asset ${quoted(destinationAsset)} differs from the quote's buy_asset, ${quote.buyAsset}`
    )
  }
  const method = quote.deliveryMethod
  if (method !== null && stated !== null && method !== stated) {
    return Result.fail(
      say`funding_method ${quoted(stated)} differs from the quote's buy_delivery_method, ${quoted(method)}`
    )
  }
  return method === null || asset.fundingMethods.includes(method)
    ? Result.void
    : Result.fail(
        say`the quote's buy_delivery_method ${quoted(method)} is not offered for ${asset.code}; offered are ${asset.fundingMethods}`
      )
}

/** The asset's funding methods by which `to` is delivered, where it is exchanged for that (null: for nothing). */
export const methodsFor = (
  quotes: Pick<QuoteSource, "deliveryMethods">,
  asset: AssetConfig,
  to: string | null
): ReadonlyArray<string> => {
  const delivering = to === null ? [] : quotes.deliveryMethods(assetId(asset), to)
  return delivering.length === 0
    ? asset.fundingMethods
    : asset.fundingMethods.filter((method) => delivering.includes(method))
}

/** A method that does not deliver the asset bought would be a payout that no rail can make. */
export const matchMethod = (method: string, to: string, offered: ReadonlyArray<string>): Checked<string> =>
  offered.includes(method)
    ? Result.succeed(method)
    : Result.fail(say`funding_method ${quoted(method)} does not deliver ${to}; offered for it are ${offered}`)

/** As it is frozen with the transaction; without a quote the price is that of receipt (S31-AMT-08). */
export const conversionOf = (
  asset: AssetConfig,
  wanted: Wanted,
  quote: QuoteRow | null
): Conversion | null => {
  const from = assetId(asset)
  if (quote !== null) {
    const { buyAmount, fee, price, totalPrice } = quote
    return { from, to: quote.buyAsset, price: { buyAmount, fee, price, totalPrice } }
  }
  return wanted._tag === "Indicative" ? { from, to: wanted.to, price: null } : null
}
