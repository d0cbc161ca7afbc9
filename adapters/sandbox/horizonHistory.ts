// What does Horizon's JSON of transactions and operations look like? Member for member as the real server's, written
// straight into text: benchmarks replay these by the hundred thousand, and JSON.stringify was most of their cost.
// Gotcha: only what a client may have chosen freely (memo, names, values) needs escaping; ids, hashes, amounts do not.
// `result_meta_xdr` and `fee_meta_xdr` are well-formed and tell of no changes.

import { Buffer } from "node:buffer"
import { partyMembers } from "./AppliedOperation.ts"
import type { JsonObject } from "./AppliedOperation.ts"
import type { Party, Preconditions } from "./Envelope.ts"
import { isoTimeOf } from "./isoTime.ts"
import type { HistoryOperation, HistoryTransaction } from "./LedgerHistory.ts"
import { operationKinds } from "./resultCodes.ts"

// TransactionMeta version 3 with no changes before, no operations, no changes after and nothing of Soroban; and
// LedgerEntryChanges of none.
const EMPTY_META = Buffer.concat([Buffer.from([0, 0, 0, 3]), Buffer.alloc(20)]).toString("base64")
const EMPTY_CHANGES = Buffer.alloc(4).toString("base64")

const PAGING = "{?cursor,limit,order}"

/** The object's members as JSON, each with a comma before it. */
const members = (object: JsonObject): string => {
  const json = JSON.stringify(object)
  return json === "{}" ? "" : `,${json.slice(1, -1)}`
}

const strings = (list: ReadonlyArray<string>): string =>
  list.length === 0 ? "[]" : `["${list.join('","')}"]`

const preconditionMembers = (preconditions: Preconditions): JsonObject => {
  const { timebounds, ledgerbounds, minAccountSequence } = preconditions
  const named: JsonObject = {
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
    min_account_sequence_age: preconditions.minAccountSequenceAge?.toString(),
    min_account_sequence_ledger_gap: preconditions.minAccountSequenceLedgerGap,
    extra_signers: preconditions.extraSigners
  }
  const validity: JsonObject =
    timebounds === undefined
      ? {}
      : {
          valid_after: isoTimeOf(Number(timebounds.minTime)),
          valid_before: timebounds.maxTime === 0n ? undefined : isoTimeOf(Number(timebounds.maxTime))
        }
  const hasAny = Object.values(named).some((value) => value !== undefined)
  return hasAny ? { ...validity, preconditions: named } : validity
}

const feeBumpMembers = ({ feeBump, hash, signatures }: HistoryTransaction): string =>
  feeBump === undefined
    ? ""
    : `,"fee_bump_transaction":{"hash":"${hash}","signatures":${strings(signatures)}}` +
      `,"inner_transaction":{"hash":"${feeBump.innerHash}","signatures":${strings(feeBump.innerSignatures)}` +
      `,"max_fee":"${feeBump.innerMaxFee}"}`

const muxedMembers = (name: string, { muxed }: Party): string =>
  muxed === undefined ? "" : `,"${name}_muxed":"${muxed.address}","${name}_muxed_id":"${muxed.id}"`

export const transactionJson = (transaction: HistoryTransaction, base: string): string => {
  const { hash, source, feeAccount, memo, position, ledger } = transaction
  const self = `${base}/transactions/${hash}`
  const memoMembers =
    memo.value === undefined
      ? ""
      : `"memo":${JSON.stringify(memo.value)},${memo.bytes === undefined ? "" : `"memo_bytes":"${memo.bytes}",`}`
  return (
    `{${memoMembers}"_links":{"self":{"href":"${self}"}` +
    `,"account":{"href":"${base}/accounts/${source.id}"},"ledger":{"href":"${base}/ledgers/${ledger}"}` +
    `,"operations":{"href":"${self}/operations${PAGING}","templated":true}` +
    `,"effects":{"href":"${self}/effects${PAGING}","templated":true}` +
    `,"precedes":{"href":"${base}/transactions?order=asc&cursor=${position}"}` +
    `,"succeeds":{"href":"${base}/transactions?order=desc&cursor=${position}"}` +
    `,"transaction":{"href":"${self}"}},"id":"${hash}","paging_token":"${position}"` +
    `,"successful":${transaction.isSuccessful},"hash":"${hash}","ledger":${ledger}` +
    `,"created_at":"${isoTimeOf(transaction.closedAt)}"` +
    `,"source_account":"${source.id}"${muxedMembers("account", source)}` +
    `,"source_account_sequence":"${transaction.sequence}"` +
    `,"fee_account":"${feeAccount.id}"${muxedMembers("fee_account", feeAccount)}` +
    `,"fee_charged":"${transaction.feeCharged}","max_fee":"${transaction.maxFee}"` +
    `,"operation_count":${transaction.operationCount},"envelope_xdr":"${transaction.envelopeXdr()}"` +
    `,"result_xdr":"${transaction.resultXdr}","result_meta_xdr":"${EMPTY_META}","fee_meta_xdr":"${EMPTY_CHANGES}"` +
    `,"memo_type":"${memo.type}","signatures":${strings(transaction.signatures)}` +
    `${members(preconditionMembers(transaction.preconditions))}${feeBumpMembers(transaction)}}`
  )
}

export const operationJson = (operation: HistoryOperation, base: string, joins: boolean): string => {
  const { transaction, name, position, source } = operation
  const { hash } = transaction
  const self = `${base}/operations/${position}`
  return (
    `{"_links":{"self":{"href":"${self}"},"transaction":{"href":"${base}/transactions/${hash}"}` +
    `,"effects":{"href":"${self}/effects"},"succeeds":{"href":"${base}/effects?order=desc&cursor=${position}"}` +
    `,"precedes":{"href":"${base}/effects?order=asc&cursor=${position}"}},"id":"${position}"` +
    `,"paging_token":"${position}","transaction_successful":${transaction.isSuccessful}` +
    `${members(partyMembers("source_account", source))},"type":"${name}","type_i":${operationKinds[name].number}` +
    `,"created_at":"${isoTimeOf(transaction.closedAt)}","transaction_hash":"${hash}"` +
    `${joins ? `,"transaction":${transactionJson(transaction, base)}` : ""}${members(operation.details)}}`
  )
}
