/**
 * The "no"s of SEP-12, and what each is on the wire (README.md has the sections).
 *
 * Gotcha: a customer of another's is `CustomerNotFound` exactly as an unknown one is, sentence and all (S12-ID-09).
 */
import { Schema } from "effect"
import { BadRequest, Forbidden, NotFound, Unavailable } from "../http/errors.ts"

/** 404: no such customer, erased, or not the caller's. */
export class CustomerNotFound extends Schema.TaggedError<CustomerNotFound>()("CustomerNotFound", {
  message: Schema.String
}) {}
/** 400: the request can never succeed as it is. The sentence quotes no value. */
export class CustomerRequestRefused extends Schema.TaggedError<CustomerRequestRefused>()(
  "CustomerRequestRefused",
  { message: Schema.String }
) {}
/** 403: `account` or `memo` name somebody other than the token does. */
export class NotThisCustomer extends Schema.TaggedError<NotThisCustomer>()("NotThisCustomer", {
  message: Schema.String
}) {}
/** 503: the storage or the KYC provider does not answer. The message is for the log. */
export class CustomersUnavailable extends Schema.TaggedError<CustomersUnavailable>()("CustomersUnavailable", {
  message: Schema.String
}) {}

export type CustomerError = CustomerNotFound | CustomerRequestRefused | NotThisCustomer | CustomersUnavailable

export const notFound = (): CustomerNotFound => new CustomerNotFound({ message: "there is no such customer" })

export const refused = (message: string): CustomerRequestRefused => new CustomerRequestRefused({ message })

export const notThis = (message: string): NotThisCustomer => new NotThisCustomer({ message })

/** What the port said, for the log; the client is told only that something does not answer. */
export const unavailable = (cause: { readonly message: string }): CustomersUnavailable =>
  new CustomersUnavailable({ message: cause.message })

/** The answer a client gets. */
export const wireError = (error: CustomerError): BadRequest | Forbidden | NotFound | Unavailable => {
  switch (error._tag) {
    case "CustomerNotFound":
      return new NotFound({ error: error.message })
    case "CustomerRequestRefused":
      return new BadRequest({ error: error.message })
    case "NotThisCustomer":
      return new Forbidden({ error: error.message })
    case "CustomersUnavailable":
      return new Unavailable({ error: "customer data is not available at the moment; try again" })
  }
}
