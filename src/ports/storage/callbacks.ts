/** The outbox of status callbacks (SEP-31 §PUT Transaction Callback). */
import type { TransactionId } from "../../../machines/domain/Ids.ts"
import type { CallbackRow } from "../rows.ts"
import type { Read, Write } from "./errors.ts"

export interface CallbackStorage {
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
  /**
   * Makes a dead callback due again at once; false where it is not dead, or the status has changed since: an older one never follows a
   * newer (S31-CB-11). Failure and persistence: durable when it answers.
   */
  readonly replayCallback: (transactionId: TransactionId, version: number) => Write<boolean>
}
