/**
 * Signs and verifies the session tokens that SEP-10 hands out: JWT, HS256.
 *
 * Algorithm, type and issuer are pinned: a token of another kind, another service or another anchor is not a session here,
 * however well it is signed (S10-JWT-05, -06). Gotcha: jose takes the time from the machine unless told; it always is.
 */
import { Clock, Context, DateTime, Effect, Layer, Metric, Redacted, Schema } from "effect"
import { say, type Sentence } from "../../machines/domain/Sentence.ts"
import { CompactSign, errors, jwtVerify, SignJWT } from "jose"
import { publishedUrl } from "../http/serveApi.ts"
import { KedgeConfig } from "../KedgeConfig.ts"
import { tokensChecked, tokensIssued } from "../telemetry/Metrics.ts"
import { type CallerIdentity, parseSubject } from "./Caller.ts"
import { TokenRefused, TokenSecretRefused } from "./errors.ts"
import { TokenCache } from "./TokenCache.ts"

const algorithm = "HS256"
/** Tells our session tokens from every other JWT that one key could be made to sign. */
const tokenType = "sep10+jwt"
/** Seconds by which the clock of the process that issued a token may be ahead of ours. */
const skew = 60
const secretMin = 32
/** Base64url characters of a key's name in the header: enough to tell a handful of keys apart. */
const keyNameLength = 8

const Claims = Schema.Struct({
  sub: Schema.String,
  iat: Schema.Int,
  exp: Schema.Int,
  jti: Schema.String,
  aud: Schema.String,
  home_domain: Schema.String,
  client_domain: Schema.optionalKey(Schema.String)
})
const decodeClaims = Schema.decodeUnknownEffect(Claims)

/** What a token says. */
export interface TokenTerms {
  /** `G…`, `G…:<memo>` or `M…`. */
  readonly subject: string
  /** Hash of the challenge that was redeemed. */
  readonly challenge: string
  readonly homeDomain: string
  readonly clientDomain: string | null
}

/**
 * Failure and persistence: nothing is stored; a token is good wherever its secret, among others, and the same base URL are
 * configured. The first secret signs; the former ones only verify, so a secret is replaced without ending a session.
 */
export class Tokens extends Context.Service<
  Tokens,
  {
    /** A token valid from now for the configured time. */
    readonly issue: (terms: TokenTerms) => Effect.Effect<string>
    /** Who a token speaks for. */
    readonly verify: (token: string) => Effect.Effect<CallerIdentity, TokenRefused>
  }
>()("kedge/sep10/Tokens") {
  static readonly layer: Layer.Layer<Tokens, TokenSecretRefused, KedgeConfig> = Layer.effect(
    Tokens,
    Effect.suspend(() => make)
  )
}

const refuse = (sentence: Sentence) => new TokenRefused({ sentence })
const foreign = refuse(say`the token is not one of this server's`)

const sentence = (cause: unknown): TokenRefused =>
  cause instanceof errors.JWTExpired ? refuse(say`the token has expired; sign in again`) : foreign

/** The bytes of a secret, and a name that tells it from others and tells nothing of it: a signature made with it. */
const keyOf = Effect.fnUntraced(function* (secret: Redacted.Redacted<string>) {
  const bytes = new TextEncoder().encode(Redacted.value(secret))
  if (bytes.length < secretMin) {
    return yield* new TokenSecretRefused({
      message: `the token secret has ${bytes.length} bytes; HS256 needs ${secretMin} or more`
    })
  }
  const signed = yield* Effect.promise(() =>
    new CompactSign(new TextEncoder().encode("name of this key"))
      .setProtectedHeader({ alg: algorithm })
      .sign(bytes)
  )
  return { bytes, name: signed.slice(signed.lastIndexOf(".") + 1).slice(0, keyNameLength) }
})

const make = Effect.gen(function* () {
  const settings = yield* KedgeConfig
  const signing = yield* keyOf(settings.jwtSecret)
  const former = yield* Effect.forEach(settings.signIn.formerJwtSecrets, keyOf)
  const keys = new Map([...former, signing].map(({ bytes, name }) => [name, bytes]))
  const homeDomains = [settings.homeDomain, ...settings.signIn.otherHomeDomains]
  const issuer = publishedUrl(settings.baseUrl)
  const cache = new TokenCache()

  const issue = Effect.fnUntraced(function* (terms: TokenTerms) {
    const issued = Math.floor((yield* Clock.currentTimeMillis) / 1000)
    const claims = {
      iss: issuer,
      sub: terms.subject,
      iat: issued,
      exp: issued + settings.timing.tokenLifetime,
      jti: terms.challenge,
      aud: terms.homeDomain,
      home_domain: terms.homeDomain,
      ...(terms.clientDomain === null ? {} : { client_domain: terms.clientDomain })
    }
    const header = { alg: algorithm, typ: tokenType, kid: signing.name }
    const token = yield* Effect.promise(() =>
      new SignJWT(claims).setProtectedHeader(header).sign(signing.bytes)
    )
    yield* Metric.update(tokensIssued, 1)
    return token
  })

  const check = Effect.fnUntraced(function* (token: string) {
    const currentDate = yield* DateTime.nowAsDate
    const { payload } = yield* Effect.tryPromise({
      try: () =>
        jwtVerify(token, ({ kid = "" }) => keys.get(kid) ?? signing.bytes, {
          algorithms: [algorithm],
          typ: tokenType,
          issuer,
          audience: homeDomains,
          currentDate,
          clockTolerance: 0
        }),
      catch: sentence
    })
    const claims = yield* Effect.mapError(decodeClaims(payload), () => foreign)
    const caller = parseSubject(claims.sub)
    if (caller === null || claims.home_domain !== claims.aud) return yield* foreign
    if (claims.iat > currentDate.getTime() / 1000 + skew) {
      return yield* refuse(say`the token is from the future; check the clocks`)
    }
    const identity: CallerIdentity = { ...caller, clientDomain: claims.client_domain ?? null }
    cache.keep(token, identity, claims.exp)
    return identity
  })

  const counted = (result: "cached" | "verified" | "refused") => {
    const metric = Metric.withAttributes(tokensChecked, { result })
    return Effect.suspend(() => Metric.update(metric, 1))
  }
  const [cached, verified, refused] = [counted("cached"), counted("verified"), counted("refused")]

  const verify = Effect.fnUntraced(function* (token: string) {
    const known = cache.hit(token, yield* Clock.currentTimeMillis)
    if (known !== undefined) {
      yield* cached
      return known
    }
    return yield* check(token).pipe(
      Effect.tap(() => verified),
      Effect.tapError(() => refused)
    )
  })

  return Tokens.of({ issue, verify })
})
