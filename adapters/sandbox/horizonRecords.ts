// What does Horizon's JSON of ledgers and effects look like? Member for member as the real server's; `base` is the
// URL that links begin with.

import { amountOf } from "./amounts.ts"
import type { JsonObject } from "./AppliedOperation.ts"
import { isoTimeOf } from "./isoTime.ts"
import { PROTOCOL_VERSION, TOTAL_COINS, TRANSACTIONS_MAX } from "./ledgerHeader.ts"
import type { ClosedLedger, HistoryEffect } from "./LedgerHistory.ts"
import { BASE_FEE, BASE_RESERVE } from "./LedgerState.ts"

export const link = (href: string): JsonObject => ({ href })
export const templated = (href: string): JsonObject => ({ href, templated: true })

const PAGING = "{?cursor,limit,order}"

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
