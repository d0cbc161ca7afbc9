// Requests nobody would send on purpose, for each operation that the OpenAPI document has: mostly right, so that they get far
// before they stumble. Every text in a body carries a mark by which it would be found in a log.
import fc from "fast-check"
import { sep9Names } from "../../machines/domain/Sep9.ts"
import { sendingAnchor, usdc } from "./sep31.ts"
import { sellAsset } from "./sep38World.ts"

/** Stands in values that are customer data or stand where customer data would; no log may hold it. */
export const canary = "canary-7f3a"

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>
  readonly [key: string]: unknown
}
interface Parameter {
  readonly name: string
  readonly in: string
}
export interface Operation {
  readonly operationId: string
  readonly summary?: string
  readonly security?: ReadonlyArray<unknown>
  readonly parameters?: ReadonlyArray<Parameter>
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: Schema; readonly example?: unknown }>>
  }
  readonly responses: Readonly<
    Record<
      string,
      {
        readonly headers?: Readonly<Record<string, unknown>>
        readonly content?: Readonly<Record<string, { readonly schema: Schema; readonly example?: unknown }>>
      }
    >
  >
}
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

export interface Sent {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array<ArrayBuffer> | null
}

const utf8 = (text: string) => new TextEncoder().encode(text)

/** What is right for a name, wherever it stands; for the names of one world, the world's go before. */
const everywhere: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["amount", "100"],
  ["asset_code", "USDC"],
  ["asset_issuer", usdc.issuer],
  ["funding_method", "PIX"],
  ["account", sendingAnchor],
  ["memo", "7"],
  ["memo_type", "id"],
  ["refund_memo", "7"],
  ["refund_memo_type", "id"],
  ["type", "sep31-sender"],
  ["lang", "es"],
  ["sell_asset", sellAsset],
  ["buy_asset", "iso4217:BRL"],
  ["sell_amount", "100"],
  ["buy_delivery_method", "PIX"],
  ["country_code", "BR"],
  ["context", "sep31"],
  ["url", `https://callback.example.org/${canary}`],
  ["home_domain", "anchor.example.org"],
  ["fields", { transaction: { routing_number: canary, account_number: canary, type: "SEPA" } }]
])

const odd: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    1e21,
    "",
    " ",
    "NaN",
    "\u0000",
    "👩‍🚀",
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
    [],
    {},
    [[]],
    "9".repeat(400)
  ),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.json({ maxDepth: 3 }).map((json) => JSON.parse(json) as unknown)
)
const marked = fc.string({ maxLength: 20 }).map((text) => `${canary}${text}`)
const valueOf = (right: unknown) =>
  fc.oneof(
    { weight: 40, arbitrary: fc.constant(right ?? canary) },
    { weight: 2, arbitrary: marked },
    { weight: 1, arbitrary: odd }
  )

const namesOf = (operation: Operation): ReadonlyArray<string> => {
  const schemas = Object.values(operation.requestBody?.content ?? {}).map(({ schema }) => schema)
  const named = schemas.flatMap(({ properties }) => Object.keys(properties ?? {}))
  return named.length > 0 ? [...new Set(named)] : ["id", "account", "memo", "memo_type", "type", ...sep9Names]
}

const oddName = fc.oneof(
  fc.constantFrom("__proto__", "constructor", "prototype", "toString", "", "a.b", "organization."),
  fc.string({ unit: "binary", maxLength: 12 })
)

/** Names with a right value are nearly always there, others seldom. */
const members = (
  names: ReadonlyArray<string>,
  right: ReadonlyMap<string, unknown>
): fc.Arbitrary<Readonly<Record<string, unknown>>> => {
  const entry = (name: string) =>
    fc.option(fc.tuple(fc.constant(name), valueOf(right.get(name))), { freq: right.has(name) ? 30 : 1 })
  return fc
    .tuple(fc.tuple(...names.map(entry)), fc.option(fc.tuple(oddName, odd), { freq: 1 }))
    .map(([known, strange]) => Object.fromEntries([...known, strange].filter((each) => each !== null)))
}

/** Damage that no JSON.stringify makes. */
const damages: ReadonlyArray<(text: string) => Uint8Array<ArrayBuffer>> = [
  (text) => utf8(`\uFEFF${text}`),
  (text) => utf8(text.slice(0, -1)),
  (text) => utf8(text.replace("{", '{"amount":1,"amount":2,')),
  (text) => utf8(text.replace("{", '{"__proto__":{"polluted":true},')),
  (text) => utf8(text.replace("{", '{"constructor":{"prototype":{"polluted":true}},')),
  (text) => utf8(text.replace("{", '{"amount":1e999999,')),
  (text) => utf8(text.replace("{", `{"amount":${"9".repeat(5000)},`)),
  (text) => utf8(text.replace("{", String.raw`{"first_name":"\ud800",`)),
  (text) => utf8(`${"[".repeat(20_000)}${text}`),
  (text) => utf8(`${'{"fields":'.repeat(500)}${text}`),
  (text) => new Uint8Array([...utf8(text.slice(0, -1)), 0xff, 0xfe]),
  (text) => utf8(`${text} ${text}`)
]

const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value))

const formOf = (value: Readonly<Record<string, unknown>>): string =>
  Object.entries(value)
    .map(
      ([name, each]) =>
        `${encodeURIComponent(name.toWellFormed())}=${encodeURIComponent(textOf(each).toWellFormed())}`
    )
    .join("&")

const boundary = "the-boundary"
const multipartOf = (value: Readonly<Record<string, unknown>>): string =>
  `${Object.entries(value)
    .map(
      ([name, each], at) =>
        `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${at % 3 === 2 ? '; filename="f"' : ""}\r\n\r\n${textOf(each)}\r\n`
    )
    .join("")}--${boundary}--\r\n`

interface Body {
  readonly type: string | null
  readonly bytes: Uint8Array<ArrayBuffer>
}

const bodyOf = (operation: Operation, right: ReadonlyMap<string, unknown>): fc.Arbitrary<Body> => {
  const value = members(namesOf(operation), right)
  const json = (bytes: Uint8Array<ArrayBuffer>): Body => ({ type: "application/json", bytes })
  return fc.oneof(
    { weight: 8, arbitrary: value.map((each) => json(utf8(JSON.stringify(each)))) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(value, fc.constantFrom(...damages))
        .map(([each, damage]) => json(damage(JSON.stringify(each))))
    },
    {
      weight: 2,
      arbitrary: value.map((each) => ({
        type: "application/x-www-form-urlencoded",
        bytes: utf8(formOf(each))
      }))
    },
    {
      weight: 2,
      arbitrary: value.map((each) => ({
        type: `multipart/form-data; boundary=${boundary}`,
        bytes: utf8(multipartOf(each))
      }))
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(
          fc.constantFrom(
            null,
            "text/plain",
            ";",
            "application/json; charset=utf-16",
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "application/x-www-form-urlencoded"
          ),
          fc.uint8Array({ maxLength: 200 })
        )
        .map(([type, bytes]) => ({ type, bytes: new Uint8Array(bytes) }))
    }
  )
}

const header = fc.string({ maxLength: 60, unit: "grapheme-ascii" })
const headersOf = (token: string): fc.Arbitrary<Readonly<Record<string, string>>> =>
  fc
    .record(
      {
        authorization: fc.oneof(
          { weight: 12, arbitrary: fc.constant(`Bearer ${token}`) },
          {
            weight: 1,
            arbitrary: fc.constantFrom(
              "Bearer",
              "Bearer ",
              "bearer x",
              `Basic ${canary}`,
              `Bearer ${token}x`,
              "Bearer a.b.c"
            )
          },
          { weight: 1, arbitrary: header }
        ),
        "accept-language": header,
        "content-encoding": fc.constantFrom("gzip", "identity", "x"),
        "idempotency-key": header,
        "x-forwarded-for": header,
        accept: header
      },
      { requiredKeys: ["authorization"] }
    )
    .map((given) =>
      Object.fromEntries(Object.entries(given).map(([name, value]) => [name, value.trim()] as const))
    )

const queryOf = (operation: Operation, right: ReadonlyMap<string, unknown>): fc.Arbitrary<string> => {
  const names = (operation.parameters ?? []).flatMap((each) =>
    each.in === "query" && each.name !== "lang" ? [each.name] : []
  )
  const rightText = (name: string): string => {
    const known = right.get(name)
    return typeof known === "string" ? known : canary
  }
  const text = (name: string) =>
    fc.oneof(
      { weight: 40, arbitrary: fc.constant(rightText(name)) },
      { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 40 }) }
    )
  const entry = (name: string) =>
    fc.option(fc.tuple(fc.constant(name), text(name)), { freq: right.has(name) ? 30 : 1 })
  const pairs = fc.tuple(...names.map(entry), entry("lang")).map((chosen) =>
    chosen
      .filter((each) => each !== null)
      .map(([name, value]) => `${name}=${encodeURIComponent(value.toWellFormed())}`)
      .join("&")
  )
  return fc.oneof(
    { weight: 9, arbitrary: pairs },
    { weight: 1, arbitrary: fc.webQueryParameters() },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        "%zz=%ff",
        "lang=es&lang=en",
        "__proto__=1",
        "a[b]=1",
        "&&&===",
        `account=${"a".repeat(3000)}`
      )
    }
  )
}

const segment = (known: ReadonlyArray<string>) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...known) },
    { weight: 1, arbitrary: fc.uuid() },
    {
      weight: 1,
      arbitrary: fc
        .string({ unit: "binary", minLength: 1, maxLength: 40 })
        .map((text) => encodeURIComponent(text.toWellFormed()))
    },
    { weight: 1, arbitrary: fc.constantFrom("%00", "%2e%2e", "%ff", "__proto__", "a".repeat(500)) }
  )

/** Where the requests go: values that are right there, ids and accounts that there are, to stand in the path, and a token. */
export interface Target {
  readonly right: Readonly<Record<string, unknown>>
  readonly known: ReadonlyArray<string>
  readonly token: string
}

/** Requests of one operation. */
export const oddRequests = (
  method: string,
  path: string,
  operation: Operation,
  target: Target
): fc.Arbitrary<Sent> => {
  const right = new Map([...everywhere, ...Object.entries(target.right)])
  return fc
    .record({
      at: segment(target.known),
      query: fc.option(queryOf(operation, right), { nil: "", freq: method === "GET" ? 20 : 1 }),
      headers: headersOf(target.token),
      body: method === "GET" ? fc.constant(null) : fc.option(bodyOf(operation, right), { freq: 20 })
    })
    .map(({ at, body, headers, query }) => ({
      method,
      path: `${path.replace(/\{\w+\}/, () => at)}${query === "" ? "" : `?${query}`}`,
      headers: body === null || body.type === null ? headers : { ...headers, "content-type": body.type },
      body: body === null ? null : body.bytes
    }))
}
