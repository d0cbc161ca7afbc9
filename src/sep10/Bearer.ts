/**
 * Puts the Caller before the endpoints of a SEP: a bearer token of ours, or no answer but the refusal.
 *
 * Two of them, because the SEPs disagree on the status: 403 in SEP-31 (S31-AUTH-02), 401 in SEP-12 (S12-GEN-01, H-02). Both
 * decide before the body is looked at, and whether the caller has had its share (429). Gotcha: who may do what is the SEP's own
 * question; here it is only who asks.
 */
import { Effect, Layer, Redacted } from "effect"
import { HttpApiMiddleware, HttpApiSecurity } from "effect/http-api"
import { say } from "../../machines/domain/Sentence.ts"
import { Forbidden, setAnswerHeader, TooManyRequests, Unauthorized } from "../http/errors.ts"
import { refuse } from "../http/Language.ts"
import { publishedUrl } from "../http/serveApi.ts"
import { KedgeConfig } from "../KedgeConfig.ts"
import { authPath } from "./api.ts"
import { Caller } from "./Caller.ts"
import { TokenRefused } from "./errors.ts"
import { FairShare } from "./FairShare.ts"
import { Tokens } from "./Tokens.ts"

const security = { bearer: HttpApiSecurity.bearer }

/** A missing or invalid token is 403: `group.middleware(BearerOr403)`. */
export class BearerOr403 extends HttpApiMiddleware.Service<BearerOr403, { provides: Caller }>()(
  "kedge/sep10/BearerOr403",
  { security, error: [Forbidden, TooManyRequests] }
) {
  static readonly layer: Layer.Layer<BearerOr403, never, Tokens | KedgeConfig> = Layer.effect(
    BearerOr403,
    Effect.map(
      Effect.suspend(() => makeAuthenticate),
      (authenticate) => ({
        bearer: (app, { credential }) =>
          authenticate(credential).pipe(
            Effect.catchTag("TokenRefused", ({ sentence }) => refuse(Forbidden, sentence)),
            Effect.flatMap((caller) => Effect.provideService(app, Caller, caller))
          )
      })
    )
  ).pipe(Layer.provide(FairShare.layer))
}

/** A missing or invalid token is 401 with `WWW-Authenticate: Bearer`. */
export class BearerOr401 extends HttpApiMiddleware.Service<BearerOr401, { provides: Caller }>()(
  "kedge/sep10/BearerOr401",
  { security, error: [Unauthorized, TooManyRequests] }
) {
  static readonly layer: Layer.Layer<BearerOr401, never, Tokens | KedgeConfig> = Layer.effect(
    BearerOr401,
    Effect.map(
      Effect.suspend(() => makeAuthenticate),
      (authenticate) => ({
        bearer: (app, { credential }) =>
          authenticate(credential).pipe(
            Effect.catchTag("TokenRefused", ({ sentence }) =>
              Effect.andThen(setAnswerHeader("www-authenticate", "Bearer"), refuse(Unauthorized, sentence))
            ),
            Effect.flatMap((caller) => Effect.provideService(app, Caller, caller))
          )
      })
    )
  ).pipe(Layer.provide(FairShare.layer))
}

const makeAuthenticate = Effect.gen(function* () {
  const tokens = yield* Tokens
  const { ofAccount } = yield* FairShare
  const { baseUrl } = yield* KedgeConfig
  const missing = new TokenRefused({
    sentence: say`a token is needed: Authorization: Bearer <token from ${publishedUrl(baseUrl, authPath)}>`
  })
  return (credential: Redacted.Redacted<string>) => {
    const token = Redacted.value(credential)
    // Counted once it is known whose request it is: nobody can use up another's share.
    return Effect.tap(token === "" ? Effect.fail(missing) : tokens.verify(token), ({ account }) =>
      ofAccount(account)
    )
  }
})
