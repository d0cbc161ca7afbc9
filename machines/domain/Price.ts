/**
 * From a rate, a fee and the one amount a client named to the other amount, and to the prices SEP-38 prints.
 *
 * The amounts are fixed first, rounded against the client by less than one unit in the last place (S38-F-06); prices are then
 * derived from them, so that the equalities of SEP-38 hold whatever was rounded (S38-F-05). Gotcha: Stellar's validator
 * compares in doubles, and where `sell_amount - fee` lies half way between two units of the bought asset the last digit of a
 * double decides; `price` is then given the 16th digit that makes both sides round alike.
 */
import { Result } from "effect"
import { type Amount, fromStroops, stroopsMax, toStroops } from "./Amount.ts"
import { ceilDivide, type Decimal, decimalText, floorDivide, powerOfTen, quotient } from "./Decimal.ts"

/** One side of a conversion: the asset the client gives, or the one it gets. */
export type Side = "sell" | "buy"

/** What is known before a price is: amounts in units of their assets. */
export interface Terms {
  /** The amount the client named, which is never changed, and of which asset. */
  readonly given: Side
  readonly amount: Amount
  /** Units of the asset bought for one unit of the asset sold, before the fee; more than 0. */
  readonly rate: Decimal
  readonly fee: { readonly total: Amount; readonly in: Side }
  /** Decimals of each asset's amounts, 0 to 7. */
  readonly sellDecimals: number
  readonly buyDecimals: number
}

/** A conversion as SEP-38 tells it. */
export interface Priced {
  readonly sellAmount: Amount
  readonly buyAmount: Amount
  /** Of one unit bought, in the asset sold, fee off: `sell - fee = price * buy`, or `sell = price * (buy + fee)`. */
  readonly price: string
  /** `sell = total_price * buy`. */
  readonly totalPrice: string
}

/** The fee leaves nothing to buy; nothing is left after rounding; an amount is beyond what Stellar can carry. */
export type PriceFault = "fee" | "nothing" | "beyond"

const amountScale = 7
const step = (decimals: number): bigint => powerOfTen(amountScale - decimals)
export const roundDown = (stroops: bigint, decimals: number): bigint =>
  (stroops / step(decimals)) * step(decimals)
export const roundUp = (stroops: bigint, decimals: number): bigint =>
  ceilDivide(stroops, step(decimals)) * step(decimals)

/** How many decimals an amount needs: 0 for "100", 2 for "0.25". */
export const decimalsOf = (amount: Amount): number => amount.split(".")[1]?.length ?? 0

/** What so much of the asset sold buys, rounded down; in stroops. */
export const bought = (sold: bigint, { buyDecimals, rate }: Pick<Terms, "rate" | "buyDecimals">): bigint =>
  roundDown(floorDivide(sold * rate.units, powerOfTen(rate.scale)), buyDecimals)

/** What must be sold to buy so much, rounded up; in stroops. */
export const sold = (wanted: bigint, { rate, sellDecimals }: Pick<Terms, "rate" | "sellDecimals">): bigint =>
  roundUp(ceilDivide(wanted * powerOfTen(rate.scale), rate.units), sellDecimals)

interface Amounts {
  readonly sell: bigint
  readonly buy: bigint
}

const amountsOf = (terms: Terms): Amounts => {
  const amount = toStroops(terms.amount)
  const fee = toStroops(terms.fee.total)
  const isInSell = terms.fee.in === "sell"
  if (terms.given === "sell") {
    const buy = isInSell ? bought(amount - fee, terms) : bought(amount, terms) - fee
    return { sell: amount, buy }
  }
  const sell = isInSell ? sold(amount, terms) + fee : sold(amount + fee, terms)
  return { sell, buy: amount }
}

/** The other amount and both prices. */
export const priceOf = (terms: Terms): Result.Result<Priced, PriceFault> => {
  const fee = toStroops(terms.fee.total)
  const isInSell = terms.fee.in === "sell"
  if (terms.given === "sell" && isInSell && fee >= toStroops(terms.amount)) return Result.fail("fee")
  const { buy, sell } = amountsOf(terms)
  if (buy <= 0n) return Result.fail(terms.given === "sell" && !isInSell && fee > 0n ? "fee" : "nothing")
  if (sell <= 0n) return Result.fail("nothing")
  const gross = isInSell ? buy : buy + fee
  if (sell > stroopsMax || gross > stroopsMax) return Result.fail("beyond")
  const digits = Math.max(sell.toString().length, gross.toString().length) + digitsBeyond
  const sellAmount = fromStroops(sell)
  const buyAmount = fromStroops(buy)
  const price = isInSell ? quotient(sell - fee, buy, digits) : quotient(sell, gross, digits)
  return Result.succeed({
    sellAmount,
    buyAmount,
    price: isInSell
      ? agreed(price, { sellAmount, buyAmount, fee: terms.fee.total, decimals: terms.buyDecimals })
      : decimalText(price),
    totalPrice: decimalText(quotient(sell, buy, digits))
  })
}

/** The price of one unit bought in the asset sold, at a rate, before any amount is rounded. */
export const priceOfRate = (rate: Decimal): string =>
  decimalText(quotient(powerOfTen(rate.scale), rate.units, unroundedDigits))

/** Significant digits of a price beyond those of the amounts. */
const digitsBeyond = 10
const unroundedDigits = 20
/** How far, in digits of the price, the sought digit may lie from its end: doubles have not quite 16. */
const doubleDigits = [17, 16, 15, 14]

interface Compared {
  readonly sellAmount: Amount
  readonly buyAmount: Amount
  readonly fee: Amount
  readonly decimals: number
}

/**
 * The price nearest to the exact one with which `sell - fee` and `price * buy` round alike in doubles, to the decimals of the
 * asset bought. These numbers are compared and dropped: no amount is ever made of them.
 */
const agreed = (exact: Decimal, { buyAmount, decimals, fee, sellAmount }: Compared): string => {
  const multiplier = Number(powerOfTen(decimals))
  const wanted = Math.round((Number(sellAmount) - Number(fee)) * multiplier)
  const fits = (text: string) => Math.round(Number(text) * Number(buyAmount) * multiplier) === wanted
  const text = decimalText(exact)
  if (fits(text)) return text
  const length = exact.units.toString().length
  const candidates = doubleDigits.flatMap((digits) => {
    const nudge = powerOfTen(Math.max(0, length - digits))
    return [1n, -1n, 2n, -2n, 4n, -4n].map((times) =>
      decimalText({ units: exact.units + times * nudge, scale: exact.scale })
    )
  })
  return candidates.find(fits) ?? text
}
