/**
 * What is exchanged for what, by the settings: the lookups and checks that need no rate and no storage.
 *
 * Every failure is a sentence for the client (400): an asset, a method or a country that is not offered is a wrong request and
 * never an empty answer (S38-GEN-03, S38-PS-07). Gotcha: assets are compared as text, case and all (S38-GEN-04).
 */
import { Result } from "effect"
import { type Amount, isLess, isMore } from "../../machines/domain/Amount.ts"
import { type AssetId, assetId } from "../../machines/domain/Asset.ts"
import { decimalsOf, type Side } from "../../machines/domain/Price.ts"
import { say, type Words } from "../../machines/domain/Sentence.ts"
import type { AssetConfig, OffChainAsset, QuotePair, Settings } from "../KedgeConfig.ts"
import { quoted, type Wishes } from "./parseRequest.ts"

/** Decimals of what is on Stellar. */
const stellarDecimals = 7

/** A pair with both its assets as they are configured. */
export interface Pair {
  readonly sell: AssetConfig
  readonly sellAsset: AssetId
  readonly buy: OffChainAsset
}

type Checked<A> = Result.Result<A, Words>

export interface Market {
  readonly stellar: ReadonlyArray<{ readonly id: AssetId; readonly config: AssetConfig }>
  readonly offChain: ReadonlyArray<OffChainAsset>
  readonly pairs: ReadonlyArray<Pair>
  readonly supports: (sellAsset: AssetId, buyAsset: AssetId) => boolean
  /** How the asset bought is delivered; empty where that is open, or the pair is not exchanged. */
  readonly deliveryMethods: (sellAsset: AssetId, buyAsset: AssetId) => ReadonlyArray<string>
  /** The pair of two assets; refused where one is unknown, or the two are not exchanged in this direction. */
  readonly pair: (sellAsset: string, buyAsset: string) => Checked<Pair>
  /** Pairs with the asset on that side. Empty for a known asset that is only on the other one (S38-PS-06). */
  readonly pairsOf: (side: Side, asset: string) => Checked<ReadonlyArray<Pair>>
  /** Decimals of a known asset's amounts. */
  readonly decimals: (asset: AssetId) => number
}

/** The market of these settings; nothing is exchanged where they have no quotes. */
export const marketOf = (settings: Pick<Settings, "assets" | "quotes">): Market => {
  const configured: ReadonlyArray<QuotePair> = settings.quotes?.pairs ?? []
  const offChain = settings.quotes?.offChain ?? []
  const stellar = settings.assets
    .filter(({ quotes }) => quotes !== "off")
    .map((config) => ({ id: assetId(config), config }))
  const pairs = configured.flatMap(({ buy, sell }): ReadonlyArray<Pair> => {
    const sold = stellar.find(({ id }) => id === sell)
    const bought = offChain.find(({ asset }) => asset === buy)
    return sold === undefined || bought === undefined
      ? []
      : [{ sell: sold.config, sellAsset: sold.id, buy: bought }]
  })
  const known = [...stellar.map(({ id }) => id), ...offChain.map(({ asset }) => asset)]
  const find = (sellAsset: string, buyAsset: string) =>
    pairs.find((pair) => pair.sellAsset === sellAsset && pair.buy.asset === buyAsset)
  const knownAs = (member: string, asset: string): Checked<AssetId> =>
    known.includes(asset)
      ? Result.succeed(asset)
      : Result.fail(say`${member} ${quoted(asset)} is not exchanged here; exchanged are ${known}`)
  return {
    stellar,
    offChain,
    pairs,
    supports: (sellAsset, buyAsset) => find(sellAsset, buyAsset) !== undefined,
    deliveryMethods: (sellAsset, buyAsset) => names(find(sellAsset, buyAsset)?.buy.buyDeliveryMethods ?? []),
    pair: (sellAsset, buyAsset) =>
      Result.gen(function* () {
        yield* knownAs("sell_asset", sellAsset)
        yield* knownAs("buy_asset", buyAsset)
        const pair = find(sellAsset, buyAsset)
        return pair === undefined
          ? yield* Result.fail(say`${sellAsset} is not sold here for ${buyAsset}`)
          : pair
      }),
    pairsOf: (side, asset) =>
      Result.map(knownAs(`${side}_asset`, asset), () =>
        pairs.filter((pair) => (side === "sell" ? pair.sellAsset : pair.buy.asset) === asset)
      ),
    decimals: (asset) => offChain.find((each) => each.asset === asset)?.decimals ?? stellarDecimals
  }
}

export const decimalsOfSide = ({ buy }: Pair, side: Side): number =>
  side === "buy" ? buy.decimals : stellarDecimals

/** An amount the client named, of an asset with so many decimals: it is never rounded (S38-F-07). */
export const fitting = (side: Side, amount: Amount, asset: AssetId, decimals: number): Checked<Amount> =>
  decimalsOf(amount) <= decimals
    ? Result.succeed(amount)
    : Result.fail(say`${side}_amount ${amount} has more than the ${decimals} decimals of ${asset}`)

/** What SEP-31 takes of the asset sold: a quote beyond it could never be redeemed. */
export const withinLimits = ({ sell }: Pair, amount: Amount): Checked<Amount> => {
  if (sell.minimum !== null && isLess(amount, sell.minimum)) {
    return Result.fail(say`sell_amount ${amount} is less than the minimum of ${sell.minimum} ${sell.code}`)
  }
  return sell.maximum !== null && isMore(amount, sell.maximum)
    ? Result.fail(say`sell_amount ${amount} is more than the maximum of ${sell.maximum} ${sell.code}`)
    : Result.succeed(amount)
}

const names = (methods: ReadonlyArray<{ readonly name: string }>) => methods.map(({ name }) => name)

/** The wishes are ones this pair can fulfil (S38-PS-07). What is sold lies on Stellar and is handed in nowhere else. */
export const fulfillable = (pair: Pair, wishes: Wishes): Checked<Wishes> => {
  const { buyDeliveryMethod: method, countryCode: country, sellDeliveryMethod } = wishes
  if (sellDeliveryMethod !== null) {
    return Result.fail(
      say`sell_delivery_method ${quoted(sellDeliveryMethod)} is not offered: ${pair.sellAsset} is paid on Stellar`
    )
  }
  const offered = names(pair.buy.buyDeliveryMethods)
  if (method !== null && !offered.includes(method)) {
    return Result.fail(
      say`buy_delivery_method ${quoted(method)} is not offered for ${pair.buy.asset}; offered are ${offered}`
    )
  }
  const { countryCodes } = pair.buy
  return country === null || countryCodes.includes(country)
    ? Result.succeed(wishes)
    : Result.fail(
        countryCodes.length === 0
          ? say`country_code must be left out: ${pair.buy.asset} is not tied to a country`
          : say`country_code ${quoted(country)} is not served for ${pair.buy.asset}; served are ${countryCodes}`
      )
}

/** The one way the asset bought is delivered; null where there are several. */
export const onlyMethod = ({ buy }: Pair): string | null =>
  buy.buyDeliveryMethods.length === 1 ? (buy.buyDeliveryMethods[0]?.name ?? null) : null

/** The method a firm quote is for: the one wished, or the only one (S38-Q-03). */
export const firmMethod = (pair: Pair, { buyDeliveryMethod }: Wishes): Checked<string | null> => {
  const offered = names(pair.buy.buyDeliveryMethods)
  if (buyDeliveryMethod !== null) return Result.succeed(buyDeliveryMethod)
  return offered.length > 1
    ? Result.fail(say`buy_delivery_method is missing; offered for ${pair.buy.asset} are ${offered}`)
    : Result.succeed(offered[0] ?? null)
}

/** One line of GET /prices. */
export interface PriceItem {
  readonly asset: AssetId
  readonly price: string
  readonly decimals: number
}
/** Answer of GET /prices: the assets on one side. */
export interface PriceList {
  readonly listed: Side
  readonly items: ReadonlyArray<PriceItem>
}
