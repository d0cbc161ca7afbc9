/**
 * The OpenAPI document of what is active: what is served at `/openapi.json`, shown at `/docs` and committed as
 * docs/reference/openapi.json.
 *
 * Gotcha: the refinement is an annotation of the merged API, so that nobody can read the document without it.
 */
import type { HttpRouter } from "effect/http"
import { HttpApi, OpenApi } from "effect/http-api"
import type { Sep, Settings } from "../KedgeConfig.ts"
import { basePathOf } from "../http/serveApi.ts"
import { Sep1Api } from "../sep1/routes.ts"
import { Sep10Api } from "../sep10/api.ts"
import { Sep12Api } from "../sep12/api.ts"
import { Sep31Api } from "../sep31/api.ts"
import { Sep38Api } from "../sep38/api.ts"
import { ownVersion } from "./ownVersion.ts"
import { refineDocument } from "./refineDocument.ts"

export type Described = Pick<Settings, "activeSeps" | "baseUrl">

const empty: HttpApi.Top = HttpApi.make("kedge") as unknown as HttpApi.Top

/** What is active, as one API. */
export const describedApi = ({ activeSeps, baseUrl }: Described): HttpApi.Top => {
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
  return active
    .reduce((all, api) => all.addHttpApi(api), empty)
    .annotateMerge(
      OpenApi.annotations({
        title: "Kedge",
        version: ownVersion(),
        description: "The receiving side of cross-border payments on Stellar (SEP-31).",
        transform: refineDocument
      })
    )
}

export const apiDocument = (settings: Described): OpenApi.OpenAPISpec =>
  OpenApi.fromApi(describedApi(settings))
