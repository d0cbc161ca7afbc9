/**
 * The amounts of a transaction as the Sending Anchor sees them (SEP-31 §GET Transaction), such that
 * `amount_out = amount_in − amount_fee − refunds` whenever `amount_out` is shown (S31-AMT-02).
 *
 * Gotcha: `amount_in` follows the seed. Before receipt it is what was announced; afterwards what was received, but while a
 * part is only owed back it is what was accepted, and grows again by what is returned on Stellar and shown in `refunds`.
 */
import { Result } from "effect"
import { type Amount, add, isZero, parseAmount, subtract, sum, zero } from "../../machines/domain/Amount.ts"
import { type FeeTerms, feeOf } from "../../machines/domain/Fee.ts"
import type { RefundRow, TransactionRow } from "../ports/rows.ts"

export interface PresentedAmounts {
  readonly amountIn: Amount
  readonly fee: Amount
  /** Null when nothing was delivered, nor will be, and it was not returned on Stellar either. */
  readonly amountOut: Amount | null
  readonly refunds: { readonly refunded: Amount; readonly payments: ReadonlyArray<RefundRow> } | null
  /** The whole amount was returned (S31-REF-09). */
  readonly refunded: boolean
}

export const presentAmounts = (
  row: Pick<TransactionRow, "terms" | "amounts" | "context" | "refunds" | "status">
): PresentedAmounts => {
  const { accepted, received } = row.amounts
  if (received === null || accepted === null) return expectedAmounts(row.terms.expected, row.terms.fee)
  const fee = row.amounts.fee ?? zero
  const refunded = row.context.refunded === true
  const returned = sum(row.refunds.map(({ amount }) => amount))
  const refunds = row.refunds.length === 0 ? null : { refunded: returned, payments: row.refunds }
  if (isZero(accepted) && refunds === null) {
    // All of it is owed back, or was returned by other means than Stellar: the sum that came is what there is to tell.
    return { amountIn: received, fee, amountOut: null, refunds, refunded }
  }
  const amountOut = row.status === "error" ? null : subtract(accepted, fee)
  return { amountIn: add(accepted, returned), fee, amountOut, refunds, refunded }
}

/** Before any payment: the announced amount and the fee its terms give (S31-AMT-04). */
const expectedAmounts = (expected: Amount, terms: FeeTerms): PresentedAmounts => {
  const fee = feeOf(terms, expected)
  return { amountIn: expected, fee, amountOut: subtract(expected, fee), refunds: null, refunded: false }
}

/** `amount` of a POST: more than zero, at most seven decimals, never rounded (S31-POST-02). The failure is a sentence. */
export const parsePositive = (text: string): Result.Result<Amount, string> =>
  Result.flatMap(
    Result.mapError(parseAmount(text), (fault) => `amount ${fault}`),
    (amount) => (isZero(amount) ? Result.fail("amount must be more than 0") : Result.succeed(amount))
  )

/**
 * An amount as the JSON number `/info` wants (S31-INFO-05), or null where a double cannot hold it exactly. The one place
 * where an amount becomes a number, and only to be read by people and their forms.
 */
export const wireNumber = (amount: Amount): number | null => {
  const number = Number(amount)
  const back = parseAmount(decimalText(number))
  return Result.isSuccess(back) && back.success === amount ? number : null
}

/** A double in plain notation: JavaScript writes the smallest amounts as 1e-7. */
const decimalText = (number: number): string => {
  const text = String(number)
  const match = /^([0-9])(?:\.([0-9]+))?e-([0-9]+)$/.exec(text)
  if (match === null) return text
  const [, whole = "", fraction = "", exponent = "0"] = match
  return `0.${"0".repeat(Number(exponent) - 1)}${whole}${fraction}`
}
