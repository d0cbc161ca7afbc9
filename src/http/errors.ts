/**
 * The refusals all SEPs share. On the wire each is `{"error": "<sentence>"}` with its status and nothing else (S31-GEN-07),
 * whether a handler fails with it, a middleware does, or it reaches the envelope as a defect.
 *
 * Gotcha: `error` goes to the client: no stack, no secret, nothing about other people, nothing of a dependency's own text.
 */
import { Effect, Schema } from "effect"
import { HttpEffect, type HttpServerRequest, HttpServerRespondable, HttpServerResponse } from "effect/http"
import type { Words } from "../../machines/domain/Sentence.ts"
import { refuse } from "./Language.ts"

/** The wire body of every error. */
export const ErrorBody = Schema.Struct({ error: Schema.String })

const answer = (status: number, error: string) =>
  Effect.succeed(HttpServerResponse.jsonUnsafe({ error }, { status }))

/** 400: the request can never succeed as it is. */
export class BadRequest extends Schema.Error<BadRequest>("kedge/http/BadRequest")(ErrorBody, {
  httpApiStatus: 400
}) {
  readonly _tag = "BadRequest"
  override get message(): string {
    return this.error
  }
  [HttpServerRespondable.symbol]() {
    return answer(400, this.error)
  }
}

/** 401: no token, or not a valid one, where the SEP says 401 (SEP-12). */
export class Unauthorized extends Schema.Error<Unauthorized>("kedge/http/Unauthorized")(ErrorBody, {
  httpApiStatus: 401
}) {
  readonly _tag = "Unauthorized"
  override get message(): string {
    return this.error
  }
  [HttpServerRespondable.symbol]() {
    return answer(401, this.error)
  }
}

/** 403: known, and not allowed; in SEP-31 also for a missing or invalid token (S31-AUTH-02). */
export class Forbidden extends Schema.Error<Forbidden>("kedge/http/Forbidden")(ErrorBody, {
  httpApiStatus: 403
}) {
  readonly _tag = "Forbidden"
  override get message(): string {
    return this.error
  }
  [HttpServerRespondable.symbol]() {
    return answer(403, this.error)
  }
}

/** 404: unknown, or another's: the two must not be told apart (S31-AUTH-07). */
export class NotFound extends Schema.Error<NotFound>("kedge/http/NotFound")(ErrorBody, {
  httpApiStatus: 404
}) {
  readonly _tag = "NotFound"
  override get message(): string {
    return this.error
  }
  [HttpServerRespondable.symbol]() {
    return answer(404, this.error)
  }
}

/** 409: the state in the way is not the client's fault, and the same request may succeed later. */
export class Conflict extends Schema.Error<Conflict>("kedge/http/Conflict")(ErrorBody, {
  httpApiStatus: 409
}) {
  readonly _tag = "Conflict"
  override get message(): string {
    return this.error
  }
  [HttpServerRespondable.symbol]() {
    return answer(409, this.error)
  }
}

/** 415: a body in a form the endpoint does not read (S31-GEN-06). */
export class UnsupportedMediaType extends Schema.Error<UnsupportedMediaType>(
  "kedge/http/UnsupportedMediaType"
)(ErrorBody, { httpApiStatus: 415 }) {
  readonly _tag = "UnsupportedMediaType"
  override get message(): string {
    return this.error
  }
  [HttpServerRespondable.symbol]() {
    return answer(415, this.error)
  }
}

/** 429: more than the caller's share of requests (S31-ERR-06, S10-CH-16). Say when to come back: `Retry-After`. */
export class TooManyRequests extends Schema.Error<TooManyRequests>("kedge/http/TooManyRequests")(ErrorBody, {
  httpApiStatus: 429
}) {
  readonly _tag = "TooManyRequests"
  override get message(): string {
    return this.error
  }
  [HttpServerRespondable.symbol]() {
    return answer(429, this.error)
  }
}

/**
 * 503: something Kedge depends on does not answer, or too much waits. The envelope adds `Retry-After`; `unavailable` sets
 * another time.
 */
export class Unavailable extends Schema.Error<Unavailable>("kedge/http/Unavailable")(ErrorBody, {
  httpApiStatus: 503
}) {
  readonly _tag = "Unavailable"
  override get message(): string {
    return this.error
  }
  [HttpServerRespondable.symbol]() {
    return answer(503, this.error)
  }
}

/** Seconds a client is asked to wait after a 503 or 429 that names no time of its own. */
export const retryAfterDefault = 5

/** Sets a header on whatever answer this request gets, an error too. */
export const setAnswerHeader = (
  name: string,
  value: string
): Effect.Effect<void, never, HttpServerRequest.HttpServerRequest> =>
  HttpEffect.appendPreResponseHandler((_, response) =>
    Effect.succeed(HttpServerResponse.setHeader(response, name, value))
  )

/** Fails with `Unavailable`, in the language of the request, and a `Retry-After` of its own, in whole seconds. */
export const unavailable = (
  words: Words,
  retryAfterSeconds: number
): Effect.Effect<never, Unavailable, HttpServerRequest.HttpServerRequest> =>
  Effect.andThen(
    setAnswerHeader("retry-after", String(Math.max(1, Math.ceil(retryAfterSeconds)))),
    refuse(Unavailable, words)
  )
