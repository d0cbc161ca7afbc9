/**
 * At which rate is one asset exchanged for another? The port of an institution that offers quotes (SEP-38).
 *
 * It says the rate and its fee for the one amount a client named; Kedge computes the other amount and the prices, so that they
 * agree to the last digit. Gotcha: `rate` counts units bought for one unit sold (USDC to BRL: "5.42"), which is the other way
 * round from SEP-38's `price`.
 */
import { Context, Effect, Layer, Schema } from "effect"
import type { Amount } from "../../machines/domain/Amount.ts"
import type { AssetId } from "../../machines/domain/Asset.ts"
import type { Side } from "../../machines/domain/Price.ts"

/** What is asked. Assets as SEP-38 names them. */
export interface RateQuestion {
  /** `indicative` binds nobody; for a `firm` one the institution stands by its answer until `untilMillis`. */
  readonly kind: "indicative" | "firm"
  readonly sellAsset: AssetId
  readonly buyAsset: AssetId
  /** The side whose amount the client named, and that amount: decimal string, in units of that asset, more than 0. */
  readonly given: Side
  readonly amount: Amount
  /** Decimals of each asset's amounts; `fee` must keep to those of its asset. */
  readonly sellDecimals: number
  readonly buyDecimals: number
  readonly context: "sep31"
  /** As the client named them, or the only one there is; null otherwise. */
  readonly sellDeliveryMethod: string | null
  readonly buyDeliveryMethod: string | null
  /** ISO 3166-2 or alpha-2; null where the client named none. */
  readonly countryCode: string | null
  /** Base account (`G…`) of who asks; null where nobody signed in, or none stands behind the question. */
  readonly client: string | null
  /** For a firm rate: until when it must hold, milliseconds since 1970. Null for an indicative one. */
  readonly untilMillis: number | null
}

/** What is answered. */
export interface Rate {
  /** Units of the asset bought for one unit of the asset sold: a decimal string, margin included, the fee not. */
  readonly rate: string
  /** What is kept beside, inside the amount the client gives. Left out: nothing. */
  readonly fee?: {
    /** Decimal string in units of `asset`, which is one of the two of the question. */
    readonly total: string
    readonly asset: AssetId
    /** Parts that add up to `total` exactly; none for a total of 0. */
    readonly details?: ReadonlyArray<{
      readonly name: string
      readonly description?: string
      readonly amount: string
    }>
  }
  /** For a firm rate: until when it holds, milliseconds since 1970. Left out: as long as was asked. */
  readonly untilMillis?: number
}

/** No rate can be had now: prices are answered 503, and firm quotes given before stay good (S38-G-05). */
export class RateUnavailable extends Schema.TaggedError<RateUnavailable>()("RateUnavailable", {
  message: Schema.String
}) {}
/** There is no rate for this question and there will be none: 400 with this sentence, which the client reads. */
export class NoRate extends Schema.TaggedError<NoRate>()("NoRate", { message: Schema.String }) {}

/**
 * Failure and persistence: a question without effect, asked any number of times and by several processes at once; a firm
 * answer binds only once it stands in a quote, which Kedge keeps (rate, amounts and fee). It has a time limit; a provider that
 * dies, is late or answers outside its type is unavailable.
 */
export class RateProvider extends Context.Service<
  RateProvider,
  { readonly rate: (question: RateQuestion) => Effect.Effect<Rate, RateUnavailable | NoRate> }
>()("kedge/ports/RateProvider") {
  /** Where no quotes are offered. */
  static readonly none = Layer.succeed(RateProvider, {
    rate: () => Effect.fail(new RateUnavailable({ message: "no rate provider is configured" }))
  })
}
