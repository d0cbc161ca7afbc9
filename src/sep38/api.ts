/**
 * The wire of SEP-38: endpoints, bodies, answers and refusals, importable by clients; no handler here.
 *
 * Prices are public and may be personalised by a token; firm quotes need one (S38-GEN-01). Gotcha: the middleware stands only
 * before the firm ones. Where a token may be left out, a bad one is refused by the handlers (S38-GEN-02).
 */
import { Schema } from "effect"
import { HttpApi, HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import {
  BadRequest,
  Forbidden,
  NotFound,
  TooManyRequests,
  Unavailable,
  UnsupportedMediaType
} from "../http/errors.ts"
import { servicePaths } from "../sep1/Toml.ts"
import { BearerOr403 } from "../sep10/Bearer.ts"
import { InfoWire, PriceQuery, PricesQuery, PricesWire, PriceWire, QuoteBody, QuoteWire } from "./wire.ts"

const path = servicePaths.quotes

export class Sep38Group extends HttpApiGroup.make("sep38")
  .add(
    HttpApiEndpoint.get("info", `${path}/info`, {
      query: { lang: Schema.optionalKey(Schema.String) },
      success: InfoWire,
      error: [Forbidden, TooManyRequests]
    }).annotate(OpenApi.Summary, "Which assets are exchanged, and how they are delivered"),
    HttpApiEndpoint.get("prices", `${path}/prices`, {
      query: PricesQuery,
      success: PricesWire,
      error: [BadRequest, Forbidden, TooManyRequests, Unavailable]
    }).annotate(OpenApi.Summary, "Indicative prices of everything one asset is exchanged for"),
    HttpApiEndpoint.get("price", `${path}/price`, {
      query: PriceQuery,
      success: PriceWire,
      error: [BadRequest, Forbidden, TooManyRequests, Unavailable]
    }).annotate(OpenApi.Summary, "An indicative price with its fee"),
    HttpApiEndpoint.post("create", `${path}/quote`, {
      payload: QuoteBody,
      success: QuoteWire.pipe(HttpApiSchema.status(201)),
      error: [BadRequest, Forbidden, UnsupportedMediaType, Unavailable]
    })
      .middleware(BearerOr403)
      .annotate(OpenApi.Summary, "A firm quote: its amounts are kept for the caller until it expires"),
    HttpApiEndpoint.get("get", `${path}/quote/:id`, {
      params: { id: Schema.String },
      success: QuoteWire,
      error: [Forbidden, NotFound, Unavailable]
    })
      .middleware(BearerOr403)
      .annotate(OpenApi.Summary, "A firm quote of the caller's, before and after it expired")
  )
  .annotateMerge(
    OpenApi.annotations({ title: "SEP-38", description: "Prices and firm quotes for what is received." })
  ) {}

export class Sep38Api extends HttpApi.make("sep38").add(Sep38Group) {}
