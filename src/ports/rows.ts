/**
 * The rows that the runtime and the storage exchange. Amounts are decimal strings, times milliseconds since 1970 on the
 * storage's clock unless a name says otherwise. No row but `SealedRow` may hold customer data.
 */
import type { Amount } from "../../machines/domain/Amount.ts"
import type { AssetId } from "../../machines/domain/Asset.ts"
import type {
  CustomerId,
  PaymentId,
  PayoutId,
  QuoteId,
  RefundId,
  SealedId,
  TransactionId
} from "../../machines/domain/Ids.ts"
import type { Memo } from "../../machines/domain/Memo.ts"
import type { Sep31Status } from "../../machines/domain/Sep31Status.ts"
import type { Account } from "../../machines/transaction/commands.ts"
import type { Party, Terms } from "../../machines/transaction/context.ts"
import type { Attention, Leaf } from "../../machines/transaction/leaves.ts"
import type { Amounts, StoredContext } from "../../machines/transaction/snapshot.ts"
import type { ParkReason, PaymentRow } from "./paymentRows.ts"
import type { EnvelopeEnd, EnvelopeRow, RefundChange, RefundState } from "./refundRows.ts"

export type { CustomerCallbackRow, CustomerRow, FileRow } from "./customerRows.ts"
export type { ParkReason, PaymentRow } from "./paymentRows.ts"
export type { QuoteRow } from "./quoteRows.ts"
export type { EnvelopeEnd, EnvelopeRow, RefundChange, RefundState } from "./refundRows.ts"

/** Sealed customer data: payout destinations, values of `fields`, what was said in words. */
export interface SealedRow {
  readonly id: SealedId
  readonly keyId: string
  readonly bytes: Uint8Array
}

/** What a step reads of a transaction. */
export interface ActorRow {
  readonly id: TransactionId
  readonly version: number
  readonly state: string
  readonly terms: Terms
  readonly amounts: Amounts
  readonly context: StoredContext
  readonly asset: AssetId
  readonly account: string
  readonly memo: Memo
  readonly fundingMethod: string
  readonly senderId: CustomerId | null
  readonly receiverId: CustomerId | null
  /** Leader of the payment that funded it. */
  readonly fundedBy: PaymentId | null
  /** The payout destination as sealed for the next attempt. */
  readonly destination: SealedId | null
}

/** A side's customer and the SEP-12 type under which it is judged for this transaction. */
export interface Link {
  readonly party: Party
  readonly customerId: CustomerId
  readonly type: string | null
}

/** A transaction with all that its owner and an operator may see. */
export interface TransactionRow extends ActorRow {
  readonly status: Sep31Status
  /** Base account (`G…`) of the Sending Anchor that owns it. */
  readonly sendingAnchor: string
  /** The full subject of the token that created it, for the audit. */
  readonly creator: string
  /** The verified `client_domain` of that token. */
  readonly clientDomain: string | null
  /** The firm quote it redeemed. */
  readonly quoteId: QuoteId | null
  /** Where status changes are told (SEP-31 §PUT Transaction Callback); the newest registration. */
  readonly callbackUrl: string | null
  readonly senderType: string | null
  readonly receiverType: string | null
  readonly reference: string | null
  readonly metadata: Readonly<Record<string, string>>
  readonly lang: string
  readonly refundMemo: Memo | null
  readonly stellarTransactionId: string | null
  readonly payer: string | null
  readonly externalTransactionId: string | null
  readonly createdAtMillis: number
  /** When the present status was reached: `updated_at` on the wire. */
  readonly statusAtMillis: number
  readonly completedAtMillis: number | null
  readonly refunds: ReadonlyArray<RefundRow>
}

/** A customer a birth relied on; the commit refuses the birth when the version has changed. */
export interface RequiredCustomer {
  readonly id: CustomerId
  readonly version: number
}

/** Names a request so that repeating it answers as the first time; unique for its Sending Anchor. */
export interface RepeatKey {
  readonly key: string
  /** Digest of the request: the same key with another request is refused. */
  readonly fingerprint: string
}

/**
 * A new transaction: version 1, with its first audit row (`transaction.created`, caused by its creator). Where it is born
 * waiting for its customers, an attention row of kind `customer-info` is born with it.
 */
export interface Birth {
  readonly id: TransactionId
  readonly leaf: "pending_sender.awaitingPayment" | "pending_receiver.checking"
  /** Redeemed by this birth: no other transaction has it, nor ever will (S31-POST-21). */
  readonly quoteId: QuoteId | null
  readonly repeat: RepeatKey | null
  readonly clientDomain: string | null
  /** Of the attention row, where it is born waiting; seconds from the commit. */
  readonly dueInSeconds: number | null
  readonly terms: Terms
  readonly context: StoredContext
  readonly asset: AssetId
  readonly account: string
  readonly memo: Memo
  readonly fundingMethod: string
  readonly senderId: CustomerId | null
  readonly receiverId: CustomerId | null
  readonly senderType: string | null
  readonly receiverType: string | null
  readonly destination: SealedRow | null
  readonly sendingAnchor: string
  readonly creator: string
  readonly reference: string | null
  readonly metadata: Readonly<Record<string, string>>
  readonly lang: string
  readonly refundMemo: Memo | null
  readonly requires: ReadonlyArray<RequiredCustomer>
}

/** One transition: audit row `version` of the transaction. */
export interface AuditRow {
  readonly version: number
  readonly event: string
  /** Who or what brought the event: `watcher`, `rail:<name>`, `sending-anchor`, `expiry`, `customer`, `integrator`. */
  readonly cause: string
  readonly before: Leaf
  readonly after: Leaf
  /** The event without customer data, as JSON. */
  readonly detail: Readonly<Record<string, unknown>>
}

/** A transfer of the journal: two lines that cancel, so every asset sums to zero by construction. */
export interface TransferRow {
  readonly from: Account
  readonly to: Account
  readonly amount: Amount
  /** What is moved; the transaction's own asset but for a conversion. */
  readonly asset: string
  readonly version: number
}

export type PayoutState =
  | "planned"
  | "started"
  | "pending"
  | "unknown"
  | "held"
  | "delivered"
  | "refused"
  | "voided"
  | "failed"

/** An attempt planned by a step; `started` when it is born with its lease. */
export interface PayoutBirth {
  readonly id: PayoutId
  readonly rail: string
  readonly amount: Amount
  readonly fee: Amount
  readonly amountIn: Amount
  readonly state: "planned" | "started"
  /** Seconds from the commit before a planned one may be claimed; absent is at once. */
  readonly dueInSeconds?: number
}

/** What a step makes of an attempt that exists. `dueInSeconds` counts from the commit; null is never. */
export interface PayoutChange {
  readonly id: PayoutId
  readonly state: PayoutState
  /** Null keeps what the row has. */
  readonly externalId: string | null
  readonly dueInSeconds: number | null
  /** Count one more try (backoff grows with it). */
  readonly tried: boolean
}

export interface RefundRow {
  readonly stellarTransactionId: string
  readonly amount: Amount
}

/** A refund to be made, or on its way, with all that is needed to make it. */
export interface RefundJob {
  readonly id: RefundId
  readonly payment: PaymentRow
  readonly state: RefundState
  readonly amount: Amount
  /** Rounds it was looked at without being made; backoff grows with it. */
  readonly tries: number
  /** The newest envelope that is not closed. */
  readonly envelope: EnvelopeRow | null
  /** How the envelope before ended; null where there was none. One that is `included` must be confirmed, never made again. */
  readonly lastEnd: { readonly hash: string; readonly as: EnvelopeEnd } | null
  /** Given with POST; null: the payment's own memo. */
  readonly refundMemo: Memo | null
  /** Null: the payment is parked, and no transaction waits. */
  readonly actor: ActorRow | null
}

export interface AttentionRow {
  readonly kind: Attention
  readonly dueInSeconds: number
  readonly customerId: CustomerId | null
  /** Fields a rail has bounced: added to what is contested of the customer, whose version is raised. */
  readonly contested: ReadonlyArray<string>
}

/** How the money of the funding payment is reserved; absolute values, checked against `received` by the database. */
export interface Reservation {
  readonly payment: PaymentId
  readonly payout: Amount
  readonly refund: Amount
  readonly fee: Amount
}

/** All that one actor does in a group: one or more transitions, written where `version` still matches. */
export interface StepRow {
  readonly id: TransactionId
  /** The version read; the row ends with `version + audits.length`. */
  readonly version: number
  readonly leaf: Leaf
  readonly amounts: Amounts
  readonly context: StoredContext
  /** The payment this step relies on: it must be new, or still waiting, in this very commit. */
  readonly funding: {
    readonly payment: PaymentId
    readonly stellarTransactionId: string
    readonly payer: string
  } | null
  readonly audits: ReadonlyArray<AuditRow>
  readonly transfers: ReadonlyArray<TransferRow>
  readonly payouts: ReadonlyArray<PayoutBirth>
  readonly changes: ReadonlyArray<PayoutChange>
  /** Null leaves the reservation; a funding step carries its own. */
  readonly reservation: Reservation | null
  readonly refunds: ReadonlyArray<RefundRow>
  /** In order: a fold may plan a refund and cancel it. */
  readonly refundChanges: ReadonlyArray<RefundChange>
  /** The attention row of the state it ends in; null removes what there was. */
  readonly attention: AttentionRow | null
  /** Replaces the destination for the next attempt. */
  readonly destination: SealedRow | null
  /** Customers that come to the transaction after its birth; a side that has one keeps it. */
  readonly links: ReadonlyArray<Link>
  /** Other sealed rows the context refers to. */
  readonly notes: ReadonlyArray<SealedRow>
  /** Null keeps what the row has. */
  readonly externalTransactionId: string | null
}

/**
 * What becomes of a payment in a commit: applied by the step that relies on it, or parked, or left waiting. A payment that
 * ends parked with a known amount is booked by the storage in the same commit: its own amount from `ledger-in` to `suspense`,
 * with the payment's id as the cause. A funding step books its own receipt.
 */
export interface PaymentFate {
  readonly payment: PaymentRow
  readonly transactionId: TransactionId | null
  /** `step`: applied if the step of `transactionId` is, else waiting. */
  readonly fate: "step" | "waiting" | ParkReason
  /** The account whose page brings it; null when it was read back from the inbox. A refused page leaves it waiting. */
  readonly page: string | null
}

/** The watcher's move: committed only where `epoch` is the cursor's and `from` is where it stands. */
export interface PageRow {
  readonly account: string
  readonly epoch: number
  readonly from: string
  readonly to: string
  readonly processedLedger: { readonly sequence: number; readonly closedAtMillis: number } | null
  readonly quarantined: ReadonlyArray<{
    readonly position: string
    readonly reason: string
    readonly raw: string
  }>
}

/** An event the machine would not take, or a transaction never had: kept with its reason. */
export interface RefusalRow {
  readonly id: string
  readonly transactionId: TransactionId
  readonly event: string
  readonly cause: string
  readonly reason: string
  readonly carriesMoney: boolean
  readonly detail: Readonly<Record<string, unknown>>
}

/** What one commit writes, all or, row by row, not (see `Storage.commit`). */
export interface Group {
  /** A UUID: its row in `commit_group` tells, after a lost answer, whether the commit happened. */
  readonly id: string
  readonly births: ReadonlyArray<Birth>
  /** At most one an actor. */
  readonly steps: ReadonlyArray<StepRow>
  /** Where the same payment stands twice, the first counts. */
  readonly payments: ReadonlyArray<PaymentFate>
  /** At most one an account. */
  readonly pages: ReadonlyArray<PageRow>
  readonly refusals: ReadonlyArray<RefusalRow>
  /** Owner and lease of the attempts born `started`. */
  readonly owner: string
  readonly leaseSeconds: number
}

/** Why a birth was not written: its memo, its quote or its repeat key is taken, or a customer it relies on changed. */
export type Unborn = "memo" | "customers" | "quote" | "repeat"

/** What a commit did not do. Everything not named here was written. */
export interface Committed {
  /** Steps whose version no longer matched, or whose payment was settled before: nothing of them was written. */
  readonly lost: ReadonlyArray<TransactionId>
  readonly unborn: ReadonlyArray<{ readonly id: TransactionId; readonly why: Unborn }>
  /** Payments that were in the inbox and settled already. */
  readonly known: ReadonlyArray<PaymentId>
  /** Accounts whose page was refused: its cursor stands elsewhere or another epoch holds it. Its payments wait. */
  readonly refusedPages: ReadonlyArray<string>
}

/** An attempt with what the executor needs to make, look up or poll it. */
export interface PayoutJob {
  readonly id: PayoutId
  readonly rail: string
  readonly state: PayoutState
  readonly amount: Amount
  readonly fee: Amount
  readonly amountIn: Amount
  readonly tries: number
  readonly externalId: string | null
  readonly sealed: SealedRow | null
  readonly reference: string | null
  readonly metadata: Readonly<Record<string, string>>
  /** The transaction as it stands: travels with the job, so that the answer needs no second read. */
  readonly actor: ActorRow
}

/** A status change to be told to a Sending Anchor, in the order of its transaction's versions. */
export interface CallbackRow {
  /** As it stood at `version`. */
  readonly transaction: TransactionRow
  readonly version: number
  /** The newest registration. */
  readonly url: string
  readonly tries: number
  readonly state: "pending" | "delivered" | "dead"
  readonly createdAtMillis: number
  readonly dueAtMillis: number | null
}
