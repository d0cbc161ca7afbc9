/**
 * Exact money: a canonical decimal string outside, bigint stroops inside (1 stroop = 0.0000001).
 *
 * An `Amount` has no sign, no leading or trailing zeros and at most seven decimals, so two amounts are equal exactly when
 * their strings are. No float is ever made of one. Gotcha: PostgreSQL pads `numeric` ("10.5000000"); read through `parseAmount`.
 */
import type { Brand } from "effect"
import { Result } from "effect"
import { say, type Sentence } from "./Sentence.ts"

export type Amount = string & Brand.Brand<"Amount">

/** 2^63 - 1 stroops: the most a Stellar balance holds. */
export const stroopsMax = 9_223_372_036_854_775_807n
const scale = 10_000_000n
const grammar = /^(0|[1-9][0-9]{0,11})(?:\.([0-9]{1,7}))?$/

/** Stroops (0 or more) to the canonical decimal string. Dies on a negative number: nothing here owes a negative amount. */
export const fromStroops = (stroops: bigint): Amount => {
  if (stroops < 0n) throw new Error(`an amount is negative: ${stroops} stroops`)
  const fraction = (stroops % scale).toString().padStart(7, "0").replace(/0+$/, "")
  const whole = (stroops / scale).toString()
  return (fraction === "" ? whole : `${whole}.${fraction}`) as Amount
}

/** An amount to stroops. The brand promises the grammar; anything else is a defect. */
export const toStroops = (amount: Amount): bigint => {
  const match = grammar.exec(amount)
  if (match === null) throw new Error(`not a canonical amount: ${JSON.stringify(amount)}`)
  return BigInt(match[1] ?? "0") * scale + BigInt((match[2] ?? "").padEnd(7, "0"))
}

/**
 * Reads a decimal string: plain notation, at most seven decimals, at most 922337203685.4775807, ASCII digits only
 * (S31-POST-02). Never rounds. The failure is a sentence for the client.
 */
export const parseAmount = (text: string): Result.Result<Amount, Sentence> => {
  const match = text.length > 24 ? null : grammar.exec(text)
  if (match === null) {
    return Result.fail(
      say`${JSON.stringify(text.slice(0, 40))} is not a decimal amount with at most 7 decimals, such as "100.25"`
    )
  }
  const stroops = BigInt(match[1] ?? "0") * scale + BigInt((match[2] ?? "").padEnd(7, "0"))
  return stroops > stroopsMax
    ? Result.fail(say`${text} is more than Stellar can carry (922337203685.4775807)`)
    : Result.succeed(fromStroops(stroops))
}

/** For values that are known to be amounts (configuration defaults, database columns); a wrong one is a defect. */
export const amount = (text: string): Amount => {
  const parsed = parseAmount(text)
  if (Result.isFailure(parsed)) throw new Error(String(parsed.failure))
  return parsed.success
}

export const zero: Amount = fromStroops(0n)
export const isZero = (a: Amount): boolean => a === zero
export const add = (a: Amount, b: Amount): Amount => fromStroops(toStroops(a) + toStroops(b))
/** a - b; dies when b is the greater. */
export const subtract = (a: Amount, b: Amount): Amount => fromStroops(toStroops(a) - toStroops(b))
export const isLess = (a: Amount, b: Amount): boolean => toStroops(a) < toStroops(b)
export const isMore = (a: Amount, b: Amount): boolean => toStroops(a) > toStroops(b)
export const sum = (amounts: ReadonlyArray<Amount>): Amount =>
  fromStroops(amounts.reduce((total, a) => total + toStroops(a), 0n))
