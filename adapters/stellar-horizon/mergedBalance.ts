/**
 * How much an account merge brought. Horizon's record of the operation does not say; the transaction's result does.
 *
 * Gotcha: null is a lawful answer ("the source cannot tell"): a merge is parked whatever it brought, and must not hold up
 * the payments behind it.
 */
import { xdr } from "@stellar/stellar-sdk"
import { type Amount, fromStroops } from "../../machines/domain/Amount.ts"

/** `operation` counts from 0 within the (inner) transaction. */
export const mergedBalance = (resultXdr: string | undefined, operation: number): Amount | null => {
  if (resultXdr === undefined) return null
  try {
    const { result } = xdr.TransactionResult.fromXdr(resultXdr, "base64")
    const decided = result.type === "txFeeBumpInnerSuccess" ? result.innerResultPair.result.result : result
    const outcome = decided.type === "txSuccess" ? decided.results[operation] : undefined
    if (outcome?.type !== "opInner" || outcome.tr.type !== "accountMerge") return null
    const merge = outcome.tr.accountMergeResult
    return merge.type === "accountMergeSuccess" ? fromStroops(merge.sourceAccountBalance) : null
  } catch {
    return null
  }
}
