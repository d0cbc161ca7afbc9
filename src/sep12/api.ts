/** The wire of SEP-12: endpoints, answers and refusals, importable by clients; no handler here. */
import { Schema } from "effect"
import { HttpApi, HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { BadRequest, Forbidden, NotFound, Unavailable, UnsupportedMediaType } from "../http/errors.ts"
import { servicePaths } from "../sep1/Toml.ts"
import { BearerOr401 } from "../sep10/Bearer.ts"
import {
  CallbackBody,
  CustomerAnswer,
  CustomerBody,
  CustomerPutAnswer,
  CustomerQuery,
  ErasureQuery,
  FileAnswer,
  FilesAnswer,
  FilesQuery
} from "./wire.ts"

const customer = `${servicePaths.kyc}/customer` as const

const withBody = [BadRequest, Forbidden, NotFound, UnsupportedMediaType, Unavailable] as const

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
      error: withBody
    }).annotate(OpenApi.Summary, "Registers a customer, or merges values into one; multipart too"),
    HttpApiEndpoint.put("verify", `${customer}/verification`, {
      payload: [CustomerBody, CustomerBody.pipe(HttpApiSchema.asFormUrlEncoded())],
      success: CustomerAnswer,
      error: withBody
    }).annotate(OpenApi.Summary, "Takes verification codes; PUT /customer takes them too"),
    HttpApiEndpoint.put("callback", `${customer}/callback`, {
      payload: [CallbackBody, CallbackBody.pipe(HttpApiSchema.asFormUrlEncoded())],
      success: Schema.Struct({}),
      error: withBody
    }).annotate(OpenApi.Summary, "Where a customer's status changes are told"),
    HttpApiEndpoint.post("addFile", `${customer}/files`, {
      success: FileAnswer,
      error: withBody
    }).annotate(OpenApi.Summary, "Takes a file, multipart as `file`, for a customer to come"),
    HttpApiEndpoint.get("files", `${customer}/files`, {
      query: FilesQuery,
      success: FilesAnswer,
      error: [BadRequest, Forbidden, NotFound, Unavailable]
    }).annotate(OpenApi.Summary, "What is known of files; never their bytes"),
    HttpApiEndpoint.delete("erase", `${customer}/:account`, {
      params: { account: Schema.String },
      query: ErasureQuery,
      success: Schema.Struct({}),
      error: withBody
    }).annotate(OpenApi.Summary, "Erases a customer's data for good")
  )
  .middleware(BearerOr401) {}

export class Sep12Api extends HttpApi.make("sep12").add(Sep12Group) {}
