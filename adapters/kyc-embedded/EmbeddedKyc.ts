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
import { type CustomerType, KedgeConfig } from "../../src/KedgeConfig.ts"
import type { Entropy } from "../../src/ports/Entropy.ts"
import { CustomerRefused, KycProvider, KycUnavailable } from "../../src/ports/KycProvider.ts"
import { Storage } from "../../src/ports/Storage.ts"
import type { CustomerRow } from "../../src/ports/rows.ts"
import type { Vault } from "../../src/ports/Vault.ts"
import { describeAll, judge, scriptOf, type Told } from "./judge.ts"
import { openValue, sealValue } from "./SealedValue.ts"

export interface EmbeddedKycOptions {
  /** Lets a `last_name` of REJECTED, PROCESSING or NEEDSINFO decide the verdict. For the sandbox; never for real customers. */
  readonly scripted?: boolean
  /** How long a customer named PROCESSING is processed. */
  readonly processingSeconds?: number
}

/** Long enough to be seen by a person who looks, short enough for a demo. */
const processingSecondsDefault = 10

const nothingWanted: CustomerType["fields"] = {}

const unavailable = (doing: string) => (cause: { readonly _tag: string; readonly message: string }) =>
  new KycUnavailable({ message: `the customer store could not ${doing}: ${cause.message}` })

const make = Effect.fnUntraced(function* (options: EmbeddedKycOptions) {
  const { customerTypes } = yield* KedgeConfig
  const storage = yield* Storage
  const parts = yield* Effect.context<Vault | Entropy>()
  const isScripted = options.scripted ?? false
  const processingMillis = (options.processingSeconds ?? processingSecondsDefault) * 1000

  const wantedBy = (type: string) => customerTypes[type]?.fields ?? nothingWanted
  const wantedByAny = new Set(
    Object.values(customerTypes).flatMap(({ fields }) => Object.keys(fields).map(canonicalName))
  )

  const told = (row: CustomerRow | null, type: string): Told | undefined => {
    const known = row?.statuses[type]
    return known?.status === "REJECTED" || known?.status === "PROCESSING"
      ? { status: known.status, message: known.message }
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

  const judged = Effect.fnUntraced(function* (
    id: CustomerId,
    type: string,
    standing: Told | undefined,
    lang: string
  ) {
    const held = yield* storage.customerValues(id)
    return judge({
      wanted: wantedBy(type),
      held: new Set(held.map(({ name }) => name)),
      told: standing,
      lang,
      ...(yield* scriptFor(held))
    })
  })

  return KycProvider.of({
    fields: (type, lang) => Effect.succeed(describeAll(wantedBy(type), lang)),

    put: Effect.fnUntraced(
      function* ({ customerId, lang, type, values }) {
        const row = yield* storage.customer(customerId)
        const standing = isScripted ? undefined : told(row, type)
        if (standing?.status === "REJECTED") {
          return yield* new CustomerRefused({
            message: inLanguage(say`this customer was rejected; new data does not change that`, lang)
          })
        }
        const kept = Object.entries(values)
          .map(([name, value]) => ({ name: canonicalName(name), value }))
          .filter(
            ({ name }) => wantedByAny.has(name) || (row?.contested.map(canonicalName).includes(name) ?? false)
          )
        for (const { name, value } of kept) {
          const choices = choicesOf(customerTypes, name)
          if (typeof value === "string" && choices.length > 0 && !choices.includes(value)) {
            return yield* new CustomerRefused({
              message: inLanguage(say`${name} must be one of ${choices}`, lang)
            })
          }
        }
        if (kept.length > 0) {
          const atMillis = yield* storage.nowMillis
          const rows = yield* Effect.forEach(kept, ({ name, value }) =>
            Effect.map(sealValue({ value, atMillis }), (sealed) => ({ name, sealed }))
          )
          yield* storage.putCustomerValues(customerId, rows)
        }
        return yield* judged(customerId, type, standing, lang)
      },
      Effect.provide(parts),
      Effect.catchTags({
        StorageUnavailable: (cause) => Effect.fail(unavailable("keep values")(cause)),
        Unsealable: (cause) => Effect.fail(unavailable("read values")(cause))
      })
    ),

    verdict: Effect.fnUntraced(
      function* (customerId, type, lang) {
        return yield* judged(customerId, type, told(yield* storage.customer(customerId), type), lang)
      },
      Effect.provide(parts),
      Effect.mapError(unavailable("judge"))
    ),

    values: Effect.fnUntraced(
      function* (customerId) {
        const held = yield* storage.customerValues(customerId)
        const texts = yield* Effect.forEach(
          held.filter(({ name }) => sep9Field(name)?.type !== "binary"),
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
      storage.eraseCustomerValues(customerId).pipe(Effect.mapError(unavailable("erase values")))
  })
})

type Held = Effect.Success<ReturnType<Storage["Service"]["customerValues"]>>

/** What a value may be, where every type that wants it gives choices; none are given where any of them leaves it free. */
const choicesOf = (types: Readonly<Record<string, CustomerType>>, name: string): ReadonlyArray<string> => {
  const wanting = Object.values(types).flatMap(({ fields }) =>
    Object.entries(fields).flatMap(([wanted, field]) =>
      canonicalName(wanted) === name ? [field.choices] : []
    )
  )
  return wanting.includes(null) ? [] : [...new Set(wanting.flatMap((choices) => choices ?? []))]
}

/** The provider over Kedge's own storage. */
export const layer = (
  options: EmbeddedKycOptions = {}
): Layer.Layer<KycProvider, never, KedgeConfig | Storage | Vault | Entropy> =>
  Layer.effect(KycProvider, make(options))
