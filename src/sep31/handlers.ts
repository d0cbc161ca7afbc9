/**
 * SEP-31 on the wire to the services and back. The order of the questions is the rule here (S31-ERR-05): token, agreement, and
 * only then content type and body; a transaction's owner before the body of its PATCH.
 */
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { BadRequest } from "../http/errors.ts"
import { jsonBody } from "../http/jsonBody.ts"
import { orRefuse, speak } from "../http/Language.ts"
import { Caller } from "../sep10/Caller.ts"
import { answerFailure } from "./answerFailure.ts"
import { Sep31Api } from "./api.ts"
import { assetInfoWire, Info } from "./Info.ts"
import { parseLang, parseTransactionRequest, parseUpdateRequest, requestLang } from "./parseRequest.ts"
import { parseRepeatKey, repeatHeader } from "./repeatKey.ts"
import { callbacksOffered, makeRegisterCallback } from "./registerCallback.ts"
import { SendingAnchors } from "./SendingAnchors.ts"
import { type Failure, Transactions } from "./Transactions.ts"

const failures = [
  "StorageUnavailable",
  "CustomersUnavailable",
  "HookFault",
  "Overloaded",
  "NoAnswer",
  "ActorSetAside",
  "NotAcceptingPayments",
  "CustomersChanging"
] as const satisfies ReadonlyArray<Failure["_tag"]>

/** The language a query asks for; undefined leaves it to the transaction. */
const langOf = ({ lang }: { readonly lang?: string }) =>
  lang === undefined ? Effect.undefined : orRefuse(BadRequest, parseLang(lang))

export const handlers = HttpApiBuilder.group(
  Sep31Api,
  "sep31",
  Effect.fnUntraced(function* (group) {
    const anchors = yield* SendingAnchors
    const info = yield* Info
    const transactions = yield* Transactions
    const registerCallback = yield* makeRegisterCallback
    const offered = yield* callbacksOffered
    /** The caller, who has an agreement with us now. */
    const sendingAnchor = Effect.tap(Caller, ({ account }) => anchors.authorise(account))

    return group
      .handle(
        "info",
        Effect.fnUntraced(
          function* ({ query }) {
            const lang = yield* orRefuse(BadRequest, parseLang(query.lang ?? null))
            const assets = yield* info.all(lang)
            const receive = Object.fromEntries(
              assets.map((asset) => [asset.config.code, assetInfoWire(asset)])
            )
            return { receive }
          },
          Effect.catchTag("HookFault", answerFailure)
        )
      )
      .handleRaw(
        "create",
        Effect.fnUntraced(
          function* ({ request }) {
            const caller = yield* sendingAnchor
            yield* transactions.accepting
            const json = yield* jsonBody(request)
            // First of all its language, since what is wrong with the rest is told in it.
            yield* speak(yield* orRefuse(BadRequest, requestLang(json)))
            const wanted = yield* orRefuse(BadRequest, parseTransactionRequest(json))
            const repeatKey = yield* orRefuse(BadRequest, parseRepeatKey(request.headers[repeatHeader]))
            return yield* transactions.create(caller, wanted, repeatKey)
          },
          Effect.catchTag(failures, answerFailure)
        )
      )
      .handle(
        "get",
        Effect.fnUntraced(
          function* ({ params, query }) {
            const caller = yield* sendingAnchor
            const row = yield* transactions.find(caller.account, params.id)
            return { transaction: yield* transactions.present(row, yield* langOf(query)) }
          },
          Effect.catchTag(failures, answerFailure)
        )
      )
      .handleRaw(
        "update",
        Effect.fnUntraced(
          function* ({ params, query, request }) {
            const caller = yield* sendingAnchor
            const row = yield* transactions.find(caller.account, params.id)
            const lang = yield* langOf(query)
            const values = yield* orRefuse(BadRequest, parseUpdateRequest(yield* jsonBody(request)))
            return { transaction: yield* transactions.update(row, values, lang) }
          },
          Effect.catchTag(failures, answerFailure)
        )
      )
      .handleRaw(
        "callback",
        Effect.fnUntraced(
          function* ({ params, request }) {
            const caller = yield* sendingAnchor
            yield* offered
            const row = yield* transactions.find(caller.account, params.id)
            return yield* registerCallback(row, yield* jsonBody(request))
          },
          Effect.catchTag(failures, answerFailure)
        )
      )
  })
)
