/**
 * Gives every caller a fair share of the requests, so that nobody's flood is everybody's outage: 429 with `Retry-After` for
 * more (S31-ERR-06, S10-CH-16, SEC-08).
 *
 * A Sending Anchor is known by the base account of its token, over all SEPs together; who has no token, by the address.
 * Gotcha: a process counts for itself, so behind n of them a caller has up to n shares.
 */
import { Clock, Context, Effect, Layer, Option } from "effect"
import { HttpServerRequest } from "effect/http"
import { HttpApiMiddleware } from "effect/http-api"
import { say } from "../../machines/domain/Sentence.ts"
import { setAnswerHeader, TooManyRequests } from "../http/errors.ts"
import { refuse } from "../http/Language.ts"
import { Buckets, callerOfAddress, clientAddress } from "../http/RateLimit.ts"
import { KedgeConfig } from "../KedgeConfig.ts"

type Asking = Effect.Effect<void, TooManyRequests, HttpServerRequest.HttpServerRequest>

/** Failure and persistence: nothing is stored; a process that starts has forgotten who asked how often. */
export class FairShare extends Context.Service<
  FairShare,
  {
    /** Counts a request of the account a token is for. */
    readonly ofAccount: (account: string) => Asking
    /** Counts a request of whoever is at the other end. */
    readonly ofAddress: Asking
  }
>()("kedge/sep10/FairShare") {
  static readonly layer: Layer.Layer<FairShare, never, KedgeConfig> = Layer.effect(
    FairShare,
    Effect.suspend(() => make)
  )
}

/** Before an endpoint that is open to everyone: a share for each address. */
export class FairAddress extends HttpApiMiddleware.Service<FairAddress>()("kedge/sep10/FairAddress", {
  error: TooManyRequests
}) {
  static readonly layer: Layer.Layer<FairAddress, never, KedgeConfig> = Layer.effect(
    FairAddress,
    Effect.map(
      FairShare,
      ({ ofAddress }) =>
        (app) =>
          Effect.andThen(ofAddress, app)
    )
  ).pipe(Layer.provide(FairShare.layer))
}

/** By address, as the share of who has no token is counted. */
export const callerOf = (
  { headers, remoteAddress }: Pick<HttpServerRequest.HttpServerRequest, "headers" | "remoteAddress">,
  trustedProxies: number
): string => {
  // A socket that is gone already has no address; its answer reaches nobody.
  const peer = Option.getOrElse(remoteAddress, () => "unknown")
  return callerOfAddress(clientAddress(peer, headers["x-forwarded-for"], trustedProxies))
}

const make = Effect.gen(function* () {
  const { fairness } = yield* KedgeConfig
  const accounts = new Buckets(fairness.account)
  const addresses = new Buckets(fairness.address)

  const counted = (buckets: Buckets, caller: string): Asking =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => {
      const wait = buckets.take(caller, now)
      return wait === 0 ? Effect.void : tooMany(wait)
    })

  return FairShare.of({
    ofAccount: (account) => counted(accounts, account),
    ofAddress: Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) =>
      counted(addresses, callerOf(request, fairness.trustedProxies))
    )
  })
})

const tooMany = (waitMillis: number): Asking => {
  const seconds = Math.max(1, Math.ceil(waitMillis / 1000))
  return Effect.andThen(
    setAnswerHeader("retry-after", String(seconds)),
    refuse(TooManyRequests, say`too many requests; try again in ${seconds} s`)
  )
}
