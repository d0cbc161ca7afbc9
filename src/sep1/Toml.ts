/**
 * Writes stellar.toml from the settings: what is active here, and nothing else (SEP-1).
 *
 * Pure, so that a fault in it is found at start and not by a wallet. Gotcha: every value passes through `text`, the one
 * place that knows TOML's escapes (S1-14).
 */
import { Result } from "effect"
import { publishedUrl } from "../http/serveApi.ts"
import type { AssetConfig, Sep, Settings } from "../KedgeConfig.ts"

/** Where each SEP is served below the base URL. */
export const servicePaths = { auth: "/auth", kyc: "/sep12", directPayment: "/sep31" } as const

/** The most a client reads (S1-04). */
const bytesMax = 100_000

const escapes: ReadonlyMap<string, string> = new Map([
  ["\\", "\\\\"],
  ['"', '\\"'],
  ["\b", "\\b"],
  ["\t", "\\t"],
  ["\n", "\\n"],
  ["\f", "\\f"],
  ["\r", "\\r"]
])

const codePoint = (letter: string) => `\\u${letter.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`

/** A TOML basic string. Halves of surrogate pairs, which TOML has no form for, become U+FFFD. */
const text = (value: string): string =>
  `"${value.toWellFormed().replace(/[\\"\p{Cc}]/gu, (letter) => escapes.get(letter) ?? codePoint(letter))}"`

type Value = string | boolean | ReadonlyArray<string>
type Pairs = ReadonlyArray<readonly [key: string, value: Value]>

const written = (value: Value): string => {
  if (typeof value === "string") return text(value)
  return typeof value === "boolean" ? String(value) : `[${value.map(text).join(", ")}]`
}

const lines = (pairs: Pairs): ReadonlyArray<string> => pairs.map(([key, value]) => `${key}=${written(value)}`)

const general = (settings: Settings, signingKey: string): Pairs => {
  const has = (sep: Sep) => settings.activeSeps.includes(sep)
  const service = (key: string, sep: Sep, path: string): Pairs =>
    has(sep) ? [[key, publishedUrl(settings.baseUrl, path)]] : []
  const accounts = [...new Set(settings.assets.map(({ account }) => account))]
  return [
    ["VERSION", "2.7.0"],
    ["NETWORK_PASSPHRASE", settings.network.passphrase],
    // Also what callbacks are checked with, so it is there whenever anything of ours signs.
    ...(has("sep-10") || has("sep-12") || has("sep-31") ? ([["SIGNING_KEY", signingKey]] as const) : []),
    ...service("WEB_AUTH_ENDPOINT", "sep-10", servicePaths.auth),
    ...service("KYC_SERVER", "sep-12", servicePaths.kyc),
    ...service("DIRECT_PAYMENT_SERVER", "sep-31", servicePaths.directPayment),
    ...(accounts.length > 0 ? ([["ACCOUNTS", accounts]] as const) : [])
  ]
}

const urlMembers = /^ORG_(URL|LOGO|.*_ATTESTATION)$/

/** URLs are published without a trailing slash (S1-06). */
const documentation = (organization: Settings["organization"]): Pairs =>
  Object.entries(organization).map(([key, value]) => [
    key,
    urlMembers.test(key) ? value.replace(/\/+$/, "") : value
  ])

const currency = (asset: AssetConfig, isPublic: boolean): Pairs => {
  const { currency: said = {} } = asset
  const name: Pairs = said.name === undefined ? [] : [["name", said.name]]
  const head: Pairs = [
    ["code", asset.code],
    ...(asset.issuer === null ? [] : ([["issuer", asset.issuer]] as const)),
    ["status", isPublic ? "live" : "test"],
    ...name,
    ["desc", said.description ?? `${asset.code}, received here and paid out off the network`]
  ]
  // Lumens stand for nothing but themselves. What else we receive we pay out as money, unless the settings say otherwise.
  if (asset.issuer === null) return [...head, ["is_asset_anchored", false], ["anchor_asset_type", "crypto"]]
  return [
    ...head,
    ["is_asset_anchored", true],
    ["anchor_asset_type", said.anchor?.type ?? "fiat"],
    ...(said.anchor?.asset === undefined ? [] : ([["anchor_asset", said.anchor.asset]] as const))
  ]
}

/** SEP-1 knows no other member names, and a name is written as it stands. */
const keyFaults = (organization: Settings["organization"]): ReadonlyArray<string> =>
  Object.keys(organization)
    .filter((key) => !/^ORG_[A-Z_]{1,60}$/.test(key))
    .map(
      (key) =>
        `organization names ${JSON.stringify(key)}; members are those of [DOCUMENTATION], such as ORG_NAME`
    )

const urlFaults = (settings: Settings): ReadonlyArray<string> =>
  settings.baseUrl.protocol === "https:" || settings.allowLocal
    ? []
    : [`the base URL is ${settings.baseUrl.origin}; what stellar.toml publishes must be https`]

/**
 * The file's text, with the account that signs challenges and callbacks as `SIGNING_KEY`. The failure is a sentence for the
 * operator (S1-04, S1-06).
 */
export const stellarToml = (settings: Settings, signingKey: string): Result.Result<string, string> => {
  const faults = [...urlFaults(settings), ...keyFaults(settings.organization)]
  const [fault] = faults
  if (fault !== undefined) return Result.fail(fault)
  const organization = documentation(settings.organization)
  const sections = [
    lines(general(settings, signingKey)),
    ...(organization.length > 0 ? [["[DOCUMENTATION]", ...lines(organization)]] : []),
    ...settings.assets.map((asset) => [
      "[[CURRENCIES]]",
      ...lines(currency(asset, settings.network.isPublic))
    ])
  ]
  const file = `${sections.map((section) => section.join("\n")).join("\n\n")}\n`
  const size = new TextEncoder().encode(file).length
  return size > bytesMax
    ? Result.fail(`stellar.toml would have ${size} bytes; clients read ${bytesMax} at most`)
    : Result.succeed(file)
}
