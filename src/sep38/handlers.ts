/**
 * SEP-38 on the wire to `Quotes` and back. The order of the questions is the rule here, as in SEP-31: token, agreement, and only
 * then content type and body.
 *
 * Gotcha: a bad token is refused where none is needed too: prices without its client's terms would look like theirs (S38-GEN-02).
 */
import { Effect } from "effect"
import type { HttpServerRequest } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { say } from "../../machines/domain/Sentence.ts"
import { BadRequest, Forbidden, unavailable } from "../http/errors.ts"
import { jsonBody } from "../http/jsonBody.ts"
import { language, orRefuse, refuse } from "../http/Language.ts"
import { KedgeConfig } from "../KedgeConfig.ts"
import { Caller } from "../sep10/Caller.ts"
import { FairShare } from "../sep10/FairShare.ts"
import { Tokens } from "../sep10/Tokens.ts"
import { Sep38Api } from "./api.ts"
import { marketOf } from "./Market.ts"
import { ofBody, ofQuery, parsePrice, parsePrices, parseQuote } from "./parseRequest.ts"
import { presentInfo, presentPrice, presentPrices, presentQuote } from "./present.ts"
import { QuoteClients } from "./QuoteClients.ts"
import { type QuoteFailure, Quotes } from "./Quotes.ts"

/** Seconds after which prices are worth asking for again. */
const retryAfter = 5

/** The operator gets the reason; the client is told only what to do (S38-G-05). */
const answerFailure = (failure: QuoteFailure) =>
  Effect.logWarning(`sep38: ${failure.message}`).pipe(
    Effect.andThen(
      unavailable(
        failure._tag === "RateUnavailable"
          ? say`prices are not available at the moment; try again later`
          : say`not available at the moment; try again later`,
        retryAfter
      )
    )
  )

const failures = ["RateUnavailable", "StorageUnavailable"] as const

export const handlers = HttpApiBuilder.group(
  Sep38Api,
  "sep38",
  Effect.fnUntraced(function* (group) {
    const settings = yield* KedgeConfig
    const quotes = yield* Quotes
    const tokens = yield* Tokens
    const clients = yield* QuoteClients
    const share = yield* FairShare
    const market = marketOf(settings)

    /** The caller's base account, where a token says who they are (S38-GEN-01); the request is counted as theirs, or as the address's. */
    const clientOf = Effect.fnUntraced(function* ({ headers }: HttpServerRequest.HttpServerRequest) {
      const given = headers["authorization"]
      if (given === undefined) {
        yield* share.ofAddress
        return null
      }
      const token = /^Bearer +(\S+)$/i.exec(given)?.[1]
      if (token === undefined) return yield* refuse(Forbidden, say`the token must be given as a bearer token`)
      const caller = yield* tokens
        .verify(token)
        .pipe(Effect.catchTag("TokenRefused", ({ sentence }) => refuse(Forbidden, sentence)))
      yield* share.ofAccount(caller.account)
      return caller.account
    })

    /** The caller's base account, whatever memo or muxed form the token has (S38-Q-09), if it may have firm quotes. */
    const owner = Caller.pipe(
      Effect.map(({ account }) => account),
      Effect.tap((account) =>
        settings.quotes?.clients === "authenticated" ? Effect.void : clients.authorise(account)
      )
    )

    return group
      .handle("info", ({ request }) =>
        Effect.andThen(
          clientOf(request),
          Effect.map(language, (lang) => presentInfo(market, lang))
        )
      )
      .handle(
        "prices",
        Effect.fnUntraced(
          function* ({ query, request }) {
            const client = yield* clientOf(request)
            const asked = yield* orRefuse(BadRequest, parsePrices(ofQuery(query)))
            return presentPrices(yield* quotes.prices(client, asked))
          },
          Effect.catchTag(failures, answerFailure)
        )
      )
      .handle(
        "price",
        Effect.fnUntraced(
          function* ({ query, request }) {
            const client = yield* clientOf(request)
            const asked = yield* orRefuse(BadRequest, parsePrice(ofQuery(query)))
            return presentPrice(yield* quotes.price(client, asked))
          },
          Effect.catchTag(failures, answerFailure)
        )
      )
      .handleRaw(
        "create",
        Effect.fnUntraced(
          function* ({ request }) {
            const account = yield* owner
            const asked = yield* orRefuse(BadRequest, parseQuote(ofBody(yield* jsonBody(request))))
            return presentQuote(yield* quotes.create(account, asked))
          },
          Effect.catchTag(failures, answerFailure)
        )
      )
      .handle(
        "get",
        Effect.fnUntraced(
          function* ({ params }) {
            return presentQuote(yield* quotes.find(yield* owner, params.id))
          },
          Effect.catchTag("StorageUnavailable", answerFailure)
        )
      )
  })
)
