// Records of an account's payments in the form in which Horizon gives them with `join=transactions`, made up here: every
// member of the real ones is there with its type, the values are ours.
// Gotcha: ids are Horizon's total order (ledger, transaction, operation), so a record knows its place.

export const us = "GAAQCAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQDZ7H"
/** Number 123 of our account. */
export const usMuxed = "MAAQCAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAAAAAAAAAAAPO63W"
export const payer = "GABAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAIBAEAQCAIBAEJXA"
export const issuer = "GABQGAYDAMBQGAYDAMBQGAYDAMBQGAYDAMBQGAYDAMBQGAYDAMBQHGPC"

export type Json = { readonly [member: string]: unknown }

export interface Place {
  readonly ledger: number
  /** From 1. */
  readonly transaction?: number
  /** From 1. */
  readonly operation?: number
}

export const toidOf = ({ ledger, transaction = 1, operation = 1 }: Place): bigint =>
  (BigInt(ledger) << 32n) | (BigInt(transaction) << 12n) | BigInt(operation)

/** Five seconds a ledger, from a fixed day. */
export const closedAtMillis = (ledger: number): number => Date.parse("2026-01-01T00:00:00Z") + ledger * 5_000
const isoOf = (ledger: number): string => `${new Date(closedAtMillis(ledger)).toISOString().slice(0, 19)}Z`

export const hashOf = ({ ledger, transaction = 1 }: Place): string =>
  `${ledger.toString(16).padStart(32, "0")}${transaction.toString(16).padStart(32, "0")}`

export const transactionRecord = (place: Place, members: Json = {}): Json => {
  const hash = hashOf(place)
  return {
    _links: { self: { href: `https://horizon.example/transactions/${hash}` } },
    id: hash,
    paging_token: toidOf({ ...place, operation: 0 }).toString(),
    successful: true,
    hash,
    ledger: place.ledger,
    created_at: isoOf(place.ledger),
    source_account: payer,
    source_account_sequence: "205103070844087705",
    fee_account: payer,
    fee_charged: "200",
    max_fee: "1200",
    operation_count: 1,
    envelope_xdr: "AAAA",
    result_xdr: "AAAA",
    fee_meta_xdr: "AAAA",
    memo_type: "none",
    signatures: [],
    preconditions: { timebounds: { min_time: "0" } },
    ...members
  }
}

export const record = (place: Place, type: string, members: Json, transaction: Json = {}): Json => {
  const id = toidOf(place).toString()
  return {
    _links: { self: { href: `https://horizon.example/operations/${id}` } },
    id,
    paging_token: id,
    transaction_successful: true,
    source_account: payer,
    type,
    type_i: 1,
    created_at: isoOf(place.ledger),
    transaction_hash: hashOf(place),
    transaction: transactionRecord(place, transaction),
    ...members
  }
}

export const usdc = { asset_type: "credit_alphanum4", asset_code: "USDC", asset_issuer: issuer }
export const idMemo = (memo: string): Json => ({ memo_type: "id", memo })
export const textMemo = (text: string | Uint8Array): Json => ({
  memo_type: "text",
  memo: typeof text === "string" ? text : new TextDecoder().decode(text),
  memo_bytes: Buffer.from(text).toString("base64")
})

/** 39 USDC from the payer to us. */
export const paymentRecord = (place: Place, transaction: Json = idMemo("1"), members: Json = {}): Json =>
  record(place, "payment", { ...usdc, from: payer, to: us, amount: "39.0000000", ...members }, transaction)

export const listOf = (records: ReadonlyArray<unknown>): Json => ({
  _links: { self: { href: "https://horizon.example" }, next: { href: "" }, prev: { href: "" } },
  _embedded: { records }
})

export const passphrase = "Kedge Test Network ; 2026"

export const rootRecord = (latest: number, members: Json = {}): Json => ({
  _links: {},
  horizon_version: "2.31.0",
  core_version: "stellar-core 21.1.0",
  ingest_latest_ledger: latest,
  history_latest_ledger: latest,
  history_latest_ledger_closed_at: isoOf(latest),
  history_elder_ledger: 2,
  core_latest_ledger: latest + 1,
  network_passphrase: passphrase,
  current_protocol_version: 21,
  supported_protocol_version: 21,
  core_supported_protocol_version: 21,
  ...members
})
