/** SEP-10 on the wire to the services and back; no rule of its own. */
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { KedgeConfig } from "../KedgeConfig.ts"
import { Sep10Api } from "./api.ts"
import { Challenges } from "./Challenges.ts"
import { answerRefusal, answerVerdict } from "./errors.ts"
import { callerOf } from "./FairShare.ts"
import { Tokens } from "./Tokens.ts"

/** All of them, also those that mean nothing here: a signed request signs every one (S10-AH-03). */
const parametersOf = (url: string): ReadonlyArray<readonly [string, string]> => {
  const start = url.indexOf("?")
  return start < 0 ? [] : [...new URLSearchParams(url.slice(start + 1))]
}

export const handlers = HttpApiBuilder.group(
  Sep10Api,
  "sep10",
  Effect.fnUntraced(function* (group) {
    const challenges = yield* Challenges
    const tokens = yield* Tokens
    const { fairness } = yield* KedgeConfig
    return group.handleAll({
      challenge: Effect.fnUntraced(function* ({ query, request }) {
        const { account, client_domain: clientDomain, home_domain: homeDomain, memo } = query
        const { transaction, networkPassphrase } = yield* challenges.make({
          account,
          ...(memo === undefined ? {} : { memo }),
          ...(homeDomain === undefined ? {} : { homeDomain }),
          ...(clientDomain === undefined ? {} : { clientDomain }),
          from: callerOf(request, fairness.trustedProxies),
          request: { authorization: request.headers["authorization"], query: parametersOf(request.url) }
        })
        return { transaction, network_passphrase: networkPassphrase }
      }, Effect.catch(answerRefusal)),
      token: Effect.fnUntraced(function* ({ payload }) {
        const terms = yield* challenges.redeem(payload.transaction)
        return { token: yield* tokens.issue(terms) }
      }, Effect.catch(answerVerdict))
    })
  })
)
