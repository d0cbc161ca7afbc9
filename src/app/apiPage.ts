/**
 * The API's description for people and programs: `/openapi.json`, and `/docs`, which shows it.
 *
 * Gotcha: the page is Scalar, inlined; its policy forbids it to load anything from elsewhere, fonts and telemetry included, so
 * it works without a network and tells nobody who reads it.
 */
import { Effect, Layer } from "effect"
import { HttpEffect, HttpRouter, HttpServerResponse } from "effect/http"
import { HttpApi, HttpApiScalar, OpenApi } from "effect/http-api"
import type { Sep, Settings } from "../KedgeConfig.ts"
import { basePathOf } from "../http/serveApi.ts"
import { Sep1Api } from "../sep1/routes.ts"
import { Sep10Api } from "../sep10/api.ts"
import { Sep12Api } from "../sep12/api.ts"
import { Sep31Api } from "../sep31/api.ts"
import { Sep38Api } from "../sep38/api.ts"
import { ownVersion } from "./ownVersion.ts"

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

/** What is active, as one document. */
const describe = ({ activeSeps, baseUrl }: Pick<Settings, "activeSeps" | "baseUrl">): HttpApi.Top => {
  const at = basePathOf(baseUrl)
  const has = (sep: Sep) => activeSeps.includes(sep)
  const below = <A extends HttpApi.Top>(api: A): HttpApi.Top =>
    at === "" ? api : (api.prefix(at as HttpRouter.PathInput) as unknown as HttpApi.Top)
  const active: ReadonlyArray<HttpApi.Top> = [
    ...(has("sep-1") ? [Sep1Api as unknown as HttpApi.Top] : []),
    ...(has("sep-10") ? [below(Sep10Api as unknown as HttpApi.Top)] : []),
    ...(has("sep-12") ? [below(Sep12Api as unknown as HttpApi.Top)] : []),
    ...(has("sep-31") ? [below(Sep31Api as unknown as HttpApi.Top)] : []),
    ...(has("sep-38") ? [below(Sep38Api as unknown as HttpApi.Top)] : [])
  ]
  const empty: HttpApi.Top = HttpApi.make("kedge") as unknown as HttpApi.Top
  return active
    .reduce((all, api) => all.addHttpApi(api), empty)
    .annotateMerge(
      OpenApi.annotations({
        title: "Kedge",
        version: ownVersion(),
        description: "The receiving side of cross-border payments on Stellar (SEP-31)."
      })
    )
}

const guarded = HttpRouter.middleware((app) =>
  HttpEffect.withPreResponseHandler(app, (_, response) =>
    Effect.succeed(HttpServerResponse.setHeader(response, "content-security-policy", policy))
  )
)

/** Routes of the description of what these settings make active. */
export const apiPage = (settings: Pick<Settings, "activeSeps" | "baseUrl">) => {
  const api = describe(settings)
  const document = HttpServerResponse.jsonUnsafe(OpenApi.fromApi(api), {
    headers: { "access-control-allow-origin": "*" }
  })
  return Layer.mergeAll(
    HttpRouter.use((router) => router.add("GET", "/openapi.json", document)),
    HttpApiScalar.layer(api, { path: "/docs", scalar: { withDefaultFonts: false } }).pipe(
      Layer.provide(guarded.layer)
    )
  )
}
