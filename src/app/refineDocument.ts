/**
 * Makes the OpenAPI document say all that is true of the API and that no schema of an endpoint can say: bodies take members
 * nobody knows, files come as multipart, every answer may be one of the envelope's, and what things look like.
 *
 * Gotcha: it works on the finished document, JSON to JSON, so the page that shows it and the file that is committed have the same.
 */
import { apiExamples, type Json, type OperationExample } from "./apiExamples.ts"

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value)
const objectAt = (value: Json, name: string): Json => {
  const found = value[name]
  return isObject(found) ? found : {}
}
const mapValues = (value: Json, change: (each: Json, name: string) => Json): Json =>
  Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, isObject(each) ? change(each, name) : each])
  )

/** What is sent may have members nobody knows (S31-GEN-08). */
const opened = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(opened)
  if (!isObject(schema)) return schema
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([name, value]) => name !== "additionalProperties" || value !== false)
      .map(([name, value]) => [name, opened(value)])
  )
}

const descriptions: Readonly<Record<string, string>> = {
  "200": "Done.",
  "201": "Made.",
  "202": "Taken.",
  "204": "Done; there is no body.",
  "400": "The request can never succeed as it is.",
  "401": "A valid token is needed; `WWW-Authenticate: Bearer`.",
  "403": "Not allowed, or a valid token is needed.",
  "404": "Unknown, or another's.",
  "409": "Not at the moment: what stands in the way is not the client's fault.",
  "413": "The body or a file in it is too large.",
  "415": "The body has a content type that is not read here.",
  "429": "More requests than the caller's share.",
  "503": "Something Kedge depends on does not answer, or too much waits."
}

const sentences: Readonly<Record<string, string>> = {
  "400": "the request is not valid",
  "401": "the token has expired; sign in again",
  "403": "this account has no agreement to send payments here",
  "404": "there is no such transaction",
  "409": "the transaction has changed meanwhile; read it again",
  "413": "the request is too large",
  "415": "the body must be application/json",
  "429": "too many requests; try again in 3 s",
  "503": "not available at the moment; try again later"
}

const retryAfter = {
  "Retry-After": { description: "Seconds to wait.", schema: { type: "integer", minimum: 1 } }
}

const errorSchema = {
  type: "object",
  properties: { error: { type: "string", description: "A sentence, in the language of the request." } },
  required: ["error"]
}

/** Any status a proxy, the parser or the envelope may give: 405, 408, 413, 414, 431, 500 and their like. */
const anyOther = {
  description: "Any other refusal, of the server itself: 405 with `Allow`, 408, 413, 414, 431, 500.",
  content: { "application/json": { schema: errorSchema, example: { error: "the request is too large" } } }
}

const responseOf =
  (example: OperationExample) =>
  (response: Json, status: string): Json => {
    const shown = status.startsWith("2")
      ? example.answer
      : { error: (status === "400" ? example.refusal : undefined) ?? sentences[status] ?? "" }
    const content = mapValues(objectAt(response, "content"), (media, type) =>
      type.startsWith("application/json") && shown !== undefined ? { ...media, example: shown } : media
    )
    return {
      ...response,
      description: descriptions[status] ?? response["description"],
      ...(status === "429" || status === "503" ? { headers: retryAfter } : {}),
      ...("content" in response ? { content } : {})
    }
  }

const lang = {
  name: "lang",
  in: "query",
  required: false,
  description: "ISO 639-1: the language of sentences and descriptions; English where it is not spoken here.",
  schema: { type: "string" },
  example: "en"
}

const repeatKey = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description: "The same request sent again with the same key is answered as the first time.",
  schema: { type: "string", minLength: 1, maxLength: 200 }
}

const parametersOf = (id: string, operation: Json, example: OperationExample): ReadonlyArray<Json> => {
  const list = operation["parameters"]
  const own = (Array.isArray(list) ? list : []).filter(isObject).map((parameter): Json => {
    if (parameter["name"] === "lang") return lang
    const shown = example.parameters?.[String(parameter["name"])]
    return shown === undefined ? parameter : { ...parameter, example: shown }
  })
  const isSpoken = id !== "sep1.stellarToml" && !own.includes(lang)
  return [...own, ...(isSpoken ? [lang] : []), ...(id === "sep31.create" ? [repeatKey] : [])]
}

const file = { type: "string", format: "binary" }
const customerParts = {
  schema: {
    type: "object",
    description: "As in JSON, with files of SEP-9 as parts of their own; parts with text go before files.",
    additionalProperties: { anyOf: [{ type: "string" }, file] }
  }
}

/** Forms of a body that an endpoint reads itself, so that it has no schema for them. */
const furtherBodies: Readonly<Record<string, Json>> = {
  "sep12.put": { "multipart/form-data": customerParts },
  "sep12.addFile": {
    "multipart/form-data": {
      schema: { type: "object", properties: { file }, required: ["file"] }
    }
  }
}

/** Names the customer, where the path and the query do not. */
const erasureBody = {
  required: false,
  content: {
    "application/json": {
      schema: {
        type: "object",
        properties: { memo: { type: "string" }, memo_type: { type: "string", enum: ["id", "text", "hash"] } }
      },
      example: { memo: "7", memo_type: "id" }
    }
  }
}

const bodyOf = (id: string, operation: Json, example: OperationExample): Json | undefined => {
  const further = furtherBodies[id]
  const given = operation["requestBody"]
  if (id === "sep12.erase" && !isObject(given)) return erasureBody
  if (!isObject(given) && further === undefined) return undefined
  const content = mapValues(objectAt(isObject(given) ? given : {}, "content"), (media) => ({
    ...media,
    schema: opened(media["schema"]),
    ...(example.request === undefined ? {} : { example: example.request })
  }))
  return { required: true, ...(isObject(given) ? given : {}), content: { ...content, ...further } }
}

const operationOf = (operation: Json): Json => {
  const id = String(operation["operationId"])
  const example = apiExamples[id] ?? {}
  const body = bodyOf(id, operation, example)
  return {
    ...operation,
    parameters: parametersOf(id, operation, example),
    ...(body === undefined ? {} : { requestBody: body }),
    responses: {
      ...mapValues(objectAt(operation, "responses"), responseOf(example)),
      default: anyOther
    }
  }
}

/** `kedge_http_BadRequestEncoded` is `BadRequest` to whoever reads it. */
const plainNames = (document: Json): Json =>
  JSON.parse(JSON.stringify(document).replaceAll(/\bkedge_[a-z0-9]+_([A-Za-z0-9]+?)Encoded\b/g, "$1")) as Json

export const refineDocument = (document: Json): Json =>
  plainNames({
    ...document,
    paths: mapValues(objectAt(document, "paths"), (methods) => mapValues(methods, operationOf))
  })
