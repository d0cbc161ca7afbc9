/**
 * The off-chain rails: how money reaches the Receiving Client. This is the port an integrator writes first.
 *
 * The one thing to understand: "I do not know whether the money moved" is an answer (`Unknown`), not an error. Only
 * `NothingAccepted` promises that the rail took nothing, and it alone is retried.
 */
import { Context, type Effect, Schema } from "effect"
import type { Amount } from "../../machines/domain/Amount.ts"
import type { AssetId } from "../../machines/domain/Asset.ts"
import type { CustomerId, PayoutId, TransactionId } from "../../machines/domain/Ids.ts"

const Text = Schema.String.pipe(Schema.check(Schema.isMaxLength(1000)))
const AmountText = Schema.String.pipe(Schema.check(Schema.isPattern(/^(0|[1-9][0-9]{0,11})(\.[0-9]{1,7})?$/)))
const ExternalId = Schema.String.pipe(Schema.check(Schema.isMinLength(1), Schema.isMaxLength(200)))

/** One field of `/info`'s shape: what the Sending Anchor is asked for (SEP-31 §Fields). */
export const FieldDescription = Schema.Struct({
  description: Text,
  choices: Schema.optionalKey(Schema.Array(Text)),
  optional: Schema.optionalKey(Schema.Boolean)
})
export type FieldDescription = typeof FieldDescription.Type

const Fields = Schema.Record(
  Schema.String.pipe(Schema.check(Schema.isPattern(/^[A-Za-z0-9_.-]{1,64}$/))),
  FieldDescription
)

/** The Receiving Client has the money. `fee` (decimal string) only where the rail charged less than `payout.fee`. */
export const Delivered = Schema.TaggedStruct("Delivered", {
  externalId: Schema.optionalKey(ExternalId),
  amount: Schema.optionalKey(AmountText),
  fee: Schema.optionalKey(AmountText)
})
/** Taken; confirmed later, by `poll` or `Payouts.report`. */
export const Pending = Schema.TaggedStruct("Pending", { externalId: Schema.optionalKey(ExternalId) })
/** Not taken: these fields of the transaction are wrong. The Sending Anchor is asked by PATCH. */
export const TransactionInfoNeeded = Schema.TaggedStruct("TransactionInfoNeeded", {
  fields: Fields,
  message: Schema.optionalKey(Text)
})
/** Not taken: these SEP-9 fields of one customer are wrong. The Sending Anchor is asked through SEP-12. */
export const CustomerInfoNeeded = Schema.TaggedStruct("CustomerInfoNeeded", {
  party: Schema.Literals(["sender", "receiver"]),
  fields: Schema.Array(Schema.String.pipe(Schema.check(Schema.isPattern(/^[A-Za-z0-9_.]{1,64}$/)))).pipe(
    Schema.check(Schema.isMinLength(1))
  ),
  message: Schema.optionalKey(Text)
})
/** Not taken, for good: Kedge owes the payer the whole amount. */
export const Rejected = Schema.TaggedStruct("Rejected", { reason: Text })
/** Not paid out, and the integrator has returned `amount` itself: on Stellar when it gives the hash, otherwise elsewhere. */
export const RefundedByIntegrator = Schema.TaggedStruct("RefundedByIntegrator", {
  amount: AmountText,
  stellarTransactionHash: Schema.optionalKey(
    Schema.String.pipe(Schema.check(Schema.isPattern(/^[0-9a-f]{64}$/)))
  ),
  reason: Schema.optionalKey(Text)
})
/** Failed for good and nothing is to be returned: the transaction ends in `error`, for a person. */
export const Failed = Schema.TaggedStruct("Failed", { reason: Text })
/**
 * Of the payout's amount `refused` is owed back, in units of the asset received; the rest was delivered, or is on its way. The
 * fee stays.
 *
 * Not for a payout that was converted (`payout.destinationAsset` is another asset than `payout.asset`): its price holds for the whole
 * amount, so nobody can say what a part is worth in the asset received. Such an answer is held for a person; answer `Rejected` where
 * nothing was delivered, and settle a part with your bank.
 */
export const PartlyRefused = Schema.TaggedStruct("PartlyRefused", {
  refused: AmountText,
  rest: Schema.Literals(["delivered", "pending"]),
  externalId: Schema.optionalKey(ExternalId),
  reason: Schema.optionalKey(Text)
})
/** The rail may or may not have moved the money. Kedge looks it up, or holds it for a person; it never sends it again. */
export const Unknown = Schema.TaggedStruct("Unknown", { reason: Schema.optionalKey(Text) })

/** What became of a payout. Whatever does not decode as one of these is taken as `Unknown`. */
export const PayoutOutcome = Schema.Union([
  Delivered,
  Pending,
  TransactionInfoNeeded,
  CustomerInfoNeeded,
  Rejected,
  RefundedByIntegrator,
  Failed,
  PartlyRefused,
  Unknown
])
export type PayoutOutcome = typeof PayoutOutcome.Type

/** Proof from a look-up: the rail never took this payout id and never will, even if the request is still on its way. */
export const NeverAccepted = Schema.TaggedStruct("NeverAccepted", {})
export const LookUpAnswer = Schema.Union([...PayoutOutcome.members, NeverAccepted])
export type LookUpAnswer = typeof LookUpAnswer.Type

/** The promise that the rail took nothing: the same payout id is sent again, with backoff. */
export class NothingAccepted extends Schema.TaggedError<NothingAccepted>()("NothingAccepted", {
  message: Schema.String
}) {}
/** A question to the rail (look-up, poll) got no answer; it is asked again. */
export class RailUnavailable extends Schema.TaggedError<RailUnavailable>()("RailUnavailable", {
  message: Schema.String
}) {}

/** One delivery to make. */
export interface Payout {
  /** Idempotency key towards the rail: `<transaction>:<n>`. */
  readonly payoutId: PayoutId
  readonly transactionId: TransactionId
  /** What the Receiving Client is to get: decimal string, in units of `destinationAsset`, fee already off. */
  readonly amount: Amount
  /** As SEP-38 names it: the asset received itself, or what it is converted to (`iso4217:BRL`). */
  readonly destinationAsset: string
  /**
   * What Kedge keeps, in units of `asset`, by the terms frozen with the transaction. The rail may answer with less, never
   * more; where the amount was converted its price holds, and the fee cannot be lowered.
   */
  readonly fee: Amount
  /** What was received on Stellar, less any part refused before. */
  readonly amountIn: Amount
  readonly asset: AssetId
  readonly fundingMethod: string
  readonly senderId: CustomerId | null
  readonly receiverId: CustomerId | null
  /** SEP-9 values of the Receiving Client, as they were sealed for this attempt. */
  readonly receiver: Readonly<Record<string, string>>
  /** Values of `fields.transaction`, likewise. */
  readonly fields: Readonly<Record<string, string>>
  /** What `validateTransaction` or `acceptUpdate` gave along. */
  readonly reference: string | null
  readonly metadata: Readonly<Record<string, string>>
}

/** A payout the rail has taken and not confirmed. */
export interface PendingPayout {
  readonly payoutId: PayoutId
  readonly transactionId: TransactionId
  readonly externalId: string | null
  readonly reference: string | null
  readonly metadata: Readonly<Record<string, string>>
}

export interface PollAnswer {
  readonly payoutId: PayoutId
  readonly outcome: PayoutOutcome
}

/** One off-chain network. */
export interface PaymentRail {
  /** Stable: stored with each payout. */
  readonly name: string
  /** True only if a repeated payout id is answered as the first time and pays nothing more. The rail contract tests it. */
  readonly repeatable: boolean
  /** Calls under way at once. */
  readonly concurrency: number
  /** Seconds after which a call counts as `Unknown`. */
  readonly timeoutSeconds: number
  /**
   * Sends one payout.
   *
   * Failure and persistence: the attempt is committed before this is called and its outcome after. If the process dies in
   * between, `lookUp` is asked, or the call is repeated when `repeatable`, or the payout is held for a person. It is never
   * called twice with one id unless `repeatable`, or after `NothingAccepted`. A defect, an interruption, a timeout or an
   * answer outside the schema all count as `Unknown`.
   */
  readonly execute: (payout: Payout) => Effect.Effect<PayoutOutcome, NothingAccepted>
  /**
   * Asks what became of a payout. `Unknown` means the rail cannot tell: a person must.
   *
   * Failure and persistence: may be called any number of times, and by several processes at once. `NeverAccepted` must stay
   * true for ever: a next attempt under a new id follows it.
   */
  readonly lookUp?: (payoutId: PayoutId) => Effect.Effect<LookUpAnswer, RailUnavailable>
  /**
   * Asks about a page of pending payouts; those not named in the answer stay pending. Leave it out when the rail confirms at
   * once; a payout that is pending all the same is looked up, or waits for a report and is warned of when due.
   *
   * Failure and persistence: called again and again until an answer is final. Answers about payouts that are not pending
   * change nothing and are recorded.
   */
  readonly poll?: (
    payouts: ReadonlyArray<PendingPayout>
  ) => Effect.Effect<ReadonlyArray<PollAnswer>, RailUnavailable>
}

/**
 * Which rail serves which asset and funding method.
 *
 * Failure and persistence: `find` is pure; the answer for a stored payout is found again by name after a restart, so a
 * rail must not be renamed while its payouts are open.
 */
export class Rails extends Context.Service<
  Rails,
  {
    readonly all: ReadonlyArray<PaymentRail>
    /** The rail for a new payout; undefined when none serves it, which configuration checks at start. */
    readonly find: (asset: AssetId, fundingMethod: string) => PaymentRail | undefined
    readonly byName: (name: string) => PaymentRail | undefined
  }
>()("kedge/ports/Rails") {
  /** One rail given alone serves all. */
  static readonly one = (rail: PaymentRail): Rails["Service"] => ({
    all: [rail],
    find: () => rail,
    byName: (name) => (name === rail.name ? rail : undefined)
  })
}
