/**
 * The default KYC provider: customer data sealed in Kedge's own storage, one row a value, and a verdict by completeness.
 *
 * What each SEP-12 type wants is configuration. Only what some type wants, or a rail has bounced, is kept (S12-PUT-10).
 * Gotcha: it accepts whoever is complete. An institution with a compliance system brings its own provider, or tells verdicts
 * through `Customers.report`, which stand.
 */
import { Effect, Layer } from "effect"
import type { CustomerId } from "../../machines/domain/Ids.ts"
import { say } from "../../machines/domain/Sentence.ts"
import { canonicalName, sep9Field } from "../../machines/domain/Sep9.ts"
import { inLanguage } from "../../src/http/Language.ts"
import { KedgeConfig } from "../../src/KedgeConfig.ts"
import type { Entropy } from "../../src/ports/Entropy.ts"
import { CustomerRefused, KycProvider, KycUnavailable } from "../../src/ports/KycProvider.ts"
import { Storage } from "../../src/ports/Storage.ts"
import type { CustomerRow } from "../../src/ports/rows.ts"
import type { Vault } from "../../src/ports/Vault.ts"
import { isCodeName, isProven, openCode } from "./codes.ts"
import { describeAll, judge, scriptOf, type Told } from "./judge.ts"
import { makeKeeping } from "./keeping.ts"
import { choicesOf, provenByAny, tierOfAmount, wantedBy, wantedByAny } from "./requirements.ts"
import { openValue } from "./SealedValue.ts"

export interface EmbeddedKycOptions {
  /** Lets a `last_name` of REJECTED, PROCESSING or NEEDSINFO decide the verdict. For the sandbox; never for real customers. */
  readonly scripted?: boolean
  /** How long a customer named PROCESSING is processed. */
  readonly processingSeconds?: number
}

/** Long enough to be seen by a person who looks, short enough for a demo. */
const processingSecondsDefault = 10

const unavailable = (doing: string) => (cause: { readonly _tag: string; readonly message: string }) =>
  new KycUnavailable({ message: `the customer store could not ${doing}: ${cause.message}` })

type Held = Effect.Success<ReturnType<Storage["Service"]["customerValues"]>>

const make = Effect.fnUntraced(function* (options: EmbeddedKycOptions) {
  const { customerTypes, timing } = yield* KedgeConfig
  const storage = yield* Storage
  const parts = yield* Effect.context<Vault | Entropy>()
  const isScripted = options.scripted ?? false
  const processingMillis = (options.processingSeconds ?? processingSecondsDefault) * 1000
  const kept = wantedByAny(customerTypes)
  const mustProve = provenByAny(customerTypes)
  const keeping = makeKeeping({ storage, codeLifetime: timing.codeLifetime, mustProve })

  /** What an institution told stands, be it of the type or of this tier alone. */
  const told = (row: CustomerRow | null, type: string, tier: string | undefined): Told | undefined => {
    const known = [type, `${type}@${tier}`].map((as) => row?.statuses[as])
    const standing =
      known.find((each) => each?.status === "REJECTED") ?? known.find((each) => each?.status === "PROCESSING")
    return standing?.status === "REJECTED" || standing?.status === "PROCESSING"
      ? { status: standing.status, message: standing.message }
      : undefined
  }

  /** What the script says of the family name that is held, and how long it still says PROCESSING. */
  const scriptFor = Effect.fnUntraced(function* (held: Held) {
    const row = isScripted ? held.find(({ name }) => name === "last_name") : undefined
    if (row === undefined) return { script: null, processingSecondsLeft: 0 }
    const { value, atMillis } = yield* openValue(row.sealed)
    const script = typeof value === "string" ? scriptOf(value) : null
    const left = script === "PROCESSING" ? atMillis + processingMillis - (yield* storage.nowMillis) : 0
    return { script, processingSecondsLeft: Math.max(0, Math.ceil(left / 1000)) }
  })

  const unprovenOf = Effect.fnUntraced(function* (held: Held) {
    const unproven = new Set<string>()
    for (const name of mustProve) {
      const isHeld = held.some((row) => row.name === name)
      if (isHeld && !isProven(held, name, yield* openCode(held, name))) unproven.add(name)
    }
    return unproven
  })

  const judged = Effect.fnUntraced(function* (
    id: CustomerId,
    type: string,
    tier: string | undefined,
    standing: Told | undefined,
    lang: string
  ) {
    const held = yield* storage.customerValues(id)
    return judge({
      wanted: wantedBy(customerTypes, type, tier),
      held: new Set(held.map(({ name }) => name)),
      unproven: yield* unprovenOf(held),
      told: standing,
      lang,
      ...(yield* scriptFor(held))
    })
  })

  const refuse = (words: ReturnType<typeof say>, lang: string) =>
    Effect.fail(new CustomerRefused({ message: inLanguage(words, lang) }))

  return KycProvider.of({
    fields: (type, lang, tier) => Effect.succeed(describeAll(wantedBy(customerTypes, type, tier), lang)),

    put: Effect.fnUntraced(
      function* ({ customerId, lang, sendCode, tier, type, values }) {
        const row = yield* storage.customer(customerId)
        const standing = isScripted ? undefined : told(row, type, tier)
        if (standing?.status === "REJECTED") {
          return yield* refuse(say`this customer was rejected; new data does not change that`, lang)
        }
        const contested = new Set(row?.contested.map(canonicalName))
        const taken = Object.entries(values)
          .map(([name, value]) => ({ name: canonicalName(name), value }))
          .filter(({ name }) => kept.has(name) || contested.has(name))
        for (const { name, value } of taken) {
          const choices = choicesOf(customerTypes, name)
          if (typeof value === "string" && choices.length > 0 && !choices.includes(value)) {
            return yield* refuse(say`${name} must be one of ${choices}`, lang)
          }
        }
        if (taken.length > 0) yield* keeping.keep(customerId, taken, { lang, sendCode })
        return yield* judged(customerId, type, tier, standing, lang)
      },
      Effect.provide(parts),
      Effect.catchTags({
        StorageUnavailable: (cause) => Effect.fail(unavailable("keep values")(cause)),
        Unsealable: (cause) => Effect.fail(unavailable("read values")(cause))
      })
    ),

    verdict: Effect.fnUntraced(
      function* (customerId, type, lang, tier) {
        const standing = told(yield* storage.customer(customerId), type, tier)
        return yield* judged(customerId, type, tier, standing, lang)
      },
      Effect.provide(parts),
      Effect.mapError(unavailable("judge"))
    ),

    values: Effect.fnUntraced(
      function* (customerId) {
        const held = yield* storage.customerValues(customerId)
        const texts = yield* Effect.forEach(
          held.filter(({ name }) => !isCodeName(name) && sep9Field(name)?.type !== "binary"),
          ({ name, sealed }) => Effect.map(openValue(sealed), ({ value }) => [name, value] as const)
        )
        return Object.fromEntries(
          texts.flatMap(([name, value]) => (typeof value === "string" ? [[name, value] as const] : []))
        )
      },
      Effect.provide(parts),
      Effect.mapError(unavailable("read values"))
    ),

    erase: (customerId) =>
      storage.eraseCustomerValues(customerId).pipe(Effect.mapError(unavailable("erase values"))),

    tierOf: (type, { amount }) => Effect.succeed(tierOfAmount(customerTypes, type, amount)),

    verify: Effect.fnUntraced(
      function* ({ codes, customerId, lang, tier, type }) {
        yield* keeping.take(customerId, codes, lang)
        const standing = isScripted ? undefined : told(yield* storage.customer(customerId), type, tier)
        return yield* judged(customerId, type, tier, standing, lang)
      },
      Effect.provide(parts),
      Effect.catchTags({
        StorageUnavailable: (cause) => Effect.fail(unavailable("keep codes")(cause)),
        Unsealable: (cause) => Effect.fail(unavailable("read codes")(cause))
      })
    )
  })
})

/** The provider over Kedge's own storage. */
export const layer = (
  options: EmbeddedKycOptions = {}
): Layer.Layer<KycProvider, never, KedgeConfig | Storage | Vault | Entropy> =>
  Layer.effect(KycProvider, make(options))
