/**
 * Who holds customer data and judges it. Kedge's storage keeps the record (id, owner, status, version); the provider keeps the
 * values and gives the verdict. The default is `adapters/kyc-embedded`, over the encrypted store.
 */
import { Context, type Effect, Schema } from "effect"
import type { CustomerId } from "../../machines/domain/Ids.ts"

export type CustomerStatus = "ACCEPTED" | "PROCESSING" | "NEEDS_INFO" | "REJECTED"

/** One SEP-9 field as SEP-12 describes it (SEP-12 §Fields). */
export interface CustomerField {
  readonly type: "string" | "binary" | "number" | "date"
  readonly description: string
  readonly choices?: ReadonlyArray<string>
  readonly optional?: boolean
}

/** A verdict on one customer for one type. It is a fact: stored first, then told to the transactions that wait. */
export interface Verdict {
  readonly status: CustomerStatus
  /** For the Sending Anchor; no detail on sanctions. */
  readonly message?: string
  /** Still wanted: SEP-12 `fields`. Must not be empty when NEEDS_INFO. */
  readonly fields: Readonly<Record<string, CustomerField>>
  /** Held: SEP-12 `provided_fields`, with a status each. */
  readonly provided: Readonly<
    Record<
      string,
      CustomerField & {
        readonly status: "ACCEPTED" | "PROCESSING" | "REJECTED" | "VERIFICATION_REQUIRED"
        readonly error?: string
      }
    >
  >
  /** Seconds after which to ask again while PROCESSING. */
  readonly askAgainSeconds?: number
}

/** A customer's value: text, or the bytes of a file. */
export type CustomerValue = string | { readonly contentType: string; readonly bytes: Uint8Array }

/** The provider refuses a value; the sentence goes to the client with 400. */
export class CustomerRefused extends Schema.TaggedError<CustomerRefused>()("CustomerRefused", {
  message: Schema.String
}) {}
export class KycUnavailable extends Schema.TaggedError<KycUnavailable>()("KycUnavailable", {
  message: Schema.String
}) {}

export class KycProvider extends Context.Service<
  KycProvider,
  {
    /** The fields wanted of a customer of this type that has given nothing yet. */
    readonly fields: (
      type: string,
      lang: string
    ) => Effect.Effect<Readonly<Record<string, CustomerField>>, KycUnavailable>
    /**
     * Takes values and judges anew.
     *
     * Failure and persistence: values of one call are kept all or none. A crash after it loses only the verdict, which is
     * asked again; the same call may be repeated.
     */
    readonly put: (input: {
      readonly customerId: CustomerId
      readonly type: string
      readonly values: Readonly<Record<string, CustomerValue>>
      readonly lang: string
    }) => Effect.Effect<Verdict, CustomerRefused | KycUnavailable>
    /** The verdict as it stands. Failure and persistence: a question; may be repeated. */
    readonly verdict: (
      customerId: CustomerId,
      type: string,
      lang: string
    ) => Effect.Effect<Verdict, KycUnavailable>
    /** The text values a rail may need, for a destination snapshot. Failure and persistence: a question; may be repeated. */
    readonly values: (
      customerId: CustomerId
    ) => Effect.Effect<Readonly<Record<string, string>>, KycUnavailable>
    /** Erases the values for good. Failure and persistence: may be repeated; done when it has answered. */
    readonly erase: (customerId: CustomerId) => Effect.Effect<void, KycUnavailable>
  }
>()("kedge/ports/KycProvider") {}
