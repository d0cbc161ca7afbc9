/**
 * The two "no"s of SEP-31 that say more than a sentence (S31-ERR-02, S31-ERR-03); the others are those of `src/http/errors.ts`.
 *
 * Gotcha: `error` is a machine's word here and is never translated, and no other member may stand beside the ones named.
 */
import { Effect, Schema } from "effect"
import { HttpServerRespondable, HttpServerResponse } from "effect/http"
import { NotFound } from "../http/errors.ts"
import { refuse } from "../http/Language.ts"
import { say } from "../http/Sentence.ts"
import { FieldDescription } from "../ports/Rails.ts"

/** 400: a customer is unknown, another's, or not accepted for this transaction yet. `type` is the SEP-12 type to use. */
export class CustomerInfoNeeded extends Schema.Error<CustomerInfoNeeded>("kedge/sep31/CustomerInfoNeeded")(
  Schema.Struct({ error: Schema.Literal("customer_info_needed"), type: Schema.optionalKey(Schema.String) }),
  { httpApiStatus: 400 }
) {
  readonly _tag = "CustomerInfoNeeded"
  override get message(): string {
    return this.type === undefined ? this.error : `${this.error} (${this.type})`
  }
  [HttpServerRespondable.symbol]() {
    const body = { error: this.error, ...(this.type === undefined ? {} : { type: this.type }) }
    return Effect.succeed(HttpServerResponse.jsonUnsafe(body, { status: 400 }))
  }
}

/** 400: these fields are needed, in the shape of `/info`; the Sending Anchor sends the whole request again. */
export class TransactionInfoNeeded extends Schema.Error<TransactionInfoNeeded>(
  "kedge/sep31/TransactionInfoNeeded"
)(
  Schema.Struct({
    error: Schema.Literal("transaction_info_needed"),
    fields: Schema.Struct({ transaction: Schema.Record(Schema.String, FieldDescription) })
  }),
  { httpApiStatus: 400 }
) {
  readonly _tag = "TransactionInfoNeeded"
  override get message(): string {
    return `${this.error}: ${Object.keys(this.fields.transaction).join(", ")}`
  }
  [HttpServerRespondable.symbol]() {
    return Effect.succeed(
      HttpServerResponse.jsonUnsafe({ error: this.error, fields: this.fields }, { status: 400 })
    )
  }
}

export const customerInfoNeeded = (type: string | null): CustomerInfoNeeded =>
  new CustomerInfoNeeded({ error: "customer_info_needed", ...(type === null ? {} : { type }) })

export const transactionInfoNeeded = (
  transaction: Readonly<Record<string, FieldDescription>>
): TransactionInfoNeeded =>
  new TransactionInfoNeeded({ error: "transaction_info_needed", fields: { transaction } })

/** The same words for an unknown, a malformed and another's id, so that none can be told from the others (S31-AUTH-07). */
export const noSuchTransaction = (): Effect.Effect<never, NotFound> =>
  refuse(NotFound, say`there is no such transaction`)

/** The watcher does not see every receiving account yet: money sent now could fall into a gap. Nothing was created. */
export class NotAcceptingPayments extends Schema.TaggedError<NotAcceptingPayments>()("NotAcceptingPayments", {
  message: Schema.String
}) {}

/** The customers changed between every check and its commit. Nothing was created. */
export class CustomersChanging extends Schema.TaggedError<CustomersChanging>()("CustomersChanging", {
  message: Schema.String
}) {}
