/**
 * The checks of a POST before customers and fields, in the order of S31-ERR-05: asset, amount, method, quote, refund memo.
 *
 * Every failure is a sentence for the client (400): what was wrong, and what would be right. Gotcha: a funding method that is
 * left out may be told by the quote, so only one that is stated is checked before the quote is read (S31-POST-08).
 */
import { Effect, Result } from "effect"
import { type Amount, isLess, isMore } from "../../machines/domain/Amount.ts"
import { type FeeTerms, feeOf } from "../../machines/domain/Fee.ts"
import { type Memo, memoFault } from "../../machines/domain/Memo.ts"
import type { Conversion } from "../../machines/transaction/context.ts"
import { BadRequest } from "../http/errors.ts"
import { orRefuse } from "../http/Language.ts"
import { say, type Sentence } from "../http/Sentence.ts"
import type { AssetConfig } from "../KedgeConfig.ts"
import type { QuoteRow } from "../ports/rows.ts"
import type { StorageUnavailable } from "../ports/Storage.ts"
import { parsePositive } from "./amounts.ts"
import {
  conversionOf,
  isConverted,
  matchMethod,
  matchQuote,
  methodsFor,
  type QuoteSource,
  wantConversion
} from "./checkConversion.ts"
import { quoted, type TransactionRequest } from "./parseRequest.ts"

export interface CheckedRequest {
  readonly asset: AssetConfig
  readonly amount: Amount
  readonly fundingMethod: string
  readonly refundMemo: Memo | null
  /** Null: the asset sent is delivered itself, one to one (S31-POST-16). */
  readonly conversion: Conversion | null
  /** The firm quote that is redeemed. */
  readonly quote: QuoteRow | null
}

type Checked<A> = Result.Result<A, Sentence>

/** `owner` is the base account that posts: a quote must be its own. */
export const checkRequest = Effect.fnUntraced(function* (
  assets: ReadonlyArray<AssetConfig>,
  quotes: QuoteSource,
  owner: string,
  request: TransactionRequest
): Effect.fn.Return<CheckedRequest, BadRequest | StorageUnavailable> {
  const first = Result.gen(function* () {
    const asset = yield* findAsset(assets, request)
    const amount = yield* Result.flatMap(parsePositive(request.amount), (given) => withinLimits(asset, given))
    if (!isConverted(asset, request)) yield* leavesSomething(asset.fee, amount)
    const stated = yield* statedMethod(asset, request)
    const to = isConverted(asset, request) ? request.destinationAsset : null
    const offered = methodsFor(quotes, asset, to)
    const method = request.quoteId === null ? yield* methodOf(asset, request, stated, null, offered) : stated
    const wanted = yield* wantConversion(quotes, asset, request)
    return { asset, amount, method, wanted }
  })
  const { amount, asset, method, wanted } = yield* orRefuse(BadRequest, first)
  const quote = wanted._tag === "Quote" ? yield* quotes.usable(owner, wanted.id) : null
  const second = Result.gen(function* () {
    if (quote !== null) yield* matchQuote(quote, asset, amount, method, request)
    const conversion = conversionOf(asset, wanted, quote)
    const offered = methodsFor(quotes, asset, conversion?.to ?? null)
    const fundingMethod = yield* methodOf(asset, request, method, quote, offered)
    if (conversion !== null) yield* matchMethod(fundingMethod, conversion.to, offered)
    const refundMemo = yield* refundMemoOf(request)
    return { asset, amount, fundingMethod, refundMemo, quote, conversion }
  })
  return yield* orRefuse(BadRequest, second)
})

/** The fee lies inside the amount, so the amount must be the greater (S31-AMT-06, S31-AMT-07). */
export const leavesSomething = (terms: FeeTerms, amount: Amount): Checked<Amount> => {
  const fee = feeOf(terms, amount)
  return isLess(fee, amount)
    ? Result.succeed(amount)
    : Result.fail(say`amount ${amount} leaves nothing to deliver after the fee of ${fee}`)
}

const findAsset = (
  assets: ReadonlyArray<AssetConfig>,
  { assetCode, assetIssuer }: TransactionRequest
): Checked<AssetConfig> => {
  const asset = assets.find(({ code }) => code === assetCode)
  if (asset === undefined) {
    return Result.fail(
      say`asset_code ${quoted(assetCode)} is not received here; received are ${assets.map(({ code }) => code)}`
    )
  }
  if (assetIssuer === null || assetIssuer === asset.issuer) return Result.succeed(asset)
  return Result.fail(
    asset.issuer === null
      ? say`asset_issuer must be left out: ${asset.code} has none`
      : say`asset_issuer ${quoted(assetIssuer)} is not the issuer of the ${asset.code} received here, ${asset.issuer}`
  )
}

const withinLimits = ({ code, maximum, minimum }: AssetConfig, amount: Amount): Checked<Amount> => {
  if (minimum !== null && isLess(amount, minimum)) {
    return Result.fail(say`amount ${amount} is less than the minimum of ${minimum} ${code}`)
  }
  return maximum !== null && isMore(amount, maximum)
    ? Result.fail(say`amount ${amount} is more than the maximum of ${maximum} ${code}`)
    : Result.succeed(amount)
}

/** What `funding_method` says; null where it says nothing. */
const statedMethod = (
  { code, fundingMethods }: AssetConfig,
  { fundingMethod }: TransactionRequest
): Checked<string | null> =>
  fundingMethod === null || fundingMethods.includes(fundingMethod)
    ? Result.succeed(fundingMethod)
    : Result.fail(
        say`funding_method ${quoted(fundingMethod)} is not offered for ${code}; offered are ${fundingMethods}`
      )

/**
 * A client older than SEP-31 3.1 sends no `funding_method`: then the quote says it, or `fields.transaction.type` where its value
 * is a method (the seed's own example), or there is but one: of the asset, by which what it is exchanged for is delivered
 * (S31-POST-08).
 */
const methodOf = (
  { code, fundingMethods }: AssetConfig,
  { fields }: TransactionRequest,
  stated: string | null,
  quote: QuoteRow | null,
  offered: ReadonlyArray<string>
): Checked<string> => {
  const method = stated ?? quote?.deliveryMethod ?? null
  if (method !== null) return Result.succeed(method)
  const type = fields.get("type")
  if (type !== undefined && fundingMethods.includes(type)) return Result.succeed(type)
  const [only] = offered
  return only !== undefined && offered.length === 1
    ? Result.succeed(only)
    : Result.fail(say`funding_method is missing; offered for ${code} are ${offered}`)
}

const memoTypes = ["id", "text", "hash"] as const

const refundMemoOf = ({ refundMemo: value, refundMemoType }: TransactionRequest): Checked<Memo | null> => {
  if (value === null && refundMemoType === null) return Result.succeed(null)
  if (value === null) return Result.fail(say`refund_memo_type is given without refund_memo`)
  if (refundMemoType === null) return Result.fail(say`refund_memo is given without refund_memo_type`)
  const type = memoTypes.find((each) => each === refundMemoType)
  if (type === undefined) {
    return Result.fail(say`refund_memo_type ${quoted(refundMemoType)} must be one of ${memoTypes}`)
  }
  if (value === "" || value.includes("\0"))
    return Result.fail(say`refund_memo is empty or holds a NUL character`)
  const fault = memoFault({ type, value })
  return fault === null
    ? Result.succeed({ type, value })
    : Result.fail(say`refund_memo does not fit its type: ${fault}`)
}
