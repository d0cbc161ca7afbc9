// stellar.toml over HTTP as wallets read it: by the SDK's own resolver, with its own TOML parser.
import { request } from "node:http"
import { StellarToml } from "@stellar/stellar-sdk"
import { describe, expect, it } from "@effect/vitest"
import fc from "fast-check"
import { Effect, Layer } from "effect"
import { KedgeConfig, type Settings } from "../../../src/KedgeConfig.ts"
import { routes } from "../../../src/sep1/routes.ts"
import { CountingEntropy } from "../../support/plainParts.ts"
import { ask, serve } from "../../support/publicServer.ts"
import { sep10Settings } from "../../support/sep10World.ts"
import { keyOf } from "../../support/signIn.ts"

const signingKey = keyOf("server").publicKey()

const serveToml = (over: Partial<Settings> = {}) =>
  serve(
    routes(signingKey).pipe(Layer.provide(Layer.succeed(KedgeConfig, { ...sep10Settings, ...over })))
  ).pipe(Effect.provide(CountingEntropy))

const resolve = (host: string) =>
  Effect.promise(() => StellarToml.Resolver.resolve(host, { allowHttp: true }))

describe("stellar.toml", () => {
  it.live("is found by the SDK's resolver and says what is served (S1-01, S1-05, S1-08)", () =>
    Effect.gen(function* () {
      const { host } = yield* serveToml()
      expect(yield* resolve(host)).toMatchObject({
        VERSION: "2.7.0",
        NETWORK_PASSPHRASE: "Test SDF Network ; September 2015",
        SIGNING_KEY: signingKey,
        WEB_AUTH_ENDPOINT: "https://auth.anchor.example.org:8443/auth",
        CURRENCIES: [{ code: "USDC", status: "test", is_asset_anchored: true }]
      })
    }).pipe(Effect.scoped)
  )

  it.live("is text for every page to read, for five minutes at most (S1-02, S1-03, S1-13)", () =>
    Effect.gen(function* () {
      const { base } = yield* serveToml()
      const url = `${base}/.well-known/stellar.toml`
      const { status, headers } = yield* ask(url, { headers: { origin: "https://wallet.example.org" } })
      expect(status).toBe(200)
      expect(headers.get("content-type")).toBe("text/plain; charset=utf-8")
      expect(headers.get("access-control-allow-origin")).toBe("*")
      expect(headers.get("cache-control")).toBe("public, max-age=300")
      const head = yield* ask(url, { method: "HEAD" })
      expect([head.status, head.text, head.headers.get("content-length")]).toEqual([
        200,
        "",
        headers.get("content-length")
      ])
      const preflight = yield* ask(url, { method: "OPTIONS" })
      expect([preflight.status, preflight.headers.get("access-control-allow-methods")]).toEqual([
        204,
        "GET, HEAD, OPTIONS"
      ])
      expect((yield* ask(url, { method: "POST" })).status).toBe(405)
    }).pipe(Effect.scoped)
  )

  it.live(
    "stands at the root of the host alone, and what is no file of ours is open to no page (S1-01, S1-02)",
    () =>
      Effect.gen(function* () {
        const { base, host } = yield* serveToml({ baseUrl: new URL("https://example.org/anchor/") })
        expect((yield* resolve(host)).WEB_AUTH_ENDPOINT).toBe("https://example.org/anchor/auth")
        const elsewhere = yield* ask(`${base}/anchor/.well-known/stellar.toml`)
        expect([elsewhere.status, elsewhere.headers.get("access-control-allow-origin")]).toEqual([404, null])
      }).pipe(Effect.scoped)
  )

  it.live("gives back every text of the settings as it was, whatever is in it (S1-14)", () =>
    Effect.promise(() =>
      fc.assert(
        fc.asyncProperty(fc.string({ unit: "binary", maxLength: 60 }), async (text) => {
          const organization = { ORG_NAME: text, ORG_DESCRIPTION: `${text}"${text}` }
          const principals = [{ name: `[[${text}` }]
          const stellarToml = { ...sep10Settings.stellarToml, principals }
          const currency = { desc: text, collateral_addresses: [text, "x"] }
          const assets = sep10Settings.assets.map((asset) => ({ ...asset, currency }))
          const read = serveToml({ assets, organization, stellarToml }).pipe(
            Effect.flatMap(({ host }) => resolve(host))
          )
          const { CURRENCIES, DOCUMENTATION, PRINCIPALS } = await Effect.runPromise(Effect.scoped(read))
          expect(DOCUMENTATION).toMatchObject(organization)
          expect(PRINCIPALS).toEqual(principals)
          expect(CURRENCIES).toMatchObject([currency])
        }),
        { numRuns: 50 }
      )
    )
  )

  it.live("is one file for every home domain, whatever a request says its host is (SEC-46)", () =>
    Effect.gen(function* () {
      const { base, host } = yield* serveToml()
      const url = new URL(`${base}/.well-known/stellar.toml`)
      const asked = (name: string) =>
        Effect.callback<string>((resume) => {
          const sent = request(url, { headers: { host: name, "x-forwarded-host": name } }, (answer) => {
            answer.setEncoding("utf8")
            let text = ""
            answer.on("data", (chunk: string) => (text += chunk))
            answer.on("end", () => resume(Effect.succeed(text)))
          })
          sent.end()
        })
      const evil = yield* asked("evil.example.org")
      expect(evil).toBe(yield* asked(host))
      expect(evil).toContain(`WEB_AUTH_ENDPOINT="https://auth.anchor.example.org:8443/auth"`)
      expect(evil).not.toContain("evil")
    }).pipe(Effect.scoped)
  )

  it.live("stops the start when it cannot be written (S1-06)", () =>
    Effect.gen(function* () {
      const fault = yield* Effect.flip(serveToml({ baseUrl: new URL("http://example.org") }))
      expect(fault).toMatchObject({ _tag: "TomlRefused" })
    }).pipe(Effect.scoped)
  )
})
