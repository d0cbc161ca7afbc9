/** SEP-12 on the wire to the Customers service and back; no rule of its own. */
import { Effect, type Result } from "effect"
import type { HttpServerRequest } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { BadRequest } from "../http/errors.ts"
import { language, languageOf, orRefuse, refuse, speak } from "../http/Language.ts"
import { say, type Words } from "../http/Sentence.ts"
import { KedgeConfig } from "../KedgeConfig.ts"
import { Caller } from "../sep10/Caller.ts"
import { Sep12Api } from "./api.ts"
import { readAsked, readErasure, readQuery } from "./asked.ts"
import { type Asked, Customers } from "./Customers.ts"
import { type CustomerError, notFound, wireError } from "./errors.ts"
import { presentCustomer, presentFile } from "./presented.ts"
import { readFields } from "./readFields.ts"
import type { SubmittedField } from "./submitted.ts"

const orBadRequest = <A>(read: Result.Result<A, Words>) => orRefuse(BadRequest, read)

/** What the provider or the storage said is for the log; the client's answer names neither. */
const answered = Effect.fnUntraced(function* (error: CustomerError) {
  if (error._tag === "CustomersUnavailable") {
    yield* Effect.logWarning("a customer request could not be served", { reason: error.message })
  }
  return yield* wireError(error)
})

/** A body's `lang` holds for the refusals of this request too; without one, the query's does (S12-GET-15). */
const spoken = Effect.fnUntraced(function* (asked: Asked) {
  const tongue = asked.lang === undefined ? null : languageOf(asked.lang)
  if (tongue !== null) yield* speak(tongue)
  return { ...asked, lang: yield* language }
})

const textOf = (fields: ReadonlyArray<SubmittedField>, name: string): string | null => {
  const found = fields.find((field) => field.name === name)?.value
  return found?._tag === "Text" ? found.text : null
}

export const handlers = HttpApiBuilder.group(
  Sep12Api,
  "sep12",
  Effect.fnUntraced(function* (group) {
    const service = yield* Customers
    const { bodyMax, callbacks, customers } = yield* KedgeConfig
    const limits = { bodyMax, fileMax: customers.fileMax }
    const readBody = Effect.fnUntraced(function* (request: HttpServerRequest.HttpServerRequest) {
      const { asked, values } = yield* orBadRequest(readAsked(yield* readFields(request, limits)))
      return { asked: yield* spoken(asked), values }
    })
    return group
      .handle(
        "get",
        Effect.fnUntraced(function* ({ query }) {
          const named = yield* orBadRequest(readQuery(query))
          if (named.lang !== undefined && languageOf(named.lang) === null) {
            const quoted = JSON.stringify(named.lang.slice(0, 60))
            return yield* refuse(BadRequest, say`lang ${quoted} is not an ISO 639-1 language such as "en"`)
          }
          const asked = yield* spoken(named)
          const shown = yield* service.get(yield* Caller, asked).pipe(Effect.catch(answered))
          return presentCustomer(shown, asked.lang)
        })
      )
      .handleRaw(
        "put",
        Effect.fnUntraced(function* ({ request }) {
          const { asked, values } = yield* readBody(request)
          const id = yield* service.put(yield* Caller, asked, values).pipe(Effect.catch(answered))
          return { id }
        })
      )
      .handleRaw(
        "verify",
        Effect.fnUntraced(function* ({ request }) {
          const { asked, values } = yield* readBody(request)
          const shown = yield* service.verify(yield* Caller, asked, values).pipe(Effect.catch(answered))
          return presentCustomer(shown, asked.lang)
        })
      )
      .handleRaw(
        "callback",
        Effect.fnUntraced(function* ({ request }) {
          if (!callbacks) return yield* wireError(notFound())
          const { asked, values } = yield* readBody(request)
          const url = textOf(values, "url")
          if (url === null || url === "") {
            return yield* refuse(BadRequest, say`${"url"} is missing`)
          }
          yield* service.setCallback(yield* Caller, asked, url).pipe(Effect.catch(answered))
          return {}
        })
      )
      .handleRaw(
        "addFile",
        Effect.fnUntraced(function* ({ request }) {
          const file = (yield* readFields(request, limits)).find(({ name }) => name === "file")?.value
          if (file?._tag !== "File") {
            return yield* refuse(BadRequest, say`the body must be multipart/form-data with a file named file`)
          }
          return presentFile(yield* service.upload(yield* Caller, file.bytes).pipe(Effect.catch(answered)))
        })
      )
      .handle(
        "files",
        Effect.fnUntraced(function* ({ query }) {
          const { customer_id: customerId, file_id: fileId } = query
          if ((customerId ?? "") === "" && (fileId ?? "") === "") {
            return yield* refuse(BadRequest, say`file_id or customer_id is needed`)
          }
          const files = yield* service
            .files(yield* Caller, { customerId, fileId })
            .pipe(Effect.catch(answered))
          return { files: files.map(presentFile) }
        })
      )
      .handleRaw(
        "erase",
        Effect.fnUntraced(function* ({ params, query, request }) {
          const { asked } = yield* readBody(request)
          const inQuery = yield* orBadRequest(readQuery(query))
          const named = yield* orBadRequest(readErasure(params.account, asked, inQuery))
          yield* service.erase(yield* Caller, named).pipe(Effect.catch(answered))
          return {}
        })
      )
  })
)
