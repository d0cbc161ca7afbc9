/** Money that goes back to whoever paid: refunds to be made, and their envelopes. */
import type { PaymentId, RefundId } from "../../../machines/domain/Ids.ts"
import type { Decision } from "../bookRows.ts"
import type { EnvelopeEnd, RefundChange, RefundJob } from "../rows.ts"
import type { Read, Write } from "./errors.ts"

export interface RefundStorage {
  /**
   * Takes refunds that are due: planned ones, and those with an open envelope. Their due time moves by `leaseSeconds`.
   *
   * Failure and persistence: as `due`. One process at a time holds the lease of the role that asks, so that nobody else uses
   * the source's sequence numbers.
   */
  readonly dueRefunds: (query: {
    readonly limit: number
    readonly leaseSeconds: number
  }) => Write<ReadonlyArray<RefundJob>>
  /** Refunds by id. */
  readonly refundJobs: (ids: ReadonlyArray<RefundId>) => Read<ReadonlyArray<RefundJob>>
  /**
   * Closes an open envelope, or finds it closed. Only when the ledger has said so: see ARCHITECTURE, "a refund on chain".
   *
   * Failure and persistence: durable when it answers; may be repeated. A crash after it leaves a refund whose next envelope,
   * confirmation or hold is decided anew from the ledger.
   */
  readonly closeEnvelope: (hash: string, as: EnvelopeEnd) => Write<void>
  /** Source accounts with an open envelope. */
  readonly openSources: Read<ReadonlyArray<string>>
  /** Puts off a refund by so many seconds, counting a try. Failure and persistence: may be repeated. */
  readonly postponeRefund: (id: RefundId, seconds: number) => Write<void>
  /** Makes a held refund planned and due again; false where it is not held. */
  readonly retryRefund: (id: RefundId) => Write<boolean>
  /**
   * Plans to return a parked payment, whole: the next ordinal of its leader. Null where the payment is not parked, or is being
   * returned already. The decision is kept with those about parked payments.
   *
   * Failure and persistence: durable when it answers; reserved in the same commit, so it can be neither matched nor kept.
   */
  readonly planParkedRefund: (payment: PaymentId, decision: Decision) => Write<RefundId | null>
  /**
   * What becomes of the refund of a parked payment: its envelope opened, or confirmed (booked from suspense), or held. False
   * where it does not stand as it must for that. For payments with a transaction the actor's own step does this.
   */
  readonly settleParkedRefund: (
    id: RefundId,
    change: Exclude<RefundChange, { readonly to: "planned" }>
  ) => Write<boolean>
}
