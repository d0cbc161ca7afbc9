/** Customers, their callbacks and files as they are kept: ids, names and statuses, never a value. */
import type { CustomerId, FileId } from "../../machines/domain/Ids.ts"
import type { Memo } from "../../machines/domain/Memo.ts"

/** A status change of a customer to be told (SEP-12 §Customer Callback PUT). */
export interface CustomerCallbackRow {
  readonly customerId: CustomerId
  /** Of the customer, when the status was recorded. */
  readonly version: number
  readonly type: string
  readonly status: string
  readonly url: string
  readonly tries: number
  readonly createdAtMillis: number
}

/** A file of a customer, sealed (SEP-12 §Customer Files). Its bytes are read apart, by `fileBytes`. */
export interface FileRow {
  readonly id: FileId
  /** As of a customer: the Sending Anchor's base account, or the full identity of another caller. */
  readonly owner: string
  /** Null while no customer refers to it. */
  readonly customerId: CustomerId | null
  readonly contentType: string
  /** Bytes. */
  readonly size: number
  /** When it is discarded unless a customer refers to it; null once one does. */
  readonly expiresAtMillis: number | null
}

export interface CustomerRow {
  readonly id: CustomerId
  /** The Sending Anchor's base account, or the full identity of another caller. */
  readonly owner: string
  /** The account and memo of SEP-12, where the customer was named by them. */
  readonly account: string | null
  readonly memo: Memo | null
  /** Raised by every change of data or verdict, and by erasure. */
  readonly version: number
  readonly erased: boolean
  /** Status by SEP-12 type; a type that was never judged is absent. */
  readonly statuses: Readonly<
    Record<
      string,
      { readonly status: string; readonly message: string | null; readonly askAgainAtMillis: number | null }
    >
  >
  /** Fields a rail has bounced and that were not put again. */
  readonly contested: ReadonlyArray<string>
}
