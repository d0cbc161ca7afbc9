/**
 * SEP-31 on the wire to the services and back. The order of the questions is the rule here (S31-ERR-05): token, agreement, and
 * only then content type and body; a transaction's owner before the body of its PATCH.
 */
import { Effect, type Result } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { BadRequest } from "../http/errors.ts"
import { jsonBody } from "../http/jsonBody.ts"
import { Caller } from "../sep10/Caller.ts"
import { answerFailure } from "./answerFailure.ts"
import { Sep31Api } from "./api.ts"
import { noSuchTransaction } from "./errors.ts"
import { assetInfoWire, Info } from "./Info.ts"
import { parseLang, parseTransactionRequest, parseUpdateRequest } from "./parseRequest.ts"
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

const orBadRequest = <A>(parsed: Result.Result<A, string>): Effect.Effect<A, BadRequest> =>
  Effect.mapError(Effect.fromResult(parsed), (error) => new BadRequest({ error }))

export const handlers = HttpApiBuilder.group(
  Sep31Api,
  "sep31",
  Effect.fnUntraced(function* (group) {
    const anchors = yield* SendingAnchors
    const info = yield* Info
    const transactions = yield* Transactions
    /** The caller, who has an agreement with us now. */
    const sendingAnchor = Effect.tap(Caller, ({ account }) => anchors.authorise(account))

    return group
      .handle(
        "info",
        Effect.fnUntraced(
          function* ({ query }) {
            const lang = yield* orBadRequest(parseLang(query.lang ?? null))
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
            const wanted = yield* orBadRequest(parseTransactionRequest(yield* jsonBody(request)))
            return yield* transactions.create(caller, wanted)
          },
          Effect.catchTag(failures, answerFailure)
        )
      )
      .handle(
        "get",
        Effect.fnUntraced(
          function* ({ params }) {
            const caller = yield* sendingAnchor
            const row = yield* transactions.find(caller.account, params.id)
            return { transaction: yield* transactions.present(row) }
          },
          Effect.catchTag(failures, answerFailure)
        )
      )
      .handleRaw(
        "update",
        Effect.fnUntraced(
          function* ({ params, request }) {
            const caller = yield* sendingAnchor
            const row = yield* transactions.find(caller.account, params.id)
            const values = yield* orBadRequest(parseUpdateRequest(yield* jsonBody(request)))
            return { transaction: yield* transactions.update(row, values) }
          },
          Effect.catchTag(failures, answerFailure)
        )
      )
      .handle(
        "callback",
        Effect.fnUntraced(function* () {
          yield* sendingAnchor
          // Not offered yet: the same 404 as for a transaction that is not there (S31-CB-03).
          return yield* noSuchTransaction()
        })
      )
  })
)
