/**
 * The raw way to a body, for endpoints whose JSON must not pass through `JSON.parse`: amounts keep the text they were
 * written with, and equal keys are refused. Used in `handlers.handleRaw`, whose payload schema then only documents.
 *
 * Gotcha: call it after authentication and ownership are settled, since its refusals (415, 400, 413) tell of the body only.
 */
import { Effect, Result } from "effect"
import type { HttpServerError, HttpServerRequest } from "effect/http"
import { say } from "../../machines/domain/Sentence.ts"
import { BadRequest, UnsupportedMediaType } from "./errors.ts"
import { refuse } from "./Language.ts"
import { isJsonObject, type JsonObject, readJson } from "./readJson.ts"

/** `type/subtype` of a body, lower case and without parameters; null when the request does not say. */
export const mediaTypeOf = (request: HttpServerRequest.HttpServerRequest): string | null => {
  const [essence = ""] = (request.headers["content-type"] ?? "").split(";")
  return essence.trim() === "" ? null : essence.trim().toLowerCase()
}

/**
 * The body as it came, at most the listener's limit. Too large, or cut off by the client: a defect that the envelope answers
 * with 413 or 400. May be asked for again; it is read once.
 */
export const rawBody = (request: HttpServerRequest.HttpServerRequest): Effect.Effect<Uint8Array> =>
  request.arrayBuffer.pipe(
    Effect.map((buffer) => new Uint8Array(buffer)),
    Effect.orDie<Uint8Array, HttpServerError.HttpServerError, never>
  )

/**
 * The body as a JSON object. A missing content type is read as JSON; another one is 415, anything but an object 400
 * (S31-GEN-06).
 */
export const jsonBody = (
  request: HttpServerRequest.HttpServerRequest
): Effect.Effect<JsonObject, BadRequest | UnsupportedMediaType> =>
  Effect.gen(function* () {
    const type = mediaTypeOf(request)
    if (type !== null && type !== "application/json") {
      return yield* refuse(UnsupportedMediaType, say`the body must be application/json`)
    }
    const read = readJson(yield* rawBody(request))
    if (Result.isFailure(read)) return yield* refuse(BadRequest, read.failure)
    return isJsonObject(read.success)
      ? read.success
      : yield* refuse(BadRequest, say`the body must be a JSON object`)
  })
