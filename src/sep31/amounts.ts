/**
 * The amounts of a transaction as the Sending Anchor sees them (SEP-31 §GET Transaction), such that
 * `amount_out = amount_in − amount_fee − refunds` whenever `amount_out` is shown, in the asset received or, where it is
 * converted, at the price (S31-AMT-02).
 *
 * Gotcha: `amount_in` follows the seed. Before receipt it is what was announced; afterwards what was received, but while a
 * part is only owed back it is what was accepted, and grows again by what is returned on Stellar and shown in `refunds`.
 */
import { Result } from "effect"
import { type Amount, add, isZero, parseAmount, subtract, sum, zero } from "../../machines/domain/Amount.ts"
import { feeOf } from "../../machines/domain/Fee.ts"
import type { Conversion, PriceFee } from "../../machines/transaction/context.ts"
import { say, type Sentence } from "../http/Sentence.ts"
import type { RefundRow, TransactionRow } from "../ports/rows.ts"

export interface PresentedAmounts {
  readonly amountIn: Amount
  readonly amountInAsset: string
  /** Null while the price of receipt is not known. */
  readonly fee: PriceFee | null
  readonly feeAsset: string
  /** Null when nothing was delivered, nor will be, and it was not returned on Stellar either; or while no price is known. */
  readonly amountOut: Amount | null
  readonly amountOutAsset: string
  readonly refunds: { readonly refunded: Amount; readonly payments: ReadonlyArray<RefundRow> } | null
  /** The whole amount was returned (S31-REF-09). */
  readonly refunded: boolean
}

type Row = Pick<TransactionRow, "terms" | "amounts" | "context" | "refunds" | "status" | "asset">

/** What is delivered for the whole amount, and at which fee. */
interface Delivery {
  readonly fee: PriceFee
  readonly amountOut: Amount
}

export const presentAmounts = (row: Row): PresentedAmounts => {
  const { conversion } = row.terms
  const amountOutAsset = conversion?.to ?? row.asset
  const { accepted, received } = row.amounts
  const common = { amountInAsset: row.asset, amountOutAsset, refunds: null, refunded: false }
  if (received === null || accepted === null) {
    const delivery = conversion === null ? expectedDelivery(row) : pricedDelivery(row, conversion)
    return {
      ...common,
      amountIn: row.terms.expected,
      fee: delivery?.fee ?? null,
      feeAsset: delivery?.fee.asset ?? row.asset,
      amountOut: delivery?.amountOut ?? null
    }
  }
  const refunded = row.context.refunded === true
  const returned = sum(row.refunds.map(({ amount }) => amount))
  const refunds = row.refunds.length === 0 ? null : { refunded: returned, payments: row.refunds }
  const amountIn = isZero(accepted) && refunds === null ? received : add(accepted, returned)
  // All of it is owed back or was returned: no service was rendered, so no fee is kept (S31-REF-03).
  if (isZero(accepted)) {
    const feeAsset = (conversion === null ? null : pricedDelivery(row, conversion))?.fee.asset ?? row.asset
    const fee = { total: zero, asset: feeAsset }
    return {
      ...common,
      amountIn,
      fee,
      feeAsset,
      amountOut: refunds === null || row.status === "error" ? null : zero,
      refunds,
      refunded
    }
  }
  const kept = row.amounts.fee ?? zero
  const delivery =
    conversion === null
      ? { fee: { total: kept, asset: row.asset }, amountOut: subtract(accepted, kept) }
      : pricedDelivery(row, conversion)
  return {
    ...common,
    amountIn,
    fee: delivery?.fee ?? null,
    feeAsset: delivery?.fee.asset ?? row.asset,
    amountOut: row.status === "error" ? null : (delivery?.amountOut ?? null),
    refunds,
    refunded
  }
}

/** Before any payment: the announced amount and the fee its terms give (S31-AMT-04). */
const expectedDelivery = ({ asset, terms: { expected, fee: terms } }: Row): Delivery => {
  const total = feeOf(terms, expected)
  return { fee: { total, asset }, amountOut: subtract(expected, total) }
}

/** The quote's word for word (S31-AMT-03), or that of receipt; null while there is none yet (S31-AMT-08). */
const pricedDelivery = ({ context }: Row, conversion: Conversion): Delivery | null => {
  const price = conversion.price ?? context.price ?? null
  return price === null ? null : { fee: price.fee, amountOut: price.buyAmount }
}

/** `amount` of a POST: more than zero, at most seven decimals, never rounded (S31-POST-02). The failure is a sentence. */
export const parsePositive = (text: string): Result.Result<Amount, Sentence> =>
  Result.flatMap(
    Result.mapError(parseAmount(text), (fault) => say`amount ${fault}`),
    (amount) => (isZero(amount) ? Result.fail(say`amount must be more than 0`) : Result.succeed(amount))
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
