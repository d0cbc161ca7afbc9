/** The wire of SEP-10: GET and POST on one path (SEP-10 §Challenge, §Token). Importable by clients; no handler here. */
import { Schema } from "effect"
import { HttpApi, HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { BadRequest, Forbidden, Unauthorized, Unavailable } from "../http/errors.ts"
import { FairAddress } from "./FairShare.ts"
import { servicePaths } from "../sep1/Toml.ts"

/** Path of `WEB_AUTH_ENDPOINT` below the base URL. */
export const authPath = servicePaths.auth

const ChallengeQuery = {
  /** `G…` or `M…`. */
  account: Schema.String,
  /** uint64 in decimal; only with `G…`. */
  memo: Schema.optionalKey(Schema.String),
  home_domain: Schema.optionalKey(Schema.String),
  /** The application on whose behalf the client signs in: a host, with its port if any. */
  client_domain: Schema.optionalKey(Schema.String)
}

const ChallengeAnswer = Schema.Struct({ transaction: Schema.String, network_passphrase: Schema.String })

const SignedChallenge = Schema.Struct({ transaction: Schema.String })

const TokenAnswer = Schema.Struct({ token: Schema.String })

export class Sep10Group extends HttpApiGroup.make("sep10")
  .add(
    HttpApiEndpoint.get("challenge", authPath, {
      query: ChallengeQuery,
      success: ChallengeAnswer,
      error: [BadRequest, Unauthorized, Forbidden]
    }).annotate(OpenApi.Summary, "A challenge to sign, for whoever is about to sign in"),
    HttpApiEndpoint.post("token", authPath, {
      payload: [SignedChallenge, SignedChallenge.pipe(HttpApiSchema.asFormUrlEncoded())],
      success: TokenAnswer,
      error: [BadRequest, Unavailable]
    }).annotate(OpenApi.Summary, "A token for a challenge that was signed")
  )
  .middleware(FairAddress) {}

export class Sep10Api extends HttpApi.make("sep10").add(Sep10Group) {}
