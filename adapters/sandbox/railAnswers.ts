// The words of the sandbox rail in the words of the port, so that the rest of Kedge meets it like any bank's.
// Gotcha: what does not read as one of its words is Unknown, never a failure: the money may have moved.
import { Schema } from "effect"
import type { PayoutId } from "../../machines/domain/Ids.ts"
import type { Payout, PayoutOutcome, PollAnswer } from "../../src/ports/Rails.ts"
import type { PayoutRequest } from "./Rail.ts"

const ExternalId = Schema.String
const Said = Schema.Union([
  Schema.Struct({
    outcome: Schema.Literal("delivered"),
    externalId: ExternalId,
    amount: Schema.String
  }),
  Schema.Struct({ outcome: Schema.Literal("pending"), externalId: ExternalId }),
  Schema.Struct({
    outcome: Schema.Literal("partly_refused"),
    externalId: ExternalId,
    refusedAmount: Schema.String
  }),
  Schema.Struct({
    outcome: Schema.Literal("transaction_info_needed"),
    fields: Schema.Array(Schema.String),
    message: Schema.String
  }),
  Schema.Struct({
    outcome: Schema.Literal("customer_info_needed"),
    party: Schema.Literals(["sender", "receiver"]),
    fields: Schema.Array(Schema.String),
    message: Schema.String
  }),
  Schema.Struct({ outcome: Schema.Literals(["rejected", "failed"]), reason: Schema.String }),
  Schema.Struct({ outcome: Schema.Literal("unknown") })
])
type Said = typeof Said.Type

const decodeSaid = Schema.decodeUnknownOption(Said)
const decodePolled = Schema.decodeUnknownOption(Schema.Struct({ answers: Schema.Array(Schema.Unknown) }))
const decodeNamed = Schema.decodeUnknownOption(Schema.Struct({ payoutId: Schema.String }))

/** How each field the rail may want is described to the Sending Anchor. */
const descriptions: Readonly<Record<string, string>> = {
  account_number: "Number of the Receiving Client's bank account"
}

const outcomeOfSaid = (said: Said): PayoutOutcome => {
  switch (said.outcome) {
    case "delivered":
      return { _tag: "Delivered", externalId: said.externalId, amount: said.amount }
    case "pending":
      return { _tag: "Pending", externalId: said.externalId }
    case "partly_refused":
      return {
        _tag: "PartlyRefused",
        refused: said.refusedAmount,
        rest: "delivered",
        externalId: said.externalId,
        reason: "The receiving bank sent a part back."
      }
    case "transaction_info_needed":
      return {
        _tag: "TransactionInfoNeeded",
        fields: Object.fromEntries(
          said.fields.map((field) => [field, { description: descriptions[field] ?? field }])
        ),
        message: said.message
      }
    case "customer_info_needed":
      return {
        _tag: "CustomerInfoNeeded",
        party: said.party,
        fields: said.fields,
        message: said.message
      }
    case "rejected":
      return { _tag: "Rejected", reason: said.reason }
    case "failed":
      return { _tag: "Failed", reason: said.reason }
    case "unknown":
      return { _tag: "Unknown", reason: "The rail does not know this payout's fate." }
  }
}

/** What the rail said of one payout. */
export const outcomeOf = (body: unknown): PayoutOutcome => {
  const said = decodeSaid(body)
  return said._tag === "None"
    ? { _tag: "Unknown", reason: "The rail's answer could not be read." }
    : outcomeOfSaid(said.value)
}

const polledOne = (answer: unknown): ReadonlyArray<PollAnswer> => {
  const named = decodeNamed(answer)
  const outcome = outcomeOf(answer)
  if (named._tag === "None" || outcome._tag === "Unknown") return []
  return [{ payoutId: named.value.payoutId as PayoutId, outcome }]
}

/** A poll's answers; undefined where it is no such list. What the rail does not know of stays pending. */
export const pollAnswersOf = (body: unknown): ReadonlyArray<PollAnswer> | undefined => {
  const polled = decodePolled(body)
  return polled._tag === "None" ? undefined : polled.value.answers.flatMap(polledOne)
}

/** The order as the rail wants it. */
export const orderOf = (payout: Payout): PayoutRequest => ({
  payoutId: payout.payoutId,
  transactionId: payout.transactionId,
  amount: payout.amount,
  // of which the amount is: what it was converted to, where it was
  asset: payout.destinationAsset,
  fundingMethod: payout.fundingMethod,
  customerAccountNumber: payout.receiver["bank_account_number"] ?? null,
  transactionAccountNumber: payout.fields["account_number"] ?? null
})
