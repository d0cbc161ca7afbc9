/** What the books add up to, to be held against the ledger and the rails; and the audit, which nobody can rewrite unseen. */
import type { PayoutId, RefundId } from "../../../machines/domain/Ids.ts"
import type { AuditVerdict, Books, DeliveryRow } from "../bookRows.ts"
import type { RefundJob } from "../rows.ts"
import type { Read, Write } from "./errors.ts"

export interface BookStorage {
  /** Sums over everything, of one moment. Reads whole tables: for a reconciliation, not for a page. */
  readonly books: Read<Books>
  /** Delivered payouts in the order of their transactions' ids, behind one where it is named. */
  readonly deliveries: (query: {
    readonly limit: number
    readonly after?: PayoutId
  }) => Read<ReadonlyArray<DeliveryRow>>
  /** Refunds that are neither confirmed nor cancelled, in the order of their payments, behind one where it is named. */
  readonly unfinishedRefunds: (query: {
    readonly limit: number
    readonly after?: RefundId
  }) => Read<ReadonlyArray<RefundJob>>

  /**
   * Seals audit rows, of transitions and of decisions, that have no seal yet: each gets the next number and a hash over the seal
   * before it and itself (../auditChain.ts). Answers how many it sealed; fewer than `limit` means that no more waited.
   *
   * Failure and persistence: durable when it answers; may be repeated. Several at once do no harm: of those that read the same
   * last seal one goes on, the others answer 0.
   */
  readonly sealAudits: (query: { readonly limit: number }) => Write<number>
  /** Reads every sealed row again, in order, and makes its seal anew. Takes as long as reading them all takes. */
  readonly verifyAudit: Read<AuditVerdict>
}
