/**
 * The sandbox's moving rates, as an exchange's price feed is asked by whoever quotes by it.
 *
 * Gotcha: the sandbox knows assets by code alone; who issued them is the quoting side's business.
 */
import { Effect, Schema, type Scope } from "effect"
import type { AssetId } from "../../machines/domain/Asset.ts"
import { RateUnavailable } from "../../src/ports/RateProvider.ts"
import { railClient } from "./railRequest.ts"

/** Lines kept to the sandbox for rates. */
const linesMax = 4

const Answer = Schema.Struct({ rate: Schema.String })
const decode = Schema.decodeUnknownEffect(Answer)

const codeOf = (asset: AssetId): string =>
  asset === "stellar:native" ? "XLM" : (asset.split(":")[1] ?? asset)

/** Asks for the rate of the moment: units of `buy` for one of `sell`, as a decimal string. */
export const sandboxRates = Effect.fnUntraced(function* (
  url: URL
): Effect.fn.Return<
  (sell: AssetId, buy: AssetId) => Effect.Effect<string, RateUnavailable>,
  never,
  Scope.Scope
> {
  const client = railClient(url, linesMax)
  yield* Effect.addFinalizer(() => client.close)
  const unavailable = (message: string) => new RateUnavailable({ message })
  return Effect.fnUntraced(function* (sell: AssetId, buy: AssetId) {
    const query = new URLSearchParams({ from: codeOf(sell), to: codeOf(buy) })
    const answer = yield* client.ask("GET", `/rates?${query.toString()}`)
    if (answer._tag !== "Answered") {
      return yield* unavailable(`the sandbox told no rate: ${answer.reason}`)
    }
    if (answer.status !== 200) {
      return yield* unavailable(
        `the sandbox answered ${answer.status} for the rate of ${codeOf(sell)} to ${codeOf(buy)}`
      )
    }
    const { rate } = yield* decode(answer.body).pipe(
      Effect.mapError(() => unavailable("the sandbox answered something that is no rate"))
    )
    return rate
  })
})
