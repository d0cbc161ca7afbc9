// How does a benchmark get hundreds of thousands of payments into the history without signing each? A synthetic
// payment is recorded as a successful transaction of one payment: real ids, a real (unsigned) envelope and hash.
// Gotcha: its money comes from nowhere. The destination is credited where it can hold the asset; nobody is debited.

import { Buffer } from "node:buffer"
import { createHash } from "node:crypto"
import { amountOf } from "./amounts.ts"
import { assetMembers } from "./AppliedOperation.ts"
import type { EnvelopeMemo } from "./Envelope.ts"
import type { HistoryTransaction, LedgerHistory } from "./LedgerHistory.ts"
import { BASE_FEE } from "./LedgerState.ts"
import type { Draft } from "./LedgerState.ts"
import { credit } from "./moveBalance.ts"
import { operationKinds } from "./resultCodes.ts"
import { accountId, assetXdr, int32, int64, opaque } from "./xdrWriter.ts"

export interface SyntheticPayment {
  /** Need not exist. */
  readonly from: string
  readonly to: string
  /** `native` or `CODE:ISSUER`. */
  readonly asset: string
  readonly amount: bigint
  /** The value of a hash or return memo is base64. */
  readonly memo?: { readonly type: EnvelopeMemo["type"]; readonly value: string }
}

const memoXdr = (memo: SyntheticPayment["memo"]): Buffer => {
  switch (memo?.type) {
    case "text":
      return Buffer.concat([int32(1), opaque(Buffer.from(memo.value, "utf8"))])
    case "id":
      return Buffer.concat([int32(2), int64(BigInt.asIntN(64, BigInt(memo.value)))])
    case "hash":
      return Buffer.concat([int32(3), Buffer.from(memo.value, "base64")])
    case "return":
      return Buffer.concat([int32(4), Buffer.from(memo.value, "base64")])
    default:
      return int32(0)
  }
}

const ENVELOPE_TYPE_TX = int32(2)
const NONE = int32(0)

const transactionXdr = (payment: SyntheticPayment, sequence: bigint): Buffer =>
  Buffer.concat([
    accountId(payment.from),
    int32(Number(BASE_FEE)),
    int64(sequence),
    NONE, // preconditions
    memoXdr(payment.memo),
    int32(1), // operations
    NONE, // the operation's own source
    int32(operationKinds.payment.number),
    accountId(payment.to),
    assetXdr(payment.asset),
    int64(payment.amount),
    NONE // extension
  ])

const SUCCESS = Buffer.concat([int64(BASE_FEE), int32(0), int32(1), int32(0), int32(1), int32(0), int32(0)])
const RESULT_XDR = SUCCESS.toString("base64")

const memoOf = (memo: SyntheticPayment["memo"]): EnvelopeMemo => {
  if (memo === undefined || memo.type === "none") return { type: "none" }
  const bytes = memo.type === "text" ? { bytes: Buffer.from(memo.value, "utf8").toString("base64") } : {}
  return { ...memo, ...bytes }
}

/** Records the payment at the position and credits it in the draft. */
export const recordSyntheticPayment = (
  payment: SyntheticPayment,
  position: bigint,
  networkId: Buffer,
  history: LedgerHistory,
  draft: Draft
): HistoryTransaction => {
  // The position stands for the sequence number, so that no two envelopes are alike.
  const signed = Buffer.concat([networkId, ENVELOPE_TYPE_TX, transactionXdr(payment, position)])
  const from = { id: payment.from }
  const transaction: HistoryTransaction = {
    position,
    hash: createHash("sha256").update(signed).digest("hex"),
    ledger: draft.ledger.sequence,
    closedAt: draft.ledger.closedAt,
    isSuccessful: true,
    source: from,
    sequence: position,
    feeAccount: from,
    feeCharged: BASE_FEE,
    maxFee: BASE_FEE,
    operationCount: 1,
    memo: memoOf(payment.memo),
    preconditions: {},
    envelopeXdr: () =>
      Buffer.concat([ENVELOPE_TYPE_TX, transactionXdr(payment, position), NONE]).toString("base64"),
    resultXdr: RESULT_XDR,
    resultCodes: { transaction: "tx_success", operations: ["op_success"] },
    signatures: []
  }
  credit(draft, payment.to, payment.asset, payment.amount)
  history.record(transaction, [
    {
      name: "payment",
      source: from,
      details: {
        ...assetMembers(payment.asset),
        from: payment.from,
        to: payment.to,
        amount: amountOf(payment.amount)
      },
      participants: new Set([payment.from, payment.to]),
      effects: []
    }
  ])
  return transaction
}
