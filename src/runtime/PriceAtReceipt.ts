/**
 * What an amount received comes to in another asset at this moment: asked for payments to transactions that convert without a
 * quote (S31-AMT-08, H-32), outside any commit, before they are told.
 *
 * The rooms that know prices stand above this one, so the question is a service of its own.
 */
import { Context, Effect, Layer } from "effect"
import type { Amount } from "../../machines/domain/Amount.ts"
import type { Price } from "../../machines/transaction/context.ts"

/** There will be none: the amount is too small or too large for one, or nobody exchanges the pair. The payment is parked so. */
export interface NeverPriced {
  readonly never: "under" | "over" | "no-price"
}

export class PriceAtReceipt extends Context.Service<
  PriceAtReceipt,
  {
    /**
     * The price for the whole `amount` of `from`, fee off; assets as SEP-38 names them. Null when there is none at this moment:
     * the payment waits and is asked about again. `NeverPriced`: it need not wait. Failure and persistence: a question; may be
     * repeated.
     */
    readonly priceNow: (query: {
      readonly from: string
      readonly to: string
      readonly amount: Amount
      readonly fundingMethod: string
    }) => Effect.Effect<Price | NeverPriced | null>
  }
>()("kedge/runtime/PriceAtReceipt") {
  /** Where nothing is converted. */
  static readonly none = Layer.succeed(PriceAtReceipt, { priceNow: () => Effect.succeed(null) })
}
