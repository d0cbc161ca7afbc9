/** The conditions of the transaction machine, one sentence each. Pure predicates over context and event. */
import { type Amount, isLess, isMore, isZero, subtract } from "../domain/Amount.ts"
import { feeOf } from "../domain/Fee.ts"
import { payoutId } from "../domain/Ids.ts"
import type { TransactionContext } from "./context.ts"
import type { PaymentMatched, PayoutEvent, TransactionEvent } from "./events.ts"

interface Args {
  readonly context: TransactionContext
  readonly event: TransactionEvent
}

/** Why a payment cannot fund the transaction, or null when it can. */
export const fundingFault = (
  context: TransactionContext,
  event: PaymentMatched
): "late" | "under" | "over" | null => {
  const { expiresAtMillis, fee, maximum, minimum } = context.terms
  if (event.closedAtMillis > expiresAtMillis) return "late"
  if (minimum !== null && isLess(event.amount, minimum)) return "under"
  if (maximum !== null && isMore(event.amount, maximum)) return "over"
  // the fee lies inside the amount: at least one stroop must be left to deliver
  return isLess(feeOf(fee, event.amount), event.amount) ? null : "under"
}

/** The payment is in time, within the bounds of the terms, and leaves something to deliver after the fee. */
export const canFund = ({ context, event }: Args): boolean =>
  event.type === "payment.matched" && fundingFault(context, event) === null

export const isPayoutEvent = (event: TransactionEvent): event is PayoutEvent =>
  event.type.startsWith("payout.")

/** The event speaks of the newest attempt. */
export const isCurrent = ({ context, event }: Args): boolean =>
  isPayoutEvent(event) && event.payoutId === payoutId(context.id, context.attempt)

/** Of the newest attempt, with a fee no higher than the terms give. */
export const isCurrentAndFeeHolds = (args: Args): boolean => {
  const { context, event } = args
  if (event.type !== "payout.delivered" || !isCurrent(args)) return false
  return event.fee === null || (context.fee !== null && !isMore(event.fee, context.fee))
}

/** As above, while part of the amount is owed back. */
export const isCurrentWithPartOwed = (args: Args): boolean =>
  isCurrentAndFeeHolds(args) && args.context.owed !== null

/** Of the newest attempt, and says which fields are wrong: nobody can correct what nobody names (S31-ST-06, S31-ST-07). */
export const isCurrentAndNamesFields = (args: Args): boolean =>
  "fields" in args.event && args.event.fields.length > 0 && isCurrent(args)

export const willRepeat = (args: Args): boolean =>
  args.event.type === "payout.unknown" && args.event.next === "repeat" && isCurrent(args)

export const willLookUp = (args: Args): boolean =>
  args.event.type === "payout.unknown" && args.event.next === "lookUp" && isCurrent(args)

export const willHold = (args: Args): boolean =>
  args.event.type === "payout.unknown" && args.event.next === "hold" && isCurrent(args)

/** Some of the amount is refused and the rest covers its fee. */
const refusesPart = (args: Args): boolean => {
  const { context, event } = args
  if (
    event.type !== "payout.partlyRefused" ||
    !isCurrent(args) ||
    context.accepted === null ||
    context.owed !== null
  )
    return false
  if (isZero(event.refused) || !isLess(event.refused, context.accepted)) return false
  return isLess(feeAfterRefusal(context, event.refused), subtract(context.accepted, event.refused))
}

export const refusesPartAndDeliveredRest = (args: Args): boolean =>
  args.event.type === "payout.partlyRefused" && args.event.rest === "delivered" && refusesPart(args)

export const refusesPartAndSentRest = (args: Args): boolean =>
  args.event.type === "payout.partlyRefused" && args.event.rest === "pending" && refusesPart(args)

/** The whole amount was returned, on Stellar. */
export const returnedAllOnStellar = (args: Args): boolean => returnedAll(args) && onStellar(args)

/** The whole amount was returned by other means, as the seed allows. */
export const returnedAllElsewhere = (args: Args): boolean => returnedAll(args) && !onStellar(args)

/** Exactly the part that is owed was returned, on Stellar. */
export const returnedOwedPart = (args: Args): boolean =>
  args.event.type === "payout.refundedByIntegrator" &&
  isCurrent(args) &&
  onStellar(args) &&
  args.event.amount === args.context.owed

const returnedAll = (args: Args): boolean =>
  args.event.type === "payout.refundedByIntegrator" &&
  isCurrent(args) &&
  args.event.amount === args.context.received

const onStellar = ({ event }: Args): boolean =>
  event.type === "payout.refundedByIntegrator" && event.stellarTransactionId !== null

/** Every field that was asked for is among those sent. */
export const coversRequiredFields = ({ context, event }: Args): boolean =>
  event.type === "transaction.updated" && context.fields.every((name) => event.fields.includes(name))

/** The fee on what is left, never higher than the fee already taken. */
export const feeAfterRefusal = (context: TransactionContext, refused: Amount): Amount => {
  const accepted = subtract(context.accepted ?? context.terms.expected, refused)
  const fee = feeOf(context.terms.fee, accepted)
  return context.fee !== null && isLess(context.fee, fee) ? context.fee : fee
}
