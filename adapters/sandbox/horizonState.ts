// What does Horizon say of the present: an account, a claimable balance, the server itself, the fees?

import { amountOf } from "./amounts.ts"
import { assetMembers } from "./AppliedOperation.ts"
import type { JsonObject } from "./AppliedOperation.ts"
import { predicateMembers } from "./applyClaimableBalance.ts"
import { link, templated } from "./horizonRecords.ts"
import { isoTimeOf } from "./isoTime.ts"
import { PROTOCOL_VERSION, TRANSACTIONS_MAX } from "./ledgerHeader.ts"
import type { Ledger } from "./Ledger.ts"
import type { HistoryTransaction } from "./LedgerHistory.ts"
import {
  AUTH_CLAWBACK_ENABLED,
  AUTH_IMMUTABLE,
  AUTH_REQUIRED,
  AUTH_REVOCABLE,
  BASE_FEE,
  subentriesOf
} from "./LedgerState.ts"
import type { Account, ClaimableBalance, Trustline } from "./LedgerState.ts"
import { toid } from "./toid.ts"

const PAGING = "{?cursor,limit,order}"

const lineMembers = (line: Trustline): JsonObject => ({
  balance: amountOf(line.balance),
  limit: amountOf(line.limit),
  buying_liabilities: "0.0000000",
  selling_liabilities: "0.0000000",
  last_modified_ledger: line.lastModifiedLedger,
  is_authorized: line.isAuthorized,
  is_authorized_to_maintain_liabilities: line.isAuthorized,
  ...assetMembers(`${line.code}:${line.issuer}`)
})

export const accountRecord = (account: Readonly<Account>, base: string): JsonObject => {
  const self = `${base}/accounts/${account.id}`
  const lists = ["transactions", "operations", "payments", "effects", "offers", "trades"]
  const has = (flag: number): boolean => (account.flags & flag) !== 0
  return {
    _links: {
      self: link(self),
      ...Object.fromEntries(lists.map((list) => [list, templated(`${self}/${list}${PAGING}`)])),
      data: templated(`${self}/data/{key}`)
    },
    id: account.id,
    account_id: account.id,
    sequence: String(account.sequence),
    sequence_ledger: account.sequenceLedger === 0 ? undefined : account.sequenceLedger,
    sequence_time: account.sequenceLedger === 0 ? undefined : String(account.sequenceTime),
    subentry_count: subentriesOf(account),
    inflation_destination: account.inflationDestination,
    home_domain: account.homeDomain,
    last_modified_ledger: account.lastModifiedLedger,
    last_modified_time: isoTimeOf(account.lastModifiedTime),
    thresholds: {
      low_threshold: account.thresholds.low,
      med_threshold: account.thresholds.medium,
      high_threshold: account.thresholds.high
    },
    flags: {
      auth_required: has(AUTH_REQUIRED),
      auth_revocable: has(AUTH_REVOCABLE),
      auth_immutable: has(AUTH_IMMUTABLE),
      auth_clawback_enabled: has(AUTH_CLAWBACK_ENABLED)
    },
    balances: [
      ...Array.from(account.trustlines.values(), lineMembers),
      {
        balance: amountOf(account.balance),
        buying_liabilities: "0.0000000",
        selling_liabilities: "0.0000000",
        asset_type: "native"
      }
    ],
    signers: [
      ...account.signers.map(({ weight, key, type }) => ({ weight, key, type })),
      { weight: account.masterWeight, key: account.id, type: "ed25519_public_key" }
    ],
    data: Object.fromEntries(account.data),
    num_sponsoring: 0,
    num_sponsored: 0,
    paging_token: account.id
  }
}

export const claimableBalanceRecord = (balance: ClaimableBalance, base: string): JsonObject => {
  const self = `${base}/claimable_balances/${balance.id}`
  return {
    _links: {
      self: link(self),
      transactions: templated(`${self}/transactions${PAGING}`),
      operations: templated(`${self}/operations${PAGING}`)
    },
    id: balance.id,
    asset: balance.asset,
    amount: amountOf(balance.amount),
    sponsor: balance.sponsor,
    last_modified_ledger: balance.lastModifiedLedger,
    last_modified_time: isoTimeOf(balance.lastModifiedTime),
    claimants: balance.claimants.map(({ destination, predicate }) => ({
      destination,
      predicate: predicateMembers(predicate)
    })),
    flags: { clawback_enabled: false },
    paging_token: `${balance.lastModifiedLedger}-${balance.id}`
  }
}

// All that a real root names, also what is not served here, so that a client finds every link it knows.
const ROOT_LINKS: ReadonlyArray<readonly [name: string, path: string]> = [
  ["account", "/accounts/{account_id}"],
  ["accounts", "/accounts{?signer,sponsor,asset,liquidity_pool,cursor,limit,order}"],
  ["account_transactions", "/accounts/{account_id}/transactions{?cursor,limit,order}"],
  ["claimable_balances", "/claimable_balances{?asset,sponsor,claimant,cursor,limit,order}"],
  ["assets", "/assets{?asset_code,asset_issuer,cursor,limit,order}"],
  ["effects", "/effects{?cursor,limit,order}"],
  ["fee_stats", "/fee_stats"],
  ["friendbot", "/friendbot{?addr}"],
  ["ledger", "/ledgers/{sequence}"],
  ["ledgers", "/ledgers{?cursor,limit,order}"],
  ["liquidity_pools", "/liquidity_pools{?reserves,account,cursor,limit,order}"],
  ["offer", "/offers/{offer_id}"],
  ["offers", "/offers{?selling,buying,seller,sponsor,cursor,limit,order}"],
  ["operation", "/operations/{id}"],
  ["operations", "/operations{?cursor,limit,order,include_failed}"],
  ["order_book", "/order_book{?selling_asset_type,selling_asset_code,selling_asset_issuer,limit}"],
  ["payments", "/payments{?cursor,limit,order,include_failed}"],
  ["self", "/"],
  ["strict_receive_paths", "/paths/strict-receive{?source_assets,source_account,destination_amount}"],
  ["strict_send_paths", "/paths/strict-send{?destination_account,destination_assets,source_amount}"],
  ["trade_aggregations", "/trade_aggregations{?base_asset_type,counter_asset_type,resolution}"],
  ["trades", "/trades{?base_asset_type,counter_asset_type,cursor,limit,order}"],
  ["transaction", "/transactions/{hash}"],
  ["transactions", "/transactions{?cursor,limit,order}"]
]

export const rootRecord = (ledger: Ledger, base: string): JsonObject => {
  const { tip } = ledger
  return {
    _links: Object.fromEntries(
      ROOT_LINKS.map(([name, path]) => [
        name,
        path.includes("{") ? templated(`${base}${path}`) : link(`${base}${path}`)
      ])
    ),
    horizon_version: "kedge-sandbox",
    core_version: "kedge-sandbox",
    ingest_latest_ledger: tip.sequence,
    history_latest_ledger: tip.sequence,
    history_latest_ledger_closed_at: isoTimeOf(tip.closedAt),
    history_elder_ledger: 1,
    core_latest_ledger: tip.sequence,
    network_passphrase: ledger.passphrase,
    current_protocol_version: PROTOCOL_VERSION,
    supported_protocol_version: PROTOCOL_VERSION,
    core_supported_protocol_version: PROTOCOL_VERSION
  }
}

const FEE_LEDGERS = 5
const PERCENTILES = [10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 99] as const

const modeOf = (sorted: ReadonlyArray<bigint>): bigint => {
  let mode = BASE_FEE
  let best = 0
  let run = 0
  for (const [index, fee] of sorted.entries()) {
    run = fee === sorted[index - 1] ? run + 1 : 1
    if (run > best) [mode, best] = [fee, run]
  }
  return mode
}

/** Fees for one operation, in stroops. */
const distributionOf = (fees: ReadonlyArray<bigint>): JsonObject => {
  const sorted = fees.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  const at = (percentile: number): string =>
    String(sorted[Math.max(0, Math.ceil((sorted.length * percentile) / 100) - 1)] ?? BASE_FEE)
  return {
    max: at(100),
    min: at(0),
    mode: String(modeOf(sorted)),
    ...Object.fromEntries(PERCENTILES.map((percentile) => [`p${percentile}`, at(percentile)]))
  }
}

/** The share of a ledger's room that was used, to two places: "0.16". */
const usageOf = (operations: number): string => {
  const percent = Math.min(100, Math.floor((operations * 100) / TRANSACTIONS_MAX))
  return `${Math.floor(percent / 100)}.${String(percent % 100).padStart(2, "0")}`
}

export const feeStatsRecord = (ledger: Ledger): JsonObject => {
  const { tip, history } = ledger
  const first = toid(Math.max(1, tip.sequence - FEE_LEDGERS + 1), 0, 0)
  const recent = history.all.transactions.between(first, toid(tip.sequence + 1, 0, 0))
  const perOperation = (fee: (transaction: HistoryTransaction) => bigint): ReadonlyArray<bigint> =>
    recent.map((transaction) => {
      const paid = BigInt(transaction.operationCount + (transaction.feeBump === undefined ? 0 : 1))
      return fee(transaction) / paid
    })
  return {
    last_ledger: String(tip.sequence),
    last_ledger_base_fee: String(BASE_FEE),
    ledger_capacity_usage: usageOf(tip.submittedOperationCount),
    fee_charged: distributionOf(perOperation(({ feeCharged }) => feeCharged)),
    max_fee: distributionOf(perOperation(({ maxFee }) => maxFee))
  }
}
