/**
 * The KYC provider, and the hooks about customers, as the rest of this room sees them: they answer in time and in the right
 * shape, or they are unavailable.
 *
 * A provider is an institution's own code. Gotcha: what it throws may quote customer data, so only our own words about it go
 * to the log; its cause is written at debug level alone.
 */
import { Cause, Effect, Schema } from "effect"
import type { CustomerId } from "../../machines/domain/Ids.ts"
import { faultsIn } from "../http/faultSentence.ts"
import type { FileVerdict, Hooks, ReceivedFile } from "../ports/BusinessHooks.ts"
import {
  type AboutTransaction,
  type CodeMessage,
  type CustomerField,
  type CustomerRefused,
  type KycProvider,
  KycUnavailable,
  type Verdict
} from "../ports/KycProvider.ts"
import { CustomersUnavailable } from "./errors.ts"
import { isTier, type JudgedAs, judgedAs, tierOf, typeOf } from "./judgedAs.ts"
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
          message: `an answer about a customer is outside its type: ${members.join("; ")}`
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

type Asked<A> = Effect.Effect<A, CustomersUnavailable>

export interface Provider {
  readonly fields: (as: JudgedAs, lang: string) => Asked<Readonly<Record<string, CustomerField>>>
  readonly put: (
    customerId: CustomerId,
    as: JudgedAs,
    values: Values,
    lang: string
  ) => Effect.Effect<Verdict, CustomersUnavailable | CustomerRefused>
  readonly verdict: (customerId: CustomerId, as: JudgedAs, lang: string) => Asked<Verdict>
  readonly values: (customerId: CustomerId) => Asked<Readonly<Record<string, string>>>
  readonly erase: (customerId: CustomerId) => Asked<void>
  /** What a customer is judged as for a transaction. */
  readonly judgedFor: (type: string, about: AboutTransaction) => Asked<JudgedAs>
  /** Null: this provider verifies nothing. */
  readonly verify:
    | ((
        customerId: CustomerId,
        as: JudgedAs,
        codes: Readonly<Record<string, string>>,
        lang: string
      ) => Effect.Effect<Verdict, CustomersUnavailable | CustomerRefused>)
    | null
  readonly inspectFile: (file: ReceivedFile) => Asked<FileVerdict>
  /** The institution's word on an account; a hook that fails, hangs or answers anything but `true` denies. */
  readonly isSendingAnchor: (account: string) => Effect.Effect<boolean>
}

const guarded =
  (timeoutSeconds: number) =>
  <A, E extends { readonly _tag: string }>(
    doing: string,
    ask: () => Effect.Effect<A, E | KycUnavailable>
  ) => {
    const failed = (why: string) => new CustomersUnavailable({ message: `${doing}: ${why}` })
    return Effect.suspend(ask).pipe(
      Effect.timeoutOrElse({
        duration: timeoutSeconds * 1000,
        orElse: () => Effect.fail(failed(`no answer within ${timeoutSeconds} s`))
      }),
      Effect.catchDefect((defect) =>
        Effect.logDebug("what the institution's code died with", Cause.die(defect)).pipe(
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

const checkFileVerdict = checked(
  Schema.Union([
    Schema.Struct({ _tag: Schema.Literal("Accepted") }),
    Schema.Struct({ _tag: Schema.Literal("Refused"), error: Schema.String })
  ])
)

/** What a hook failed with is an institution's own, and stays with it. */
const ofHook = <A>(work: Effect.Effect<A, unknown>): Effect.Effect<A, KycUnavailable> =>
  work.pipe(
    Effect.catch((error) =>
      Effect.logDebug("what the hook failed with", Cause.fail(error)).pipe(
        Effect.andThen(Effect.fail(new KycUnavailable({ message: "it failed" })))
      )
    )
  )

const inTier = (as: JudgedAs) => {
  const tier = tierOf(as)
  return tier === null ? {} : { tier }
}

/** Wraps a provider and the hooks beside it; `timeoutSeconds` bounds every question. */
export const askProvider = (
  kyc: KycProvider["Service"],
  hooks: Pick<Hooks, "inspectFile" | "isSendingAnchor" | "sendCode">,
  timeoutSeconds: number
): Provider => {
  const ask = guarded(timeoutSeconds)
  const sendCode = (message: CodeMessage) => ofHook(Effect.suspend(() => hooks.sendCode(message)))
  const { tierOf: tierFor, verify } = kyc
  return {
    fields: (as, lang) =>
      ask("the KYC provider could not describe fields", () =>
        kyc.fields(typeOf(as), lang, ...tierArgument(as))
      ),
    put: (customerId, as, values, lang) =>
      ask("the KYC provider could not take values", () =>
        kyc.put({ customerId, type: typeOf(as), ...inTier(as), values, lang, sendCode })
      ).pipe(Effect.flatMap((answer) => checkVerdict(answer))),
    verdict: (customerId, as, lang) =>
      ask("the KYC provider could not judge", () =>
        kyc.verdict(customerId, typeOf(as), lang, ...tierArgument(as))
      ).pipe(Effect.flatMap(checkVerdict)),
    values: (customerId) =>
      ask("the KYC provider could not read values", () => kyc.values(customerId)).pipe(
        Effect.filterOrFail(
          areTextValues,
          () => new CustomersUnavailable({ message: "the KYC provider's values are not all text" })
        )
      ),
    erase: (customerId) => ask("the KYC provider could not erase values", () => kyc.erase(customerId)),
    judgedFor: (type, about) =>
      tierFor === undefined
        ? Effect.succeed(judgedAs(type, null))
        : ask("the KYC provider could not tell the tier", () => tierFor(type, about)).pipe(
            Effect.filterOrFail(
              (tier) => tier === null || (typeof tier === "string" && isTier(tier)),
              () => new CustomersUnavailable({ message: "the KYC provider's tier is not the name of one" })
            ),
            Effect.map((tier) => judgedAs(type, tier))
          ),
    verify:
      verify === undefined
        ? null
        : (customerId, as, codes, lang) =>
            ask("the KYC provider could not take codes", () =>
              verify({ customerId, type: typeOf(as), ...inTier(as), codes, lang })
            ).pipe(Effect.flatMap((answer) => checkVerdict(answer))),
    inspectFile: (file) =>
      ask("the hook inspectFile could not look into a file", () =>
        ofHook(Effect.suspend(() => hooks.inspectFile(file)))
      ).pipe(Effect.flatMap(checkFileVerdict)),
    isSendingAnchor: (account) =>
      ask("the hook isSendingAnchor could not be asked", () =>
        ofHook(Effect.suspend(() => hooks.isSendingAnchor(account)))
      ).pipe(
        Effect.map((may) => may === true),
        Effect.catch((error) =>
          Effect.logError("a Sending Anchor is denied", { account }, error.message).pipe(Effect.as(false))
        )
      )
  }
}

const tierArgument = (as: JudgedAs): readonly [tier?: string] => {
  const tier = tierOf(as)
  return tier === null ? [] : [tier]
}
