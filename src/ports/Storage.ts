/**
 * Where everything durable lives. Batch-first: one statement for hundreds of steps.
 *
 * Three implementations (memory, PGlite, PostgreSQL) pass one contract suite, `src/testing/StorageContract.ts`; the memory
 * one is the reference. Gotcha: no method here calls out; a storage transaction never spans anything but storage.
 */
import { Context, type Effect, Schema } from "effect"
import type { CustomerId, PaymentId, PayoutId, SealedId, TransactionId } from "../../machines/domain/Ids.ts"
import type { Memo } from "../../machines/domain/Memo.ts"
import type { Attention } from "../../machines/transaction/leaves.ts"
import type {
  ActorRow,
  AuditRow,
  Committed,
  CustomerRow,
  Group,
  ParkReason,
  PaymentRow,
  PayoutJob,
  PayoutState,
  RefusalRow,
  SealedRow,
  TransactionRow,
  TransferRow
} from "./rows.ts"

/** The database did not answer, or refused for a passing reason; nothing was written. Retried with backoff. */
export class StorageUnavailable extends Schema.TaggedError<StorageUnavailable>()("StorageUnavailable", {
  message: Schema.String
}) {}
/** The connection was lost while the commit was under way: ask `outcome` before anything else. */
export class CommitUnknown extends Schema.TaggedError<CommitUnknown>()("CommitUnknown", {
  message: Schema.String
}) {}
/** The group holds a row the database will never take; nothing was written. The runtime splits it down to that row. */
export class GroupRejected extends Schema.TaggedError<GroupRejected>()("GroupRejected", {
  message: Schema.String
}) {}
/** The schema of the database is not the one this process needs: run `kedge migrate`. */
export class SchemaOutdated extends Schema.TaggedError<SchemaOutdated>()("SchemaOutdated", {
  message: Schema.String
}) {}

export interface MemoAddress {
  readonly account: string
  readonly memo: Memo
}

export interface Cursor {
  readonly account: string
  readonly network: string
  readonly position: string
  readonly epoch: number
  readonly processedLedger: { readonly sequence: number; readonly closedAtMillis: number } | null
}

/** An inbox row as it stands. */
export interface InboxRow {
  readonly payment: PaymentRow
  readonly state: "applied" | "parked" | "waiting"
  readonly reason: ParkReason | null
  readonly transactionId: TransactionId | null
  readonly reservedPayout: string
  readonly reservedRefund: string
  readonly fees: string
}

/** Everything known of one transaction, for an operator. */
export interface TransactionHistory {
  readonly audits: ReadonlyArray<AuditRow & { readonly atMillis: number }>
  readonly transfers: ReadonlyArray<TransferRow>
  readonly payouts: ReadonlyArray<
    PayoutJob & { readonly dueAtMillis: number | null; readonly owner: string | null }
  >
  readonly payments: ReadonlyArray<InboxRow>
  readonly refusals: ReadonlyArray<RefusalRow & { readonly atMillis: number }>
  readonly attention: { readonly kind: Attention; readonly dueAtMillis: number } | null
}

type Read<A> = Effect.Effect<A, StorageUnavailable>
type Write<A> = Effect.Effect<A, StorageUnavailable>

export class Storage extends Context.Service<
  Storage,
  {
    /** `memory`, `pglite` or `postgresql`. */
    readonly kind: string
    /** Commits that may be in flight at once: 2 where connections are many, 1 on an embedded database. */
    readonly lanes: number
    /** The storage's clock, milliseconds since 1970: leases, due times and expiry are compared with it and no other. */
    readonly nowMillis: Read<number>
    /** Answers when the storage can be written to. */
    readonly ping: Read<void>
    /** Fails unless the schema is current. */
    readonly checkSchema: Effect.Effect<void, SchemaOutdated | StorageUnavailable>
    /** Brings the schema up to date under a lock; answers the names of the migrations it ran. */
    readonly migrate: Write<ReadonlyArray<string>>

    /**
     * Writes a group in one database transaction: one set-based statement where it can be.
     *
     * - A birth is written where its (account, memo type, memo) is free for all time and every required customer still has
     *   its version.
     * - A page moves its cursor where epoch and `from` match; otherwise it is refused and its payments are stored waiting.
     * - A payment row is inserted, or changed where it was `waiting`; settled ones are `known` and left alone. Facts are never
     *   refused.
     * - A step is written where its version matches, its status is not final, and the payment it relies on was inserted or
     *   waiting. Every dependent row (audit, journal, payout, reservation, attention, refund, sealed) goes with its step.
     * - Refusals and quarantined records are always written.
     * - A parked credit is booked from `ledger-in` to `suspense`.
     *
     * Rows are locked in order of id. No expected outcome is an error: losers are named in the answer.
     *
     * Failure and persistence: on success everything not named is durable. `StorageUnavailable`: nothing was written, repeat
     * it. `CommitUnknown`: ask `outcome` with the group's id. `GroupRejected`: nothing was written and repeating is useless.
     * A crash before the commit leaves nothing; after it, everything. A group's id is used once: under the id of a group that
     * was committed, or whose outcome was null, everything is `GroupRejected`.
     */
    readonly commit: (
      group: Group
    ) => Effect.Effect<Committed, StorageUnavailable | CommitUnknown | GroupRejected>
    /**
     * What became of a group whose answer was lost: its answer, or null when it was never committed and never will be
     * (the old connection is fenced out before null is answered).
     *
     * Failure and persistence: a question; may be repeated. Null spends the id: the same rows go again under a new one. Group
     * rows are kept for a day at least.
     */
    readonly outcome: (groupId: string) => Read<Committed | null>

    /** Actors by id, in no order; unknown ids are absent. Unlocked. */
    readonly actors: (ids: ReadonlyArray<TransactionId>) => Read<ReadonlyArray<ActorRow>>
    /** Actors by account and memo, type and value; unlocked. Needs no status: memos are unique for all time. */
    readonly actorsByMemo: (addresses: ReadonlyArray<MemoAddress>) => Read<ReadonlyArray<ActorRow>>
    readonly transactions: (ids: ReadonlyArray<TransactionId>) => Read<ReadonlyArray<TransactionRow>>
    /** Newest first, before a given id where one is named. */
    readonly list: (query: {
      readonly status?: string
      readonly before?: TransactionId
      readonly limit: number
    }) => Read<ReadonlyArray<TransactionRow>>
    readonly history: (id: TransactionId) => Read<TransactionHistory>
    readonly sealed: (ids: ReadonlyArray<SealedId>) => Read<ReadonlyArray<SealedRow>>

    /** Attempts by id. */
    readonly jobs: (ids: ReadonlyArray<PayoutId>) => Read<ReadonlyArray<PayoutJob>>
    /**
     * Takes planned attempts of a rail that are due, oldest due first: they become `started` with this owner and lease.
     *
     * Failure and persistence: durable when it answers. A crash right after leaves them to `reclaim` once the lease is over.
     * Two processes never get the same attempt (`for update skip locked`).
     */
    readonly claim: (query: {
      readonly rail: string
      readonly limit: number
      readonly owner: string
      readonly leaseSeconds: number
    }) => Write<ReadonlyArray<PayoutJob>>
    /**
     * Takes open attempts that are due and are not to be sent: `started` with a lease that ran out (its process died),
     * `unknown`, `held`, `pending`. Their due time moves by `againInSeconds`, and for `started` the owner too.
     *
     * Failure and persistence: as `claim`; the next due time brings them again.
     */
    readonly due: (query: {
      readonly rail: string
      readonly states: ReadonlyArray<Exclude<PayoutState, "planned">>
      readonly limit: number
      readonly owner: string
      readonly againInSeconds: number
    }) => Write<ReadonlyArray<PayoutJob>>

    /** Takes attention rows that are due; their due time moves on. Failure and persistence: as `due`. */
    readonly dueAttention: (query: { readonly limit: number; readonly againInSeconds: number }) => Write<
      ReadonlyArray<{
        readonly kind: Attention
        readonly customerId: CustomerId | null
        readonly actor: ActorRow
      }>
    >
    /** Transactions that wait on a customer in `pending_customer_info_update`. */
    readonly waitingOnCustomer: (id: CustomerId) => Read<ReadonlyArray<ActorRow>>

    /** Inbox rows in state `waiting` that are at least `olderThanSeconds` old. */
    readonly waitingPayments: (query: {
      readonly olderThanSeconds: number
      readonly limit: number
    }) => Read<ReadonlyArray<PaymentRow>>
    readonly parked: (query: { readonly limit: number }) => Read<ReadonlyArray<InboxRow>>
    readonly payments: (ids: ReadonlyArray<PaymentId>) => Read<ReadonlyArray<InboxRow>>
    /** Records that could not be read. */
    readonly quarantined: Read<
      ReadonlyArray<{
        readonly account: string
        readonly position: string
        readonly reason: string
        readonly raw: string
      }>
    >
    /** Takes a record out of quarantine, after it was read and its page committed. Failure and persistence: may be repeated. */
    readonly releaseQuarantined: (account: string, position: string) => Write<void>

    /**
     * Takes or renews the lease of a role that must be alone (`watcher:<account>`). Null: another owner holds it.
     *
     * Failure and persistence: the epoch grows with every change of owner, so a process that was paused past its lease
     * finds its pages refused.
     */
    readonly lease: (role: string, owner: string, seconds: number) => Write<{ readonly epoch: number } | null>
    readonly cursors: Read<ReadonlyArray<Cursor>>
    /**
     * Opens the cursor of an account under an epoch: the stored one, or a new one at `tip` when there is none. A lower epoch
     * than the stored one changes nothing.
     *
     * Failure and persistence: the first position of an account is stored once and for ever.
     */
    readonly openCursor: (query: {
      readonly account: string
      readonly network: string
      readonly tip: string
      readonly epoch: number
    }) => Write<Cursor>
    /**
     * Transactions in `pending_sender` that expired before the newest ledger their account's watcher has processed, and for
     * which no payment waits.
     */
    readonly expirable: (query: { readonly limit: number }) => Read<ReadonlyArray<ActorRow>>

    /** Records a challenge as used until it expires; false when it was used before (S10-VER-20). Failure and persistence: durable when it answers. */
    readonly useChallenge: (hash: string, expiresAtMillis: number) => Write<boolean>

    readonly customer: (id: CustomerId) => Read<CustomerRow | null>
    readonly customerBy: (owner: string, account: string, memo: Memo | null) => Read<CustomerRow | null>
    /** Creates a customer; null when (owner, account, memo) exists. Failure and persistence: durable when it answers. */
    readonly createCustomer: (row: {
      readonly id: CustomerId
      readonly owner: string
      readonly account: string | null
      readonly memo: Memo | null
    }) => Write<CustomerRow | null>
    /**
     * Records a verdict, raises the version, and takes the fields that were put out of what is contested. Null: there is no
     * such customer, or it was erased; an erased customer takes no verdict.
     *
     * Failure and persistence: durable when it answers, and told afterwards; a crash in between is made good by the due time
     * of the attention rows that wait on the customer.
     */
    readonly recordVerdict: (row: {
      readonly id: CustomerId
      readonly type: string
      readonly status: string
      readonly message: string | null
      readonly askAgainInSeconds: number | null
      readonly put: ReadonlyArray<string>
    }) => Write<CustomerRow | null>
    /** Customers whose verdict is to be asked again by now; their time moves on by `againInSeconds`. */
    readonly dueVerdicts: (query: {
      readonly limit: number
      readonly againInSeconds: number
    }) => Write<ReadonlyArray<{ readonly id: CustomerId; readonly type: string }>>
    /** Marks a customer erased, drops its statuses, frees its name (owner, account, memo) and raises the version. Failure and persistence: may be repeated. */
    readonly eraseCustomer: (id: CustomerId) => Write<void>

    /** Customer values of the embedded KYC store: sealed rows by customer and name. All or none. */
    readonly putCustomerValues: (
      id: CustomerId,
      rows: ReadonlyArray<{ readonly name: string; readonly sealed: SealedRow }>
    ) => Write<void>
    readonly customerValues: (
      id: CustomerId
    ) => Read<ReadonlyArray<{ readonly name: string; readonly sealed: SealedRow }>>
    /** Deletes the values for good. Failure and persistence: may be repeated. */
    readonly eraseCustomerValues: (id: CustomerId) => Write<void>

    /** Drops rows that only the past needs: used challenges that expired, groups older than a day. */
    readonly prune: Write<void>
  }
>()("kedge/ports/Storage") {}
