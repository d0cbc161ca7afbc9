/**
 * The KYC provider as the rest of this room sees it: it answers in time and in the right shape, or it is unavailable.
 *
 * A provider is an institution's own code. Gotcha: what it throws may quote customer data, so only our own words about it go
 * to the log; its cause is written at debug level alone.
 */
import { Cause, Effect, Schema } from "effect"
import type { CustomerId } from "../../machines/domain/Ids.ts"
import { faultsIn } from "../http/faultSentence.ts"
import {
  type CustomerField,
  type CustomerRefused,
  type KycProvider,
  KycUnavailable,
  type Verdict
} from "../ports/KycProvider.ts"
import { CustomersUnavailable } from "./errors.ts"
import type { Values } from "./submitted.ts"

const Field = Schema.Struct({
  type: Schema.Literals(["string", "binary", "number", "date"]),
  description: Schema.String,
  choices: Schema.optionalKey(Schema.Array(Schema.String)),
  optional: Schema.optionalKey(Schema.Boolean)
})
const Provided = Schema.Struct({
  ...Field.fields,
  status: Schema.Literals(["ACCEPTED", "PROCESSING", "REJECTED", "VERIFICATION_REQUIRED"]),
  error: Schema.optionalKey(Schema.String)
})
const Status = Schema.Literals(["ACCEPTED", "PROCESSING", "NEEDS_INFO", "REJECTED"])

/** SEP-12 `fields`. */
export const Fields = Schema.Record(Schema.String, Field)
/** SEP-12 `provided_fields`. */
export const ProvidedFields = Schema.Record(Schema.String, Provided)
export { Status as CustomerStatus }

const VerdictAnswer = Schema.Struct({
  status: Status,
  message: Schema.optionalKey(Schema.String),
  fields: Fields,
  provided: ProvidedFields,
  askAgainSeconds: Schema.optionalKey(Schema.Finite)
})

const TextValues = Schema.Record(Schema.String, Schema.String)

const areTextValues = Schema.is(TextValues)

const checked = <A>(schema: Schema.Decoder<A>) => {
  const decode = Schema.decodeUnknownEffect(schema)
  return (answer: unknown): Effect.Effect<A, CustomersUnavailable> =>
    decode(answer).pipe(
      Effect.mapError((error) => {
        const members = faultsIn(error).map(({ expected, member }) => `${member || "(whole)"} ${expected}`)
        return new CustomersUnavailable({
          message: `a KYC verdict is outside its type: ${members.join("; ")}`
        })
      })
    )
}

/** A provider's answer as the port types it; fails with the members that are wrong, quoting none. */
const checkVerdict = checked(VerdictAnswer)

/** A verdict an institution reports: as much of it as is recorded. */
export const checkReport = checked(
  Schema.Struct({
    status: Status,
    message: VerdictAnswer.fields.message,
    askAgainSeconds: VerdictAnswer.fields.askAgainSeconds
  })
)

export interface Provider {
  readonly fields: (
    type: string,
    lang: string
  ) => Effect.Effect<Readonly<Record<string, CustomerField>>, CustomersUnavailable>
  readonly put: (
    customerId: CustomerId,
    type: string,
    values: Values,
    lang: string
  ) => Effect.Effect<Verdict, CustomersUnavailable | CustomerRefused>
  readonly verdict: (
    customerId: CustomerId,
    type: string,
    lang: string
  ) => Effect.Effect<Verdict, CustomersUnavailable>
  readonly values: (
    customerId: CustomerId
  ) => Effect.Effect<Readonly<Record<string, string>>, CustomersUnavailable>
  readonly erase: (customerId: CustomerId) => Effect.Effect<void, CustomersUnavailable>
}

const guarded =
  (timeoutSeconds: number) =>
  <A, E extends { readonly _tag: string }>(
    doing: string,
    ask: () => Effect.Effect<A, E | KycUnavailable>
  ) => {
    const failed = (why: string) =>
      new CustomersUnavailable({ message: `the KYC provider could not ${doing}: ${why}` })
    return Effect.suspend(ask).pipe(
      Effect.timeoutOrElse({
        duration: timeoutSeconds * 1000,
        orElse: () => Effect.fail(failed(`no answer within ${timeoutSeconds} s`))
      }),
      Effect.catchDefect((defect) =>
        Effect.logDebug(`what the KYC provider died with`, Cause.die(defect)).pipe(
          Effect.andThen(Effect.fail(failed("it died")))
        )
      ),
      Effect.mapError((error): Exclude<E, KycUnavailable> | CustomersUnavailable =>
        error instanceof KycUnavailable
          ? failed(error.message)
          : (error as Exclude<E, KycUnavailable> | CustomersUnavailable)
      )
    )
  }

/** Wraps a provider; `timeoutSeconds` bounds every question. */
export const askProvider = (kyc: KycProvider["Service"], timeoutSeconds: number): Provider => {
  const ask = guarded(timeoutSeconds)
  return {
    fields: (type, lang) => ask("describe fields", () => kyc.fields(type, lang)),
    put: (customerId, type, values, lang) =>
      ask("take values", () => kyc.put({ customerId, type, values, lang })).pipe(
        Effect.flatMap((answer) => checkVerdict(answer))
      ),
    verdict: (customerId, type, lang) =>
      ask("judge", () => kyc.verdict(customerId, type, lang)).pipe(Effect.flatMap(checkVerdict)),
    values: (customerId) =>
      ask("read values", () => kyc.values(customerId)).pipe(
        Effect.filterOrFail(
          areTextValues,
          () => new CustomersUnavailable({ message: "the KYC provider's values are not all text" })
        )
      ),
    erase: (customerId) => ask("erase values", () => kyc.erase(customerId))
  }
}
