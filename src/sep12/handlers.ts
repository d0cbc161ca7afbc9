/** SEP-12 on the wire to the Customers service and back; no rule of its own. */
import { Effect, Layer, Result } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { BadRequest, NotFound } from "../http/errors.ts"
import { KedgeConfig } from "../KedgeConfig.ts"
import { Caller } from "../sep10/Caller.ts"
import { Sep12Api } from "./api.ts"
import { readAsked, readErasure, readQuery } from "./asked.ts"
import { Customers, type Shown } from "./Customers.ts"
import { type CustomerError, wireError } from "./errors.ts"
import { readFields } from "./readFields.ts"
import type { CustomerAnswer } from "./wire.ts"

const badRequest = (error: string) => new BadRequest({ error })
const orBadRequest = <A>(read: Result.Result<A, string>) =>
  Effect.fromResult(Result.mapError(read, badRequest))

/** What the provider or the storage said is for the log; the client's answer names neither. */
const answered = Effect.fnUntraced(function* (error: CustomerError) {
  if (error._tag === "CustomersUnavailable") {
    yield* Effect.logWarning("a customer request could not be served", { reason: error.message })
  }
  return yield* wireError(error)
})

const presented = ({ id, verdict }: Shown): typeof CustomerAnswer.Type => {
  const isRejected = verdict.status === "REJECTED"
  const message = verdict.message ?? (isRejected ? "The customer cannot be served." : undefined)
  return {
    ...(id === null ? {} : { id }),
    status: verdict.status,
    ...(verdict.status === "NEEDS_INFO" || Object.keys(verdict.fields).length > 0
      ? { fields: verdict.fields }
      : {}),
    ...(Object.keys(verdict.provided).length > 0 ? { provided_fields: verdict.provided } : {}),
    ...(message === undefined ? {} : { message })
  }
}

const customers = HttpApiBuilder.group(
  Sep12Api,
  "sep12",
  Effect.fnUntraced(function* (group) {
    const service = yield* Customers
    const { bodyMax } = yield* KedgeConfig
    return group
      .handle(
        "get",
        Effect.fnUntraced(function* ({ query }) {
          const asked = yield* orBadRequest(readQuery(query))
          const shown = yield* service.get(yield* Caller, asked).pipe(Effect.catch(answered))
          return presented(shown)
        })
      )
      .handleRaw(
        "put",
        Effect.fnUntraced(function* ({ request }) {
          const { asked, values } = yield* orBadRequest(readAsked(yield* readFields(request, bodyMax)))
          const id = yield* service.put(yield* Caller, asked, values).pipe(Effect.catch(answered))
          return { id }
        })
      )
      .handleRaw(
        "erase",
        Effect.fnUntraced(function* ({ params, query, request }) {
          const { asked } = yield* orBadRequest(readAsked(yield* readFields(request, bodyMax)))
          const inQuery = yield* orBadRequest(readQuery(query))
          const named = yield* orBadRequest(readErasure(params.account, asked, inQuery))
          yield* service.erase(yield* Caller, named).pipe(Effect.catch(answered))
          return {}
        })
      )
  })
)

const absent = (what: string) => () => Effect.fail(new NotFound({ error: `${what} are not offered here` }))

const notOffered = HttpApiBuilder.group(Sep12Api, "sep12NotOffered", (group) =>
  group
    .handle("verification", absent("customer verifications"))
    .handle("callback", absent("customer callbacks"))
    .handle("addFile", absent("customer files"))
    .handle("files", absent("customer files"))
)

export const handlers = Layer.merge(customers, notOffered)
