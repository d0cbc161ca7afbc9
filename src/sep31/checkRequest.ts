/**
 * The checks of a POST that need nothing but the settings, in the order of S31-ERR-05: asset, amount, method, quote, refund
 * memo. Customers and fields come after them, for only the storage and the institution know those.
 *
 * Every failure is a sentence for the client (400): what was wrong, and what would be right.
 */
import { Result } from "effect"
import { type Amount, isLess, isMore } from "../../machines/domain/Amount.ts"
import { assetId } from "../../machines/domain/Asset.ts"
import { type FeeTerms, feeOf } from "../../machines/domain/Fee.ts"
import { type Memo, memoFault } from "../../machines/domain/Memo.ts"
import type { AssetConfig } from "../KedgeConfig.ts"
import { parsePositive } from "./amounts.ts"
import { quoted, type TransactionRequest } from "./parseRequest.ts"

export interface CheckedRequest {
  readonly asset: AssetConfig
  readonly amount: Amount
  readonly fundingMethod: string
  readonly refundMemo: Memo | null
}

type Checked<A> = Result.Result<A, string>

export const checkRequest = (
  assets: ReadonlyArray<AssetConfig>,
  request: TransactionRequest
): Checked<CheckedRequest> =>
  Result.gen(function* () {
    const asset = yield* findAsset(assets, request)
    const amount = yield* Result.flatMap(parsePositive(request.amount), (given) => withinLimits(asset, given))
    yield* leavesSomething(asset.fee, amount)
    const fundingMethod = yield* methodOf(asset, request)
    yield* noConversion(asset, request)
    const refundMemo = yield* refundMemoOf(request)
    return { asset, amount, fundingMethod, refundMemo }
  })

/** The fee lies inside the amount, so the amount must be the greater (S31-AMT-06, S31-AMT-07). */
export const leavesSomething = (terms: FeeTerms, amount: Amount): Checked<Amount> => {
  const fee = feeOf(terms, amount)
  return isLess(fee, amount)
    ? Result.succeed(amount)
    : Result.fail(`amount ${amount} leaves nothing to deliver after the fee of ${fee}`)
}

const findAsset = (
  assets: ReadonlyArray<AssetConfig>,
  { assetCode, assetIssuer }: TransactionRequest
): Checked<AssetConfig> => {
  const asset = assets.find(({ code }) => code === assetCode)
  if (asset === undefined) {
    return Result.fail(
      `asset_code ${quoted(assetCode)} is not received here; received are ${list(assets.map(({ code }) => code))}`
    )
  }
  if (assetIssuer === null || assetIssuer === asset.issuer) return Result.succeed(asset)
  return Result.fail(
    asset.issuer === null
      ? `asset_issuer must be left out: ${asset.code} has none`
      : `asset_issuer ${quoted(assetIssuer)} is not the issuer of the ${asset.code} received here, ${asset.issuer}`
  )
}

const withinLimits = ({ code, maximum, minimum }: AssetConfig, amount: Amount): Checked<Amount> => {
  if (minimum !== null && isLess(amount, minimum)) {
    return Result.fail(`amount ${amount} is less than the minimum of ${minimum} ${code}`)
  }
  return maximum !== null && isMore(amount, maximum)
    ? Result.fail(`amount ${amount} is more than the maximum of ${maximum} ${code}`)
    : Result.succeed(amount)
}

/**
 * A client older than SEP-31 3.1 sends no `funding_method`: then `fields.transaction.type` says it where its value is a
 * method (the seed's own example), or the asset has but one (S31-POST-08).
 */
const methodOf = ({ code, fundingMethods }: AssetConfig, request: TransactionRequest): Checked<string> => {
  const { fields, fundingMethod } = request
  const [only] = fundingMethods
  if (fundingMethod !== null) {
    return fundingMethods.includes(fundingMethod)
      ? Result.succeed(fundingMethod)
      : Result.fail(
          `funding_method ${quoted(fundingMethod)} is not offered for ${code}; offered are ${list(fundingMethods)}`
        )
  }
  const type = fields.get("type")
  if (type !== undefined && fundingMethods.includes(type)) return Result.succeed(type)
  return only !== undefined && fundingMethods.length === 1
    ? Result.succeed(only)
    : Result.fail(`funding_method is missing; offered for ${code} are ${list(fundingMethods)}`)
}

/** The asset itself as destination is no conversion; another one would need quotes, which are not offered (S31-POST-15, S31-POST-18). */
const noConversion = (
  asset: AssetConfig,
  { destinationAsset, quoteId }: TransactionRequest
): Checked<void> => {
  if (quoteId !== null) {
    return Result.fail(`quotes are not offered for ${asset.code}: leave quote_id out`)
  }
  return destinationAsset === null || destinationAsset === assetId(asset)
    ? Result.void
    : Result.fail(
        `destination_asset ${quoted(destinationAsset)} is not offered for ${asset.code}: leave it out`
      )
}

const memoTypes = ["id", "text", "hash"] as const

const refundMemoOf = ({ refundMemo: value, refundMemoType }: TransactionRequest): Checked<Memo | null> => {
  if (value === null && refundMemoType === null) return Result.succeed(null)
  if (value === null) return Result.fail("refund_memo_type is given without refund_memo")
  if (refundMemoType === null) return Result.fail("refund_memo is given without refund_memo_type")
  const type = memoTypes.find((each) => each === refundMemoType)
  if (type === undefined) {
    return Result.fail(`refund_memo_type ${quoted(refundMemoType)} must be one of ${list(memoTypes)}`)
  }
  if (value === "" || value.includes("\0"))
    return Result.fail("refund_memo is empty or holds a NUL character")
  const fault = memoFault({ type, value })
  return fault === null
    ? Result.succeed({ type, value })
    : Result.fail(`refund_memo does not fit its type: ${fault}`)
}

const list = (names: ReadonlyArray<string>): string => names.join(", ")
