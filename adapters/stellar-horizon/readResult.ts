/**
 * The codes of a transaction's result, from its XDR, in Horizon's words: `tx_failed`, `op_underfunded`.
 *
 * Gotcha: what failed inside a fee bump is told as the transaction inside is, for that is the one that was asked about.
 */
import { xdr } from "@stellar/stellar-sdk"

export interface ResultCodes {
  readonly transaction: string
  /** Of the operations that failed. */
  readonly operations: ReadonlyArray<string>
}

/** Where Horizon's word is not that of the XDR. */
const renamed: Readonly<Record<string, string>> = {
  txNoAccount: "tx_no_source_account",
  opNoAccount: "op_no_source_account"
}
const snake = (name: string): string =>
  renamed[name] ?? name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

const codeOf = (result: xdr.OperationResult): string | null => {
  if (result.type !== "opInner") return snake(result.type)
  const { tr } = result
  // A refund is a payment; of another operation it is enough to know that it failed.
  if (tr.type !== "payment") return null
  const { type } = tr.paymentResult
  return type === "paymentSuccess" ? null : `op${snake(type).slice("payment".length)}`
}

/** Null where it is no result. */
export const readResult = (base64: string): ResultCodes | null => {
  try {
    const { result } = xdr.TransactionResult.fromXdr(base64, "base64")
    const decided =
      result.type === "txFeeBumpInnerFailed" || result.type === "txFeeBumpInnerSuccess"
        ? result.innerResultPair.result.result
        : result
    const operations =
      decided.type === "txFailed" ? decided.results.map(codeOf).filter((code) => code !== null) : []
    return { transaction: snake(decided.type), operations }
  } catch {
    return null
  }
}
