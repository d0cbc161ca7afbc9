/**
 * The "no"s of SEP-12, and what each is on the wire (README.md has the sections).
 *
 * Gotcha: a customer of another's is `CustomerNotFound` exactly as an unknown one is, sentence and all (S12-ID-09); so is a
 * transaction.
 */
import { type Effect, Schema } from "effect"
import { BadRequest, Forbidden, NotFound, Unavailable } from "../http/errors.ts"
import { refuse } from "../http/Language.ts"
import { Said, say, type Words } from "../http/Sentence.ts"

const words = { words: Schema.Union([Said, Schema.String]) }

/** 404: no such customer or transaction, erased, or not the caller's. */
export class CustomerNotFound extends Schema.TaggedError<CustomerNotFound>()("CustomerNotFound", words) {
  override get message(): string {
    return String(this.words)
  }
}
/** 400: the request can never succeed as it is. The words quote no value. */
export class CustomerRequestRefused extends Schema.TaggedError<CustomerRequestRefused>()(
  "CustomerRequestRefused",
  words
) {
  override get message(): string {
    return String(this.words)
  }
}
/** 403: `account` or `memo` name somebody other than the token does, or the caller may not register customers. */
export class NotThisCustomer extends Schema.TaggedError<NotThisCustomer>()("NotThisCustomer", words) {
  override get message(): string {
    return String(this.words)
  }
}
/** 503: the storage or the KYC provider does not answer. The message is for the log. */
export class CustomersUnavailable extends Schema.TaggedError<CustomersUnavailable>()("CustomersUnavailable", {
  message: Schema.String
}) {}

export type CustomerError = CustomerNotFound | CustomerRequestRefused | NotThisCustomer | CustomersUnavailable

export const notFound = (): CustomerNotFound =>
  new CustomerNotFound({ words: say`there is no such customer` })

export const transactionNotFound = (): CustomerNotFound =>
  new CustomerNotFound({ words: say`there is no such transaction` })

export const refused = (said: Words): CustomerRequestRefused => new CustomerRequestRefused({ words: said })

export const notThis = (said: Words): NotThisCustomer => new NotThisCustomer({ words: said })

/** What the port said, for the log; the client is told only that something does not answer. */
export const unavailable = (cause: { readonly message: string }): CustomersUnavailable =>
  new CustomersUnavailable({ message: cause.message })

const tryAgain = say`customer data is not available at the moment; try again`

/** The answer a client gets, in its language. */
export const wireError = (
  error: CustomerError
): Effect.Effect<never, BadRequest | Forbidden | NotFound | Unavailable> => {
  switch (error._tag) {
    case "CustomerNotFound":
      return refuse(NotFound, error.words)
    case "CustomerRequestRefused":
      return refuse(BadRequest, error.words)
    case "NotThisCustomer":
      return refuse(Forbidden, error.words)
    case "CustomersUnavailable":
      return refuse(Unavailable, tryAgain)
  }
}
