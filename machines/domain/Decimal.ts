/**
 * Exact decimals of any size, for rates and prices: an integer and how many of its digits stand behind the point.
 *
 * Amounts of money are `Amount`; this is what they are multiplied and divided by. No float is ever made of one.
 */
import { Result } from "effect"

/** `units / 10^scale`, not negative. */
export interface Decimal {
  readonly units: bigint
  readonly scale: number
}

const grammar = /^(0|[1-9][0-9]{0,17})(?:\.([0-9]{1,30}))?$/

/** Reads a decimal in plain notation: at most 18 digits before the point and 30 behind it. The failure is a clause. */
export const parseDecimal = (text: string): Result.Result<Decimal, string> => {
  const match = text.length > 50 ? null : grammar.exec(text)
  if (match === null) return Result.fail(`${JSON.stringify(text.slice(0, 50))} is no decimal such as "5.42"`)
  const fraction = (match[2] ?? "").replace(/0+$/, "")
  return Result.succeed({ units: BigInt(`${match[1] ?? "0"}${fraction}`), scale: fraction.length })
}

export const powerOfTen = (exponent: number): bigint => 10n ** BigInt(exponent)

/** Plain notation without trailing zeros. */
export const decimalText = ({ scale, units }: Decimal): string => {
  const digits = units.toString().padStart(scale + 1, "0")
  const whole = digits.slice(0, digits.length - scale)
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, "")
  return fraction === "" ? whole : `${whole}.${fraction}`
}

export const floorDivide = (a: bigint, b: bigint): bigint => a / b
export const ceilDivide = (a: bigint, b: bigint): bigint => (a + b - 1n) / b

/** `a / b` rounded half up to so many significant digits at least; both positive. */
export const quotient = (a: bigint, b: bigint, digits: number): Decimal => {
  // a has no fewer digits than its length less that of b
  const scale = Math.max(0, digits - a.toString().length + b.toString().length)
  return { units: (2n * a * powerOfTen(scale) + b) / (2n * b), scale }
}
