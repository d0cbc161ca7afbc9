/**
 * Stands around every request of a listener: limits the body and the time, turns whatever goes wrong into `{"error": …}`,
 * adds the headers all answers carry, knows the language, counts, and writes a line for what failed or was slow.
 *
 * Gotcha: 4xx answers are our clients' business and are not logged; lines hold the route's pattern, never the URL, a
 * query value or a body.
 */
import { ByteSize, Cause, Clock, Effect, type Layer, Metric, type Types } from "effect"
import {
  HttpIncomingMessage,
  HttpRouter,
  HttpServerError,
  HttpServerRequest,
  HttpServerResponse
} from "effect/http"
import { HttpApiError } from "effect/http-api"
import { httpRequests, httpSeconds } from "../telemetry/Metrics.ts"
import { say, type Sentence } from "../../machines/domain/Sentence.ts"
import { makeDeadlines } from "./Deadlines.ts"
import { retryAfterDefault } from "./errors.ts"
import { faultSentence, faultsIn, repeatedParameters } from "./faultSentence.ts"
import { defaultLanguage, inLanguage, languageOfUrl } from "./Language.ts"
import { type Note, RequestNote } from "./RequestNote.ts"

export interface EnvelopeOptions {
  /** Bytes of a request's body; more is 413. */
  readonly bodyMax: number
  /** Seconds from the headers to the answer; then 503 and the handler is interrupted. */
  readonly requestTimeout: number
  /** A request that took longer than this gets a line even when it succeeded. */
  readonly slowMillis: number
  /** A fresh id for each request: sent as `X-Request-Id` and written in its lines. */
  readonly requestId: Effect.Effect<string>
}

type Response = HttpServerResponse.HttpServerResponse

/** What a failed request gets, and what of it is for our log only. */
interface Failed {
  readonly response: Response
  readonly cause: Cause.Cause<unknown> | null
}

const sentences: ReadonlyMap<number, Sentence> = new Map([
  [400, say`the request is not valid`],
  [401, say`a valid token is needed`],
  [403, say`not allowed`],
  [404, say`there is no such endpoint`],
  [405, say`the method is not allowed here`],
  [408, say`the request took too long to arrive`],
  [413, say`the request is too large`],
  [414, say`the URL is too long`],
  [415, say`the content type of the body is not supported here`],
  [426, say`the connection cannot be used for this`],
  [429, say`too many requests`],
  [503, say`not available at the moment`]
])

const sentenceFor = (status: number): Sentence =>
  sentences.get(status) ?? (status >= 500 ? say`internal error` : say`the request is not valid`)

/** The fault of a request that did not fit its schema, wherever in the cause it stands. */
const schemaFault = (cause: Cause.Cause<unknown>): HttpApiError.HttpApiSchemaError | undefined => {
  for (const reason of cause.reasons) {
    const thrown = reason._tag === "Fail" ? reason.error : reason._tag === "Die" ? reason.defect : undefined
    if (HttpApiError.HttpApiSchemaError.is(thrown)) return thrown
  }
  return undefined
}

const isOurs = (fault: HttpApiError.HttpApiSchemaError) =>
  fault.kind === "Body" || fault.kind === "ResponseHeaders"

const failed = (cause: Cause.Cause<unknown>, url: string, language: string): Effect.Effect<Failed> => {
  const fault = schemaFault(cause)
  if (fault !== undefined && !isOurs(fault)) {
    const error = inLanguage(faultSentence(fault.kind, fault.cause, repeatedParameters(url)), language)
    return Effect.succeed({
      response: HttpServerResponse.jsonUnsafe({ error }, { status: 400 }),
      cause: null
    })
  }
  if (fault !== undefined) {
    // An answer of ours that does not fit its schema: the cause would quote it, so only its members are told.
    const members = faultsIn(fault.cause).map((each) => each.member || "(whole)")
    const defect = new Error(`an answer does not fit its schema at ${members.join(", ")}`)
    return Effect.succeed({ response: HttpServerResponse.empty({ status: 500 }), cause: Cause.die(defect) })
  }
  return Effect.map(HttpServerError.causeResponse(cause), ([response]) => ({
    response,
    cause: response.status >= 500 && !Cause.hasInterruptsOnly(cause) ? cause : null
  }))
}

const isJson = ({ body, headers }: Response): boolean =>
  (("contentType" in body ? body.contentType : headers["content-type"]) ?? "").startsWith("application/json")

/** Errors without a JSON body get one; headers that were set (`Allow`, `WWW-Authenticate`) stay. */
const asJson = (response: Response, language: string): Response => {
  const { headers, status } = response
  if (status < 400 || isJson(response)) return response
  const error = inLanguage(sentenceFor(status), language)
  return HttpServerResponse.setHeaders(
    HttpServerResponse.jsonUnsafe({ error }, { status }),
    withoutBodyHeaders(headers)
  )
}

const withoutBodyHeaders = (headers: Response["headers"]): Record<string, string> => {
  const { "content-type": _type, "content-length": _length, ...rest } = headers
  return rest
}

const exposed = "retry-after, www-authenticate, x-request-id"

/** All at once: each pass over the headers copies them. */
const withCommonHeaders = (response: Response, requestId: string, note: Note): Response => {
  const added: Record<string, string> = { "x-content-type-options": "nosniff", "x-request-id": requestId }
  if (note.isOpenToBrowsers) {
    added["access-control-allow-origin"] = "*"
    added["access-control-expose-headers"] = exposed
  }
  // Tokens, customers, transactions: nothing here is for a shared cache unless its handler says so.
  if (response.headers["cache-control"] === undefined) added["cache-control"] = "no-store"
  const mayRetry = response.status === 503 || response.status === 429
  if (mayRetry && response.headers["retry-after"] === undefined) {
    added["retry-after"] = String(retryAfterDefault)
  }
  return HttpServerResponse.setHeaders(response, added)
}

const tookTooLong = say`the request took too long; what it asked for may still happen, so look before repeating it`
const timedOut = (language: string): Failed => ({
  response: HttpServerResponse.jsonUnsafe({ error: inLanguage(tookTooLong, language) }, { status: 503 }),
  cause: null
})

/** One set of metrics per (method, route, status): making them anew for each request costs more than counting. */
const makeCounting = () => {
  const known = new Map<string, readonly [Metric.Metric<number, unknown>, Metric.Metric<number, unknown>]>()
  return (method: string, route: string, status: number, seconds: number): Effect.Effect<void> => {
    const key = `${method} ${route} ${status}`
    let metrics = known.get(key)
    if (metrics === undefined) {
      metrics = [
        Metric.withAttributes(httpRequests, { method, route, status: String(status) }),
        Metric.withAttributes(httpSeconds, { route })
      ]
      known.set(key, metrics)
    }
    return Effect.andThen(Metric.update(metrics[0], 1), Metric.update(metrics[1], seconds))
  }
}

/** Characters of a URL: no parameter of the SEPs is longer than some hundred. */
const urlMax = 8192
const tooLong: Effect.Effect<Response> = Effect.succeed(HttpServerResponse.empty({ status: 414 }))

const makeEnvelope = Effect.fnUntraced(function* (options: EnvelopeOptions) {
  const bodyMax = ByteSize.bytes(options.bodyMax)
  const deadlines = yield* makeDeadlines(options.requestTimeout)
  const count = makeCounting()

  /** The answer, or what became of it; nothing is left to fail. */
  const answer = (app: Effect.Effect<Response, Types.unhandled>, url: string, note: Note, now: number) =>
    Effect.withFiber<Failed>((fiber) => {
      const deadline = deadlines.begin(fiber, now)
      return app.pipe(
        Effect.provideService(HttpIncomingMessage.MaxBodySize, bodyMax),
        Effect.provideService(RequestNote, note),
        Effect.matchCauseEffect({
          onSuccess: (response) => Effect.succeed({ response, cause: null }),
          onFailure: (cause) =>
            deadline.isOver ? Effect.succeed(timedOut(note.language)) : failed(cause, url, note.language)
        }),
        Effect.tap(() => Effect.sync(() => deadlines.end(deadline)))
      )
    })

  return Effect.fnUntraced(function* (
    app: Effect.Effect<Response, Types.unhandled>
  ): Effect.fn.Return<Response, Types.unhandled, HttpServerRequest.HttpServerRequest> {
    const { method, url } = yield* HttpServerRequest.HttpServerRequest
    const requestId = yield* options.requestId
    const note: Note = {
      route: null,
      isOpenToBrowsers: false,
      language: languageOfUrl(url) ?? defaultLanguage
    }
    const started = yield* Clock.currentTimeMillis
    const { response, cause } = yield* Effect.annotateLogs(
      answer(url.length > urlMax ? tooLong : app, url, note, started),
      "request",
      requestId
    )
    const millis = (yield* Clock.currentTimeMillis) - started
    const route = note.route ?? "(none)"
    yield* count(method, route, response.status, millis / 1000)
    if (response.status >= 500 || millis > options.slowMillis) {
      const line = { request: requestId, method, route, status: response.status, millis }
      yield* response.status >= 500
        ? Effect.logError("request failed", line, ...(cause === null ? [] : [cause]))
        : Effect.logWarning("slow request", line)
    }
    return withCommonHeaders(asJson(response, note.language), requestId, note)
  })
})

/** Puts the envelope around every route of the router it is provided to. */
export const layer = (options: EnvelopeOptions): Layer.Layer<never, never, HttpRouter.HttpRouter> =>
  HttpRouter.middleware(makeEnvelope(options), { global: true })
