/** What an operator decides about parked money, and what the books say: rows of the storage port. Sums are stroops. */
import type { Amount } from "../../machines/domain/Amount.ts"
import type { AssetId } from "../../machines/domain/Asset.ts"
import type { PaymentId, PayoutId, TransactionId } from "../../machines/domain/Ids.ts"
import type { Account } from "../../machines/transaction/commands.ts"

/** Who decides, and why: kept for good. Neither may hold customer data. */
export interface Decision {
  readonly by: string
  readonly why: string
}

/** What was decided about a parked payment, one row a decision, only ever added to. */
export interface ResolutionRow {
  /** Leader of the payment. */
  readonly payment: PaymentId
  /** Counts the decisions about this payment from 1. */
  readonly ordinal: number
  /** `refund`: to be returned whole. `match`: given to a transaction. `keep`: the institution keeps it. */
  readonly what: "refund" | "match" | "keep"
  /** With `match`. */
  readonly transactionId: TransactionId | null
  readonly by: string
  readonly why: string
  readonly atMillis: number
}

/** Everything the books add up to, read in one moment, so that its sums can be held against each other. */
export interface Books {
  readonly atMillis: number
  /** Of each account of the journal in each asset: what came in less what went out. */
  readonly balances: ReadonlyArray<{
    readonly account: Account
    readonly asset: string
    readonly stroops: bigint
  }>
  /** What the ledger brought to each of our accounts, by what became of it. */
  readonly inbox: ReadonlyArray<{
    readonly account: string
    readonly asset: AssetId
    readonly state: "applied" | "parked" | "waiting"
    /** Credits. */
    readonly count: number
    readonly received: bigint
    readonly reservedPayout: bigint
    readonly reservedRefund: bigint
    readonly fees: bigint
  }>
  /** What each rail delivered, in each asset. */
  readonly delivered: ReadonlyArray<{
    readonly rail: string
    readonly asset: string
    readonly count: number
    readonly amount: bigint
  }>
  /** What was returned on Stellar, by us or by the integrator, of what came to each of our accounts. */
  readonly returned: ReadonlyArray<{
    readonly account: string
    readonly asset: AssetId
    readonly count: number
    readonly amount: bigint
  }>
  /** How far each account's inbox goes: what the ledger did later is not in these sums. */
  readonly processed: ReadonlyArray<{ readonly account: string; readonly ledger: number | null }>
}

/** A payout that was delivered, to be found in its rail's own book. */
export interface DeliveryRow {
  readonly id: PayoutId
  readonly rail: string
  /** As SEP-38 names it. */
  readonly asset: string
  readonly amount: Amount
  readonly externalId: string | null
}

/** What reading the sealed audit again has found. */
export interface AuditVerdict {
  /** Rows that fit. */
  readonly sealed: number
  /** Rows that have no seal yet. */
  readonly unsealed: number
  /** The first that does not fit; null where all do. */
  readonly broken: {
    readonly number: number
    /** `<transaction>:<version>` or `<payment>#<ordinal>`; null where the row is missing. */
    readonly row: string | null
    readonly why: string
  } | null
}
