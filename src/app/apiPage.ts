/**
 * The API's description for people and programs: `/openapi.json`, and `/docs`, which shows it.
 *
 * Gotcha: the page is Scalar, inlined; its policy forbids it to load anything from elsewhere, fonts and telemetry included, so
 * it works without a network and tells nobody who reads it.
 */
import { Effect, Layer } from "effect"
import { HttpEffect, HttpRouter, HttpServerResponse } from "effect/http"
import { HttpApiScalar } from "effect/http-api"
import { apiDocument, type Described, describedApi } from "./apiDocument.ts"

const policy = [
  "default-src 'none'",
  "script-src 'unsafe-inline' 'unsafe-eval'",
  "style-src 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'"
].join("; ")

const guarded = HttpRouter.middleware((app) =>
  HttpEffect.withPreResponseHandler(app, (_, response) =>
    Effect.succeed(HttpServerResponse.setHeader(response, "content-security-policy", policy))
  )
)

/** Routes of the description of what these settings make active. */
export const apiPage = (settings: Described) => {
  const api = describedApi(settings)
  const document = HttpServerResponse.jsonUnsafe(apiDocument(settings), {
    headers: { "access-control-allow-origin": "*" }
  })
  return Layer.mergeAll(
    HttpRouter.use((router) => router.add("GET", "/openapi.json", document)),
    HttpApiScalar.layer(api, { path: "/docs", scalar: { withDefaultFonts: false } }).pipe(
      Layer.provide(guarded.layer)
    )
  )
}
