/**
 * The wire of SEP-31: endpoints, bodies, answers and refusals, importable by clients; no handler here.
 *
 * `/info` is public (S31-AUTH-05, H-01); everything else asks for a token first and looks at the rest of the request after.
 */
import { Schema } from "effect"
import { HttpApi, HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { BadRequest, Forbidden, NotFound, Unavailable, UnsupportedMediaType } from "../http/errors.ts"
import { servicePaths } from "../sep1/Toml.ts"
import { BearerOr403 } from "../sep10/Bearer.ts"
import { FairAddress } from "../sep10/FairShare.ts"
import { CustomerInfoNeeded, TransactionInfoNeeded } from "./errors.ts"
import { CallbackBody, CreatedWire, InfoWire, PatchBody, PostBody, TransactionAnswer } from "./wire.ts"

/** Path of `DIRECT_PAYMENT_SERVER` below the base URL. */
export const directPaymentPath = servicePaths.directPayment

const transactions = `${directPaymentPath}/transactions` as const
const one = `${transactions}/:id` as const
const params = { id: Schema.String }
const query = { lang: Schema.optionalKey(Schema.String) }

export class Sep31Group extends HttpApiGroup.make("sep31")
  .add(
    HttpApiEndpoint.get("info", `${directPaymentPath}/info`, {
      query,
      success: InfoWire,
      error: [BadRequest, Unavailable]
    })
      .middleware(FairAddress)
      .annotate(OpenApi.Summary, "What is received here, and what must be known for it"),
    HttpApiEndpoint.post("create", transactions, {
      payload: PostBody,
      success: CreatedWire.pipe(HttpApiSchema.status(201)),
      error: [
        CustomerInfoNeeded,
        TransactionInfoNeeded,
        BadRequest,
        Forbidden,
        UnsupportedMediaType,
        Unavailable
      ]
    })
      .middleware(BearerOr403)
      .annotate(OpenApi.Summary, "Announces a payment; answers where and with which memo to pay"),
    HttpApiEndpoint.get("get", one, {
      params,
      query,
      success: TransactionAnswer,
      error: [BadRequest, Forbidden, NotFound, Unavailable]
    })
      .middleware(BearerOr403)
      .annotate(OpenApi.Summary, "A transaction of the caller's"),
    HttpApiEndpoint.patch("update", one, {
      params,
      query,
      payload: PatchBody,
      success: TransactionAnswer,
      error: [BadRequest, Forbidden, NotFound, UnsupportedMediaType, Unavailable]
    })
      .middleware(BearerOr403)
      .annotate(OpenApi.Summary, "Corrects the fields a transaction asks for in required_info_updates"),
    HttpApiEndpoint.put("callback", `${one}/callback`, {
      params,
      payload: CallbackBody,
      success: HttpApiSchema.NoContent,
      error: [BadRequest, Forbidden, NotFound, UnsupportedMediaType, Unavailable]
    })
      .middleware(BearerOr403)
      .annotate(OpenApi.Summary, "Registers where the status changes of a transaction are told")
  )
  .annotateMerge(
    OpenApi.annotations({ title: "SEP-31", description: "Cross-border payments: the receiving side." })
  ) {}

export class Sep31Api extends HttpApi.make("sep31").add(Sep31Group) {}
