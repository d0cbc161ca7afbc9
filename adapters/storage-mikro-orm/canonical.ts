/**
 * What the database pads, put back into canonical form.
 *
 * `numeric(30,7)` answers "10.5000000"; an `Amount` has no trailing zeros, so that equal amounts are equal strings. Only ever
 * shortened, never rounded.
 */
import { type Amount, amount } from "../../machines/domain/Amount.ts"

const zeroDigit = 48
const grammar = /^(0|[1-9][0-9]{0,11})(\.[0-9]{1,7})?$/

/** Whether the text is an amount, padded or not. */
export const isAmount = (text: string): boolean => grammar.test(text)

export const canonical = (padded: string): Amount => {
  // Through the domain's own reader where the text is not what a column of ours can hold: it says what is wrong, and dies.
  if (!isAmount(padded)) return amount(padded)
  if (!padded.includes(".")) return padded as Amount
  let end = padded.length
  while (padded.charCodeAt(end - 1) === zeroDigit) end -= 1
  return padded.slice(0, padded.charAt(end - 1) === "." ? end - 1 : end) as Amount
}

export const canonicalOrNull = (padded: string | null): Amount | null =>
  padded === null ? null : canonical(padded)
