/**
 * Reads the body of a PUT or DELETE in any of SEP-12's three forms into flat fields (S12-GEN-02).
 *
 * Gotcha: parts of a multipart body are gathered in memory, bounded, and never written to disk: they are photographs of
 * people's documents. Call it after authentication.
 */
import { Effect, Stream } from "effect"
import { type HttpServerRequest, Multipart } from "effect/http"
import { BadRequest, UnsupportedMediaType } from "../http/errors.ts"
import { refuse } from "../http/Language.ts"
import { jsonBody, mediaTypeOf, rawBody } from "../http/jsonBody.ts"
import { isJsonObject, JsonNumber, type JsonValue } from "../http/readJson.ts"
import { say } from "../http/Sentence.ts"
import type { Submitted, SubmittedField } from "./submitted.ts"

type Request = HttpServerRequest.HttpServerRequest
type Fields = ReadonlyArray<SubmittedField>

/** In bytes: the listener's limit for any body, and that of one file. */
interface Limits {
  readonly bodyMax: number
  readonly fileMax: number
}

/** More than SEP-9 has names for. */
const fieldsMax = 200
/** What the text beside one file may take. */
const besideFile = 1_048_576

const submittedOf = (value: JsonValue): Submitted => {
  if (typeof value === "string") return { _tag: "Text", text: value }
  if (value instanceof JsonNumber) return { _tag: "Number", digits: value.text }
  if (value === null) return { _tag: "Other", kind: say`null` }
  if (typeof value === "boolean") return { _tag: "Other", kind: say`true or false` }
  return { _tag: "Other", kind: isJsonObject(value) ? say`an object` : say`a list` }
}

const utf8 = new TextDecoder("utf-8", { fatal: true })

const formFields = Effect.fnUntraced(function* (request: Request) {
  const bytes = yield* rawBody(request)
  const text = yield* Effect.try({ try: () => utf8.decode(bytes), catch: () => null }).pipe(
    Effect.catch(() => refuse(BadRequest, say`the body is not valid UTF-8`))
  )
  return [...new URLSearchParams(text)].map(
    ([name, value]): SubmittedField => ({ name, value: { _tag: "Text", text: value } })
  )
})

const fieldOf = (part: Multipart.Part): Effect.Effect<SubmittedField, Multipart.MultipartError> =>
  part._tag === "Field"
    ? Effect.succeed({ name: part.key, value: { _tag: "Text", text: part.value } })
    : Effect.map(part.contentEffect, (bytes) => ({ name: part.key, value: { _tag: "File", bytes } }))

/** Too large or malformed is a defect that the envelope answers with 413 or 400. */
const multipartFields = (request: Request, { bodyMax, fileMax }: Limits) =>
  request.multipartStream.pipe(
    Stream.mapEffect(fieldOf),
    Stream.runCollect,
    Effect.provideContext(
      Multipart.limitsServices({
        maxParts: fieldsMax,
        maxFieldSize: 65_536,
        maxFileSize: fileMax,
        maxTotalSize: Math.max(bodyMax, fileMax + besideFile)
      })
    ),
    // The parser dies on a part without headers, where it should fail.
    Effect.catchDefect(() => refuse(BadRequest, say`the body is not valid multipart/form-data`)),
    Effect.catchTag("MultipartError", Effect.die)
  )

const read = Effect.fnUntraced(function* (
  request: Request,
  limits: Limits
): Effect.fn.Return<Fields, BadRequest | UnsupportedMediaType> {
  const type = mediaTypeOf(request)
  switch (type) {
    case "application/x-www-form-urlencoded":
      return yield* formFields(request)
    case "multipart/form-data":
      return yield* multipartFields(request, limits)
    case null:
    case "application/json":
      if (type === null && (yield* rawBody(request)).length === 0) return []
      return [...(yield* jsonBody(request))].map(([name, value]) => ({ name, value: submittedOf(value) }))
    default:
      return yield* refuse(
        UnsupportedMediaType,
        say`the body must be application/json, multipart/form-data or application/x-www-form-urlencoded`
      )
  }
})

/** The fields of a body, in order and each name once. */
export const readFields = Effect.fnUntraced(function* (
  request: Request,
  limits: Limits
): Effect.fn.Return<Fields, BadRequest | UnsupportedMediaType> {
  const fields = yield* read(request, limits)
  if (fields.length > fieldsMax) {
    return yield* refuse(BadRequest, say`the body has more than ${fieldsMax} fields`)
  }
  if (new Set(fields.map(({ name }) => name)).size < fields.length) {
    return yield* refuse(BadRequest, say`the body sends a field more than once`)
  }
  return fields
})
