/**
 * Which URLs of strangers are called at all (S31-CB-04, SEC-01, SEC-03), as far as their text tells. Names are resolved and
 * their addresses judged when the call is made, since what a name means can change (SEC-05).
 *
 * Gotcha: nothing is resolved here, on purpose: an answer that depended on our own view of the names would tell a stranger
 * which names exist inside (SEC-06).
 */
import { Result } from "effect"
import { forbiddenAddress, isAddress, isLoopbackAddress } from "./outboundAddress.ts"
import { type Sentence, say } from "./Sentence.ts"

export interface OutboundRules {
  /** Permits plain http, any port, and addresses of this machine. */
  readonly allowLocal: boolean
  /** Ports that may be called, inclusive. */
  readonly ports: ReadonlyArray<{ readonly first: number; readonly last: number }>
}

const lengthMax = 2048

/** Names that are never on the public Internet (RFC 6761, 6762, 8375; ICANN's `.internal`). */
const insideNames = /(^|\.)(localhost|local|internal|home\.arpa)$/
const localName = /(^|\.)localhost$/

const insideHost = say`its host is not one that is called from here`

/** Between `//` and the path, as it was written. */
const authorityOf = (text: string): string => /^https?:\/\/([^/?#]*)/i.exec(text)?.[1] ?? ""

const bare = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, "$1")

const hostFault = (url: URL, authority: string, { allowLocal }: OutboundRules): Sentence | null => {
  const host = bare(url.hostname)
  if (!isAddress(host)) {
    if (allowLocal && localName.test(host)) return null
    // A name without a dot is looked up in the domains of this machine.
    return insideNames.test(host) || !host.includes(".") || host.endsWith(".") ? insideHost : null
  }
  if (!host.includes(":") && !authority.startsWith(host)) {
    return say`its host is an address that is not written as four decimal numbers`
  }
  if (allowLocal && isLoopbackAddress(host)) return null
  return forbiddenAddress(host) === null ? null : insideHost
}

const portOf = (url: URL): number =>
  url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port)

const portFault = (url: URL, { allowLocal, ports }: OutboundRules): Sentence | null => {
  const port = portOf(url)
  return allowLocal || ports.some(({ first, last }) => first <= port && port <= last)
    ? null
    : say`port ${port} is not one that is called from here`
}

const faultOf = (url: URL, text: string, rules: OutboundRules): Sentence | null => {
  const authority = authorityOf(text)
  if (url.protocol === "http:" && !rules.allowLocal) return say`it is not https`
  if (authority.includes("@")) return say`it holds a user name or password`
  if (text.includes("#")) return say`it has a fragment`
  return portFault(url, rules) ?? hostFault(url, authority, rules)
}

/** The URL, or in one clause what is wrong with it: fit to be told to whoever gave it. */
export const readOutboundUrl = (text: string, rules: OutboundRules): Result.Result<URL, Sentence> => {
  if (text.length > lengthMax) return Result.fail(say`it has more than ${lengthMax} characters`)
  // Anything the parser would repair or drop (spaces, tabs, backslashes, other scripts) must not reach it.
  if (!/^https?:\/\/[\x21-\x7e]+$/i.test(text) || text.includes("\\") || !URL.canParse(text)) {
    return Result.fail(say`it is not an absolute URL such as https://example.org/callback`)
  }
  const url = new URL(text)
  const fault = faultOf(url, text, rules)
  return fault === null ? Result.succeed(url) : Result.fail(fault)
}
