/**
 * Who holds customer data and judges it. Kedge's storage keeps the record (id, owner, status, version); the provider keeps the
 * values and gives the verdict. The default is `adapters/kyc-embedded`, over the encrypted store.
 */
import { Context, type Effect, Schema } from "effect"
import type { Amount } from "../../machines/domain/Amount.ts"
import type { AssetId } from "../../machines/domain/Asset.ts"
import type { CustomerId, TransactionId } from "../../machines/domain/Ids.ts"

export type CustomerStatus = "ACCEPTED" | "PROCESSING" | "NEEDS_INFO" | "REJECTED"

/** One SEP-9 field as SEP-12 describes it (SEP-12 §Fields). */
export interface CustomerField {
  readonly type: "string" | "binary" | "number" | "date"
  readonly description: string
  readonly choices?: ReadonlyArray<string>
  readonly optional?: boolean
}

/** What of a transaction its requirements may depend on (S31-KYC-05). */
export interface AboutTransaction {
  readonly transactionId: TransactionId
  /** As announced, in the asset received. */
  readonly amount: Amount
  readonly asset: AssetId
  readonly fundingMethod: string
  /** What is delivered, as SEP-38 names it; null where it is the asset received. */
  readonly destinationAsset: string | null
}

/** A code that proves that a customer has what they gave, such as a phone number; for the hook that sends it. */
export interface CodeMessage {
  readonly customerId: CustomerId
  /** SEP-9 name. */
  readonly field: string
  /** Where it goes: the value that is to be proven. */
  readonly value: string
  readonly code: string
  /** ISO 639-1. */
  readonly lang: string
}

/** A verdict on one customer for one type. It is a fact: stored first, then told to the transactions that wait. */
export interface Verdict {
  readonly status: CustomerStatus
  /** For the Sending Anchor; no detail on sanctions. */
  readonly message?: string
  /** Still wanted: SEP-12 `fields`. Must not be empty when NEEDS_INFO, unless a field held is VERIFICATION_REQUIRED. */
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

/**
 * A `tier` names the requirements that hold for some transactions of a type, beyond the type's own; where none is given, the
 * type's own are meant. Statuses are recorded for each tier, so a verdict on a tier settles every transaction of it.
 */
export class KycProvider extends Context.Service<
  KycProvider,
  {
    /** The fields wanted of a customer of this type that has given nothing yet. */
    readonly fields: (
      type: string,
      lang: string,
      tier?: string
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
      readonly tier?: string
      readonly values: Readonly<Record<string, CustomerValue>>
      readonly lang: string
      /** Sends a code by the institution's hook, for a provider that verifies values but cannot send. */
      readonly sendCode?: (message: CodeMessage) => Effect.Effect<void, KycUnavailable>
    }) => Effect.Effect<Verdict, CustomerRefused | KycUnavailable>
    /** The verdict as it stands. Failure and persistence: a question; may be repeated. */
    readonly verdict: (
      customerId: CustomerId,
      type: string,
      lang: string,
      tier?: string
    ) => Effect.Effect<Verdict, KycUnavailable>
    /** The text values a rail may need, for a destination snapshot. Failure and persistence: a question; may be repeated. */
    readonly values: (
      customerId: CustomerId
    ) => Effect.Effect<Readonly<Record<string, string>>, KycUnavailable>
    /** Erases the values for good. Failure and persistence: may be repeated; done when it has answered. */
    readonly erase: (customerId: CustomerId) => Effect.Effect<void, KycUnavailable>
    /**
     * The tier of a transaction: at most 64 letters, digits, dots, dashes and underscores; null for the type's own
     * requirements. The same transaction always has the same. Left out: requirements depend on no transaction.
     *
     * Keep tiers few ("large", "1000"): a status is kept for each. Whose requirements differ with every transaction answers
     * the transaction's id. Failure and persistence: a question; may be repeated.
     */
    readonly tierOf?: (type: string, about: AboutTransaction) => Effect.Effect<string | null, KycUnavailable>
    /**
     * Takes codes by field, for fields that are VERIFICATION_REQUIRED, and judges anew (SEP-12 §Customer PUT). Refuses when any
     * is wrong or not awaited. Left out: no field is ever VERIFICATION_REQUIRED.
     *
     * Failure and persistence: codes of one call are taken all or none. Wrong tries are counted, and must be few.
     */
    readonly verify?: (input: {
      readonly customerId: CustomerId
      readonly type: string
      readonly tier?: string
      readonly codes: Readonly<Record<string, string>>
      readonly lang: string
    }) => Effect.Effect<Verdict, CustomerRefused | KycUnavailable>
  }
>()("kedge/ports/KycProvider") {}
