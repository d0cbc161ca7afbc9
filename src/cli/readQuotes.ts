/**
 * The part of the file that is SEP-38's: to settings, and what only shows between its values and the assets.
 *
 * Gotcha: SEP-31's `funding_methods` and SEP-38's delivery methods are one list under two names (S31-INFO-14); a client that
 * takes a name from one must find it in the other.
 */
import { amount, isLess, zero } from "../../machines/domain/Amount.ts"
import { assetId } from "../../machines/domain/Asset.ts"
import { minorUnits } from "../../machines/domain/Currency.ts"
import { parseDecimal } from "../../machines/domain/Decimal.ts"
import { decimalsOf } from "../../machines/domain/Price.ts"
import type { OffChainAsset, QuotePair, QuoteSettings } from "../KedgeConfig.ts"
import type { ConfigFile } from "./configFile.ts"

type File = Pick<ConfigFile, "assets" | "quotes">
type Given = NonNullable<ConfigFile["quotes"]>

/** A fault with the path of the member in the file. */
export interface QuoteProblem {
  readonly path: ReadonlyArray<string | number>
  readonly message: string
}

const defaultOpenMax = 100
const stellarDecimals = 7
const hundred = amount("100")

const offChainOf = (asset: Given["offChain"][number]): OffChainAsset => ({
  asset: asset.asset,
  decimals: asset.decimals ?? minorUnits(asset.asset.slice("iso4217:".length)),
  countryCodes: asset.countryCodes ?? [],
  buyDeliveryMethods: asset.buyDeliveryMethods,
  sellDeliveryMethods: asset.sellDeliveryMethods ?? [],
  capacity: asset.capacity === undefined ? null : amount(asset.capacity)
})

const pairOf = (pair: Given["pairs"][number]): QuotePair => ({
  sell: pair.sell,
  buy: pair.buy,
  rate: pair.rate ?? null,
  spread: amount(pair.spread ?? "0"),
  fee: { fixed: amount(pair.fee?.fixed ?? "0"), percent: amount(pair.fee?.percent ?? "0") },
  feeIn: pair.fee?.in ?? "sell"
})

export const quotesOf = (given: Given): QuoteSettings => ({
  offChain: given.offChain.map(offChainOf),
  pairs: given.pairs.map(pairOf),
  openMax: given.openMax ?? defaultOpenMax,
  clients: given.clients ?? "sending-anchors"
})

/** Every fault; none where the file has no quotes and no asset offers any. */
export const quoteProblems = (file: File): ReadonlyArray<QuoteProblem> => {
  const offers = file.assets.map(({ quotes }) => quotes ?? "off")
  if (file.quotes === undefined) {
    return offers.flatMap((offer, index) =>
      offer === "off"
        ? []
        : [{ path: ["assets", index, "quotes"], message: `is ${offer}, and the file has no quotes` }]
    )
  }
  const quotes = quotesOf(file.quotes)
  return [
    ...quotes.offChain.flatMap((_, index) => offChainProblems(quotes, index)),
    ...quotes.pairs.flatMap((_, index) => pairProblems(file, quotes, index)),
    ...file.assets.flatMap((_, index) => assetProblems(file, quotes, index))
  ]
}

const offChainProblems = (quotes: QuoteSettings, index: number): ReadonlyArray<QuoteProblem> => {
  const asset = quotes.offChain[index]
  if (asset === undefined) return []
  const here = (key: string, message: string): QuoteProblem => ({
    path: ["quotes", "offChain", index, key],
    message
  })
  const earlier = quotes.offChain.findIndex((other) => other.asset === asset.asset)
  const isUsed = quotes.pairs.some(({ buy }) => buy === asset.asset)
  const { capacity, decimals } = asset
  return [
    ...(earlier < index ? [here("asset", `is ${asset.asset}, as offChain[${earlier}] is`)] : []),
    ...(isUsed ? [] : [here("asset", `is ${asset.asset}, which no pair buys`)]),
    ...(capacity !== null && decimalsOf(capacity) > decimals
      ? [here("capacity", `is ${capacity}, with more than the ${decimals} decimals of ${asset.asset}`)]
      : []),
    ...(capacity === zero ? [here("capacity", "is 0, so that nothing could be quoted")] : [])
  ]
}

const pairProblems = (file: File, quotes: QuoteSettings, index: number): ReadonlyArray<QuoteProblem> => {
  const pair = quotes.pairs[index]
  if (pair === undefined) return []
  const { buy, fee, feeIn, rate, sell, spread } = pair
  const here = (key: string, message: string): QuoteProblem => ({
    path: ["quotes", "pairs", index, key],
    message
  })
  const earlier = quotes.pairs.findIndex((other) => other.sell === sell && other.buy === buy)
  const sold = file.assets.find(({ code, issuer }) => assetId({ code, issuer: issuer ?? null }) === sell)
  const bought = quotes.offChain.find(({ asset }) => asset === buy)
  const feeDecimals = feeIn === "sell" ? stellarDecimals : (bought?.decimals ?? stellarDecimals)
  const parsed = rate === null ? null : parseDecimal(rate)
  return [
    ...(earlier < index ? [here("sell", `and buy are those of pairs[${earlier}]`)] : []),
    ...(sold === undefined ? [here("sell", `is ${sell}, which is none of the assets`)] : []),
    ...(sold !== undefined && (sold.quotes ?? "off") === "off"
      ? [here("sell", `is ${sell}, whose asset has quotes off`)]
      : []),
    ...(bought === undefined ? [here("buy", `is ${buy}, which is none of offChain`)] : []),
    ...(parsed?._tag === "Success" && parsed.success.units === 0n ? [here("rate", "is 0")] : []),
    ...(isLess(spread, hundred) ? [] : [here("spread", `keeps ${spread} %; 100 is all`)]),
    ...(isLess(fee.percent, hundred) ? [] : [here("fee", `takes ${fee.percent} %; 100 is all`)]),
    ...(decimalsOf(fee.fixed) > feeDecimals
      ? [
          here(
            "fee",
            `has a fixed part of ${fee.fixed}, with more than the ${feeDecimals} decimals of its asset`
          )
        ]
      : [])
  ]
}

/** The pairs of an asset and its funding methods: one list under two names. */
const assetProblems = (file: File, quotes: QuoteSettings, index: number): ReadonlyArray<QuoteProblem> => {
  const asset = file.assets[index]
  const offer = asset?.quotes ?? "off"
  if (asset === undefined || offer === "off") return []
  const id = assetId({ code: asset.code, issuer: asset.issuer ?? null })
  const here = (key: string, message: string): QuoteProblem => ({ path: ["assets", index, key], message })
  const bought = quotes.pairs.filter(({ sell }) => sell === id).map(({ buy }) => buy)
  if (bought.length === 0) return [here("quotes", `is ${offer}, and no pair sells ${id}`)]
  const delivered = new Set(
    quotes.offChain
      .filter((each) => bought.includes(each.asset))
      .flatMap(({ buyDeliveryMethods }) => buyDeliveryMethods.map(({ name }) => name))
  )
  const lacking = [...delivered].filter((name) => !asset.fundingMethods.includes(name))
  const spare = asset.fundingMethods.filter((name) => !delivered.has(name))
  return [
    ...(lacking.length > 0
      ? [here("fundingMethods", `lacks ${lacking.join(", ")}, by which ${bought.join(", ")} is delivered`)]
      : []),
    ...(spare.length > 0
      ? [
          here(
            "fundingMethods",
            `names ${spare.join(", ")}, by which none of ${bought.join(", ")} is delivered`
          )
        ]
      : [])
  ]
}
