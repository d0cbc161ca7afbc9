// The optional header of a request for a challenge, as a client would make it with its own key and jose, and everything that
// only looks like it.
import type { Keypair } from "@stellar/stellar-sdk"
import { describe, expect, it } from "@effect/vitest"
import { Effect, type Layer } from "effect"
import { TestClock } from "effect/testing"
import { importJWK, type JWTPayload, SignJWT, UnsecuredJWT } from "jose"
import type { Settings } from "../../../src/KedgeConfig.ts"
import type { Outbound } from "../../../src/ports/Outbound.ts"
import { Challenges, type ChallengeWish } from "../../../src/sep10/Challenges.ts"
import { publicKeyJwk } from "../../../src/stellar/strkeys.ts"
import { sep10Layer, sep10Settings } from "../../support/sep10World.ts"
import { clientKey, keyOf, muxed, noon, parsed } from "../../support/signIn.ts"
import { tomlHosts } from "../../support/tomlHosts.ts"

const account = clientKey.publicKey()
const wallet = keyOf("wallet")
const endpoint = "https://auth.anchor.example.org:8443/auth"

const right: JWTPayload = { iat: noon, exp: noon + 60, web_auth_endpoint: endpoint, account }

const keyFor = (keypair: Keypair) =>
  importJWK(
    {
      ...publicKeyJwk(keypair.publicKey()),
      d: Buffer.from(keypair.rawSecretKey()).toString("base64url")
    },
    "EdDSA"
  )

const signedBy = (keypair: Keypair, claims: JWTPayload, header: object = {}) =>
  Effect.promise(async () =>
    new SignJWT(claims).setProtectedHeader({ alg: "EdDSA", ...header }).sign(await keyFor(keypair))
  )

interface Given {
  readonly authorization?: string
  readonly query?: ReadonlyArray<readonly [string, string]>
  readonly wish?: Partial<ChallengeWish>
}

const make = ({ authorization, query = [["account", account]], wish }: Given) =>
  Effect.flatMap(Challenges, (challenges) =>
    challenges.make({ account, ...wish, request: { authorization, query } })
  )

const refusal = (given: Given) =>
  Effect.map(Effect.flip(make(given)), ({ message, status }) => `${status} ${message}`)

const strict = <A, E>(
  test: Effect.Effect<A, E, Challenges>,
  signIn: Partial<Settings["signIn"]> = {},
  outbound: Layer.Layer<Outbound> = tomlHosts().layer
) =>
  Effect.andThen(TestClock.setTime(noon * 1000), test).pipe(
    Effect.provide(
      sep10Layer({
        settings: { signIn: { ...sep10Settings.signIn, signedRequests: true, ...signIn } },
        outbound
      })
    )
  )

const invalid = "400 the Authorization header is not a JWT that the client's key signed"
const mismatched = "400 the claims of the Authorization header are not the parameters of the request"

describe("a signed request for a challenge", () => {
  it.effect("is asked for only where the settings say so (S10-AH-01)", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(noon * 1000)
      yield* make({ authorization: "Bearer nonsense" })
      yield* make({})
    }).pipe(Effect.provide(sep10Layer()))
  )

  it.effect("is taken with the signature of the account's key, muxed or not (S10-AH-02, S10-AH-03)", () =>
    strict(
      Effect.gen(function* () {
        const plain = yield* signedBy(clientKey, right)
        expect(
          parsed((yield* make({ authorization: `Bearer ${plain}` })).transaction).operations
        ).toHaveLength(2)
        const text = muxed(account, "7")
        const of = yield* signedBy(clientKey, { ...right, account: text })
        yield* make({ authorization: `bearer ${of}`, query: [["account", text]], wish: { account: text } })
      })
    )
  )

  it.effect(
    "is taken with the client domain's signature where one is named, and no other (S10-AH-02)",
    () => {
      const domain = "wallet.example.org"
      const { layer } = tomlHosts(new Map([[domain, `SIGNING_KEY="${wallet.publicKey()}"`]]))
      return strict(
        Effect.gen(function* () {
          const claims = { ...right, client_domain: domain }
          const given = {
            query: [
              ["account", account],
              ["client_domain", domain]
            ] as const,
            wish: { clientDomain: domain }
          }
          yield* make({ ...given, authorization: `Bearer ${yield* signedBy(wallet, claims)}` })
          expect(
            yield* refusal({ ...given, authorization: `Bearer ${yield* signedBy(clientKey, claims)}` })
          ).toContain(invalid)
          expect(yield* refusal({ authorization: `Bearer ${yield* signedBy(wallet, right)}` })).toContain(
            invalid
          )
        }),
        {},
        layer
      )
    }
  )

  it.effect("is 401 without a header, before anything is looked at (S10-AH-04)", () => {
    const { layer, sent } = tomlHosts()
    return strict(
      Effect.gen(function* () {
        for (const authorization of [undefined, "", "Bearer", "Bearer ", "Basic eDp5"]) {
          const given = authorization === undefined ? {} : { authorization }
          expect(
            yield* refusal({ ...given, wish: { clientDomain: "wallet.example.org", account: "x" } })
          ).toContain("401 a signed request is needed")
        }
        expect(sent).toEqual([])
      }),
      {},
      layer
    )
  })

  const wrong: ReadonlyArray<readonly [string, JWTPayload]> = [
    ["has expired", { ...right, iat: noon - 60, exp: noon }],
    ["has no end", { ...right, exp: undefined } as unknown as JWTPayload],
    ["has no beginning", { ...right, iat: undefined } as unknown as JWTPayload],
    ["is from the future", { ...right, iat: noon + 61, exp: noon + 120 }],
    ["is for another endpoint", { ...right, web_auth_endpoint: `${endpoint}/` }],
    ["is for no endpoint", { ...right, web_auth_endpoint: undefined }]
  ]
  it.effect.each(wrong)("that %s is 400 (S10-AH-03, S10-AH-04)", ([, claims]) =>
    strict(
      Effect.gen(function* () {
        expect(yield* refusal({ authorization: `Bearer ${yield* signedBy(clientKey, claims)}` })).toContain(
          invalid
        )
      })
    )
  )

  it.effect("is good for as long as a challenge, and not longer (S10-AH-03)", () =>
    strict(
      Effect.gen(function* () {
        const lasting = (seconds: number) => signedBy(clientKey, { ...right, exp: noon + seconds })
        yield* make({ authorization: `Bearer ${yield* lasting(900)}` })
        expect(yield* refusal({ authorization: `Bearer ${yield* lasting(901)}` })).toContain(
          "may be good for 900 seconds at most"
        )
      })
    )
  )

  const others: ReadonlyArray<readonly [string, JWTPayload, ReadonlyArray<readonly [string, string]>]> = [
    ["another account", { ...right, account: wallet.publicKey() }, [["account", account]]],
    ["no account", { ...right, account: undefined }, [["account", account]]],
    ["a memo that is not asked with", { ...right, memo: "1" }, [["account", account]]],
    [
      "no memo, though one is asked with",
      right,
      [
        ["account", account],
        ["memo", "1"]
      ]
    ],
    [
      "a memo that is a number",
      { ...right, memo: 1 },
      [
        ["account", account],
        ["memo", "1"]
      ]
    ],
    ["a client domain that is not asked with", { ...right, client_domain: "x.org" }, [["account", account]]],
    ["a home domain that is not asked with", { ...right, home_domain: "x.org" }, [["account", account]]],
    [
      "nothing of a parameter that means nothing here",
      right,
      [
        ["account", account],
        ["lang", "es"]
      ]
    ],
    [
      "one of two values of a parameter",
      { ...right, lang: "es" },
      [
        ["account", account],
        ["lang", "es"],
        ["lang", "en"]
      ]
    ]
  ]
  it.effect.each(others)("that signs %s is 400 (S10-AH-03, S10-AH-04)", ([, claims, query]) =>
    strict(
      Effect.gen(function* () {
        expect(yield* refusal({ query, authorization: `Bearer ${yield* signedBy(clientKey, claims)}` })).toBe(
          mismatched
        )
      })
    )
  )

  it.effect("that signs every parameter is taken, those that mean nothing here too (S10-AH-03)", () =>
    strict(
      Effect.gen(function* () {
        const authorization = `Bearer ${yield* signedBy(clientKey, { ...right, memo: "1", lang: "es" })}`
        yield* make({
          authorization,
          query: [
            ["account", account],
            ["memo", "1"],
            ["lang", "es"]
          ],
          wish: { memo: "1" }
        })
      })
    )
  )

  it.effect("by another key, another algorithm or none is 400 (S10-AH-02)", () =>
    strict(
      Effect.gen(function* () {
        const jwk = publicKeyJwk(wallet.publicKey())
        const secret = Buffer.from(publicKeyJwk(account).x, "base64url")
        const tokens = [
          yield* signedBy(wallet, right),
          // The key it brings along is nobody's we know.
          yield* signedBy(wallet, right, { jwk }),
          new UnsecuredJWT(right).encode(),
          yield* Effect.promise(() => new SignJWT(right).setProtectedHeader({ alg: "HS256" }).sign(secret)),
          "a.b.c",
          "nonsense"
        ]
        for (const token of tokens) {
          expect(yield* refusal({ authorization: `Bearer ${token}` })).toContain(invalid)
        }
      })
    )
  )
})
