/**
 * Mounts the API of one SEP: its endpoints, open to browsers, the preflight of every path, and 405 with `Allow` for the
 * methods a path does not have. A SEP that is not mounted does not exist: its paths are 404.
 *
 * The envelope writes the CORS header of what is mounted here, since only it sees every answer. Gotcha: `*` is safe because nothing here knows a cookie; a listener with credentials of another kind (the operator's)
 * must not use this (SEC-40, SEC-41).
 */
import { Effect, Layer } from "effect"
import { HttpMethod, HttpRouter, HttpServerResponse } from "effect/http"
import { type HttpApi, HttpApiBuilder, type HttpApiGroup } from "effect/http-api"
import { say } from "../../machines/domain/Sentence.ts"
import { worded } from "./Language.ts"
import { RequestNote } from "./RequestNote.ts"

/** What a browser's script may send. */
const corsHeaders = {
  "access-control-allow-headers": "authorization, content-type, idempotency-key",
  "access-control-max-age": "600"
}

/** Every answer under a mounted API may be read by any page, errors included (S10-GEN-02, S31-GEN-12, S1-02). */
const openToBrowsers = HttpRouter.middleware((app) =>
  Effect.flatMap(HttpRouter.RouteContext, ({ route }) =>
    Effect.flatMap(RequestNote, (note) => {
      if (note !== undefined) {
        note.isOpenToBrowsers = true
        note.route = route.path
      }
      return app
    })
  )
)

const answeredBy = (methods: ReadonlySet<HttpMethod.HttpMethod>): ReadonlyArray<HttpMethod.HttpMethod> => {
  // The router serves HEAD by GET.
  const served = methods.has("GET") ? [...methods, "HEAD" as const] : [...methods]
  return [...served, "OPTIONS" as const]
}

/** The routes of a path beside its endpoints: the preflight, and 405 for everything else. */
const remainingRoutes = (path: HttpRouter.PathInput, methods: ReadonlySet<HttpMethod.HttpMethod>) => {
  const answered = answeredBy(methods)
  const allow = answered.join(", ")
  const preflight = HttpServerResponse.empty({
    status: 204,
    headers: { allow, "access-control-allow-methods": allow, ...corsHeaders }
  })
  const refused = Effect.map(worded(say`the method is not allowed here; allowed: ${allow}`), (error) =>
    HttpServerResponse.jsonUnsafe({ error }, { status: 405, headers: { allow } })
  )
  return [
    HttpRouter.route("OPTIONS", path, preflight),
    ...[...HttpMethod.all]
      .filter((method) => !answered.includes(method))
      .map((method) => HttpRouter.route(method, path, refused))
  ]
}

const pathsOf = (groups: ReadonlyArray<HttpApiGroup.Top>) => {
  const paths = new Map<HttpRouter.PathInput, Set<HttpMethod.HttpMethod>>()
  for (const endpoint of groups.flatMap((group) => Object.values(group.endpoints))) {
    const path = endpoint.path as HttpRouter.PathInput
    paths.set(path, (paths.get(path) ?? new Set()).add(endpoint.method))
  }
  return paths
}

/** A router whose routes lie under the path of a base URL: behind `https://host/anchor` a SEP is served below `/anchor`. */
const under = (path: string) =>
  Layer.effect(
    HttpRouter.HttpRouter,
    Effect.map(HttpRouter.HttpRouter, (router) => (path === "" ? router : router.prefixed(path)))
  )

/**
 * The routes of an API as a layer; its handlers' layer is still to be provided.
 *
 * `at` is the path of the base URL, without a trailing slash (`basePathOf`); empty is the root.
 */
export const serveApi = <Id extends string, Groups extends HttpApiGroup.Constraint>(
  api: HttpApi.HttpApi<Id, Groups>,
  at = ""
) => {
  // The type of an API keeps less of its groups than they are: every group is a Top.
  const groups = Object.values(api.groups) as ReadonlyArray<HttpApiGroup.Top>
  const remaining = [...pathsOf(groups)].flatMap(([path, methods]) => remainingRoutes(path, methods))
  return Layer.merge(HttpApiBuilder.layer(api), HttpRouter.addAll(remaining)).pipe(
    Layer.provide(openToBrowsers.layer),
    Layer.provide(under(at))
  )
}

/** The path below which a base URL's endpoints lie: `/anchor` for `https://host/anchor/`, empty for `https://host`. */
export const basePathOf = (base: URL): string => base.pathname.replace(/\/+$/, "")

/** A base URL as it is published: no trailing slash, query or fragment (S1-06). */
export const publishedUrl = (base: URL, path = ""): string => `${base.origin}${basePathOf(base)}${path}`
