// What XDR does the network give back for a transaction? TransactionResult, written by hand from codes.
// Gotcha: only success and failure by an operation carry a list of results; every other code stands alone.

import type { Envelope } from "./Envelope.ts"
import { BASE_FEE } from "./LedgerState.ts"
import { operationKinds, outerFailures, transactionCodes } from "./resultCodes.ts"
import type { OperationName, OperationResult, TransactionCode } from "./resultCodes.ts"
import { int32, int64 } from "./xdrWriter.ts"

const innerResult = (name: OperationName, code: number, payload: Buffer): Buffer =>
  Buffer.concat([int32(0), int32(operationKinds[name].number), int32(code), payload])

// What the success of some operations tells besides its code, as bytes of nothing: an operation that was only
// checked, because another one of its transaction was refused, has the empty form.
const payloadWidths: { readonly [Name in OperationName]?: number } = {
  path_payment_strict_receive: 52,
  account_merge: 8,
  path_payment_strict_send: 52,
  create_claimable_balance: 36
}

export const operationSucceeded = (name: OperationName, payload?: Buffer): OperationResult => ({
  code: "op_success",
  xdr: innerResult(name, 0, payload ?? Buffer.alloc(payloadWidths[name] ?? 0))
})

export const operationFailed = (name: OperationName, code: string): OperationResult => {
  const place = operationKinds[name].failures.indexOf(code)
  if (place < 0) throw new Error(`${name} cannot fail with ${code}`)
  return { code, xdr: innerResult(name, -1 - place, Buffer.alloc(0)) }
}

export const operationRefused = (code: keyof typeof outerFailures): OperationResult => ({
  code,
  xdr: int32(outerFailures[code])
})

/** How a transaction ended; `code` is the inner transaction's where there is a fee bump. */
export interface Verdict {
  readonly code: TransactionCode
  /** Set where a fee bump itself was refused and the inner transaction never judged. */
  readonly isOuter?: boolean
  /** One each operation, for tx_success and tx_failed. */
  readonly operations?: ReadonlyArray<OperationResult>
}

export interface ResultCodes {
  readonly transaction: TransactionCode
  readonly inner_transaction?: TransactionCode
  readonly operations?: ReadonlyArray<string>
}

const outerCode = (verdict: Verdict): TransactionCode =>
  verdict.code === "tx_success" ? "tx_fee_bump_inner_success" : "tx_fee_bump_inner_failed"

export const resultCodesOf = (verdict: Verdict, envelope: Envelope): ResultCodes => ({
  ...(envelope.feeBump === undefined || verdict.isOuter === true
    ? { transaction: verdict.code }
    : { transaction: outerCode(verdict), inner_transaction: verdict.code }),
  ...(verdict.operations === undefined ? {} : { operations: verdict.operations.map(({ code }) => code) })
})

const bodyOf = (verdict: Verdict): Buffer => {
  const code = int32(transactionCodes[verdict.code])
  if (verdict.operations === undefined) return code
  return Buffer.concat([code, int32(verdict.operations.length), ...verdict.operations.map(({ xdr }) => xdr)])
}

/** The base64 of the TransactionResult. */
export const resultXdrOf = (verdict: Verdict, envelope: Envelope, feeCharged: bigint): string => {
  const noExtension = int32(0)
  if (envelope.feeBump === undefined || verdict.isOuter === true) {
    return Buffer.concat([int64(feeCharged), bodyOf(verdict), noExtension]).toString("base64")
  }
  const inner = Buffer.concat([
    envelope.inner.hash,
    int64(BASE_FEE * BigInt(envelope.inner.operations.length)),
    bodyOf(verdict),
    noExtension
  ])
  return Buffer.concat([
    int64(feeCharged),
    int32(transactionCodes[outerCode(verdict)]),
    inner,
    noExtension
  ]).toString("base64")
}
