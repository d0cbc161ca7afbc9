/** Firm quotes and repeat keys: what a later birth redeems or repeats. */
import type { Amount } from "../../../machines/domain/Amount.ts"
import type { QuoteId } from "../../../machines/domain/Ids.ts"
import type { QuoteRow, TransactionRow } from "../rows.ts"
import type { Read, Write } from "./errors.ts"

export interface QuoteStorage {
  /**
   * Keeps a firm quote. `too-many`: its owner has `openMax` that are open: not expired, and not redeemed by a transaction that
   * was paid or ended. `no-capacity`: the open quotes of its buy asset, with it and with those that were paid for and may yet be
   * delivered, would exceed `capacity` (in that asset; null is no limit).
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
}
