/**
 * The bodies of SEP-31 as schemas, in the specification's own spelling: what the OpenAPI document shows and answers are held to.
 *
 * Gotcha: a member without a value is left out, never null (S31-GEN-09), so every optional member here is an optional key.
 */
import { Schema } from "effect"
import { sep31Statuses } from "../../machines/domain/Sep31Status.ts"
import { FieldDescription } from "../ports/Rails.ts"

const text = (description: string) => Schema.String.annotate({ description })
const optional = (description: string) => Schema.optionalKey(text(description))

const Fields = Schema.Struct({
  transaction: Schema.Record(Schema.String, FieldDescription)
}).annotate({ description: "Values wanted with the transaction, by name." })

const Side = Schema.Struct({
  types: Schema.optionalKey(Schema.Record(Schema.String, Schema.Struct({ description: Schema.String })))
}).annotate({ description: "SEP-12 types of this side; empty when it needs no KYC." })

/** One asset of `/info` (SEP-31 §GET Info): the union of what every version reads. */
export const AssetInfoWire = Schema.Struct({
  enabled: Schema.Literal(true),
  quotes_supported: Schema.Boolean,
  quotes_required: Schema.Boolean,
  funding_methods: Schema.Array(Schema.String),
  min_amount: Schema.optionalKey(Schema.Finite),
  max_amount: Schema.optionalKey(Schema.Finite),
  fee_fixed: Schema.optionalKey(Schema.Finite),
  fee_percent: Schema.optionalKey(Schema.Finite),
  sep12: Schema.Struct({ sender: Side, receiver: Side }),
  sender_sep12_type: optional("SEP-12 type to register the Sending Client with."),
  receiver_sep12_type: optional("SEP-12 type to register the Receiving Client with."),
  fields: Schema.optionalKey(Fields)
})
export type AssetInfoWire = typeof AssetInfoWire.Type

export const InfoWire = Schema.Struct({ receive: Schema.Record(Schema.String, AssetInfoWire) })

/** Body of POST /transactions. It documents: the body is read by `parseRequest.ts`, which keeps the amount as written. */
export const PostBody = Schema.Struct({
  amount: Schema.Union([Schema.Finite, Schema.String]).annotate({
    description:
      "Amount of the Stellar asset to be sent, more than 0 and with at most 7 decimals; a string is safest."
  }),
  asset_code: text("A key of /info's receive."),
  asset_issuer: optional("G…; without it the asset of that code that is received here."),
  funding_method: optional("One of the asset's funding_methods."),
  destination_asset: optional(
    "What is to be delivered, as SEP-38 names it; without quote_id at the price of the moment of receipt."
  ),
  quote_id: optional(
    "A firm quote of the caller's own (SEP-38), not used before; its sell_amount is the amount."
  ),
  sender_id: optional("SEP-12 id of the Sending Client."),
  receiver_id: optional("SEP-12 id of the Receiving Client."),
  lang: optional("ISO 639-1; en by default."),
  refund_memo: optional("Memo for a refund; together with refund_memo_type."),
  refund_memo_type: Schema.optionalKey(Schema.Literals(["id", "text", "hash"])),
  fields: Schema.optionalKey(
    Schema.Struct({ transaction: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)) })
  )
})

/** Where to pay: all three members, or none while the customers are not accepted (S31-RESP-03, S31-RESP-04). */
const WhereToPay = {
  stellar_account_id: optional("G…: where to pay."),
  stellar_memo_type: Schema.optionalKey(Schema.Literals(["id", "text", "hash"])),
  stellar_memo: optional("To be attached to the payment; base64 for a hash.")
}

/** Answer of POST: nothing beside these (S31-RESP-02). */
export const CreatedWire = Schema.Struct({ id: text("Of the transaction."), ...WhereToPay })
export type CreatedWire = typeof CreatedWire.Type

const RefundsWire = Schema.Struct({
  amount_refunded: Schema.String,
  amount_fee: Schema.String,
  payments: Schema.Array(
    Schema.Struct({ id: text("Hash of the Stellar transaction."), amount: Schema.String, fee: Schema.String })
  )
})

/** The parts add up to the total (S31-GET-04). */
const FeeDetails = Schema.Struct({
  total: Schema.String,
  asset: Schema.String,
  details: Schema.optionalKey(
    Schema.Array(
      Schema.Struct({
        name: Schema.String,
        description: Schema.optionalKey(Schema.String),
        amount: Schema.String
      })
    )
  )
})

/** A transaction as its Sending Anchor sees it (SEP-31 §GET Transaction, S31-GET-03). */
export const TransactionWire = Schema.Struct({
  id: Schema.String,
  status: Schema.Literals(sep31Statuses),
  status_eta: Schema.optionalKey(
    Schema.Finite.annotate({ description: "Seconds until the next status is expected." })
  ),
  status_message: optional("What happened, in words."),
  amount_in: text("Announced; once paid, received."),
  amount_in_asset: text("stellar:CODE:ISSUER"),
  amount_out: optional(
    "Delivered, or to be delivered; converted without a quote only once the payment came."
  ),
  amount_out_asset: Schema.String,
  amount_fee: optional("As fee_details.total."),
  amount_fee_asset: Schema.String,
  fee_details: Schema.optionalKey(FeeDetails),
  quote_id: optional("The firm quote it redeemed."),
  ...WhereToPay,
  started_at: text("UTC, ISO 8601."),
  updated_at: text("When the present status was reached."),
  completed_at: optional("Only of a completed transaction."),
  stellar_transaction_id: optional("Hash of the payment that funded it."),
  external_transaction_id: optional("Id on the payout rail."),
  refunded: Schema.Boolean.annotate({ description: "True for a refund of the whole amount only." }),
  refunds: Schema.optionalKey(RefundsWire),
  required_info_message: optional("Why fields are wanted."),
  required_info_updates: Schema.optionalKey(Fields)
})
export type TransactionWire = typeof TransactionWire.Type

export const TransactionAnswer = Schema.Struct({ transaction: TransactionWire })

/** Body of PATCH; read by `parseRequest.ts`. */
export const PatchBody = Schema.Struct({
  fields: Schema.Struct({ transaction: Schema.Record(Schema.String, Schema.String) })
})

/** Body of PUT callback; read by `registerCallback.ts`. */
export const CallbackBody = Schema.Struct({
  url: text("https, without user, password and fragment; it replaces any earlier one.")
})
