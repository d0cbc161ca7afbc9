// What does a transaction do to the ledger? It pays its fee and uses up its sequence number in any case; its
// operations take effect together or not at all. Answers what goes into the history, or `undefined` when by now it
// may not enter (another one of the same ledger came first): then it leaves no trace.

import { Buffer } from "node:buffer"
import type { AppliedOperation, Rate } from "./AppliedOperation.ts"
import { applyOperation } from "./applyOperation.ts"
import { checkTransaction } from "./checkTransaction.ts"
import { base64OfSignatures, partyOf } from "./Envelope.ts"
import type { Envelope } from "./Envelope.ts"
import type { HistoryTransaction, RecordedOperation } from "./LedgerHistory.ts"
import { BASE_FEE, Draft } from "./LedgerState.ts"
import type { DraftLedger, LedgerState } from "./LedgerState.ts"
import { resultCodesOf, resultXdrOf } from "./transactionResult.ts"
import type { Verdict } from "./transactionResult.ts"

export interface Application {
  readonly state: LedgerState
  readonly ledger: DraftLedger
  readonly rate: (from: string, to: string) => Rate
  readonly isPrivileged: boolean
}

export interface AppliedTransaction {
  readonly transaction: HistoryTransaction
  readonly operations: ReadonlyArray<RecordedOperation>
}

const takeFee = (envelope: Envelope, application: Application, fee: bigint): void => {
  const { state, ledger } = application
  const { inner, feeBump } = envelope
  const draft = new Draft(state, ledger)
  draft.edit(feeBump?.feeSource.id ?? inner.source.id).balance -= fee
  const source = draft.edit(inner.source.id)
  source.sequence = inner.sequence
  source.sequenceLedger = ledger.sequence
  source.sequenceTime = ledger.closedAt
  // A signer that was this very transaction is used up with it.
  source.signers = source.signers.filter(({ type }) => type !== "preauth_tx")
  draft.commit()
}

const applyOperations = (envelope: Envelope, application: Application): ReadonlyArray<AppliedOperation> => {
  const { inner } = envelope
  const draft = new Draft(application.state, application.ledger)
  const applied = inner.operations.map((operation, index) =>
    applyOperation(operation, {
      draft,
      source: operation.source === undefined ? inner.source : partyOf(operation.source),
      rate: application.rate,
      claimableBalanceId: () => inner.claimableBalanceId(index)
    })
  )
  if (applied.every(({ result }) => result.code === "op_success")) draft.commit()
  return applied
}

export const applyTransaction = (
  envelope: Envelope,
  position: bigint,
  application: Application
): AppliedTransaction | undefined => {
  const { state, ledger } = application
  const { inner, feeBump } = envelope
  const refused = checkTransaction(envelope, {
    account: (id) => state.accounts.get(id),
    sequenceOf: (account) => account.sequence,
    ledger: ledger.sequence,
    closeTime: ledger.closedAt,
    isPrivileged: application.isPrivileged
  })
  if (refused !== undefined) return undefined
  const operationCount = BigInt(inner.operations.length)
  const feeCharged = BASE_FEE * (feeBump === undefined ? operationCount : operationCount + 1n)
  takeFee(envelope, application, feeCharged)
  const applied = applyOperations(envelope, application)
  const results = applied.map(({ result }) => result)
  const isSuccessful = results.every(({ code }) => code === "op_success")
  const verdict: Verdict = { code: isSuccessful ? "tx_success" : "tx_failed", operations: results }
  const transaction: HistoryTransaction = {
    position,
    hash: envelope.hash.toString("hex"),
    ledger: ledger.sequence,
    closedAt: ledger.closedAt,
    isSuccessful,
    source: inner.source,
    sequence: inner.sequence,
    feeAccount: feeBump?.feeSource ?? inner.source,
    feeCharged,
    maxFee: feeBump?.maxFee ?? inner.maxFee,
    operationCount: inner.operations.length,
    memo: inner.memo,
    preconditions: inner.preconditions,
    envelopeXdr: () => envelope.xdr,
    resultXdr: resultXdrOf(verdict, envelope, feeCharged),
    resultCodes: resultCodesOf(verdict, envelope),
    signatures: base64OfSignatures((feeBump ?? inner).signatures),
    ...(feeBump === undefined
      ? {}
      : {
          feeBump: {
            innerHash: Buffer.from(inner.hash).toString("hex"),
            innerSignatures: base64OfSignatures(inner.signatures),
            innerMaxFee: inner.maxFee
          }
        })
  }
  const operations = applied.map((operation) => (isSuccessful ? operation : { ...operation, effects: [] }))
  return { transaction, operations }
}
