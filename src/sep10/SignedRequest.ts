/**
 * Checks the optional `Authorization` header of a request for a challenge: a JWT by which the client signs what it asks for
 * (SEP-10 §Authorization Header).
 *
 * Gotcha: this JWT is signed by the client's own key and opens nothing but this one request; a session token is another thing
 * with another algorithm, type and issuer (S10-JWT-06).
 */
import { DateTime, Effect } from "effect"
import { importJWK, jwtVerify } from "jose"
import { say } from "../../machines/domain/Sentence.ts"
import { publicKeyJwk } from "../stellar/strkeys.ts"
import { type ChallengeRefused, refused } from "./errors.ts"

/** What of a request its signature is about. */
export interface RequestToSign {
  /** The `Authorization` header as it came; undefined without one. */
  readonly authorization: string | undefined
  /** Every parameter of the query, repeated ones too. */
  readonly query: ReadonlyArray<readonly [name: string, value: string]>
}

export interface SigningRules {
  /** The account whose key must have signed: the client domain's, else the client's own. */
  readonly key: string
  /** `WEB_AUTH_ENDPOINT`. */
  readonly endpoint: string
  /** The longest a signature may be good for, in seconds. */
  readonly lifetimeMax: number
}

const algorithm = "EdDSA"
/** Seconds by which the client's clock may be ahead of ours. */
const skew = 60
/** A claim of one of these that the query lacks would say that something else was signed. */
const parameters = ["account", "memo", "home_domain", "client_domain"]

const invalid = refused(
  say`the Authorization header is not a JWT that the client's key signed for this endpoint and is valid now`
)
const mismatched = refused(say`the claims of the Authorization header are not the parameters of the request`)
const tooLong = (lifetimeMax: number) =>
  refused(say`the Authorization header may be good for ${lifetimeMax} seconds at most`)
const missing = refused(say`a signed request is needed: Authorization: Bearer <JWT by the client's key>`, 401)

/** The JWT of a request that carries one; 401 without. Told before anything is looked up. */
export const tokenOf = ({ authorization }: RequestToSign): Effect.Effect<string, ChallengeRefused> => {
  const token = /^bearer +(\S+)$/i.exec(authorization ?? "")?.[1]
  return token === undefined ? Effect.fail(missing) : Effect.succeed(token)
}

/** Refuses with 400 a JWT that does not sign this request (S10-AH-02 to -04). */
export const checkSignedRequest = Effect.fnUntraced(function* (
  token: string,
  query: RequestToSign["query"],
  { endpoint, key, lifetimeMax }: SigningRules
) {
  const currentDate = yield* DateTime.nowAsDate
  const verifying = yield* Effect.tryPromise({
    try: () => importJWK(publicKeyJwk(key), algorithm),
    catch: () => invalid
  })
  const { payload } = yield* Effect.tryPromise({
    try: () =>
      jwtVerify(token, verifying, {
        // Told by us, never by the token.
        algorithms: [algorithm],
        requiredClaims: ["iat", "exp"],
        currentDate,
        clockTolerance: 0
      }),
    catch: () => invalid
  })
  const { exp = 0, iat = 0 } = payload
  const now = currentDate.getTime() / 1000
  if (iat > now + skew || payload["web_auth_endpoint"] !== endpoint) return yield* invalid
  if (exp - iat > lifetimeMax) return yield* tooLong(lifetimeMax)
  const isEqual = query.every(([name, value]) => payload[name] === value)
  const isMore = parameters.some(
    (name) => payload[name] !== undefined && !query.some(([each]) => each === name)
  )
  if (!isEqual || isMore) return yield* mismatched
})
