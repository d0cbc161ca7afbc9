/**
 * Where everything durable lives. Batch-first: one statement for hundreds of steps.
 *
 * Three implementations (memory, PGlite, PostgreSQL) pass one contract suite, `src/testing/StorageContract.ts`; the memory
 * one is the reference. Gotcha: no method here calls out; a storage transaction never spans anything but storage.
 */
import { Context, type Effect, Schema } from "effect"
import type { Amount } from "../../machines/domain/Amount.ts"
import type {
  CustomerId,
  FileId,
  PaymentId,
  PayoutId,
  QuoteId,
  SealedId,
  TransactionId
} from "../../machines/domain/Ids.ts"
import type { Memo } from "../../machines/domain/Memo.ts"
import type { Attention } from "../../machines/transaction/leaves.ts"
import type {
  ActorRow,
  AuditRow,
  CallbackRow,
  Committed,
  CustomerCallbackRow,
  CustomerRow,
  FileRow,
  Group,
  ParkReason,
  PaymentRow,
  PayoutJob,
  PayoutState,
  QuoteRow,
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
     * - A birth is written where its (account, memo type, memo), its quote and its repeat key are free for all time, and every
     *   required customer still has its version. A quote must also exist, be its Sending Anchor's and not have expired.
     * - A page moves its cursor where epoch and `from` match; otherwise it is refused and its payments are stored waiting.
     * - A payment row is inserted, or changed where it was `waiting`; settled ones are `known` and left alone. Facts are never
     *   refused.
     * - A step is written where its version matches, its status is not final, and the payment it relies on was inserted or
     *   waiting. Every dependent row (audit, journal, payout, reservation, attention, refund, sealed) goes with its step.
     * - A step that changes the status of a transaction with a callback leaves a row in the outbox, with what it then is.
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
    /** Transactions that wait on a customer: those with an attention row of kind `customer-info`. */
    readonly waitingOnCustomer: (id: CustomerId) => Read<ReadonlyArray<ActorRow>>

    /** Names of the rails with an attempt that is not over: each must be in the configuration, or nobody asks about it. */
    readonly openRails: Read<ReadonlyArray<string>>

    /**
     * Inbox rows in state `waiting` that are at least `olderThanSeconds` old, oldest first, behind one payment where it is named:
     * so a sweep passes over rows that cannot be told now. A payment's credits stand together.
     */
    readonly waitingPayments: (query: {
      readonly olderThanSeconds: number
      readonly limit: number
      readonly after?: PaymentId
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
     * Transactions without money (`pending_sender`, and the states before it) that expired before the newest ledger their
     * account's watcher has processed, and for which no payment waits. In order of expiry and id, behind one where it is named.
     */
    readonly expirable: (query: {
      readonly limit: number
      readonly after?: TransactionId
    }) => Read<ReadonlyArray<ActorRow>>

    /**
     * Keeps a firm quote. `too-many`: its owner has `openMax` that are open (neither used nor expired). `no-capacity`: with it
     * the open quotes of its buy asset would exceed `capacity` (in that asset; null is no limit).
     *
     * Failure and persistence: durable when it answers `created`; nothing is stored otherwise.
     */
    readonly createQuote: (
      row: Omit<QuoteRow, "createdAtMillis" | "transactionId">,
      limits: { readonly openMax: number; readonly capacity: Amount | null }
    ) => Write<"created" | "too-many" | "no-capacity">
    readonly quote: (id: QuoteId) => Read<QuoteRow | null>

    /** The transaction that a Sending Anchor made under a repeat key, with the digest of that request. */
    readonly repeated: (
      sendingAnchor: string,
      key: string
    ) => Read<{ readonly fingerprint: string; readonly transaction: TransactionRow } | null>

    /**
     * Registers where a transaction's status changes are told, in place of an earlier address. False: there is no such
     * transaction. Failure and persistence: durable when it answers; changes committed before it are not told.
     */
    readonly setCallback: (id: TransactionId, url: string) => Write<boolean>
    /**
     * Takes callbacks that are due, at most one a transaction: the oldest that was not delivered and is not dead. Their due
     * time moves by `leaseSeconds`.
     *
     * Failure and persistence: as `due`; a process that dies after sending and before settling makes it be sent again.
     */
    readonly dueCallbacks: (query: {
      readonly limit: number
      readonly leaseSeconds: number
    }) => Write<ReadonlyArray<CallbackRow>>
    /** What became of a try; counts it. Failure and persistence: may be repeated; a row that is settled stays as it is. */
    readonly settleCallback: (row: {
      readonly transactionId: TransactionId
      readonly version: number
      readonly as: "delivered" | "dead" | { readonly retryInSeconds: number }
    }) => Write<void>
    /** Newest first. */
    readonly callbacks: (query: {
      readonly state: CallbackRow["state"]
      readonly limit: number
    }) => Read<ReadonlyArray<CallbackRow>>
    /** Makes a dead callback due again at once; false where it is not dead. Failure and persistence: durable when it answers. */
    readonly replayCallback: (transactionId: TransactionId, version: number) => Write<boolean>

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
     * such customer, it was erased, or its version is not `ifVersion`; an erased customer takes no verdict. Where the status
     * is another than before and the customer has a callback, a row is left in the outbox.
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
      /** Written only over this version. */
      readonly ifVersion?: number
    }) => Write<CustomerRow | null>
    /** Customers whose verdict is to be asked again by now; their time moves on by `againInSeconds`. */
    readonly dueVerdicts: (query: {
      readonly limit: number
      readonly againInSeconds: number
    }) => Write<ReadonlyArray<{ readonly id: CustomerId; readonly type: string }>>
    /** Marks a customer erased, drops its statuses, frees its name (owner, account, memo) and raises the version. Failure and persistence: may be repeated. */
    readonly eraseCustomer: (id: CustomerId) => Write<void>

    /** Transactions that are not final and name the customer on either side. */
    readonly unfinishedOf: (id: CustomerId) => Read<ReadonlyArray<TransactionId>>
    /** Asks for an erasure once the customer has no unfinished transaction. Failure and persistence: may be repeated. */
    readonly deferErasure: (id: CustomerId) => Write<void>
    /** Deferred erasures whose customers have no unfinished transaction any more; asked again after `againInSeconds`. */
    readonly dueErasures: (query: {
      readonly limit: number
      readonly againInSeconds: number
    }) => Write<ReadonlyArray<CustomerId>>

    /**
     * Registers where a customer's status changes are told, in place of an earlier address. False: no such customer, or erased.
     * Failure and persistence: durable when it answers; changes recorded before it are not told.
     */
    readonly setCustomerCallback: (id: CustomerId, url: string) => Write<boolean>
    /** As `dueCallbacks`: at most one a customer, the oldest. */
    readonly dueCustomerCallbacks: (query: {
      readonly limit: number
      readonly leaseSeconds: number
    }) => Write<ReadonlyArray<CustomerCallbackRow>>
    /** As `settleCallback`. A delivered ACCEPTED or REJECTED ends the registration it was sent to (S12-CB-04). */
    readonly settleCustomerCallback: (row: {
      readonly customerId: CustomerId
      readonly version: number
      readonly as: "delivered" | "dead" | { readonly retryInSeconds: number }
    }) => Write<void>

    /** Keeps a file that no customer refers to yet. Failure and persistence: durable when it answers. */
    readonly putFile: (row: FileRow, sealed: SealedRow) => Write<void>
    /** Files of an owner, by id or by customer; expired ones and another's are not found. */
    readonly files: (query: {
      readonly owner: string
      readonly id?: FileId
      readonly customerId?: CustomerId
    }) => Read<ReadonlyArray<FileRow>>
    readonly fileBytes: (id: FileId) => Read<SealedRow | null>
    /** Ties files to a customer of the same owner: they no longer expire, and are erased with the customer's values. */
    readonly attachFiles: (customerId: CustomerId, ids: ReadonlyArray<FileId>) => Write<void>

    /** Customer values of the embedded KYC store: sealed rows by customer and name. All or none. */
    readonly putCustomerValues: (
      id: CustomerId,
      rows: ReadonlyArray<{ readonly name: string; readonly sealed: SealedRow }>
    ) => Write<void>
    readonly customerValues: (
      id: CustomerId
    ) => Read<ReadonlyArray<{ readonly name: string; readonly sealed: SealedRow }>>
    /** Deletes the values, and the files tied to the customer, for good. Failure and persistence: may be repeated. */
    readonly eraseCustomerValues: (id: CustomerId) => Write<void>

    /** Drops rows that only the past needs: used challenges that expired, groups older than a day, files that expired, delivered
     * callbacks older than a week. */
    readonly prune: Write<void>
  }
>()("kedge/ports/Storage") {}
