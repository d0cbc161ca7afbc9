// Signing in on behalf of an application: its stellar.toml is read over real TLS from a real server, by the adapter that calls
// strangers; only what its name resolves to is the test's.
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Logger, Schema } from "effect"
import { HttpApi, HttpApiBuilder, HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { decodeJwt, importJWK, SignJWT } from "jose"
import { layer as nodeEntropy } from "../../../adapters/entropy-node/NodeEntropy.ts"
import { make as makeOutbound } from "../../../adapters/outbound-node/OutboundNode.ts"
import { serveApi } from "../../../src/http/serveApi.ts"
import type { Settings } from "../../../src/KedgeConfig.ts"
import { Outbound } from "../../../src/ports/Outbound.ts"
import { BearerOr403 } from "../../../src/sep10/Bearer.ts"
import { Caller } from "../../../src/sep10/Caller.ts"
import { routes } from "../../../src/sep10/routes.ts"
import { Tokens } from "../../../src/sep10/Tokens.ts"
import { publicKeyJwk } from "../../../src/stellar/strkeys.ts"
import { ask, serve } from "../../support/publicServer.ts"
import { type Receiver, startReceiver, testAuthority } from "../../support/Receiver.ts"
import { sep10Ports, sep10Settings } from "../../support/sep10World.ts"
import { freshAccount, keyOf, type LedgerAccounts, parsed, signedBy } from "../../support/signIn.ts"
import { challengeOf, postChallenge, signIn, tokenOf } from "../../support/wallet.ts"

const client = keyOf("client")
const account = client.publicKey()
const wallet = keyOf("wallet")

/** An endpoint that says who asks. */
const Who = Schema.Struct({ clientDomain: Schema.NullOr(Schema.String) })
class WhoApi extends HttpApi.make("who").add(
  HttpApiGroup.make("who").add(HttpApiEndpoint.get("who", "/who", { success: Who }).middleware(BearerOr403))
) {}
const who = serveApi(WhoApi).pipe(
  Layer.provide(
    HttpApiBuilder.group(WhoApi, "who", (group) =>
      group.handle("who", () => Effect.map(Caller, ({ clientDomain }) => ({ clientDomain })))
    )
  ),
  Layer.provide(BearerOr403.layer)
)

/** What stands at the other end of every name is this machine. */
const outbound = Layer.succeed(
  Outbound,
  makeOutbound({
    allowLocal: true,
    ports: [{ first: 1, last: 65_535 }],
    perHost: 16,
    perOwner: 100,
    connectSeconds: 5,
    resolve: () => Effect.succeed(["127.0.0.1"]),
    trust: [testAuthority]
  })
)

interface World {
  readonly base: string
  /** The client domain, with its port. */
  readonly domain: string
  readonly receiver: Receiver
}

const withWallet = <A, E>(
  test: (world: World) => Effect.Effect<A, E>,
  given: { readonly signIn?: Partial<Settings["signIn"]>; readonly accounts?: LedgerAccounts } = {}
) =>
  Effect.gen(function* () {
    const receiver = yield* startReceiver({ tls: true })
    receiver.reply = (response) => response.end(`SIGNING_KEY="${wallet.publicKey()}"\n`)
    const domain = `receiver.example:${receiver.port}`
    const settings = {
      signIn: { ...sep10Settings.signIn, allowedClientDomains: [domain], ...given.signIn }
    }
    const { base } = yield* serve(
      Layer.merge(routes, who).pipe(
        Layer.provide(Tokens.layer),
        Layer.provide(sep10Ports({ settings, outbound, accounts: given.accounts ?? new Map() }))
      )
    )
    return yield* test({ base, domain, receiver })
  }).pipe(Effect.scoped, Effect.provide([nodeEntropy, Logger.layer([])]))

const whoIs = (base: string, token: string) =>
  ask(`${base}/who`, { headers: { authorization: `Bearer ${token}` } })

describe("signing in with a client domain", () => {
  it.live("puts its operation into the challenge and its name into the token (S10-CH-12, S10-JWT-01)", () =>
    withWallet(({ base, domain, receiver }) =>
      Effect.gen(function* () {
        const answer = yield* signIn(base, sep10Settings, { account, client_domain: domain }, client, wallet)
        expect(answer.status).toBe(200)
        const token = tokenOf(answer)
        expect(decodeJwt(token)["client_domain"]).toBe(domain)
        expect((yield* whoIs(base, token)).json).toEqual({ clientDomain: domain })
        const [asked] = receiver.received
        expect([asked?.path, asked?.sni]).toEqual(["/.well-known/stellar.toml", "receiver.example"])
        expect(asked?.headers["authorization"]).toBe(undefined)
      })
    )
  )

  it.live("takes its signature and the account's, never one for both (S10-VER-16, S10-CD-05)", () => {
    const shared = {
      signers: [
        { key: account, weight: 1 },
        { key: wallet.publicKey(), weight: 1 }
      ],
      thresholds: { low: 1, medium: 1, high: 1 }
    }
    const accounts = new Map([
      [account, shared],
      [wallet.publicKey(), freshAccount(wallet.publicKey())]
    ])
    return withWallet(
      ({ base, domain }) =>
        Effect.gen(function* () {
          const query = { account, client_domain: domain }
          for (const keys of [[client], [wallet], []]) {
            expect((yield* signIn(base, sep10Settings, query, ...keys)).status).toBe(400)
          }
          expect((yield* signIn(base, sep10Settings, query, client, wallet)).status).toBe(200)
          // The application signs in as itself: its one key signs once for each part it plays.
          const own = { account: wallet.publicKey(), client_domain: domain }
          expect((yield* signIn(base, sep10Settings, own, wallet)).status).toBe(400)
          expect((yield* signIn(base, sep10Settings, own, wallet, wallet)).status).toBe(200)
        }),
      { accounts }
    )
  })

  it.live(
    "is refused with 400 when its file cannot be had, and says no more of it (S10-CD-02, S10-CD-04)",
    () =>
      withWallet(({ base, domain, receiver }) =>
        Effect.gen(function* () {
          receiver.reply = (response) =>
            response.writeHead(302, { location: `https://${domain}/elsewhere` }).end("a secret of the inside")
          const url = `${base}/auth?account=${account}&client_domain=${domain}`
          const answer = yield* ask(url)
          expect([answer.status, answer.json]).toEqual([
            400,
            { error: "the stellar.toml of client_domain could not be read over https" }
          ])
          const spanish = yield* ask(`${url}&lang=es`)
          expect(spanish.text).toContain("no se pudo leer")
          // The redirect was not followed.
          expect(receiver.received.map(({ path }) => path)).toEqual(["/.well-known/stellar.toml"])
        })
      )
  )

  it.live("is read no further than a stellar.toml may be long (S10-CD-04, S1-04)", () =>
    withWallet(({ base, domain, receiver }) =>
      Effect.gen(function* () {
        receiver.reply = (response) =>
          response.end(`SIGNING_KEY="${wallet.publicKey()}"\n${"#".repeat(102_400)}\n`)
        expect((yield* ask(`${base}/auth?account=${account}&client_domain=${domain}`)).status).toBe(400)
      })
    )
  )

  it.live("is 403 for one that is not listed, 400 for none, where one is required (S10-CD-06)", () =>
    withWallet(
      ({ base, receiver }) =>
        Effect.gen(function* () {
          const asked = yield* ask(`${base}/auth?account=${account}&client_domain=other.example`)
          expect([asked.status, asked.json]).toEqual([403, { error: expect.any(String) as string }])
          expect((yield* ask(`${base}/auth?account=${account}`)).status).toBe(400)
          expect((yield* ask(`${base}/auth?account=${account}&client_domain=a&client_domain=b`)).status).toBe(
            400
          )
          expect(receiver.connections()).toBe(0)
        }),
      { signIn: { clientDomains: "required" } }
    )
  )
})

describe("a challenge that is given to signed requests alone", () => {
  const now = () => Math.floor(Date.now() / 1000)
  const signed = (claims: Readonly<Record<string, string>>, keypair = wallet) =>
    Effect.promise(async () => {
      const jwk = {
        ...publicKeyJwk(keypair.publicKey()),
        d: Buffer.from(keypair.rawSecretKey()).toString("base64url")
      }
      return new SignJWT({ web_auth_endpoint: "https://auth.anchor.example.org:8443/auth", ...claims })
        .setProtectedHeader({ alg: "EdDSA" })
        .setIssuedAt(now())
        .setExpirationTime(now() + 60)
        .sign(await importJWK(jwk, "EdDSA"))
    })

  it.live("is 401 without, 400 with a wrong signature, 403 for an unlisted application (S10-AH-04)", () =>
    withWallet(
      ({ base, domain }) =>
        Effect.gen(function* () {
          const url = `${base}/auth?account=${account}&client_domain=${domain}`
          const asking = (address: string, token?: string) =>
            ask(address, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } })
          const claims = { account, client_domain: domain }
          const bare = yield* asking(url)
          expect([bare.status, bare.headers.get("www-authenticate")]).toEqual([401, "Bearer"])
          const answers = [
            bare,
            yield* asking(url, yield* signed(claims, client)),
            yield* asking(url, yield* signed({ account })),
            yield* asking(
              `${base}/auth?account=${account}&client_domain=other.example`,
              yield* signed({ account, client_domain: "other.example" })
            )
          ]
          expect(answers.map(({ status }) => status)).toEqual([401, 400, 400, 403])
          for (const { json } of answers) expect(json).toEqual({ error: expect.any(String) as string })
          const good = yield* asking(url, yield* signed(claims))
          expect(good.status).toBe(200)
          const { transaction } = good.json as { readonly transaction: string }
          expect(parsed(transaction).operations).toHaveLength(3)
          expect((yield* postChallenge(base, signedBy(transaction, client, wallet))).status).toBe(200)
        }),
      { signIn: { signedRequests: true } }
    )
  )

  it.live("takes that signature for nothing else: it is no session (S10-JWT-06)", () =>
    withWallet(
      ({ base }) =>
        Effect.gen(function* () {
          const token = yield* signed(
            { account, sub: account, iss: "https://auth.anchor.example.org:8443" },
            client
          )
          const { status } = yield* ask(`${base}/auth?account=${account}`, {
            headers: { authorization: `Bearer ${token}` }
          })
          // `sub` and `iss` are no parameters, so as a signature of the request it is good.
          expect(status).toBe(200)
          expect((yield* whoIs(base, token)).status).toBe(403)
        }),
      { signIn: { signedRequests: true } }
    )
  )

  it.live("is given to everyone where nothing is said of it (S10-AH-01)", () =>
    withWallet(({ base }) =>
      Effect.gen(function* () {
        expect(parsed((yield* challengeOf(base, { account })).transaction).operations).toHaveLength(2)
      })
    )
  )
})
