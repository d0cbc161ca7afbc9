/**
 * What we receive and what we want to know for it: configuration, completed by the institution's `info` hook.
 *
 * GET /info publishes it and POST checks against it, so both see one answer. The published form is the union of what every
 * version of SEP-31 reads (S31-DUAL-03). Gotcha: a malformed hook answer fails the request; half an answer would waive fields.
 */
import { Context, Effect, Layer, Schema } from "effect"
import { type AssetId, assetId } from "../../machines/domain/Asset.ts"
import { defaultLanguage, describe } from "../http/Language.ts"
import { type AssetConfig, KedgeConfig, type Settings } from "../KedgeConfig.ts"
import { BusinessHooks } from "../ports/BusinessHooks.ts"
import type { FieldDescription } from "../ports/Rails.ts"
import { wireNumber } from "./amounts.ts"
import type { AssetInfoWire } from "./wire.ts"
import { callHook, type HookFault } from "./callHook.ts"
import { InfoAnswer } from "./hookAnswers.ts"

type Described<A> = Readonly<Record<string, A>>

/** SEP-12 types of one side, the usual one first; empty means that side needs no KYC. */
export interface CustomerSide {
  readonly usual: string | null
  readonly types: Described<{ readonly description: string }>
}

/** One asset as it stands for this request. */
export interface ReceivedAsset {
  readonly id: AssetId
  readonly config: AssetConfig
  readonly fields: Described<FieldDescription>
  readonly sender: CustomerSide
  readonly receiver: CustomerSide
}

/** The settings cannot be published as SEP-31 wants them: nothing is served until they are put right. */
export class SettingsRefused extends Schema.TaggedError<SettingsRefused>()("SettingsRefused", {
  message: Schema.String
}) {}

export class Info extends Context.Service<
  Info,
  {
    /** Every asset, in the order of the settings; descriptions in `lang` (ISO 639-1) where the hook knows it. */
    readonly all: (lang: string) => Effect.Effect<ReadonlyArray<ReceivedAsset>, HookFault>
    readonly of: (asset: AssetConfig, lang: string) => Effect.Effect<ReceivedAsset, HookFault>
  }
>()("kedge/sep31/Info") {
  static readonly layer = Layer.effect(
    Info,
    Effect.gen(function* () {
      const settings = yield* KedgeConfig
      const hooks = yield* BusinessHooks
      const [fault] = settingsFaults(settings)
      if (fault !== undefined) return yield* new SettingsRefused({ message: fault })
      const of = (config: AssetConfig, lang: string) => {
        const id = assetId(config)
        return callHook({
          hook: "info",
          ask: () => hooks.info(id, lang),
          answer: InfoAnswer,
          timeoutSeconds: settings.timing.hookTimeout
        }).pipe(Effect.map((answer) => completed(config, answer, settings, lang)))
      }
      const all = (lang: string) =>
        Effect.forEach(settings.assets, (asset) => of(asset, lang), { concurrency: 8 })
      return { all, of }
    })
  )
}

/**
 * Why these settings cannot stand in `/info` (S31-INFO-05, S31-INFO-06, S31-INFO-07, S31-INFO-14), as sentences; none is right.
 */
export const settingsFaults = (settings: Pick<Settings, "assets" | "quotes">): ReadonlyArray<string> =>
  settings.assets.flatMap((asset, at) => {
    const twin = settings.assets.findIndex(({ code }) => code === asset.code) < at
    const numbers = {
      minimum: asset.minimum,
      maximum: asset.maximum,
      "fixed fee": asset.fee.fixed,
      "fee percent": asset.fee.percent
    }
    return [
      ...(twin
        ? [
            `two assets have the code ${asset.code}: /info is keyed by code, so only one of them can be received`
          ]
        : []),
      ...Object.entries(numbers)
        .filter(([, amount]) => amount !== null && wireNumber(amount) === null)
        .map(
          ([name, amount]) =>
            `the ${name} of ${asset.code} is ${amount}, which no JSON number holds exactly: use fewer digits`
        ),
      ...(asset.quotes === "off" ? [] : quoteFaults(asset, settings.quotes))
    ]
  })

/** Quotes that are supported, let alone required, can be had; and a funding method is a delivery method by the same name. */
const quoteFaults = (asset: AssetConfig, quotes: Settings["quotes"]): ReadonlyArray<string> => {
  const pairs = (quotes?.pairs ?? []).filter(({ sell }) => sell === assetId(asset))
  if (pairs.length === 0) {
    return [`quotes are ${asset.quotes} for ${asset.code}, and no pair of the quotes sells it`]
  }
  return pairs.flatMap(({ buy }) => {
    const methods = quotes?.offChain.find((each) => each.asset === buy)?.buyDeliveryMethods ?? []
    const names = methods.map(({ name }) => name)
    const strange = [
      ...asset.fundingMethods.filter((method) => !names.includes(method)),
      ...names.filter((method) => !asset.fundingMethods.includes(method))
    ]
    return strange.map(
      (method) =>
        `${method} stands in only one of the funding methods of ${asset.code} and the delivery methods of ${buy}: both must have the same`
    )
  })
}

/** The configured asset with what the hook said of it in place of what the settings say, in the language `lang`. */
export const completed = (
  config: AssetConfig,
  answer: InfoAnswer,
  settings: Pick<Settings, "customerTypes">,
  lang: string = defaultLanguage
): ReceivedAsset => {
  const typeIn = (type: string) => ({
    description: describe(settings.customerTypes[type]?.description ?? type, lang)
  })
  const fieldIn = ([name, field]: readonly [string, AssetConfig["fields"][string]]) =>
    [name, { ...field, description: describe(field.description, lang) }] as const
  const side = (
    configured: ReadonlyArray<string>,
    types: CustomerSide["types"] | undefined,
    usual: string | undefined
  ): CustomerSide => {
    const fallback = usual === undefined ? configured : [usual]
    const described = types ?? Object.fromEntries(fallback.map((type) => [type, typeIn(type)]))
    const first = usual ?? Object.keys(described)[0]
    if (first === undefined) return { usual: null, types: {} }
    return { usual: first, types: { [first]: described[first] ?? typeIn(first), ...described } }
  }
  return {
    id: assetId(config),
    config,
    fields: answer.fields?.transaction ?? Object.fromEntries(Object.entries(config.fields).map(fieldIn)),
    sender: side(config.senderTypes, answer.senderTypes, answer.senderSep12Type),
    receiver: side(config.receiverTypes, answer.receiverTypes, answer.receiverSep12Type)
  }
}

/** One member of `/info.receive`. */
export const assetInfoWire = (asset: ReceivedAsset): AssetInfoWire => {
  const { config, fields, receiver, sender } = asset
  const [minimum, maximum] = [config.minimum, config.maximum].map((limit) =>
    limit === null ? null : wireNumber(limit)
  )
  const fixed = wireNumber(config.fee.fixed)
  const percent = wireNumber(config.fee.percent)
  return {
    enabled: true,
    quotes_supported: config.quotes !== "off",
    quotes_required: config.quotes === "required",
    funding_methods: config.fundingMethods,
    ...(minimum === null || minimum === undefined ? {} : { min_amount: minimum }),
    ...(maximum === null || maximum === undefined ? {} : { max_amount: maximum }),
    ...(fixed === null ? {} : { fee_fixed: fixed }),
    ...(percent === null ? {} : { fee_percent: percent }),
    sep12: { sender: sideWire(sender), receiver: sideWire(receiver) },
    ...(sender.usual === null ? {} : { sender_sep12_type: sender.usual }),
    ...(receiver.usual === null ? {} : { receiver_sep12_type: receiver.usual }),
    ...(Object.keys(fields).length === 0 ? {} : { fields: { transaction: fields } })
  }
}

const sideWire = (side: CustomerSide) => (side.usual === null ? {} : { types: side.types })
