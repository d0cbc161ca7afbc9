import { Result } from "effect"
import { describe, expect, it } from "vitest"
import { stellarToml } from "../../../src/sep1/Toml.ts"
import type { Settings, TomlTable } from "../../../src/KedgeConfig.ts"
import { sep10Settings } from "../../support/sep10World.ts"
import { keyOf } from "../../support/signIn.ts"

const signingKey = keyOf("server").publicKey()
const [usdc] = sep10Settings.assets
if (usdc === undefined) throw new Error("the test settings have no asset")

const settings: Settings = {
  ...sep10Settings,
  baseUrl: new URL("https://anchor.example.org/"),
  homeDomain: "anchor.example.org",
  organization: { ORG_NAME: "Example", ORG_URL: "https://anchor.example.org/" }
}

const file = (over: Partial<Settings> = {}) =>
  Result.getOrThrow(stellarToml({ ...settings, ...over }, signingKey))
const fault = (over: Partial<Settings>) =>
  Result.getOrThrow(Result.flip(stellarToml({ ...settings, ...over }, signingKey)))
const keysOf = (text: string) => text.split("\n").flatMap((line) => /^(\w+)=/.exec(line)?.[1] ?? [])

describe("stellarToml", () => {
  it("publishes every service that is active, without a trailing slash (S1-05, S1-06, S1-07)", () => {
    expect(file()).toBe(`VERSION="2.7.0"
NETWORK_PASSPHRASE="Test SDF Network ; September 2015"
SIGNING_KEY="${signingKey}"
WEB_AUTH_ENDPOINT="https://anchor.example.org/auth"
KYC_SERVER="https://anchor.example.org/sep12"
DIRECT_PAYMENT_SERVER="https://anchor.example.org/sep31"
ACCOUNTS=["${usdc.account}"]

[DOCUMENTATION]
ORG_NAME="Example"
ORG_URL="https://anchor.example.org"

[[CURRENCIES]]
code="USDC"
issuer="${usdc.issuer}"
status="test"
desc="USDC, received here and paid out off the network"
is_asset_anchored=true
anchor_asset_type="fiat"
is_unlimited=true
`)
  })

  it("publishes nothing that is not active", () => {
    const none = keysOf(file({ activeSeps: ["sep-1"] }))
    expect(none.filter((key) => /SERVER|ENDPOINT|SIGNING/.test(key))).toEqual([])
    const some = keysOf(file({ activeSeps: ["sep-1", "sep-10"] }))
    expect(some).toContain("WEB_AUTH_ENDPOINT")
    expect(some).toContain("SIGNING_KEY")
    expect(some).not.toContain("KYC_SERVER")
  })

  it("names the address of SEP-31, and of SEP-12 and SEP-10, which its clients need (S31-GEN-01, S31-GEN-02)", () => {
    const lines = file({ activeSeps: ["sep-1", "sep-10", "sep-12", "sep-31"] }).split("\n")
    expect(lines).toContain(`DIRECT_PAYMENT_SERVER="https://anchor.example.org/sep31"`)
    expect(lines).toContain(`KYC_SERVER="https://anchor.example.org/sep12"`)
    expect(lines).toContain(`WEB_AUTH_ENDPOINT="https://anchor.example.org/auth"`)
  })

  it("puts the endpoints below the path of the base URL", () => {
    expect(file({ baseUrl: new URL("https://example.org/anchor/") })).toContain(
      `WEB_AUTH_ENDPOINT="https://example.org/anchor/auth"`
    )
  })

  it("names each receiving account once (S1-05)", () => {
    const other = { ...usdc, code: "EURC", account: keyOf("other").publicKey() }
    expect(file({ assets: [usdc, { ...usdc, code: "ARST" }, other] })).toContain(
      `ACCOUNTS=["${usdc.account}", "${other.account}"]`
    )
  })

  it("gives for each asset what the validator wants, and what the settings say of it (S1-11, S1-12)", () => {
    const gold = {
      ...usdc,
      code: "GOLD",
      currency: {
        name: "Gold",
        desc: "A gram",
        anchor_asset_type: "commodity",
        anchor_asset: "XAU",
        display_decimals: 3,
        max_number: 5000,
        regulated: false
      }
    }
    const lumens = { ...usdc, code: "native", issuer: null }
    const text = file({ assets: [gold, lumens], network: { ...settings.network, isPublic: true } })
    expect(text).toContain(`code="GOLD"
issuer="${usdc.issuer}"
status="live"
desc="A gram"
is_asset_anchored=true
anchor_asset_type="commodity"
name="Gold"
anchor_asset="XAU"
display_decimals=3
max_number=5000
regulated=false`)
    expect(text).toContain(`code="native"
status="live"
desc="native, received here and paid out off the network"
is_asset_anchored=false
anchor_asset_type="crypto"
is_unlimited=false`)
  })

  it("says of the supply exactly one thing, and links to the issuer's file instead of saying anything (S1-11)", () => {
    const supplyOf = (currency: TomlTable) =>
      keysOf(file({ assets: [{ ...usdc, currency }] })).filter((key) =>
        ["fixed_number", "max_number", "is_unlimited"].includes(key)
      )
    expect(supplyOf({})).toEqual(["is_unlimited"])
    expect(supplyOf({ is_unlimited: false })).toEqual(["is_unlimited"])
    expect(supplyOf({ fixed_number: 7 })).toEqual(["fixed_number"])
    expect(supplyOf({ max_number: 7 })).toEqual(["max_number"])
    for (const decimals of [0, 7]) {
      const shown = { ...usdc, currency: { display_decimals: decimals, name: "n".repeat(20) } }
      expect(file({ assets: [shown] })).toContain(`display_decimals=${decimals}`)
    }
    const toml = "https://issuer.example.org/.well-known/USDC.toml"
    expect(file({ assets: [{ ...usdc, currency: { toml } }] })).toMatch(/\[\[CURRENCIES\]\]\ntoml="[^"]+"\n$/)
  })

  it.each([
    [{ name: "more than twenty letters" }, "longer than 20"],
    [{ display_decimals: 8 }, "display_decimals is 8"],
    [{ display_decimals: -1 }, "display_decimals is -1"],
    [{ max_number: 0.5 }, "not a whole number"],
    [{ fixed_number: 1, is_unlimited: true }, "more than one of fixed_number"],
    [{ toml: "https://example.org/x.toml", name: "x" }, "and more beside it"],
    [{ code: "EURC" }, "names code, which is the asset's own"],
    [{ issuer: "G" }, "names issuer, which is the asset's own"],
    [{ 'x="1"\n[[CURRENCIES]]': "y" }, "no member of SEP-1"]
  ] as ReadonlyArray<readonly [TomlTable, string]>)(
    "refuses %j of an asset (S1-11, S1-14)",
    (currency, said) => {
      expect(fault({ assets: [{ ...usdc, currency }] })).toContain(said)
    }
  )

  it("escapes what would end a value or be none in TOML (S1-14)", () => {
    const text = file({ organization: { ORG_NAME: 'a "b" \\ c\n[[CURRENCIES]]\tå\u0000\u007f\ud800' } })
    expect(text).toContain(String.raw`ORG_NAME="a \"b\" \\ c\n[[CURRENCIES]]\tå\u0000\u007F` + '\ufffd"')
    expect(text.match(/^\[\[CURRENCIES\]\]$/gm)).toHaveLength(1)
  })

  it("refuses to publish plain http, but where local runs are allowed (S1-06, S31-GEN-04)", () => {
    const baseUrl = new URL("http://127.0.0.1:8000")
    expect(fault({ baseUrl })).toBe(
      "the base URL is http://127.0.0.1:8000; what stellar.toml publishes must be https"
    )
    expect(file({ baseUrl, allowLocal: true })).toContain(`"http://127.0.0.1:8000/auth"`)
  })

  it("refuses a member name that is none of [DOCUMENTATION], which could be anything (S1-09, S1-14)", () => {
    expect(fault({ organization: { 'X="1"\n[[CURRENCIES]]': "y" } })).toContain(
      "members are those of [DOCUMENTATION]"
    )
  })

  it("publishes the quote server when quotes are offered, and only then (S1-05)", () => {
    const quoted = file({ activeSeps: ["sep-1", "sep-10", "sep-31", "sep-38"] })
    expect(quoted).toContain(`ANCHOR_QUOTE_SERVER="https://anchor.example.org/sep38"`)
    expect(keysOf(file())).not.toContain("ANCHOR_QUOTE_SERVER")
  })

  it("says where the organization is, and on the public network demands its name (S1-09)", () => {
    const isPublic = { ...settings.network, isPublic: true }
    expect(file({ organization: { ORG_NAME: "Example" } })).toContain(`[DOCUMENTATION]
ORG_NAME="Example"
ORG_URL="https://anchor.example.org"`)
    expect(fault({ network: isPublic, organization: {} })).toContain("no ORG_NAME")
    expect(file({ network: isPublic, organization: { ORG_NAME: "Example" } })).toContain("ORG_NAME")
  })

  it.each([
    ["ORG_URL", "http://example.org", "not an https URL"],
    ["ORG_URL", "https://example.com", "not at anchor.example.org"],
    ["ORG_URL", "https://example.org.evil.example", "not at anchor.example.org"],
    ["ORG_URL", "https://nanchor.example.org", "not at anchor.example.org"],
    ["ORG_LOGO", "logo.png", "not an https URL"],
    ["ORG_PHONE_NUMBER", "(415) 555-0100", "E.164"],
    ["ORG_PHONE_NUMBER", "+0415555010", "E.164"],
    ["ORG_OFFICIAL_EMAIL", "anchor.example.org", "not an email address"],
    ["ORG_OFFICIAL_EMAIL", "someone@example.com", "not at anchor.example.org"],
    ["ORG_SUPPORT_EMAIL", "someone", "not an email address"],
    ["ORG_MOTTO", "x", "members are those of [DOCUMENTATION]"]
  ])("refuses %s=%s (S1-09)", (key, value, said) => {
    expect(fault({ organization: { [key]: value } })).toContain(said)
  })

  it("takes the addresses of the organization's own domain, above and below the home domain (S1-09)", () => {
    const organization = {
      ORG_NAME: "Example",
      ORG_URL: "https://www.example.org/",
      ORG_OFFICIAL_EMAIL: "office@example.org",
      ORG_SUPPORT_EMAIL: "desk@helpdesk.example",
      ORG_DESCRIPTION: "either/or/",
      ORG_PHONE_NUMBER: "+14155550100"
    }
    expect(file({ organization })).toContain(`ORG_URL="https://www.example.org"`)
    expect(file({ organization })).toContain(`ORG_DESCRIPTION="either/or/"`)
    expect(file({ organization, homeDomain: "example.org:8000" })).toContain("ORG_OFFICIAL_EMAIL")
  })

  it("adds what the operator gives: general members, people, other currencies, validators (S1-05, S1-10)", () => {
    const other = keyOf("other").publicKey()
    const text = file({
      stellarToml: {
        general: { HORIZON_URL: "https://horizon.example.org/", ACCOUNTS: [other, usdc.account] },
        principals: [{ name: "Ada Example", email: "ada@example.org", twitter: "@ada" }],
        currencies: [
          { code: "GOLD", issuer: other, desc: "Gold" },
          { code: "WHEAT", contract: "CA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUWDA" }
        ],
        validators: [{ ALIAS: "one", HISTORY: "https://history.example.org" }]
      }
    })
    expect(text).toContain(`HORIZON_URL="https://horizon.example.org"
ACCOUNTS=["${usdc.account}", "${other}"]`)
    expect(text).toContain(`[[PRINCIPALS]]
name="Ada Example"
email="ada@example.org"
twitter="@ada"`)
    expect(text).toContain(`[[CURRENCIES]]
code="GOLD"
issuer="${other}"
desc="Gold"`)
    expect(text.match(/^\[\[CURRENCIES\]\]$/gm)).toHaveLength(3)
    expect(text).toContain(`[[VALIDATORS]]\nALIAS="one"`)
  })

  it.each([
    "SIGNING_KEY",
    "WEB_AUTH_ENDPOINT",
    "NETWORK_PASSPHRASE",
    "KYC_SERVER",
    "ANCHOR_QUOTE_SERVER",
    "X"
  ])("lets no addition set %s (S1-08, S1-14)", (key) => {
    const stellarToml = { ...settings.stellarToml, general: { [key]: "https://evil.example.org" } }
    expect(fault({ stellarToml })).toContain(`names "${key}", which Kedge derives`)
  })

  it("refuses additions that are not https, or would end a table (S1-06, S1-14)", () => {
    const with_ = (over: Partial<Settings["stellarToml"]>) =>
      fault({ stellarToml: { ...settings.stellarToml, ...over } })
    expect(with_({ general: { HORIZON_URL: "http://horizon.example.org" } })).toContain("not an https URL")
    expect(with_({ general: { ACCOUNTS: usdc.account } })).toContain("ACCOUNTS is not a list")
    const local = { ...settings.stellarToml, general: { HORIZON_URL: "http://127.0.0.1:8002" } }
    expect(file({ allowLocal: true, stellarToml: local })).toContain(`HORIZON_URL="http://127.0.0.1:8002"`)
    expect(with_({ principals: [{ 'name="x"\n[y]\nz': "v" }] })).toContain("no member of SEP-1")
    expect(with_({ currencies: [{ code: "THIRTEENCHARS" }] })).toContain("code is longer than 12")
    expect(with_({ currencies: [{ code: "X", issuer: "G", contract: "C" }] })).toContain("one of them")
  })

  it("tells all that is wrong at once", () => {
    expect(fault({ organization: { ORG_X: "1", ORG_Y: "2" } }).split("; ").length).toBeGreaterThan(1)
  })

  it("refuses a file larger than clients read (S1-04)", () => {
    expect(fault({ organization: { ORG_DESCRIPTION: "x".repeat(100_000) } })).toContain(
      "clients read 100000 at most"
    )
  })
})
