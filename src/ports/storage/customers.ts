/** Customers, their verdicts, values, files and callbacks. */
import type { CustomerId, FileId, TransactionId } from "../../../machines/domain/Ids.ts"
import type { Memo } from "../../../machines/domain/Memo.ts"
import type { CustomerCallbackRow, CustomerRow, FileRow, SealedRow } from "../rows.ts"
import type { Read, Write } from "./errors.ts"

export interface CustomerStorage {
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
   * is another than before and the customer has a callback, a row is left in the outbox; and where nothing is contested any
   * more, for a verdict that is shown again as it was. Under `*` stands no verdict, and nothing of it is told.
   *
   * Failure and persistence: durable when it answers, and told afterwards; a crash in between is made good by
   * `askAgainInSeconds`, which stands until it was told, and by the due time of the attention rows that wait on the customer.
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
  /**
   * Marks a customer erased, drops its statuses, frees its name (owner, account, memo) and raises the version. A deferral of its
   * erasure ends only where it was erased before and has no unfinished transaction: who closes a customer leaves it standing,
   * and who erases the rest later takes it away.
   *
   * Failure and persistence: may be repeated; a crash anywhere between leaves the deferral.
   */
  readonly eraseCustomer: (id: CustomerId) => Write<void>

  /** Transactions that are not final and name the customer on either side. */
  readonly unfinishedOf: (id: CustomerId) => Read<ReadonlyArray<TransactionId>>
  /**
   * Deletes the sealed rows of final transactions that name the customer on either side: destinations and notes, those that were
   * replaced too. Amounts, audit and journal stay.
   *
   * Failure and persistence: may be repeated.
   */
  readonly forgetSealed: (id: CustomerId) => Write<void>
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

  /**
   * Keeps a file that no customer refers to yet. False: its owner has `looseMax` such files already, and it was not kept; calls
   * at the same time may go a little beyond.
   *
   * Failure and persistence: durable when it answers.
   */
  readonly putFile: (row: FileRow, sealed: SealedRow, looseMax?: number) => Write<boolean>
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
}
