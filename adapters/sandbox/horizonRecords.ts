// What does Horizon's JSON of each thing look like? Member for member as the real server's; `base` is the URL that
// links begin with. Gotcha: `result_meta_xdr` and `fee_meta_xdr` are well-formed and tell of no changes.

import { amountOf } from "./amounts.ts"
import { partyMembers } from "./AppliedOperation.ts"
import type { JsonObject } from "./AppliedOperation.ts"
import type { Preconditions } from "./Envelope.ts"
import { isoTimeOf } from "./isoTime.ts"
import { PROTOCOL_VERSION, TOTAL_COINS, TRANSACTIONS_MAX } from "./ledgerHeader.ts"
import type { ClosedLedger, HistoryEffect, HistoryOperation, HistoryTransaction } from "./LedgerHistory.ts"
import { BASE_FEE, BASE_RESERVE } from "./LedgerState.ts"
import { operationKinds } from "./resultCodes.ts"

export const link = (href: string): JsonObject => ({ href })
export const templated = (href: string): JsonObject => ({ href, templated: true })

const PAGING = "{?cursor,limit,order}"

// TransactionMeta version 3 with an empty list of operations and changes, and LedgerEntryChanges of none.
const EMPTY_META = Buffer.concat([Buffer.from([0, 0, 0, 3]), Buffer.alloc(20)]).toString("base64")
const EMPTY_CHANGES = Buffer.alloc(4).toString("base64")

const preconditionMembers = (preconditions: Preconditions): JsonObject => {
  const { timebounds, ledgerbounds, minAccountSequence } = preconditions
  const { minAccountSequenceAge, minAccountSequenceLedgerGap } = preconditions
  const members: JsonObject = {
    ...(timebounds === undefined
      ? {}
      : {
          timebounds: {
            min_time: String(timebounds.minTime),
            ...(timebounds.maxTime === 0n ? {} : { max_time: String(timebounds.maxTime) })
          }
        }),
    ...(ledgerbounds === undefined
      ? {}
      : {
          ledgerbounds: {
            min_ledger: ledgerbounds.minLedger,
            ...(ledgerbounds.maxLedger === 0 ? {} : { max_ledger: ledgerbounds.maxLedger })
          }
        }),
    min_account_sequence: minAccountSequence?.toString(),
    min_account_sequence_age: minAccountSequenceAge?.toString(),
    min_account_sequence_ledger_gap: minAccountSequenceLedgerGap,
    extra_signers: preconditions.extraSigners
  }
  const validity: JsonObject =
    timebounds === undefined
      ? {}
      : {
          valid_after: isoTimeOf(Number(timebounds.minTime)),
          valid_before: timebounds.maxTime === 0n ? undefined : isoTimeOf(Number(timebounds.maxTime))
        }
  const hasAny = Object.values(members).some((value) => value !== undefined)
  return hasAny ? { ...validity, preconditions: members } : validity
}

const feeBumpMembers = (transaction: HistoryTransaction): JsonObject => {
  const { feeBump, hash, signatures } = transaction
  if (feeBump === undefined) return {}
  return {
    fee_bump_transaction: { hash, signatures },
    inner_transaction: {
      hash: feeBump.innerHash,
      signatures: feeBump.innerSignatures,
      max_fee: String(feeBump.innerMaxFee)
    }
  }
}

/** Horizon calls a transaction's own muxed members `account_muxed`, `fee_account_muxed`. */
const muxedMembers = (name: string, party: HistoryTransaction["source"]): JsonObject =>
  party.muxed === undefined
    ? {}
    : { [`${name}_muxed`]: party.muxed.address, [`${name}_muxed_id`]: party.muxed.id }

export const transactionRecord = (transaction: HistoryTransaction, base: string): JsonObject => {
  const { hash, source, feeAccount, memo } = transaction
  const token = String(transaction.position)
  const self = `${base}/transactions/${hash}`
  return {
    memo: memo.value,
    memo_bytes: memo.bytes,
    _links: {
      self: link(self),
      account: link(`${base}/accounts/${source.id}`),
      ledger: link(`${base}/ledgers/${transaction.ledger}`),
      operations: templated(`${self}/operations${PAGING}`),
      effects: templated(`${self}/effects${PAGING}`),
      precedes: link(`${base}/transactions?order=asc&cursor=${token}`),
      succeeds: link(`${base}/transactions?order=desc&cursor=${token}`),
      transaction: link(self)
    },
    id: hash,
    paging_token: token,
    successful: transaction.isSuccessful,
    hash,
    ledger: transaction.ledger,
    created_at: isoTimeOf(transaction.closedAt),
    source_account: source.id,
    ...muxedMembers("account", source),
    source_account_sequence: String(transaction.sequence),
    fee_account: feeAccount.id,
    ...muxedMembers("fee_account", feeAccount),
    fee_charged: String(transaction.feeCharged),
    max_fee: String(transaction.maxFee),
    operation_count: transaction.operationCount,
    envelope_xdr: transaction.envelopeXdr(),
    result_xdr: transaction.resultXdr,
    result_meta_xdr: EMPTY_META,
    fee_meta_xdr: EMPTY_CHANGES,
    memo_type: memo.type,
    signatures: transaction.signatures,
    ...preconditionMembers(transaction.preconditions),
    ...feeBumpMembers(transaction)
  }
}

export const operationRecord = (operation: HistoryOperation, base: string, joins: boolean): JsonObject => {
  const { transaction, name } = operation
  const id = String(operation.position)
  const self = `${base}/operations/${id}`
  return {
    _links: {
      self: link(self),
      transaction: link(`${base}/transactions/${transaction.hash}`),
      effects: link(`${self}/effects`),
      succeeds: link(`${base}/effects?order=desc&cursor=${id}`),
      precedes: link(`${base}/effects?order=asc&cursor=${id}`)
    },
    id,
    paging_token: id,
    transaction_successful: transaction.isSuccessful,
    ...partyMembers("source_account", operation.source),
    type: name,
    type_i: operationKinds[name].number,
    created_at: isoTimeOf(transaction.closedAt),
    transaction_hash: transaction.hash,
    transaction: joins ? transactionRecord(transaction, base) : undefined,
    ...operation.details
  }
}

export const effectRecord = ({ operation, order, effect }: HistoryEffect, base: string): JsonObject => {
  const token = `${operation.position}-${order}`
  return {
    _links: {
      operation: link(`${base}/operations/${operation.position}`),
      succeeds: link(`${base}/effects?order=desc&cursor=${token}`),
      precedes: link(`${base}/effects?order=asc&cursor=${token}`)
    },
    id: `${String(operation.position).padStart(19, "0")}-${String(order).padStart(10, "0")}`,
    paging_token: token,
    account: effect.account,
    type: effect.type,
    type_i: effect.number,
    created_at: isoTimeOf(operation.transaction.closedAt),
    ...effect.details
  }
}

export const ledgerRecord = (ledger: ClosedLedger, base: string): JsonObject => {
  const self = `${base}/ledgers/${ledger.sequence}`
  return {
    _links: {
      self: link(self),
      transactions: templated(`${self}/transactions${PAGING}`),
      operations: templated(`${self}/operations${PAGING}`),
      payments: templated(`${self}/payments${PAGING}`),
      effects: templated(`${self}/effects${PAGING}`)
    },
    id: ledger.hash,
    paging_token: String(ledger.position),
    hash: ledger.hash,
    prev_hash: ledger.previousHash,
    sequence: ledger.sequence,
    successful_transaction_count: ledger.successfulCount,
    failed_transaction_count: ledger.failedCount,
    operation_count: ledger.operationCount,
    tx_set_operation_count: ledger.submittedOperationCount,
    closed_at: isoTimeOf(ledger.closedAt),
    total_coins: amountOf(TOTAL_COINS),
    fee_pool: amountOf(ledger.feePool),
    base_fee_in_stroops: Number(BASE_FEE),
    base_reserve_in_stroops: Number(BASE_RESERVE),
    max_tx_set_size: TRANSACTIONS_MAX,
    protocol_version: PROTOCOL_VERSION,
    header_xdr: ledger.header.toString("base64")
  }
}
