/**
 * Where everything durable lives. Batch-first: one statement for hundreds of steps.
 *
 * Three implementations (memory, PGlite, PostgreSQL) pass one contract suite, `src/testing/StorageContract.ts`; the memory
 * one is the reference. Gotcha: no method here calls out; a storage transaction never spans anything but storage.
 */
import { Context, type Effect } from "effect"
import type { CustomerId, PaymentId, PayoutId, SealedId, TransactionId } from "../../machines/domain/Ids.ts"
import type { Memo } from "../../machines/domain/Memo.ts"
import type { Attention } from "../../machines/transaction/leaves.ts"
import type {
  ActorRow,
  AuditRow,
  Committed,
  Group,
  PayoutJob,
  PayoutState,
  RefusalRow,
  SealedRow,
  TransactionRow,
  TransferRow
} from "./rows.ts"
import type { InboxRow, WaitingPayment } from "./paymentRows.ts"
import type { BookStorage } from "./storage/books.ts"
import type { CallbackStorage } from "./storage/callbacks.ts"
import type { CustomerStorage } from "./storage/customers.ts"
import type {
  CommitUnknown,
  GroupRejected,
  Read,
  SchemaOutdated,
  StorageUnavailable,
  Write
} from "./storage/errors.ts"
import type { ParkedStorage } from "./storage/parked.ts"
import type { QuoteStorage } from "./storage/quotes.ts"
import type { RefundStorage } from "./storage/refunds.ts"

export type { InboxRow, WaitingPayment } from "./paymentRows.ts"
export { CommitUnknown, GroupRejected, SchemaOutdated, StorageUnavailable } from "./storage/errors.ts"

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

interface StorageService
  extends QuoteStorage,
    CallbackStorage,
    RefundStorage,
    ParkedStorage,
    BookStorage,
    CustomerStorage {
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
   * - A step whose refund cannot move so (./refundMoves.ts), or would return more than is reserved for it, rejects the group; so
   *   does an envelope whose hash is known, or whose refund or source has one open.
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
  }) => Read<ReadonlyArray<WaitingPayment>>
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

  /** Records a challenge as used until it expires; false when it was used before (S10-VER-20). Failure and persistence: durable when it answers. */
  readonly useChallenge: (hash: string, expiresAtMillis: number) => Write<boolean>

  /** Drops rows that only the past needs: used challenges that expired, groups older than a day, files that expired, delivered
   * callbacks older than a week. */
  readonly prune: Write<void>
}

export class Storage extends Context.Service<Storage, StorageService>()("kedge/ports/Storage") {}
