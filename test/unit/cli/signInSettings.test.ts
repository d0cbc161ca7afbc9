// How the settings of signing in and of stellar.toml are read: lists of domains and secrets, and what may be added to the file.
import { describe, expect, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import {
  configFile,
  dataKey,
  fileProblems,
  issuer,
  jwtSecret,
  problemsOf,
  read,
  receiving
} from "../../support/configEnvironment.ts"

const oldSecret = "Zt7YwQ2LmP9sVx4RnK6dGh1JcB8uEaTf3NoX5iWqSyM="

const withFile = (change: object) => read({}, { "kedge.json": JSON.stringify({ ...configFile, ...change }) })
const [usdc] = configFile.assets
const withCurrency = (currency: object) => ({ assets: [{ ...usdc, currency }] })

describe("settings of signing in", () => {
  it.effect(
    "are one domain, one secret, any client domain and no signed requests where nothing is said",
    () =>
      Effect.gen(function* () {
        const { homeDomain, signIn } = yield* read({})

        expect(homeDomain).toBe("anchor.example.org")
        expect(signIn).toEqual({
          otherHomeDomains: [],
          formerJwtSecrets: [],
          clientDomains: "optional",
          allowedClientDomains: null,
          signedRequests: false
        })
      })
  )

  it.effect("take several home domains, of which the first is the default (S10-CH-04)", () =>
    Effect.gen(function* () {
      const { homeDomain, signIn } = yield* read({
        KEDGE_HOME_DOMAIN: "example.org, Example.com:8443,example.org"
      })

      expect([homeDomain, ...signIn.otherHomeDomains]).toEqual(["example.org", "example.com:8443"])
      expect(yield* problemsOf({ KEDGE_HOME_DOMAIN: "example.org,https://x" })).toEqual([
        'KEDGE_HOME_DOMAIN: holds "https://x"; give host names separated by commas, such as example.org'
      ])
    })
  )

  it.effect("take a new token secret before the old ones, each as good as the first (SEC-10)", () =>
    Effect.gen(function* () {
      const settings = yield* read({ KEDGE_JWT_SECRET: `${oldSecret},${jwtSecret}` })

      expect(Redacted.value(settings.jwtSecret)).toBe(oldSecret)
      expect(settings.signIn.formerJwtSecrets.map(Redacted.value)).toEqual([jwtSecret])
      expect(JSON.stringify(settings)).not.toContain(jwtSecret)
      const [short = ""] = yield* problemsOf({ KEDGE_JWT_SECRET: `${jwtSecret},short` })
      expect(short).toContain("KEDGE_JWT_SECRET: is a list, and one of it is only 5 characters long")
      expect(short).not.toContain(jwtSecret)
      expect(yield* problemsOf({ KEDGE_JWT_SECRET: `${jwtSecret},${dataKey}` })).toEqual([
        expect.stringContaining("KEDGE_DATA_KEY: is the same as KEDGE_JWT_SECRET")
      ])
    })
  )

  it.effect(
    "say whether client domains are ignored, taken or required, and which (S10-CD-01, S10-CD-06)",
    () =>
      Effect.gen(function* () {
        const { signIn } = yield* read({
          KEDGE_CLIENT_DOMAINS: "required",
          KEDGE_CLIENT_DOMAINS_ALLOWED: "wallet.example.org,other.example.org:8443",
          KEDGE_SIGNED_CHALLENGE_REQUESTS: "true"
        })

        expect(signIn).toMatchObject({
          clientDomains: "required",
          allowedClientDomains: ["wallet.example.org", "other.example.org:8443"],
          signedRequests: true
        })
        expect(
          yield* problemsOf({
            KEDGE_CLIENT_DOMAINS: "on",
            KEDGE_CLIENT_DOMAINS_ALLOWED: "https://wallet.example.org/"
          })
        ).toEqual([
          'KEDGE_CLIENT_DOMAINS: is "on"; give off, optional or required',
          'KEDGE_CLIENT_DOMAINS_ALLOWED: holds "https://wallet.example.org/"; give host names separated by commas, each with its port if it is not 443'
        ])
      })
  )
})

describe("the file's part in stellar.toml", () => {
  it.effect("is read as it stands, in SEP-1's spelling (S1-10, S1-11)", () =>
    Effect.gen(function* () {
      const currency = { name: "US dollar", display_decimals: 2, anchor_asset: "USD", is_unlimited: true }
      const { assets, stellarToml } = yield* withFile({
        ...withCurrency(currency),
        stellarToml: {
          HORIZON_URL: "https://horizon.example.org",
          ACCOUNTS: [receiving.publicKey()],
          PRINCIPALS: [{ name: "Ada Example", email: "ada@example.org" }],
          CURRENCIES: [{ code: "GOLD", issuer: issuer.publicKey() }],
          VALIDATORS: [{ ALIAS: "one" }]
        }
      })

      expect(assets[0]?.currency).toEqual(currency)
      expect(stellarToml).toEqual({
        general: { HORIZON_URL: "https://horizon.example.org", ACCOUNTS: [receiving.publicKey()] },
        principals: [{ name: "Ada Example", email: "ada@example.org" }],
        currencies: [{ code: "GOLD", issuer: issuer.publicKey() }],
        validators: [{ ALIAS: "one" }]
      })
    })
  )

  it.effect("is empty where nothing is said", () =>
    Effect.gen(function* () {
      const { assets, stellarToml } = yield* read({})

      expect(assets[0]).not.toHaveProperty("currency")
      expect(stellarToml).toEqual({ general: {}, principals: [], currencies: [], validators: [] })
    })
  )

  it.effect("cannot name what Kedge derives, nor a member SEP-1 does not know (S1-08, S1-14)", () =>
    Effect.gen(function* () {
      const unknown = "is no setting that Kedge knows here"
      expect(
        yield* fileProblems({
          stellarToml: { SIGNING_KEY: receiving.publicKey(), WEB_AUTH_ENDPOINT: "https://x.org" }
        })
      ).toEqual([
        `KEDGE_CONFIG stellarToml.SIGNING_KEY: ${unknown}`,
        `KEDGE_CONFIG stellarToml.WEB_AUTH_ENDPOINT: ${unknown}`
      ])
      expect(yield* fileProblems(withCurrency({ code: "EURC", motto: "x" }))).toEqual([
        `KEDGE_CONFIG assets[0].currency.code: ${unknown}`,
        `KEDGE_CONFIG assets[0].currency.motto: ${unknown}`
      ])
    })
  )

  it.effect.each([
    [{ name: "more than twenty letters" }, "name: expected text of 1 to 20 characters"],
    [{ display_decimals: 8 }, "display_decimals: expected 0 to 7 decimals"],
    [{ status: "alive" }, "status: expected"],
    [{ anchor_asset_type: "gold" }, "anchor_asset_type: expected"],
    [{ image: "http://example.org/x.png" }, "image: expected an https URL"],
    [{ fixed_number: 1.5 }, "fixed_number"]
  ] as const)("refuses a currency with %j (S1-11)", ([currency, said]) =>
    Effect.gen(function* () {
      expect(yield* fileProblems(withCurrency(currency))).toEqual([
        expect.stringContaining(`KEDGE_CONFIG assets[0].currency.${said}`)
      ])
    })
  )
})
