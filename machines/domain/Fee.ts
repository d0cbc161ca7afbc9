/**
 * The fee of a transaction: terms frozen at its birth, applied to the amount received.
 *
 * The fee lies inside the amount (S31-AMT-06) and is rounded up to a stroop; what is delivered is the exact rest (S31-AMT-04).
 */
import { type Amount, fromStroops, stroopsMax, toStroops } from "./Amount.ts"

export interface FeeTerms {
  /** In the Stellar asset. */
  readonly fixed: Amount
  /** Percentage points (1 is 1 %), as an exact decimal. */
  readonly percent: Amount
}

/** Fee for an amount, which may exceed it: the caller compares. */
export const feeOf = (terms: FeeTerms, amount: Amount): Amount => {
  // percent has 7 decimals of its own and is a hundredth: 10^7 * 10^2
  const product = toStroops(amount) * toStroops(terms.percent)
  const percentFee = (product + 999_999_999n) / 1_000_000_000n
  const fee = toStroops(terms.fixed) + percentFee
  return fromStroops(fee > stroopsMax ? stroopsMax : fee)
}
