/**
 * The wire of SEP-12: endpoints, answers and refusals, importable by clients; no handler here.
 *
 * Gotcha: what SEP-12 has and this server does not offer stands here too, because `DELETE /customer/:account` would otherwise
 * make those paths look as if only the method were wrong. It is left out of the published description.
 */
import { Schema } from "effect"
import { HttpApi, HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { BadRequest, Forbidden, NotFound, Unavailable, UnsupportedMediaType } from "../http/errors.ts"
import { servicePaths } from "../sep1/Toml.ts"
import { BearerOr401 } from "../sep10/Bearer.ts"
import { CustomerAnswer, CustomerBody, CustomerPutAnswer, CustomerQuery, ErasureQuery } from "./wire.ts"

const customer = `${servicePaths.kyc}/customer` as const

export class Sep12Group extends HttpApiGroup.make("sep12")
  .add(
    HttpApiEndpoint.get("get", customer, {
      query: CustomerQuery,
      success: CustomerAnswer,
      error: [BadRequest, Forbidden, NotFound, Unavailable]
    }).annotate(OpenApi.Summary, "A customer's status, or what a new one has to give"),
    HttpApiEndpoint.put("put", customer, {
      payload: [CustomerBody, CustomerBody.pipe(HttpApiSchema.asFormUrlEncoded())],
      success: CustomerPutAnswer.pipe(HttpApiSchema.status(202)),
      error: [BadRequest, Forbidden, NotFound, UnsupportedMediaType, Unavailable]
    }).annotate(OpenApi.Summary, "Registers a customer, or merges values into one; multipart too"),
    HttpApiEndpoint.delete("erase", `${customer}/:account`, {
      params: { account: Schema.String },
      query: ErasureQuery,
      success: Schema.Struct({}),
      error: [BadRequest, Forbidden, NotFound, UnsupportedMediaType, Unavailable]
    }).annotate(OpenApi.Summary, "Erases a customer's data for good")
  )
  .middleware(BearerOr401) {}

/** Not offered: 404 with a sentence, whoever asks. */
export class Sep12NotOffered extends HttpApiGroup.make("sep12NotOffered")
  .add(
    HttpApiEndpoint.put("verification", `${customer}/verification`, { error: NotFound }),
    HttpApiEndpoint.put("callback", `${customer}/callback`, { error: NotFound }),
    HttpApiEndpoint.post("addFile", `${customer}/files`, { error: NotFound }),
    HttpApiEndpoint.get("files", `${customer}/files`, { error: NotFound })
  )
  .annotate(OpenApi.Exclude, true) {}

export class Sep12Api extends HttpApi.make("sep12").add(Sep12Group).add(Sep12NotOffered) {}
