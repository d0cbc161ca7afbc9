/**
 * A configured rate as it is quoted: the spread taken from it, and the fee that fixed and percentage terms make of the one
 * amount a client named.
 *
 * Gotcha: percentage terms apply to the gross amount of the fee's asset. Where the client named the other side of it, that
 * gross amount contains the fee itself, so the terms are solved for it.
 */
import { Result } from "effect"
import { type Amount, fromStroops, isZero, stroopsMax, subtract, toStroops } from "./Amount.ts"
import { ceilDivide, type Decimal, parseDecimal } from "./Decimal.ts"
import type { FeeTerms } from "./Fee.ts"
import { bought, roundUp, type Side, sold } from "./Price.ts"

/** A hundred percentage points, in stroops. */
const whole = 1_000_000_000n
const wholeDigits = 9

/** The rate less `spread` percentage points of it, exactly. Fails with a clause for a rate that is none. */
export const lessSpread = (rate: string, spread: Amount): Result.Result<Decimal, string> =>
  Result.map(parseDecimal(rate), ({ scale, units }) => ({
    units: units * (whole - toStroops(spread)),
    scale: scale + wholeDigits
  }))

export interface FeeQuestion {
  readonly terms: FeeTerms
  /** In which asset of the pair the fee is. */
  readonly in: Side
  readonly given: Side
  /** What the client named, in units of that asset. */
  readonly amount: Amount
  /** Units bought for one unit sold, before the fee. */
  readonly rate: Decimal
  readonly sellDecimals: number
  readonly buyDecimals: number
}

/** The amount the percentage is taken of, in stroops, and whether the fee lies inside it already. */
const baseOf = (asked: FeeQuestion): { readonly base: bigint; readonly hasFee: boolean } => {
  const amount = toStroops(asked.amount)
  if (asked.in === "sell") {
    return asked.given === "sell"
      ? { base: amount, hasFee: true }
      : { base: sold(amount, asked), hasFee: false }
  }
  return asked.given === "sell"
    ? { base: bought(amount, asked), hasFee: true }
    : { base: amount, hasFee: false }
}

/** The fee, rounded up to its asset's decimals; null where its terms leave nothing to quote. */
export const feeOfTerms = (asked: FeeQuestion): Amount | null => {
  const fixed = toStroops(asked.terms.fixed)
  const percent = toStroops(asked.terms.percent)
  const { base, hasFee } = baseOf(asked)
  if (!hasFee && percent >= whole) return null
  const exact = hasFee
    ? fixed + ceilDivide(base * percent, whole)
    : ceilDivide(fixed * whole + base * percent, whole - percent)
  const fee = roundUp(exact, asked.in === "sell" ? asked.sellDecimals : asked.buyDecimals)
  return fee > stroopsMax ? null : fromStroops(fee)
}

/** The parts of such a fee, which add up to it; none where it has but one. */
export const feeParts = (
  terms: FeeTerms,
  fee: Amount
): ReadonlyArray<{ readonly name: string; readonly description: string; readonly amount: Amount }> => {
  if (isZero(fee) || isZero(terms.fixed) || isZero(terms.percent)) return []
  const rest = subtract(fee, terms.fixed)
  if (isZero(rest)) return []
  return [
    { name: "Fixed fee", description: "For each payment", amount: terms.fixed },
    { name: "Percentage fee", description: `${terms.percent} % of the amount`, amount: rest }
  ]
}
