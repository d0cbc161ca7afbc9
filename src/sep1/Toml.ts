/**
 * Writes stellar.toml from the settings: what is active here, and what the operator adds to it (SEP-1).
 *
 * Pure, so that a fault in it is found at start and not by a wallet. Gotcha: nothing here looks at a request: one file is
 * served for every home domain, whatever its Host header says (SEC-46).
 */
import { Result } from "effect"
import { publishedUrl } from "../http/serveApi.ts"
import type { AssetConfig, Sep, Settings, TomlTable } from "../KedgeConfig.ts"
import { isUrlMember, tomlFaults } from "./tomlFaults.ts"
import { lines, type Pairs } from "./tomlText.ts"

/** Where each SEP is served below the base URL. */
export const servicePaths = {
  auth: "/auth",
  kyc: "/sep12",
  directPayment: "/sep31",
  quotes: "/sep38"
} as const

/** The most a client reads (S1-04). */
const bytesMax = 100_000

/** URLs are published without a trailing slash (S1-06). */
const published = (table: TomlTable): Pairs =>
  Object.entries(table).map(([key, value]) => [
    key,
    isUrlMember(key) && typeof value === "string" ? value.replace(/\/+$/, "") : value
  ])

const general = (settings: Settings, signingKey: string): Pairs => {
  const has = (sep: Sep) => settings.activeSeps.includes(sep)
  const service = (key: string, sep: Sep, path: string): Pairs =>
    has(sep) ? [[key, publishedUrl(settings.baseUrl, path)]] : []
  const { ACCOUNTS: added = [], ...others } = settings.stellarToml.general
  const accounts = [
    ...new Set([
      ...settings.assets.map(({ account }) => account),
      ...(typeof added === "object" ? added : [])
    ])
  ]
  return [
    ["VERSION", "2.7.0"],
    ["NETWORK_PASSPHRASE", settings.network.passphrase],
    // Also what callbacks are checked with, so it is there whenever anything of ours signs.
    ...(has("sep-10") || has("sep-12") || has("sep-31") ? ([["SIGNING_KEY", signingKey]] as const) : []),
    ...service("WEB_AUTH_ENDPOINT", "sep-10", servicePaths.auth),
    ...service("KYC_SERVER", "sep-12", servicePaths.kyc),
    ...service("DIRECT_PAYMENT_SERVER", "sep-31", servicePaths.directPayment),
    ...service("ANCHOR_QUOTE_SERVER", "sep-38", servicePaths.quotes),
    ...published(others),
    ...(accounts.length > 0 ? ([["ACCOUNTS", accounts]] as const) : [])
  ]
}

/** Without a word of the operator's, the organization is found where the file is. */
const documentation = ({ organization, homeDomain, baseUrl }: Settings): Pairs => [
  ...published(organization),
  ...(organization["ORG_URL"] === undefined
    ? ([["ORG_URL", `${baseUrl.protocol}//${homeDomain}`]] as const)
    : [])
]

/**
 * Lumens stand for nothing but themselves, and there will be no more of them. What else we receive we pay out as money, and
 * its issuer may issue more, unless the settings say otherwise.
 */
const assumed = ({ code, issuer }: AssetConfig, isPublic: boolean): TomlTable => ({
  code,
  ...(issuer === null ? {} : { issuer }),
  status: isPublic ? "live" : "test",
  desc: `${code}, received here and paid out off the network`,
  is_asset_anchored: issuer !== null,
  anchor_asset_type: issuer === null ? "crypto" : "fiat"
})

const supply = ({ issuer }: AssetConfig, said: TomlTable): TomlTable =>
  said["fixed_number"] === undefined && said["max_number"] === undefined
    ? { is_unlimited: issuer !== null }
    : {}

const currency = (asset: AssetConfig, isPublic: boolean): Pairs => {
  const { currency: said = {} } = asset
  if (said["toml"] !== undefined) return [["toml", said["toml"]]]
  return Object.entries({ ...assumed(asset, isPublic), ...supply(asset, said), ...said })
}

const table = (header: string, pairs: Pairs): ReadonlyArray<ReadonlyArray<string>> =>
  pairs.length === 0 ? [] : [[header, ...lines(pairs)]]

/**
 * The file's text, with the account that signs challenges and callbacks as `SIGNING_KEY`. The failure says in sentences for
 * the operator all that is wrong (S1-04, S1-06, S1-09, S1-11).
 */
export const stellarToml = (settings: Settings, signingKey: string): Result.Result<string, string> => {
  const faults = tomlFaults(settings)
  if (faults.length > 0) return Result.fail(faults.join("; "))
  const { currencies, principals, validators } = settings.stellarToml
  const sections = [
    lines(general(settings, signingKey)),
    ...table("[DOCUMENTATION]", documentation(settings)),
    ...principals.flatMap((each) => table("[[PRINCIPALS]]", published(each))),
    ...settings.assets.flatMap((asset) =>
      table("[[CURRENCIES]]", currency(asset, settings.network.isPublic))
    ),
    ...currencies.flatMap((each) => table("[[CURRENCIES]]", published(each))),
    ...validators.flatMap((each) => table("[[VALIDATORS]]", published(each)))
  ]
  const file = `${sections.map((section) => section.join("\n")).join("\n\n")}\n`
  const size = new TextEncoder().encode(file).length
  return size > bytesMax
    ? Result.fail(`stellar.toml would have ${size} bytes; clients read ${bytesMax} at most`)
    : Result.succeed(file)
}
