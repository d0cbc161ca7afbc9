/** Money that matched nothing: listed, and decided about by a person. */
import type { PaymentId, TransactionId } from "../../../machines/domain/Ids.ts"
import type { Decision, ResolutionRow } from "../bookRows.ts"
import type { InboxRow } from "../paymentRows.ts"
import type { Read, Write } from "./errors.ts"

export interface ParkedStorage {
  /**
   * Parked credits, newest first by the close of their ledgers, behind one where it is named. Those that a decision stands
   * about (being returned, or kept) are left out unless `decided` asks for them as well.
   */
  readonly parked: (query: {
    readonly limit: number
    readonly before?: PaymentId
    readonly decided?: boolean
  }) => Read<ReadonlyArray<InboxRow & { readonly resolutions: ReadonlyArray<ResolutionRow> }>>
  /** Decisions about one payment, oldest first. */
  readonly resolutions: (payment: PaymentId) => Read<ReadonlyArray<ResolutionRow>>
  /** All decisions, newest first, behind one where it is named. */
  readonly recentResolutions: (query: {
    readonly limit: number
    readonly before?: { readonly payment: PaymentId; readonly ordinal: number }
  }) => Read<ReadonlyArray<ResolutionRow>>
  /**
   * Gives a parked payment to a transaction in the same asset: all its credits wait to be told to it, whatever their memo says,
   * and what they put into suspense is booked back by lines of its own. False: it is not the leader of a parked payment, a
   * decision stands about it, or there is no such transaction in its asset. Where the transaction refuses it, it is parked again.
   *
   * Failure and persistence: durable when it answers; a crash afterwards leaves it waiting, and waiting payments are told again.
   */
  readonly releaseParked: (
    payment: PaymentId,
    transactionId: TransactionId,
    decision: Decision
  ) => Write<boolean>
  /**
   * The institution keeps a parked payment: booked from suspense to `fee`. False as above.
   *
   * Failure and persistence: durable when it answers.
   */
  readonly keepParked: (payment: PaymentId, decision: Decision) => Write<boolean>
}
