import { Result } from "effect"
import { describe, expect, it } from "vitest"
import { stellarToml } from "../../../src/sep1/Toml.ts"
import type { Settings } from "../../../src/KedgeConfig.ts"
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
      currency: { name: "Gold", description: "A gram", anchor: { type: "commodity", asset: "XAU" } }
    } as const
    const lumens = { ...usdc, code: "native", issuer: null }
    const text = file({ assets: [gold, lumens], network: { ...settings.network, isPublic: true } })
    expect(text).toContain(`code="GOLD"
issuer="${usdc.issuer}"
status="live"
name="Gold"
desc="A gram"
is_asset_anchored=true
anchor_asset_type="commodity"
anchor_asset="XAU"`)
    expect(text).toContain(`code="native"
status="live"
desc="native, received here and paid out off the network"
is_asset_anchored=false
anchor_asset_type="crypto"`)
  })

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

  it("refuses a file larger than clients read (S1-04)", () => {
    expect(fault({ organization: { ORG_DESCRIPTION: "x".repeat(100_000) } })).toContain(
      "clients read 100000 at most"
    )
  })
})
