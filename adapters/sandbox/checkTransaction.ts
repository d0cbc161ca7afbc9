// May this envelope enter a ledger at all? The checks the network makes before a transaction costs anything: those
// that fail here are refused and leave no trace, while what fails later is in the ledger, with its fee taken.
// Order matters: clients tell cases apart by the first code that applies.

import type { OperationRecord } from "@stellar/stellar-sdk"
import type { Envelope, TransactionBody } from "./Envelope.ts"
import { partyOf } from "./Envelope.ts"
import { BASE_FEE, reserveOf } from "./LedgerState.ts"
import type { Account } from "./LedgerState.ts"
import { SignatureCheck } from "./signatures.ts"
import type { Level } from "./signatures.ts"
import { operationRefused, operationSucceeded } from "./transactionResult.ts"
import type { Verdict } from "./transactionResult.ts"
import { operationNames, wellFormed } from "./wellFormed.ts"

export interface CheckContext {
  readonly account: (id: string) => Readonly<Account> | undefined
  /** The sequence number the next transaction of the account must follow, pending ones counted. */
  readonly sequenceOf: (account: Readonly<Account>) => bigint
  readonly ledger: number
  /** Unix seconds at which the ledger closes. */
  readonly closeTime: number
  /** A faucet's transaction acts for accounts that did not sign. */
  readonly isPrivileged: boolean
}

const lowLevel = new Set(["bumpSequence", "claimClaimableBalance", "setTrustLineFlags"])

const levelOf = (operation: OperationRecord): Level => {
  if (operation.type === "accountMerge") return "high"
  if (lowLevel.has(operation.type)) return "low"
  if (operation.type !== "setOptions") return "medium"
  const touchesSigners =
    operation.masterWeight !== undefined ||
    operation.lowThreshold !== undefined ||
    operation.medThreshold !== undefined ||
    operation.highThreshold !== undefined ||
    operation.signer !== undefined
  return touchesSigners ? "high" : "medium"
}

const timeVerdict = ({ preconditions }: TransactionBody, context: CheckContext): Verdict | undefined => {
  const { timebounds, ledgerbounds } = preconditions
  const closeTime = BigInt(context.closeTime)
  if (timebounds !== undefined && timebounds.minTime > closeTime) return { code: "tx_too_early" }
  if (ledgerbounds !== undefined && ledgerbounds.minLedger > context.ledger) return { code: "tx_too_early" }
  if (timebounds !== undefined && timebounds.maxTime !== 0n && timebounds.maxTime < closeTime) {
    return { code: "tx_too_late" }
  }
  if (
    ledgerbounds !== undefined &&
    ledgerbounds.maxLedger !== 0 &&
    ledgerbounds.maxLedger <= context.ledger
  ) {
    return { code: "tx_too_late" }
  }
  return undefined
}

const sequenceVerdict = (
  body: TransactionBody,
  source: Readonly<Account>,
  context: CheckContext
): Verdict | undefined => {
  const current = context.sequenceOf(source)
  const { minAccountSequence, minAccountSequenceAge, minAccountSequenceLedgerGap } = body.preconditions
  const isNext =
    minAccountSequence === undefined
      ? body.sequence === current + 1n
      : current >= minAccountSequence && current < body.sequence
  if (!isNext) return { code: "tx_bad_seq" }
  const age = BigInt(context.closeTime - source.sequenceTime)
  if (minAccountSequenceAge !== undefined && age < minAccountSequenceAge) {
    return { code: "tx_bad_minseq_age_or_gap" }
  }
  if (
    minAccountSequenceLedgerGap !== undefined &&
    context.ledger - source.sequenceLedger < minAccountSequenceLedgerGap
  ) {
    return { code: "tx_bad_minseq_age_or_gap" }
  }
  return undefined
}

/** The operations' own checks: who asks for each, whether it is one we know, and whether it makes sense. */
const operationsVerdict = (
  body: TransactionBody,
  context: CheckContext,
  signatures: SignatureCheck
): Verdict | undefined => {
  let isRefused = false
  const operations = body.operations.map((operation) => {
    const name = operationNames[operation.type]
    if (name === undefined) {
      isRefused = true
      return operationRefused("op_not_supported")
    }
    const sourceId = operation.source === undefined ? body.source.id : partyOf(operation.source).id
    const source = context.account(sourceId)
    const isSigned =
      context.isPrivileged ||
      (source === undefined
        ? signatures.reachesAbsent(sourceId)
        : signatures.reaches(source, levelOf(operation)))
    if (!isSigned) {
      isRefused = true
      return operationRefused("op_bad_auth")
    }
    const malformed = wellFormed(operation, sourceId)
    if (malformed !== undefined) {
      isRefused = true
      return malformed
    }
    return operationSucceeded(name)
  })
  return isRefused ? { code: "tx_failed", operations } : undefined
}

const isAffordable = (account: Readonly<Account>, fee: bigint): boolean =>
  account.balance - reserveOf(account) >= fee

const bodyVerdict = (envelope: Envelope, context: CheckContext): Verdict | undefined => {
  const body = envelope.inner
  if (body.operations.length === 0) return { code: "tx_missing_operation" }
  const early = timeVerdict(body, context)
  if (early !== undefined) return early
  const isOwnPayer = envelope.feeBump === undefined
  if (isOwnPayer && body.maxFee < BASE_FEE * BigInt(body.operations.length)) {
    return { code: "tx_insufficient_fee" }
  }
  const source = context.account(body.source.id)
  if (source === undefined) return { code: "tx_no_source_account" }
  const outOfTurn = sequenceVerdict(body, source, context)
  if (outOfTurn !== undefined) return outOfTurn
  const signatures = new SignatureCheck(body.hash, body.signatures)
  const extraSigners = body.preconditions.extraSigners ?? []
  if (!extraSigners.every((key) => signatures.isSignedBy(key))) return { code: "tx_bad_auth" }
  if (!signatures.reaches(source, "low")) return { code: "tx_bad_auth" }
  if (isOwnPayer && !isAffordable(source, body.maxFee)) return { code: "tx_insufficient_balance" }
  const refused = operationsVerdict(body, context, signatures)
  if (refused !== undefined) return refused
  return signatures.hasUnused ? { code: "tx_bad_auth_extra" } : undefined
}

const feeBumpVerdict = (envelope: Envelope, context: CheckContext): Verdict | undefined => {
  const { feeBump, inner } = envelope
  if (feeBump === undefined) return undefined
  const operations = BigInt(inner.operations.length)
  // The bump must pay the base fee for one operation more, and a better rate than the inner transaction offers.
  const isEnough =
    feeBump.maxFee >= BASE_FEE * (operations + 1n) &&
    feeBump.maxFee * operations >= inner.maxFee * (operations + 1n)
  if (!isEnough) return { code: "tx_insufficient_fee", isOuter: true }
  const payer = context.account(feeBump.feeSource.id)
  if (payer === undefined) return { code: "tx_no_source_account", isOuter: true }
  const signatures = new SignatureCheck(feeBump.hash, feeBump.signatures)
  if (!signatures.reaches(payer, "low")) return { code: "tx_bad_auth", isOuter: true }
  if (!isAffordable(payer, feeBump.maxFee)) return { code: "tx_insufficient_balance", isOuter: true }
  return signatures.hasUnused ? { code: "tx_bad_auth_extra", isOuter: true } : undefined
}

/** `undefined` when the envelope may enter the ledger of the context, else why not. */
export const checkTransaction = (envelope: Envelope, context: CheckContext): Verdict | undefined =>
  feeBumpVerdict(envelope, context) ?? bodyVerdict(envelope, context)
