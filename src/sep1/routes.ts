/**
 * Serves stellar.toml at the root of the home domain, readable from every web page (SEP-1 §Specification).
 *
 * Gotcha: the path is the root's whatever path the base URL has: wallets look nowhere else.
 */
import { Effect, Layer, Result, Schema } from "effect"
import { HttpServerResponse } from "effect/http"
import {
  HttpApi,
  HttpApiBuilder,
  HttpApiEndpoint,
  HttpApiGroup,
  HttpApiSchema,
  OpenApi
} from "effect/http-api"
import { serveApi } from "../http/serveApi.ts"
import { KedgeConfig } from "../KedgeConfig.ts"
import { stellarToml } from "./Toml.ts"

const contentType = "text/plain; charset=utf-8"
/** Seconds a copy may be used: a new signing key must spread soon (S1-13). */
const maxAge = 300

/** The settings make no valid stellar.toml. */
export class TomlRefused extends Schema.TaggedError<TomlRefused>()("TomlRefused", {
  message: Schema.String
}) {}

export class Sep1Api extends HttpApi.make("sep1").add(
  HttpApiGroup.make("sep1").add(
    HttpApiEndpoint.get("stellarToml", "/.well-known/stellar.toml", {
      success: Schema.String.pipe(HttpApiSchema.asText({ contentType }))
    }).annotate(OpenApi.Summary, "What this anchor is, and where its services are")
  )
) {}

const handlers = (signingKey: string) =>
  HttpApiBuilder.group(
    Sep1Api,
    "sep1",
    Effect.fnUntraced(function* (group) {
      const file = stellarToml(yield* KedgeConfig, signingKey)
      if (Result.isFailure(file)) return yield* new TomlRefused({ message: file.failure })
      const response = HttpServerResponse.text(file.success, {
        contentType,
        headers: { "cache-control": `public, max-age=${maxAge}` }
      })
      return group.handle("stellarToml", () => Effect.succeed(response))
    })
  )

/** `signingKey` is the public key of the Signer in use, so that the file cannot name another (S1-08). */
export const routes = (signingKey: string) => serveApi(Sep1Api).pipe(Layer.provide(handlers(signingKey)))
