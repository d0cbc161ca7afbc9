// Signing in as a client does, with the SDK's client functions unchanged, over HTTP on a real listener. Only the
// ledger's answers are the test's; see signInOnLedger.test.ts for a ledger that keeps accounts itself.
import { StellarToml } from "@stellar/stellar-sdk"
import type { Keypair } from "@stellar/stellar-sdk"
import { describe, expect, it } from "@effect/vitest"
import { Clock, Effect, Layer, Logger, Schema } from "effect"
import { HttpApi, HttpApiBuilder, HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { decodeJwt } from "jose"
import { serveApi } from "../../../src/http/serveApi.ts"
import { BearerOr401, BearerOr403 } from "../../../src/sep10/Bearer.ts"
import { Caller } from "../../../src/sep10/Caller.ts"
import { routes } from "../../../src/sep10/routes.ts"
import { Tokens } from "../../../src/sep10/Tokens.ts"
import { routes as sep1Routes } from "../../../src/sep1/routes.ts"
import { layer as nodeEntropy } from "../../../adapters/entropy-node/NodeEntropy.ts"
import { ask, serve } from "../../support/publicServer.ts"
import {
  challengeOf,
  type ChallengeWanted,
  postChallenge,
  signIn as signInAs,
  tokenOf
} from "../../support/wallet.ts"
import { sep10Ports, sep10Settings, type Sep10Wish } from "../../support/sep10World.ts"
import {
  freshAccount,
  keyOf,
  type LedgerAccounts,
  muxed,
  parsed,
  serverKey,
  signedBy
} from "../../support/signIn.ts"

/** Two endpoints that want to know who asks, as SEP-31 and SEP-12 do. */
const Who = Schema.Struct({ subject: Schema.String })
class WhoApi extends HttpApi.make("who").add(
  HttpApiGroup.make("who").add(
    HttpApiEndpoint.post("strict", "/who403", {
      payload: Schema.Struct({ a: Schema.String }),
      success: Who
    }).middleware(BearerOr403),
    HttpApiEndpoint.post("polite", "/who401", {
      payload: Schema.Struct({ a: Schema.String }),
      success: Who
    }).middleware(BearerOr401)
  )
) {}
const me = Effect.map(Caller, ({ subject }) => ({ subject }))
const who = serveApi(WhoApi).pipe(
  Layer.provide(
    HttpApiBuilder.group(WhoApi, "who", (group) =>
      group.handle("strict", () => me).handle("polite", () => me)
    )
  ),
  Layer.provide([BearerOr403.layer, BearerOr401.layer])
)

const serveAnchor = (wish: Sep10Wish = {}) =>
  serve(
    Layer.mergeAll(routes, who, sep1Routes(serverKey.publicKey())).pipe(
      Layer.provide(Tokens.layer),
      Layer.provide(sep10Ports(wish))
    )
  ).pipe(Effect.provide([nodeEntropy, Logger.layer([])]))

const json = { "content-type": "application/json" }

const signIn = (base: string, wanted: ChallengeWanted, ...keys: ReadonlyArray<Keypair>) =>
  signInAs(base, sep10Settings, wanted, ...keys)

const withAnchor = <A, E>(accounts: LedgerAccounts, test: (base: string) => Effect.Effect<A, E>) =>
  Effect.flatMap(serveAnchor({ accounts }), ({ base }) => test(base)).pipe(Effect.scoped)

const client = keyOf("client")
const account = client.publicKey()

describe("signing in", () => {
  it.live(
    "works from stellar.toml to a token for an account the ledger does not have (S10-GEN-01, S10-GEN-05, S10-VER-15)",
    () =>
      Effect.gen(function* () {
        const { base, host } = yield* serveAnchor()
        const toml = yield* Effect.promise(() => StellarToml.Resolver.resolve(host, { allowHttp: true }))
        expect([toml.SIGNING_KEY, toml.WEB_AUTH_ENDPOINT]).toEqual([
          serverKey.publicKey(),
          "https://auth.anchor.example.org:8443/auth"
        ])
        const answer = yield* signIn(base, { account }, client)
        expect([answer.status, Object.keys(answer.json as object)]).toEqual([200, ["token"]])
        expect(decodeJwt(tokenOf(answer))).toMatchObject({
          iss: "https://auth.anchor.example.org:8443",
          sub: account
        })
      }).pipe(Effect.scoped)
  )

  it.live(
    "answers a challenge with these two members and no other, of this very second (S10-CH-06, S10-CH-08)",
    () =>
      withAnchor(new Map(), (base) =>
        Effect.gen(function* () {
          const before = Math.floor((yield* Clock.currentTimeMillis) / 1000)
          const challenge = yield* challengeOf(base, { account })
          const after = Math.floor((yield* Clock.currentTimeMillis) / 1000)
          expect(Object.keys(challenge).sort()).toEqual(["network_passphrase", "transaction"])
          const { minTime = "0", maxTime = "0" } = parsed(challenge.transaction).timeBounds ?? {}
          expect(Number(minTime)).toBeGreaterThanOrEqual(before)
          expect(Number(minTime)).toBeLessThanOrEqual(after)
          expect(Number(maxTime) - Number(minTime)).toBe(900)
        })
      )
  )

  it.live("works with a memo and with a muxed account (S10-CH-09, S10-JWT-02)", () =>
    withAnchor(new Map([[account, freshAccount(account)]]), (base) =>
      Effect.gen(function* () {
        const memo = "18446744073709551615"
        expect(decodeJwt(tokenOf(yield* signIn(base, { account, memo }, client))).sub).toBe(
          `${account}:${memo}`
        )
        const text = muxed(account, memo)
        expect(decodeJwt(tokenOf(yield* signIn(base, { account: text }, client))).sub).toBe(text)
      })
    )
  )

  it.live("works for several signers, and not for one too few (S10-VER-12, S10-VER-18)", () => {
    const [one, two] = [keyOf("one"), keyOf("two")]
    const shared = {
      signers: [
        { key: account, weight: 0 },
        { key: one.publicKey(), weight: 1 },
        { key: two.publicKey(), weight: 1 }
      ],
      thresholds: { low: 1, medium: 2, high: 2 }
    }
    return withAnchor(new Map([[account, shared]]), (base) =>
      Effect.gen(function* () {
        expect((yield* signIn(base, { account }, one, two)).status).toBe(200)
        for (const keys of [[one], [client], [client, one], [one, one]]) {
          const refused = yield* signIn(base, { account }, ...keys)
          expect([keys.length, refused.status]).toEqual([keys.length, 400])
          expect(refused.json).toEqual({ error: expect.any(String) as string })
        }
      })
    )
  })

  it.live("asks for no token and answers with one, and nothing else (S10-AH-01, S10-TOK-04)", () =>
    withAnchor(new Map(), (base) =>
      Effect.gen(function* () {
        const authorization = "Bearer of nothing"
        const { json: read } = yield* ask(`${base}/auth?account=${account}`, { headers: { authorization } })
        const { transaction } = read as { readonly transaction: string }
        const answer = yield* postChallenge(base, signedBy(transaction, client))
        expect(answer.headers.get("content-type")).toBe("application/json")
        expect(answer.json).toEqual({ token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/) as string })
      })
    )
  )

  it.live("takes the form encoding as it takes JSON, + and = in it too (S10-TOK-01)", () =>
    withAnchor(new Map(), (base) =>
      Effect.gen(function* () {
        const { transaction } = yield* challengeOf(base, { account })
        const body = new URLSearchParams({ transaction: signedBy(transaction, client) })
        const answer = yield* ask(`${base}/auth`, { method: "POST", body })
        expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([200, "*"])
        expect(decodeJwt(tokenOf(answer)).sub).toBe(account)
      })
    )
  )

  it.live("gives one token for one challenge (S10-VER-20, A19)", () =>
    withAnchor(new Map(), (base) =>
      Effect.gen(function* () {
        const { transaction } = yield* challengeOf(base, { account })
        const envelope = signedBy(transaction, client)
        const answers = yield* Effect.all(
          Array.from({ length: 20 }, () => postChallenge(base, envelope)),
          { concurrency: "unbounded" }
        )
        expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([
          200,
          ...Array.from({ length: 19 }, () => 400)
        ])
      })
    )
  )

  it.live("ignores a client domain where attribution is off (S10-CD-01)", () =>
    Effect.gen(function* () {
      const settings = { signIn: { ...sep10Settings.signIn, clientDomains: "off" as const } }
      const { base } = yield* serveAnchor({ settings })
      const query = { account, client_domain: "wallet.example.org" }
      expect(parsed((yield* challengeOf(base, query)).transaction).operations).toHaveLength(2)
      const answer = yield* signIn(base, query, client)
      expect(decodeJwt(tokenOf(answer))["client_domain"]).toBe(undefined)
    }).pipe(Effect.scoped)
  )
})

describe("GET and POST /auth refuse", () => {
  it.live("wrong parameters with 400 and a sentence (S10-CH-01, S10-CH-02, S10-CH-05)", () =>
    withAnchor(new Map(), (base) =>
      Effect.gen(function* () {
        const errorOf = (query: string) =>
          Effect.map(ask(`${base}/auth${query}`), ({ status, json: read }) => [status, read])
        expect(yield* errorOf("")).toEqual([400, { error: "account is missing" }])
        expect(yield* errorOf(`?account=${account}&account=${account}`)).toEqual([
          400,
          { error: "account is given more than once" }
        ])
        expect(yield* errorOf(`?account=${account}&memo=1&memo=2`)).toEqual([
          400,
          { error: "memo is given more than once" }
        ])
        for (const query of [
          "?account=invalid-account",
          `?account=${account}&memo=text`,
          `?account=${account}&home_domain=x.org`
        ]) {
          expect(yield* errorOf(query)).toEqual([400, { error: expect.any(String) as string }])
        }
      })
    )
  )

  it.live("a body that is no challenge with 400, and another content type with 415 (S10-TOK-02)", () =>
    withAnchor(new Map(), (base) =>
      Effect.gen(function* () {
        const bodies = [
          "",
          "{}",
          `{"transaction":""}`,
          `{"transaction":5}`,
          `{"transaction":"AAAA"}`,
          "[]",
          "{"
        ]
        for (const body of bodies) {
          const answer = yield* ask(`${base}/auth`, { method: "POST", headers: json, body })
          expect([body, answer.status, answer.json]).toEqual([
            body,
            400,
            { error: expect.any(String) as string }
          ])
        }
        const headers = { "content-type": "text/plain" }
        expect((yield* ask(`${base}/auth`, { method: "POST", headers, body: "x" })).status).toBe(415)
      })
    )
  )

  it.live("with the CORS header on every answer, and answer the preflight (S10-GEN-02)", () =>
    withAnchor(new Map([[account, "down"]]), (base) =>
      Effect.gen(function* () {
        const { transaction } = yield* challengeOf(base, { account })
        const undecided = yield* postChallenge(base, signedBy(transaction, client))
        expect([undecided.status, undecided.headers.get("retry-after")]).toEqual([503, "5"])
        const answers = [
          undecided,
          yield* ask(`${base}/auth`),
          yield* ask(`${base}/auth`, { method: "DELETE" })
        ]
        expect(answers.map(({ status }) => status)).toEqual([503, 400, 405])
        expect(answers.map(({ headers }) => headers.get("access-control-allow-origin"))).toEqual([
          "*",
          "*",
          "*"
        ])
        const preflight = yield* ask(`${base}/auth`, { method: "OPTIONS" })
        expect(preflight.headers.get("access-control-allow-methods")).toBe("GET, POST, HEAD, OPTIONS")
        expect(preflight.headers.get("access-control-allow-headers")).toContain("authorization")
      })
    )
  )
})

describe("an endpoint behind a bearer token", () => {
  const askWho = (base: string, path: string, token?: string, body = `{"a":"b"}`) =>
    ask(`${base}/${path}`, {
      method: "POST",
      headers: { ...json, ...(token === undefined ? {} : { authorization: token }) },
      body
    })

  it.live("knows its caller", () =>
    withAnchor(new Map(), (base) =>
      Effect.gen(function* () {
        const token = tokenOf(yield* signIn(base, { account, memo: "4" }, client))
        for (const path of ["who403", "who401"]) {
          const answer = yield* askWho(base, path, `bearer ${token}`)
          expect([answer.status, answer.json]).toEqual([200, { subject: `${account}:4` }])
        }
      })
    )
  )

  it.live(
    "refuses with the status of its SEP before it looks at the body (S31-AUTH-02, S12-GEN-01, S12-GEN-04)",
    () =>
      withAnchor(new Map(), (base) =>
        Effect.gen(function* () {
          const token = tokenOf(yield* signIn(base, { account }, client))
          const wrong = [undefined, "Bearer", "Bearer ", "Basic eDp5", `Bearer ${token}x`, token]
          for (const each of wrong) {
            for (const [path, status] of [
              ["who403", 403],
              ["who401", 401]
            ] as const) {
              for (const body of [`{"a":"b"}`, "{}", "no json"]) {
                const answer = yield* askWho(base, path, each, body)
                expect([each, path, body, answer.status]).toEqual([each, path, body, status])
                expect(answer.json).toEqual({ error: expect.any(String) as string })
                expect(answer.headers.get("www-authenticate")).toBe(status === 401 ? "Bearer" : null)
              }
            }
          }
          expect((yield* askWho(base, "who403", `Bearer ${token}`, "{}")).status).toBe(400)
        })
      )
  )
})
