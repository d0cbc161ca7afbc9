/**
 * The file of `KEDGE_CONFIG`: its text to assets, customer types and Sending Anchors, or every fault in it with its path.
 *
 * Gotcha: the schema tells single values; what only shows between values (two assets of one code, a type that is nowhere
 * described, a fee that eats the minimum) is told here, and only once the values themselves are right.
 */
import { Result, Schema, SchemaIssue } from "effect"
import { amount, isLess, isMore, zero } from "../../machines/domain/Amount.ts"
import { feeOf } from "../../machines/domain/Fee.ts"
import { sep9Field } from "../../machines/domain/Sep9.ts"
import {
  type AssetConfig,
  type CustomerType,
  mismatchDefault,
  type QuoteSettings,
  type SendingAnchorConfig,
  type TomlAdditions
} from "../KedgeConfig.ts"
import { isAccount } from "../stellar/strkeys.ts"
import { ConfigFile } from "./configFile.ts"
import type { StellarToml } from "./stellarTomlFile.ts"
import type { Problem } from "./ConfigProblems.ts"
import { quoteProblems, quotesOf } from "./readQuotes.ts"

export interface FileSettings {
  readonly assets: ReadonlyArray<AssetConfig>
  readonly customerTypes: Readonly<Record<string, CustomerType>>
  readonly sendingAnchors: ReadonlyArray<SendingAnchorConfig>
  readonly quotes: QuoteSettings | null
  readonly organization: Readonly<Record<string, string>>
  readonly stellarToml: TomlAdditions
}

const name = "KEDGE_CONFIG"
const decode = Schema.decodeUnknownResult(ConfigFile, { errors: "all", onExcessProperty: "error" })

const pathText = (path: ReadonlyArray<PropertyKey>): string =>
  path
    .map((key) =>
      typeof key === "number"
        ? `[${key}]`
        : /^[A-Za-z_$][\w$-]*$/.test(String(key))
          ? `.${String(key)}`
          : `[${JSON.stringify(String(key))}]`
    )
    .join("")
    .replace(/^\./, "")

const at = (path: ReadonlyArray<PropertyKey>, message: string): Problem => ({
  name: path.length === 0 ? name : `${name} ${pathText(path)}`,
  message
})

const valueAt = (root: unknown, path: ReadonlyArray<PropertyKey>): unknown =>
  path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null
        ? (value as Readonly<Record<PropertyKey, unknown>>)[key]
        : undefined,
    root
  )

const format = SchemaIssue.makeFormatterStandardSchemaV1({
  leafHook: (issue) => {
    if (issue._tag === "UnexpectedKey") return "is no setting that Kedge knows here"
    if (issue._tag === "MissingKey") return "is not set"
    const said = SchemaIssue.defaultLeafHook(issue)
    return said === "Expected string" ? "expected a string" : said
  }
})

const shownValue = (value: unknown): string => {
  const text = JSON.stringify(value) ?? "nothing"
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

const schemaProblems = (issue: SchemaIssue.Issue, document: unknown): ReadonlyArray<Problem> =>
  format(issue).issues.map(({ message, path = [] }) => {
    const keys = path as ReadonlyArray<PropertyKey>
    const said = /^expected /i.test(message)
      ? `${message.replace(/^E/, "e")}, and it is ${shownValue(valueAt(document, keys))}`
      : message
    return at(keys, said)
  })

const assetOf = (asset: ConfigFile["assets"][number]): AssetConfig => ({
  code: asset.code,
  issuer: asset.issuer ?? null,
  account: asset.account,
  minimum: asset.minimum === undefined ? null : amount(asset.minimum),
  maximum: asset.maximum === undefined ? null : amount(asset.maximum),
  fee: { fixed: amount(asset.fee?.fixed ?? "0"), percent: amount(asset.fee?.percent ?? "0") },
  fundingMethods: asset.fundingMethods,
  fields: asset.fields ?? {},
  senderTypes: asset.senderTypes ?? [],
  receiverTypes: asset.receiverTypes ?? [],
  rails: asset.rails ?? {},
  quotes: asset.quotes ?? "off",
  ...(asset.mismatch === undefined ? {} : { mismatch: { ...mismatchDefault, ...asset.mismatch } }),
  ...(asset.lifetime === undefined ? {} : { lifetime: asset.lifetime }),
  ...(asset.payoutSeconds === undefined ? {} : { payoutSeconds: asset.payoutSeconds }),
  ...(asset.fieldMapping === undefined ? {} : { fieldMapping: asset.fieldMapping }),
  ...(asset.currency === undefined ? {} : { currency: asset.currency })
})

const assetProblems = (file: ConfigFile, index: number): ReadonlyArray<Problem> => {
  const given = file.assets[index]
  if (given === undefined) return []
  const asset = assetOf(given)
  const here = (key: string, message: string) => at(["assets", index, key], message)
  const found: Array<Problem> = []
  if (asset.code === "native" && asset.issuer !== null)
    found.push(here("issuer", "lumens have no issuer; take it away"))
  if (asset.code !== "native" && asset.issuer === null) {
    found.push(here("issuer", `is not set; ${asset.code} needs the account that issues it`))
  }
  for (const key of ["account", "issuer"] as const) {
    const value = asset[key]
    if (value !== null && !isAccount(value))
      found.push(here(key, `${value} has a wrong checksum: it is mistyped`))
  }
  if (asset.account === asset.issuer) {
    found.push(
      here("account", "is the issuer; payments to an issuer are burnt, so give an account of its own")
    )
  }
  if (asset.minimum !== null && asset.maximum !== null && isMore(asset.minimum, asset.maximum)) {
    found.push(here("minimum", `is ${asset.minimum}, more than the maximum of ${asset.maximum}`))
  }
  if (isMore(asset.fee.percent, amount("100")))
    found.push(here("fee", `takes ${asset.fee.percent} %; 100 is all`))
  else if (
    asset.minimum !== null &&
    asset.minimum !== zero &&
    !isLess(feeOf(asset.fee, asset.minimum), asset.minimum)
  ) {
    found.push(
      here("fee", `takes all of the minimum of ${asset.minimum}; raise the minimum or lower the fee`)
    )
  }
  const earlier = file.assets.findIndex((other) => other.code === asset.code)
  if (earlier < index) {
    found.push(
      here(
        "code",
        `is ${asset.code}, as assets[${earlier}] is; /info lists assets by code, so each code can stand once`
      )
    )
  }
  for (const key of ["senderTypes", "receiverTypes"] as const) {
    for (const type of asset[key].filter((each) => file.customerTypes?.[each] === undefined)) {
      found.push(here(key, `names ${type}, which customerTypes does not describe`))
    }
  }
  for (const method of Object.keys(asset.rails).filter((each) => !asset.fundingMethods.includes(each))) {
    found.push(here("rails", `names ${method}, which is none of the fundingMethods`))
  }
  for (const method of Object.keys(asset.payoutSeconds ?? {})) {
    if (!asset.fundingMethods.includes(method))
      found.push(here("payoutSeconds", `names ${method}, which is none of the fundingMethods`))
  }
  return [...found, ...mappingFaults(asset).map((fault) => here("fieldMapping", fault))]
}

/** A rail reads text by SEP-9 names, and one value for each. */
const mappingFaults = ({ fields, fieldMapping = {} }: AssetConfig): ReadonlyArray<string> => {
  const taken = new Set<string>()
  return Object.entries(fieldMapping).flatMap(([field, to]) => {
    const known = sep9Field(to)
    const isTwice = taken.has(to)
    taken.add(to)
    return [
      ...(Object.hasOwn(fields, field) ? [] : [`maps ${field}, which is none of the fields`]),
      ...(known === undefined || known.type === "binary"
        ? [`maps ${field} to ${to}, which is no text of SEP-9`]
        : []),
      ...(isTwice ? [`maps two fields to ${to}`] : [])
    ]
  })
}

const anchorProblems = (file: ConfigFile): ReadonlyArray<Problem> =>
  (file.sendingAnchors ?? []).flatMap(({ account, endsInError, profile }, index) => [
    ...(isAccount(account)
      ? []
      : [at(["sendingAnchors", index, "account"], `${account} has a wrong checksum: it is mistyped`)]),
    ...(endsInError !== true || profile === "v1"
      ? []
      : [at(["sendingAnchors", index, "endsInError"], "is true without profile v1, for which alone it is")])
  ])

const additionsOf = ({
  CURRENCIES = [],
  PRINCIPALS = [],
  VALIDATORS = [],
  ...general
}: StellarToml): TomlAdditions => ({
  general,
  principals: PRINCIPALS,
  currencies: CURRENCIES,
  validators: VALIDATORS
})

const settingsOf = (file: ConfigFile): FileSettings => ({
  assets: file.assets.map(assetOf),
  customerTypes: Object.fromEntries(
    Object.entries(file.customerTypes ?? {}).map(([type, { description, fields }]) => [
      type,
      {
        description,
        fields: Object.fromEntries(
          Object.entries(fields).map(([field, each]) => [
            field,
            {
              description: each.description,
              optional: each.optional ?? false,
              choices: each.choices ?? null,
              ...(each.fromAmount === undefined ? {} : { fromAmount: amount(each.fromAmount) }),
              ...(each.verify === undefined ? {} : { verify: each.verify })
            }
          ])
        )
      }
    ])
  ),
  sendingAnchors: file.sendingAnchors ?? [],
  quotes: file.quotes === undefined ? null : quotesOf(file.quotes),
  organization: file.organization ?? {},
  stellarToml: additionsOf(file.stellarToml ?? {})
})

/** The place of a JSON fault without the text around it: a wrong path may name a file of secrets. */
const jsonFault = (error: unknown): string => {
  const place =
    error instanceof Error ? /\(?(?:at )?(?:position|line) .*$/.exec(error.message)?.[0] : undefined
  return `is not JSON${place === undefined ? "" : ` (${place.replaceAll(/[()]/g, "")})`}`
}

const parseJson = (text: string): Result.Result<unknown, Problem> =>
  Result.try({ try: (): unknown => JSON.parse(text), catch: (error) => at([], jsonFault(error)) })

/** Reads the file's text; every problem at once. */
export const readConfigFile = (text: string): Result.Result<FileSettings, ReadonlyArray<Problem>> => {
  const document = parseJson(text)
  if (Result.isFailure(document)) return Result.fail([document.failure])
  const decoded = decode(document.success)
  if (Result.isFailure(decoded)) return Result.fail(schemaProblems(decoded.failure.issue, document.success))
  const file = decoded.success
  const problems = [
    ...file.assets.flatMap((_, index) => assetProblems(file, index)),
    ...anchorProblems(file),
    ...quoteProblems(file).map(({ message, path }) => at(path, message))
  ]
  return problems.length === 0 ? Result.succeed(settingsOf(file)) : Result.fail(problems)
}
