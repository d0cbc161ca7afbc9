/** SEP-10 on the wire to the services and back; no rule of its own. */
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { BadRequest } from "../http/errors.ts"
import { refuse } from "../http/Language.ts"
import { Sep10Api } from "./api.ts"
import { Challenges } from "./Challenges.ts"
import { answerRefusal } from "./errors.ts"
import { Tokens } from "./Tokens.ts"

export const handlers = HttpApiBuilder.group(
  Sep10Api,
  "sep10",
  Effect.fnUntraced(function* (group) {
    const challenges = yield* Challenges
    const tokens = yield* Tokens
    return group.handleAll({
      challenge: Effect.fnUntraced(
        function* ({ query }) {
          const { transaction, networkPassphrase } = yield* challenges.make({
            account: query.account,
            ...(query.memo === undefined ? {} : { memo: query.memo }),
            ...(query.home_domain === undefined ? {} : { homeDomain: query.home_domain })
          })
          return { transaction, network_passphrase: networkPassphrase }
        },
        Effect.catch((refused) => refuse(BadRequest, refused.sentence))
      ),
      token: Effect.fnUntraced(function* ({ payload }) {
        const terms = yield* challenges.redeem(payload.transaction)
        return { token: yield* tokens.issue(terms) }
      }, Effect.catch(answerRefusal))
    })
  })
)
