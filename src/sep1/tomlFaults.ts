/**
 * What would make stellar.toml wrong, each as a sentence for the operator, found at start and not by a wallet.
 *
 * Gotcha: the configuration file is held to its schema before; these rules also hold for settings that a program gives, and
 * for what only shows between values: a domain, an address at it, what may not stand together.
 */
import type { Settings, TomlTable } from "../KedgeConfig.ts"

/** [DOCUMENTATION] has no other members. */
const organizationKeys: ReadonlySet<string> = new Set(
  `ORG_NAME ORG_DBA ORG_URL ORG_LOGO ORG_DESCRIPTION ORG_PHYSICAL_ADDRESS ORG_PHYSICAL_ADDRESS_ATTESTATION
   ORG_PHONE_NUMBER ORG_PHONE_NUMBER_ATTESTATION ORG_KEYBASE ORG_TWITTER ORG_GITHUB ORG_OFFICIAL_EMAIL ORG_SUPPORT_EMAIL
   ORG_LICENSING_AUTHORITY ORG_LICENSE_TYPE ORG_LICENSE_NUMBER`.split(/\s+/)
)

/** General members an operator may add; all others are derived, or none of SEP-1's. */
const additionKeys: ReadonlySet<string> = new Set(
  `FEDERATION_SERVER TRANSFER_SERVER TRANSFER_SERVER_SEP0024 HORIZON_URL URI_REQUEST_SIGNING_KEY ACCOUNTS`.split(
    " "
  )
)

export const isUrlMember = (key: string): boolean =>
  /^(ORG_(URL|LOGO|.*_ATTESTATION)|FEDERATION_SERVER|TRANSFER_SERVER(_SEP0024)?|HORIZON_URL)$/.test(key)

const hostOf = (url: string): string | null => (URL.canParse(url) ? new URL(url).hostname : null)

/** One is the other, or lies below it; `www` is nobody's domain of its own. */
const sameDomain = (a: string, b: string): boolean => {
  const [one, two] = [a, b].map((host) => host.toLowerCase().replace(/^www\./, ""))
  if (one === undefined || two === undefined) return false
  const below = (lower: string, upper: string) => upper.includes(".") && lower.endsWith(`.${upper}`)
  return one === two || below(one, two) || below(two, one)
}

const email = /^[^\s@]{1,64}@([^\s@]+\.[^\s@.]+)$/

const urlFaults = (settings: Settings): ReadonlyArray<string> =>
  settings.baseUrl.protocol === "https:" || settings.allowLocal
    ? []
    : [`the base URL is ${settings.baseUrl.origin}; what stellar.toml publishes must be https`]

const notHttps = (where: string, table: TomlTable): ReadonlyArray<string> =>
  Object.entries(table)
    .filter(([key, value]) => isUrlMember(key) && !/^https:\/\/[^/]/.test(String(value)))
    .map(([key]) => `${where} ${key} is not an https URL, such as https://example.org`)

const organizationFaults = ({
  organization,
  homeDomain,
  network,
  allowLocal
}: Settings): ReadonlyArray<string> => {
  const found = Object.keys(organization)
    .filter((key) => !organizationKeys.has(key))
    .map(
      (key) =>
        `organization names ${JSON.stringify(key)}; members are those of [DOCUMENTATION], such as ORG_NAME`
    )
  if (network.isPublic && organization["ORG_NAME"] === undefined) {
    found.push("organization has no ORG_NAME; on the public network stellar.toml says who is behind it")
  }
  found.push(...(allowLocal ? [] : notHttps("organization", organization)))
  const home = homeDomain.replace(/:[0-9]+$/, "")
  const { ORG_OFFICIAL_EMAIL: official, ORG_PHONE_NUMBER: phone, ORG_URL: url } = organization
  if (url !== undefined && !allowLocal && !sameDomain(hostOf(url) ?? "", home)) {
    found.push(`organization ORG_URL is not at ${home}, where stellar.toml is`)
  }
  for (const key of ["ORG_OFFICIAL_EMAIL", "ORG_SUPPORT_EMAIL"]) {
    const value = organization[key]
    if (value !== undefined && !email.test(value)) found.push(`organization ${key} is not an email address`)
  }
  const mailDomain = email.exec(official ?? "")?.[1]
  if (mailDomain !== undefined && !sameDomain(mailDomain, home)) {
    found.push(`organization ORG_OFFICIAL_EMAIL is not at ${home}, so it proves nothing`)
  }
  if (phone !== undefined && !/^\+[1-9][0-9]{6,14}$/.test(phone)) {
    found.push("organization ORG_PHONE_NUMBER is not in E.164, such as +14155550100")
  }
  return found
}

const keyFaults = (where: string, table: TomlTable): ReadonlyArray<string> =>
  Object.entries(table).flatMap(([key, value]) => {
    if (!/^[A-Za-z_]{1,60}$/.test(key))
      return [`${where} names ${JSON.stringify(key)}, which is no member of SEP-1`]
    return typeof value === "number" && !Number.isSafeInteger(value)
      ? [`${where} ${key} is ${value}, not a whole number`]
      : []
  })

const supplies = ["fixed_number", "max_number", "is_unlimited"]

const currencyFaults = (where: string, table: TomlTable): ReadonlyArray<string> => {
  const { display_decimals: decimals, name, toml, code, issuer, contract } = table
  const found = [...keyFaults(where, table)]
  if (toml !== undefined && Object.keys(table).length > 1) {
    found.push(`${where} gives toml, a link to a file that says all, and more beside it`)
  }
  if (typeof decimals === "number" && (decimals < 0 || decimals > 7)) {
    found.push(`${where} display_decimals is ${decimals}; 0 to 7 are right`)
  }
  if (typeof name === "string" && Array.from(name).length > 20)
    found.push(`${where} name is longer than 20 characters`)
  if (typeof code === "string" && code.length > 12) found.push(`${where} code is longer than 12 characters`)
  if (issuer !== undefined && contract !== undefined) {
    found.push(`${where} has an issuer and a contract; an asset has one of them`)
  }
  if (supplies.filter((key) => table[key] !== undefined).length > 1) {
    found.push(`${where} gives more than one of ${supplies.join(", ")}`)
  }
  return found
}

const derived = new Set(["code", "issuer", "contract"])

const additionFaults = ({ assets, stellarToml, allowLocal }: Settings): ReadonlyArray<string> => [
  ...Object.keys(stellarToml.general)
    .filter((key) => !additionKeys.has(key))
    .map((key) => `stellarToml names ${JSON.stringify(key)}, which Kedge derives or SEP-1 does not know`),
  ...(["object", "undefined"].includes(typeof stellarToml.general["ACCOUNTS"])
    ? []
    : ["stellarToml ACCOUNTS is not a list of accounts"]),
  ...(allowLocal ? [] : notHttps("stellarToml", stellarToml.general)),
  ...stellarToml.principals.flatMap((each, at) => keyFaults(`stellarToml PRINCIPALS[${at}]`, each)),
  ...stellarToml.validators.flatMap((each, at) => keyFaults(`stellarToml VALIDATORS[${at}]`, each)),
  ...stellarToml.currencies.flatMap((each, at) => currencyFaults(`stellarToml CURRENCIES[${at}]`, each)),
  ...assets.flatMap(({ code, currency = {} }) => [
    ...currencyFaults(`currency of ${code}`, currency),
    ...Object.keys(currency)
      .filter((key) => derived.has(key))
      .map((key) => `currency of ${code} names ${key}, which is the asset's own`)
  ])
]

/** Everything that is wrong; empty where the file can be written. */
export const tomlFaults = (settings: Settings): ReadonlyArray<string> => [
  ...urlFaults(settings),
  ...organizationFaults(settings),
  ...additionFaults(settings)
]
