/**
 * Which IP addresses a stranger's URL must never lead us to (SEC-03): everything that is not plainly the public Internet.
 *
 * IPv4 is what is left after a list of forbidden ranges; IPv6 is only 2000::/3 less such a list, so that every form which
 * carries an IPv4 address inside (mapped, NAT64, 6to4, Teredo) and every range yet to be invented is out. Gotcha: a text that
 * is not an address in canonical form is forbidden too.
 */

interface Range {
  readonly first: bigint
  readonly last: bigint
  readonly name: string
}

type Version = 4 | 6

interface Address {
  readonly version: Version
  readonly value: bigint
}

const bitsOf = { 4: 32, 6: 128 } as const

const numberOf = (parts: ReadonlyArray<number>, bits: bigint): bigint =>
  parts.reduce((value, part) => (value << bits) | BigInt(part), 0n)

/** Four decimal numbers without leading zeros, and nothing else: `0177.0.0.1` is not an address here. */
const readV4 = (text: string): bigint | null => {
  const parts = text.split(".")
  const isOctet = (part: string) => /^(0|[1-9][0-9]{0,2})$/.test(part) && Number(part) <= 255
  return parts.length === 4 && parts.every(isOctet) ? numberOf(parts.map(Number), 8n) : null
}

const groupsOf = (text: string): ReadonlyArray<number> | null => {
  if (text === "") return []
  const parts = text.split(":")
  return parts.every((part) => /^[0-9a-f]{1,4}$/i.test(part))
    ? parts.map((part) => Number.parseInt(part, 16))
    : null
}

/** The last 32 bits may be written as IPv4. */
const withoutDots = (text: string): string | null => {
  const at = text.lastIndexOf(":")
  const tail = text.slice(at + 1)
  if (!tail.includes(".")) return text
  const v4 = readV4(tail)
  if (v4 === null || at < 0) return null
  return `${text.slice(0, at + 1)}${(v4 >> 16n).toString(16)}:${(v4 & 0xffffn).toString(16)}`
}

const readV6 = (text: string): bigint | null => {
  const plain = withoutDots(text)
  if (plain === null || !plain.includes(":")) return null
  const halves = plain.split("::")
  const [head, tail] = [groupsOf(halves[0] ?? ""), groupsOf(halves[1] ?? "")]
  if (halves.length > 2 || head === null || tail === null) return null
  const missing = 8 - head.length - tail.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null
  return numberOf([...head, ...Array.from({ length: missing }, () => 0), ...tail], 16n)
}

/** Null for what is no address; a zone (`fe80::1%eth0`) makes it none. */
const readAddress = (text: string): Address | null => {
  const v4 = readV4(text)
  if (v4 !== null) return { version: 4, value: v4 }
  const v6 = readV6(text)
  return v6 === null ? null : { version: 6, value: v6 }
}

const range = (block: string, name: string): Range => {
  const [base = "", length = ""] = block.split("/")
  const address = readAddress(base)
  if (address === null) throw new Error(`${block} is no block of addresses`)
  const size = 1n << BigInt(bitsOf[address.version] - Number(length))
  return { first: address.value, last: address.value + size - 1n, name }
}

const forbiddenV4: ReadonlyArray<Range> = [
  range("0.0.0.0/8", "this network"),
  range("10.0.0.0/8", "private"),
  range("100.64.0.0/10", "carrier-grade NAT"),
  range("127.0.0.0/8", "loopback"),
  range("168.63.129.16/32", "a cloud's host agent"),
  range("169.254.0.0/16", "link-local, cloud metadata"),
  range("172.16.0.0/12", "private"),
  range("192.0.0.0/24", "protocol assignments"),
  range("192.0.2.0/24", "documentation"),
  range("192.88.99.0/24", "6to4 relay"),
  range("192.168.0.0/16", "private"),
  range("198.18.0.0/15", "benchmarking"),
  range("198.51.100.0/24", "documentation"),
  range("203.0.113.0/24", "documentation"),
  range("224.0.0.0/4", "multicast"),
  range("240.0.0.0/4", "reserved, broadcast")
]

const globalUnicastV6 = range("2000::/3", "global unicast")

const forbiddenV6: ReadonlyArray<Range> = [
  range("2001::/23", "protocol assignments, Teredo, ORCHID"),
  range("2001:db8::/32", "documentation"),
  range("2002::/16", "6to4"),
  range("3fff::/20", "documentation")
]

const holds = ({ first, last }: Range, value: bigint): boolean => first <= value && value <= last

const loopbackV4 = range("127.0.0.0/8", "loopback")
const loopbackV6 = range("::1/128", "loopback")

/** 127.0.0.0/8 and ::1; not the forms that hide one. */
export const isLoopbackAddress = (text: string): boolean => {
  const address = readAddress(text)
  return address !== null && holds(address.version === 4 ? loopbackV4 : loopbackV6, address.value)
}

/** Whether the text is an IP address in canonical notation (no brackets, no zone). */
export const isAddress = (text: string): boolean => readAddress(text) !== null

/** What kind of forbidden address it is, for the operator's log and nobody else; null where it may be called. */
export const forbiddenAddress = (text: string): string | null => {
  const address = readAddress(text)
  if (address === null) return "not an address"
  if (address.version === 6 && !holds(globalUnicastV6, address.value)) return "not global unicast"
  const ranges = address.version === 4 ? forbiddenV4 : forbiddenV6
  return ranges.find((each) => holds(each, address.value))?.name ?? null
}
