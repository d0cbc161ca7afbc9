// What is a session here, and everything that looks like one. Foreign tokens are signed with jose itself, by the
// rules of whoever might have made them.
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { TestClock } from "effect/testing"
import {
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  type JWTPayload,
  SignJWT,
  UnsecuredJWT
} from "jose"
import { Tokens, type TokenTerms } from "../../../src/sep10/Tokens.ts"
import { clientKey, muxed, noon } from "../../support/signIn.ts"
import { sep10Layer, sep10Settings } from "../../support/sep10World.ts"

const account = clientKey.publicKey()
const secret = new TextEncoder().encode(Redacted.value(sep10Settings.jwtSecret))
const issuer = "https://auth.anchor.example.org:8443"
const lifetime = sep10Settings.timing.tokenLifetime

const terms: TokenTerms = {
  subject: `${account}:7`,
  challenge: "ab".repeat(32),
  homeDomain: sep10Settings.homeDomain,
  clientDomain: null
}

const atNoon = <A, E, R>(test: Effect.Effect<A, E, R>) =>
  Effect.andThen(TestClock.setTime(noon * 1000), test).pipe(Effect.provide(sep10Layer()))

const issue = (over: Partial<TokenTerms> = {}) =>
  Effect.flatMap(Tokens, (tokens) => tokens.issue({ ...terms, ...over }))
const verify = (token: string) => Effect.flatMap(Tokens, (tokens) => tokens.verify(token))
const refusal = (token: string) => Effect.map(Effect.flip(verify(token)), ({ message }) => message)

const right: JWTPayload = {
  iss: issuer,
  sub: terms.subject,
  iat: noon,
  exp: noon + lifetime,
  jti: terms.challenge,
  aud: terms.homeDomain,
  home_domain: terms.homeDomain
}
const type = "sep10+jwt"

/** A token signed with our secret but for what the test changes. */
const signed = (
  claims: JWTPayload,
  header: { alg: string; typ?: string } = { alg: "HS256", typ: type },
  key = secret
) => Effect.promise(() => new SignJWT(claims).setProtectedHeader(header).sign(key))

const without = (name: string): JWTPayload =>
  Object.fromEntries(Object.entries(right).filter(([key]) => key !== name))

describe("a token", () => {
  it.effect("says who signed in, by which challenge, for how long (S10-JWT-01, S10-JWT-03, S10-JWT-04)", () =>
    atNoon(
      Effect.gen(function* () {
        const token = yield* issue()
        expect(decodeJwt(token)).toEqual(right)
        expect(decodeProtectedHeader(token)).toEqual({
          alg: "HS256",
          typ: type,
          kid: expect.stringMatching(/^[\w-]{8}$/) as string
        })
      })
    )
  )

  it.effect("names a verified client domain, and only then (S10-JWT-01)", () =>
    atNoon(
      Effect.gen(function* () {
        const token = yield* issue({ clientDomain: "wallet.example.org" })
        expect(decodeJwt(token)["client_domain"]).toBe("wallet.example.org")
        expect((yield* verify(token)).clientDomain).toBe("wallet.example.org")
        expect((yield* verify(yield* issue())).clientDomain).toBe(null)
      })
    )
  )

  it.effect("is verified as its caller, the first time and from the cache", () =>
    atNoon(
      Effect.gen(function* () {
        const token = yield* issue()
        const caller = { account, muxedAccount: null, memo: "7", subject: `${account}:7`, clientDomain: null }
        expect(yield* verify(token)).toEqual(caller)
        expect(yield* verify(token)).toEqual(caller)
        const text = muxed(account, "7")
        expect(yield* verify(yield* issue({ subject: text }))).toMatchObject({
          account,
          muxedAccount: text,
          memo: "7"
        })
      })
    )
  )

  it.effect("ends with its last second, cached or not (S10-JWT-05)", () =>
    atNoon(
      Effect.gen(function* () {
        const [cached, fresh] = [yield* issue(), yield* issue({ subject: account })]
        yield* verify(cached)
        yield* TestClock.adjust(`${lifetime - 1} seconds`)
        yield* verify(cached)
        yield* TestClock.adjust("1 second")
        expect(yield* refusal(cached)).toBe("the token has expired; sign in again")
        expect(yield* refusal(fresh)).toBe("the token has expired; sign in again")
      })
    )
  )

  it.effect("is good in another process with the same secret, and nowhere else", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(noon * 1000)
      const token = yield* issue().pipe(Effect.provide(sep10Layer()))
      const elsewhere = (settings: Partial<typeof sep10Settings>) =>
        verify(token).pipe(Effect.result, Effect.provide(sep10Layer({ settings })))
      expect((yield* elsewhere({}))._tag).toBe("Success")
      expect(
        (yield* elsewhere({ jwtSecret: Redacted.make("another secret of more than thirty-two") }))._tag
      ).toBe("Failure")
      expect((yield* elsewhere({ baseUrl: new URL("https://other.example.org") }))._tag).toBe("Failure")
      expect((yield* elsewhere({ homeDomain: "other.example.org" }))._tag).toBe("Failure")
    })
  )
})

describe("a token is refused (S10-JWT-05, S10-JWT-06, A6)", () => {
  const foreign = "the token is not one of this server's"

  it.effect("with any letter of it changed", () =>
    atNoon(
      Effect.gen(function* () {
        const token = yield* issue()
        const [head = "", body = "", signature = ""] = token.split(".")
        const forgedBody = Buffer.from(JSON.stringify({ ...right, sub: muxed(account, "1") })).toString(
          "base64url"
        )
        const turned = signature.slice(0, 10) + (signature[10] === "A" ? "B" : "A") + signature.slice(11)
        for (const forged of [
          `${head}.${forgedBody}.${signature}`,
          `${head}.${body}.${turned}`,
          `${head}.${body}.`,
          `${head}.${body}`,
          "",
          "..",
          "token",
          `${token}.${token}`,
          "A".repeat(65_536)
        ]) {
          expect(yield* refusal(forged)).toBe(foreign)
        }
      })
    )
  )

  it.effect("without a signature, whatever its header says", () =>
    atNoon(
      Effect.gen(function* () {
        const none = new UnsecuredJWT(right).encode()
        const [, body = ""] = none.split(".")
        const claimed = Buffer.from(JSON.stringify({ alg: "HS256", typ: type })).toString("base64url")
        expect(yield* refusal(none)).toBe(foreign)
        expect(yield* refusal(`${claimed}.${body}.`)).toBe(foreign)
      })
    )
  )

  it.effect("with another algorithm, even over the same secret or by a key of the client's", () =>
    atNoon(
      Effect.gen(function* () {
        const longer = new Uint8Array(64).map((_, at) => secret[at % secret.length] ?? 0)
        expect(yield* refusal(yield* signed(right, { alg: "HS512", typ: type }, longer))).toBe(foreign)
        const { privateKey, publicKey } = yield* Effect.promise(() =>
          generateKeyPair("EdDSA", { extractable: true })
        )
        const jwk = yield* Effect.promise(() => exportJWK(publicKey))
        const byClient = yield* Effect.promise(() =>
          new SignJWT(right).setProtectedHeader({ alg: "EdDSA", typ: type, jwk }).sign(privateKey)
        )
        expect(yield* refusal(byClient)).toBe(foreign)
      })
    )
  )

  it.effect("of another type: none, a plain JWT, a SEP-45 session", () =>
    atNoon(
      Effect.gen(function* () {
        for (const header of [
          { alg: "HS256" },
          { alg: "HS256", typ: "JWT" },
          { alg: "HS256", typ: "sep45+jwt" }
        ]) {
          expect(yield* refusal(yield* signed(right, header))).toBe(foreign)
        }
      })
    )
  )

  it.effect("with a claim missing or of another issuer, domain or subject", () =>
    atNoon(
      Effect.gen(function* () {
        const wrong: ReadonlyArray<JWTPayload> = [
          ...["iss", "sub", "iat", "exp", "jti", "aud", "home_domain"].map(without),
          { ...right, iss: `${issuer}/` },
          { ...right, home_domain: "evil.example.org" },
          { ...right, aud: "evil.example.org" },
          { ...right, aud: "evil.example.org", home_domain: "evil.example.org" },
          { ...right, aud: [terms.homeDomain, "evil.example.org"] },
          { ...right, sub: "someone" },
          { ...right, sub: "CA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUWDA" },
          { ...right, sub: `${account}:01` },
          { ...right, nbf: noon + 1 },
          { ...right, aud: "elsewhere", iss: "https://elsewhere.example.org" },
          { ...right, exp: "never" as unknown as number }
        ]
        for (const claims of wrong) expect(yield* refusal(yield* signed(claims))).toBe(foreign)
        expect((yield* verify(yield* signed(right))).account).toBe(account)
      })
    )
  )

  it.effect("from the future beyond the skew of two clocks", () =>
    atNoon(
      Effect.gen(function* () {
        expect(yield* refusal(yield* signed({ ...right, iat: noon + 61 }))).toContain("from the future")
        yield* verify(yield* signed({ ...right, iat: noon + 60 }))
      })
    )
  )

  it.effect("and never kept, so that a bad one is judged each time", () =>
    atNoon(
      Effect.gen(function* () {
        const late = yield* signed({ ...right, iat: noon + 100 })
        yield* refusal(late)
        yield* TestClock.adjust("40 seconds")
        expect((yield* verify(late)).account).toBe(account)
      })
    )
  )
})

describe("a token secret that is replaced", () => {
  const old = sep10Settings.jwtSecret
  const next = Redacted.make("the next secret, thirty-two characters or more")
  const other = Redacted.make("nobody's secret, thirty-two characters or more")
  const withSecrets = <A, E>(
    [jwtSecret = old, ...formerJwtSecrets]: ReadonlyArray<typeof old>,
    test: Effect.Effect<A, E, Tokens>
  ) =>
    test.pipe(
      Effect.provide(
        sep10Layer({ settings: { jwtSecret, signIn: { ...sep10Settings.signIn, formerJwtSecrets } } })
      )
    )

  it.effect("leaves every session of the old one good, and signs no more with it (SEC-10)", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(noon * 1000)
      const before = yield* withSecrets([old], issue())
      const after = yield* withSecrets([next, old], issue())
      const isGood = (secrets: ReadonlyArray<typeof old>, token: string) =>
        Effect.map(withSecrets(secrets, Effect.result(verify(token))), ({ _tag }) => _tag === "Success")

      expect(yield* isGood([next, old], before)).toBe(true)
      expect(yield* isGood([next, other, old], before)).toBe(true)
      expect(yield* isGood([next, old], after)).toBe(true)
      // A process that has not been told yet, and one that has dropped the old secret.
      expect(yield* isGood([old], after)).toBe(false)
      expect(yield* isGood([old, next], after)).toBe(true)
      expect(yield* isGood([next], before)).toBe(false)
      expect(yield* isGood([other], before)).toBe(false)
    })
  )

  it.effect(
    "is told from others by its name, which is the same everywhere and holds none of it (SEC-10)",
    () =>
      Effect.gen(function* () {
        yield* TestClock.setTime(noon * 1000)
        const nameIn = (secrets: ReadonlyArray<typeof old>) =>
          Effect.map(withSecrets(secrets, issue()), (token) => decodeProtectedHeader(token).kid)
        expect(yield* nameIn([next, old])).toBe(yield* nameIn([next]))
        expect(yield* nameIn([next])).not.toBe(yield* nameIn([old]))
        expect(Redacted.value(next)).not.toContain(yield* nameIn([next]))
      })
  )

  it.effect("must be long enough in every place (S10-JWT-05, SEC-10)", () =>
    Effect.gen(function* () {
      const fault = yield* Effect.flip(withSecrets([next, Redacted.make("short")], issue()))
      expect(fault.message).toBe("the token secret has 5 bytes; HS256 needs 32 or more")
    }).pipe(Effect.scoped)
  )
})

describe("a token of an anchor with several home domains", () => {
  it.effect("is good for each of them, and for no other (S10-JWT-03, S10-JWT-05)", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(noon * 1000)
      const signIn = { ...sep10Settings.signIn, otherHomeDomains: ["second.example.org"] }
      const both = sep10Layer({ settings: { signIn } })
      const token = yield* issue({ homeDomain: "second.example.org" }).pipe(Effect.provide(both))
      expect(decodeJwt(token)).toMatchObject({ aud: "second.example.org", home_domain: "second.example.org" })
      expect((yield* verify(token).pipe(Effect.provide(both))).account).toBe(account)
      expect(yield* refusal(token).pipe(Effect.provide(sep10Layer()))).toContain("not one of this server's")
    })
  )
})

describe("the token secret", () => {
  it.effect("must have 256 bits, and is not told when it has not (S10-JWT-05)", () =>
    Effect.gen(function* () {
      const jwtSecret = Redacted.make("only thirty-one characters long")
      const fault = yield* Layer.build(sep10Layer({ settings: { jwtSecret } })).pipe(
        Effect.scoped,
        Effect.flip
      )
      expect(fault.message).toBe("the token secret has 31 bytes; HS256 needs 32 or more")
    })
  )
})
