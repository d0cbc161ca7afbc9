/**
 * Single settings from their text. Each reader answers the value, or in one clause what is wrong with it; what would be right
 * is said by the variable.
 */
import { Result } from "effect"

type Read<A> = Result.Result<A, string>

/** The value as it may be shown: one line, not too long. */
export const shown = (text: string): string =>
  JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)

const wrong = (text: string): Read<never> => Result.fail(`is ${shown(text)}`)

export const boolean = (text: string): Read<boolean> => {
  const value = { true: true, "1": true, false: false, "0": false }[text.toLowerCase()]
  return value === undefined ? wrong(text) : Result.succeed(value)
}

export const oneOf =
  <const A extends string>(choices: ReadonlyArray<A>) =>
  (text: string): Read<A> => {
    const found = choices.find((choice) => choice === text)
    return found === undefined ? wrong(text) : Result.succeed(found)
  }

const entries = (text: string): ReadonlyArray<string> =>
  text
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "")

export const someOf =
  <const A extends string>(choices: ReadonlyArray<A>) =>
  (text: string): Read<ReadonlyArray<A>> => {
    const given = entries(text)
    const strange = given.filter((entry) => !choices.some((choice) => choice === entry))
    if (strange.length > 0) return Result.fail(`names ${strange.map(shown).join(", ")}`)
    return given.length === 0
      ? wrong(text)
      : Result.succeed(choices.filter((choice) => given.includes(choice)))
  }

export const whole =
  (min: number, max: number) =>
  (text: string): Read<number> => {
    const value = /^[0-9]{1,12}$/.test(text) ? Number(text) : Number.NaN
    return value >= min && value <= max ? Result.succeed(value) : wrong(text)
  }

export const seconds = (text: string): Read<number> => {
  const value = /^[0-9]{1,8}(\.[0-9]{1,3})?$/.test(text) ? Number(text) : Number.NaN
  return value >= 0.05 && value <= 31_536_000 ? Result.succeed(value) : wrong(text)
}

export const anyText = (text: string): Read<string> => Result.succeed(text)

export const port = whole(1, 65_535)

/** `443,8000-8999` */
export const portRanges = (
  text: string
): Read<ReadonlyArray<{ readonly first: number; readonly last: number }>> => {
  const given = entries(text).map((entry) => {
    const [, first = "", last = first] = /^([0-9]{1,5})(?:-([0-9]{1,5}))?$/.exec(entry) ?? []
    return { entry, first: Number(first), last: Number(last) }
  })
  const isRight = ({ first, last }: (typeof given)[number]) => first >= 1 && first <= last && last <= 65_535
  const strange = given.find((range) => !isRight(range))
  if (strange !== undefined) return Result.fail(`holds ${shown(strange.entry)}`)
  return given.length === 0 ? wrong(text) : Result.succeed(given.map(({ first, last }) => ({ first, last })))
}

const loopbacks = new Set(["localhost", "127.0.0.1", "[::1]", "::1"])

const parseUrl = (text: string): URL | undefined => (URL.canParse(text) ? new URL(text) : undefined)

/** `https` only, or plain `http` as well where this machine's own addresses are allowed. */
export const url =
  (options: { readonly plainHttp: boolean; readonly path: boolean }) =>
  (text: string): Read<URL> => {
    const value = parseUrl(text)
    if (value === undefined) return wrong(text)
    if (value.protocol !== "https:" && !(options.plainHttp && value.protocol === "http:")) {
      return value.protocol === "http:"
        ? Result.fail(`is ${shown(text)}, which is not https (plain http needs KEDGE_ALLOW_LOCAL=true)`)
        : wrong(text)
    }
    if (value.username !== "" || value.password !== "") return Result.fail("holds a user or password")
    if (value.search !== "" || value.hash !== "")
      return Result.fail(`is ${shown(text)}, with a query or fragment`)
    if (!options.path && value.pathname !== "/") return Result.fail(`is ${shown(text)}, with a path`)
    return Result.succeed(value)
  }

export const isLoopback = (value: URL): boolean => loopbacks.has(value.hostname)

export const host = (text: string): Read<string> =>
  /^[A-Za-z0-9.:_-]{1,253}$/.test(text) ? Result.succeed(text) : wrong(text)

/** A host with a port if any, as stellar.toml is looked for. */
export const domain = (text: string): Read<string> => {
  const value = parseUrl(`https://${text}`)
  return value !== undefined && value.host !== "" && text.toLowerCase() === value.host
    ? Result.succeed(value.host)
    : wrong(text)
}

/** Domains separated by commas, each once. */
export const domains = (text: string): Read<ReadonlyArray<string>> => {
  const given = entries(text)
  const strange = given.find((entry) => Result.isFailure(domain(entry)))
  if (strange !== undefined) return Result.fail(`holds ${shown(strange)}`)
  return given.length === 0
    ? wrong(text)
    : Result.succeed([...new Set(given.map((each) => each.toLowerCase()))])
}

export type DatabaseUrl = { readonly kind: "postgresql" | "pglite" | "memory"; readonly url: string }

/** Never shows the value: it holds a password. */
export const databaseUrl = (text: string): Read<DatabaseUrl> => {
  if (text === "memory:") return Result.succeed({ kind: "memory", url: text })
  if (/^pglite:.+$/.test(text)) return Result.succeed({ kind: "pglite", url: text })
  if (/^postgres(ql)?:\/\//.test(text) && (parseUrl(text)?.hostname ?? "") !== "") {
    return Result.succeed({ kind: "postgresql", url: text })
  }
  return Result.fail("is no address of a database")
}

/** `Acme=G…,G…`: accounts with an optional name each, by default the beginning of the account. */
export const namedAccounts =
  (isAccount: (text: string) => boolean) =>
  (text: string): Read<ReadonlyArray<{ readonly account: string; readonly name: string }>> => {
    const given = entries(text).map((entry) => {
      const at = entry.lastIndexOf("=")
      const account = entry.slice(at + 1).trim()
      return { account, name: at < 0 ? `${account.slice(0, 8)}…` : entry.slice(0, at).trim() }
    })
    const strange = given.find(({ account, name }) => !isAccount(account) || name === "" || name.length > 100)
    return strange === undefined ? Result.succeed(given) : Result.fail(`holds ${shown(strange.account)}`)
  }
