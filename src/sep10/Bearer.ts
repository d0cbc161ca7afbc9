/**
 * Puts the Caller before the endpoints of a SEP: a bearer token of ours, or no answer but the refusal.
 *
 * Two of them, because the SEPs disagree on the status: 403 in SEP-31 (S31-AUTH-02), 401 in SEP-12 (S12-GEN-01, H-02). Both
 * decide before the body is looked at. Gotcha: who may do what is the SEP's own question; here it is only who asks.
 */
import { Effect, Layer, Redacted } from "effect"
import { HttpApiMiddleware, HttpApiSecurity } from "effect/http-api"
import { say } from "../../machines/domain/Sentence.ts"
import { Forbidden, setAnswerHeader, Unauthorized } from "../http/errors.ts"
import { refuse } from "../http/Language.ts"
import { publishedUrl } from "../http/serveApi.ts"
import { KedgeConfig } from "../KedgeConfig.ts"
import { authPath } from "./api.ts"
import { Caller, type CallerIdentity } from "./Caller.ts"
import { TokenRefused } from "./errors.ts"
import { Tokens } from "./Tokens.ts"

const security = { bearer: HttpApiSecurity.bearer }

/** A missing or invalid token is 403: `group.middleware(BearerOr403)`. */
export class BearerOr403 extends HttpApiMiddleware.Service<BearerOr403, { provides: Caller }>()(
  "kedge/sep10/BearerOr403",
  { security, error: Forbidden }
) {
  static readonly layer: Layer.Layer<BearerOr403, never, Tokens | KedgeConfig> = Layer.effect(
    BearerOr403,
    Effect.map(
      Effect.suspend(() => makeAuthenticate),
      (authenticate) => ({
        bearer: (app, { credential }) =>
          authenticate(credential).pipe(
            Effect.catch(({ sentence }) => refuse(Forbidden, sentence)),
            Effect.flatMap((caller) => Effect.provideService(app, Caller, caller))
          )
      })
    )
  )
}

/** A missing or invalid token is 401 with `WWW-Authenticate: Bearer`. */
export class BearerOr401 extends HttpApiMiddleware.Service<BearerOr401, { provides: Caller }>()(
  "kedge/sep10/BearerOr401",
  { security, error: Unauthorized }
) {
  static readonly layer: Layer.Layer<BearerOr401, never, Tokens | KedgeConfig> = Layer.effect(
    BearerOr401,
    Effect.map(
      Effect.suspend(() => makeAuthenticate),
      (authenticate) => ({
        bearer: (app, { credential }) =>
          authenticate(credential).pipe(
            Effect.tapError(() => setAnswerHeader("www-authenticate", "Bearer")),
            Effect.catch(({ sentence }) => refuse(Unauthorized, sentence)),
            Effect.flatMap((caller) => Effect.provideService(app, Caller, caller))
          )
      })
    )
  )
}

const makeAuthenticate = Effect.gen(function* () {
  const tokens = yield* Tokens
  const { baseUrl } = yield* KedgeConfig
  const missing = new TokenRefused({
    sentence: say`a token is needed: Authorization: Bearer <token from ${publishedUrl(baseUrl, authPath)}>`
  })
  return (credential: Redacted.Redacted<string>): Effect.Effect<CallerIdentity, TokenRefused> => {
    const token = Redacted.value(credential)
    return token === "" ? Effect.fail(missing) : tokens.verify(token)
  }
})
