/** The conditions of the transaction machine, one sentence each. Pure predicates over context and event. */
import { type Amount, isLess, isMore, isZero, subtract, zero } from "../domain/Amount.ts"
import { feeOf } from "../domain/Fee.ts"
import { payoutId } from "../domain/Ids.ts"
import type { Price, Terms, TransactionContext } from "./context.ts"
import type { PaymentMatched, PayoutEvent, TransactionEvent } from "./events.ts"

interface Args {
  readonly context: TransactionContext
  readonly event: TransactionEvent
}

type OfTerms = Pick<TransactionContext, "terms">
type Paid = Pick<PaymentMatched, "amount" | "closedAtMillis" | "price">

/** Why a payment cannot fund the transaction, or null when it can. */
export const fundingFault = (context: OfTerms, event: Paid): "late" | "under" | "over" | null => {
  const { expiresAtMillis, maximum, minimum } = context.terms
  if (event.closedAtMillis >= expiresAtMillis) return "late"
  if (isZero(event.amount) || (minimum !== null && isLess(event.amount, minimum))) return "under"
  if (maximum !== null && isMore(event.amount, maximum)) return "over"
  // the fee of a conversion is part of its price: none is judged before the price is known
  if (returnsAll(context.terms, event.amount) || lacksPrice(context, event)) return null
  // the fee lies inside the amount: at least one stroop must be left to deliver
  const accepted = acceptedOf(context.terms, event.amount)
  return isLess(feeReceived(context.terms, accepted, event.price), accepted) ? null : "under"
}

/**
 * A conversion whose price is that of receipt, and the payment brings none: it waits until there is one. A payment that will be
 * parked or returned needs no price.
 */
export const lacksPrice = (context: OfTerms, event: Paid): boolean => {
  const { conversion } = context.terms
  return (
    conversion !== null &&
    conversion.price === null &&
    event.price === null &&
    !returnsAll(context.terms, event.amount)
  )
}

/** A firm price holds for its own amount alone; without one the policy decides (S31-AMT-10). */
const returnsAll = ({ conversion, expected, mismatch }: Terms, received: Amount): boolean => {
  if (received === expected) return false
  if (conversion !== null && conversion.price !== null) return true
  return (isMore(received, expected) ? mismatch.over : mismatch.under) === "refundAll"
}

/** How much of what was received is delivered or kept; the rest is owed back. */
export const acceptedOf = ({ expected, mismatch }: Terms, received: Amount): Amount =>
  mismatch.over === "refundExcess" && isMore(received, expected) ? expected : received

/** The fee in the asset received: none where the price takes it from what is delivered. */
export const feeReceived = (
  { conversion, fee }: Terms,
  accepted: Amount,
  priceOfReceipt: Price | null
): Amount => {
  const price = conversion === null ? null : (conversion.price ?? priceOfReceipt)
  if (price === null) return feeOf(fee, accepted)
  return price.fee.asset === conversion?.from ? price.fee.total : zero
}

/** In time and within the bounds, but not the amount that can be delivered: all of it is owed back. */
export const mustReturnAll = ({ context, event }: Args): boolean =>
  event.type === "payment.matched" &&
  fundingFault(context, event) === null &&
  returnsAll(context.terms, event.amount)

/** The payment is in time, within the bounds of the terms, and leaves something to deliver after the fee. */
export const canFund = ({ context, event }: Args): boolean =>
  event.type === "payment.matched" && fundingFault(context, event) === null && !lacksPrice(context, event)

export const isPayoutEvent = (event: TransactionEvent): event is PayoutEvent =>
  event.type.startsWith("payout.")

/** The event speaks of the newest attempt. */
export const isCurrent = ({ context, event }: Args): boolean =>
  isPayoutEvent(event) && event.payoutId === payoutId(context.id, context.attempt)

/** Of the newest attempt, with a fee no higher than the terms give. */
export const isCurrentAndFeeHolds = (args: Args): boolean => {
  const { context, event } = args
  if (event.type !== "payout.delivered" || !isCurrent(args)) return false
  // The fee of a conversion is part of its price.
  if (context.terms.conversion !== null && event.fee !== null) return false
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
    context.owed !== null ||
    // its price holds for the whole amount
    context.terms.conversion !== null
  )
    return false
  if (isZero(event.refused) || !isLess(event.refused, context.accepted)) return false
  return isLess(feeTaken(context), subtract(context.accepted, event.refused))
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
  !args.context.submitted &&
  isCurrent(args) &&
  onStellar(args) &&
  args.event.amount === args.context.owed

/** Exactly what is owed has been returned by an envelope of ours. */
export const confirmsWhatIsOwed = ({ context, event }: Args): boolean =>
  event.type === "refund.confirmed" && context.submitted && event.amount === context.owed

export const isSubmitted = ({ context }: Args): boolean => context.submitted

const returnedAll = (args: Args): boolean =>
  args.event.type === "payout.refundedByIntegrator" &&
  !args.context.submitted &&
  isCurrent(args) &&
  args.event.amount === args.context.received

const onStellar = ({ event }: Args): boolean =>
  event.type === "payout.refundedByIntegrator" && event.stellarTransactionId !== null

/** Every field that was asked for is among those sent. */
export const coversRequiredFields = ({ context, event }: Args): boolean =>
  event.type === "transaction.updated" && context.fields.every((name) => event.fields.includes(name))

/** The fee stays: the rail was told what to deliver with it taken off, and delivered that less the part. */
const feeTaken = (context: TransactionContext): Amount =>
  context.fee ?? feeOf(context.terms.fee, context.accepted ?? context.terms.expected)
