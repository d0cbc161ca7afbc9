/**
 * One datum, two ways in: `fields.transaction` of the Sending Anchor's POST, or SEP-12. A rail reads one of them, and what it
 * bounces is asked for again the way it came (S31-KYC-08, S31-DUAL-06, S31-DUAL-07).
 *
 * Gotcha: a mapped field overrides what the customer says, so correcting the customer would change nothing for such a payout.
 */
import { Effect } from "effect"
import { assetId } from "../../machines/domain/Asset.ts"
import { canonicalName } from "../../machines/domain/Sep9.ts"
import { defaultLanguage, describe } from "../http/Language.ts"
import { type AssetConfig, KedgeConfig } from "../KedgeConfig.ts"
import type { CustomerInfoNeeded, FieldDescription, TransactionInfoNeeded } from "../ports/Rails.ts"
import type { PayoutJob } from "../ports/rows.ts"
import { type Destination, emptyDestination, openDestination } from "../runtime/Destination.ts"

type Mapping = Readonly<Record<string, string>>
type Asking = typeof TransactionInfoNeeded.Type | typeof CustomerInfoNeeded.Type

/** The receiver's SEP-9 values, with those that came as fields under the names they are mapped to. */
export const receiverOf = (
  { fields, receiver }: Destination,
  mapping: Mapping = {}
): Readonly<Record<string, string>> => {
  const mapped = Object.entries(mapping).flatMap(([field, to]) => {
    const value = Object.hasOwn(fields, field) ? fields[field] : undefined
    return value === undefined ? [] : [[canonicalName(to), value] as const]
  })
  return mapped.length === 0 ? receiver : { ...receiver, ...Object.fromEntries(mapped) }
}

export const mappingOf = (assets: ReadonlyArray<AssetConfig>, job: PayoutJob): Mapping =>
  assets.find((asset) => assetId(asset) === job.actor.asset)?.fieldMapping ?? {}

/**
 * What a rail asks for, asked the way it came. Fields that neither the asset declares nor the transaction brought are the
 * receiver's, by SEP-12; where there is no receiver to ask, a PATCH is the only way.
 */
export const askedAsItCame = Effect.fnUntraced(function* (job: PayoutJob, asking: Asking) {
  const { assets } = yield* KedgeConfig
  const asset = assets.find((each) => assetId(each) === job.actor.asset)
  const declared = asset?.fields ?? {}
  const mapping = asset?.fieldMapping ?? {}
  const given =
    job.sealed === null
      ? {}
      : (yield* openDestination(job.sealed).pipe(Effect.orElseSucceed(() => emptyDestination))).fields
  if (asking._tag === "TransactionInfoNeeded") {
    const names = Object.keys(asking.fields)
    const cameAsField = names.some((name) => Object.hasOwn(declared, name) || Object.hasOwn(given, name))
    return cameAsField || names.length === 0 || job.actor.receiverId === null
      ? asking
      : ({
          _tag: "CustomerInfoNeeded",
          party: "receiver",
          fields: names.map((name) => canonicalName(mapping[name] ?? name)),
          ...messageOf(asking)
        } satisfies Asking)
  }
  const sources = asking.fields.map((name) => sourceOf(name, mapping, given))
  if (asking.party !== "receiver" || sources.some((source) => source === null)) return asking
  return {
    _tag: "TransactionInfoNeeded",
    fields: Object.fromEntries(
      sources.flatMap((source) => (source === null ? [] : [[source, describedAs(source, declared)] as const]))
    ),
    ...messageOf(asking)
  } satisfies Asking
})

const messageOf = ({ message }: Asking) => (message === undefined ? {} : { message })

/** The field a value of the receiver's came as; null where it came by SEP-12. */
const sourceOf = (name: string, mapping: Mapping, given: Readonly<Record<string, string>>): string | null =>
  Object.entries(mapping).find(
    ([field, to]) => Object.hasOwn(given, field) && canonicalName(to) === canonicalName(name)
  )?.[0] ?? null

const describedAs = (name: string, declared: AssetConfig["fields"]): FieldDescription => {
  const field = Object.hasOwn(declared, name) ? declared[name] : undefined
  return field === undefined
    ? { description: name }
    : { ...field, description: describe(field.description, defaultLanguage) }
}
