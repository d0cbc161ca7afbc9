// Addresses of strangers against another's arithmetic: Node's own lists of blocks, and its own parser of URLs.
import { BlockList } from "node:net"
import { Result } from "effect"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { forbiddenAddress, isLoopbackAddress } from "../../../src/http/outboundAddress.ts"
import { readOutboundUrl } from "../../../src/http/outboundUrl.ts"
import { holds, seeded } from "../../support/seed.ts"

/** SEC-03's list and the rest of IANA's special registries, written out by hand a second time. */
const forbiddenBlocks =
  `0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 168.63.129.16/32 169.254.0.0/16 172.16.0.0/12
  192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4
  240.0.0.0/4`.split(/\s+/)
const forbiddenBlocks6 = `::/3 2001::/23 2001:db8::/32 2002::/16 3fff::/20 4000::/2 8000::/1`.split(/\s+/)

const listOf = (blocks: ReadonlyArray<string>, family: "ipv4" | "ipv6"): BlockList => {
  const list = new BlockList()
  for (const block of blocks) {
    const [base = "", bits = ""] = block.split("/")
    list.addSubnet(base, Number(bits), family)
  }
  return list
}
// Two lists: one alone would judge an IPv4 address by the rule for its mapped form as well.
const list4 = listOf(forbiddenBlocks, "ipv4")
const list6 = listOf(forbiddenBlocks6, "ipv6")

const dotted = (value: number) => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join(".")
const octets = (text: string): readonly [number, number, number, number] => {
  const [a = 0, b = 0, c = 0, d = 0] = text.split(".").map(Number)
  return [a, b, c, d]
}
const hexPair = (high: number, low: number) => ((high << 8) | low).toString(16)

const anyV4 = fc.nat(0xffffffff).map(dotted)
const insideV4 = fc.constantFrom(...forbiddenBlocks).chain((block) => {
  const [base = "", bits = ""] = block.split("/")
  const [a, b, c, d] = octets(base)
  const first = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0
  return fc.nat(2 ** (32 - Number(bits)) - 1).map((offset) => dotted((first + offset) >>> 0))
})
const v4 = fc.oneof(anyV4, insideV4)
const group = fc.oneof(fc.constant(0), fc.nat(0xffff)).map((value) => value.toString(16))
const anyV6 = fc
  .tuple(
    fc.constantFrom("0", "64", "100", "2001", "2002", "2606", "2a00", "3fff", "fc00", "fd12", "fe80", "ff02"),
    fc.array(group, { minLength: 7, maxLength: 7 })
  )
  .map(([first, rest]) => [first, ...rest].join(":"))

/** Every way an IPv4 address hides in an IPv6 one (SEC-03). */
const hidden = (text: string): ReadonlyArray<string> => {
  const [a, b, c, d] = octets(text)
  const [high, low] = [hexPair(a, b), hexPair(c, d)]
  return [
    `::ffff:${text}`,
    `::ffff:${high}:${low}`,
    `::${text}`,
    `::ffff:0:${high}:${low}`,
    `64:ff9b::${text}`,
    `64:ff9b:1::${high}:${low}`,
    `2002:${high}:${low}::1`,
    `2001:0:4136:e378:8000:63bf:${hexPair(255 - a, 255 - b)}:${hexPair(255 - c, 255 - d)}`,
    `fe80::5efe:${high}:${low}`
  ]
}

const loose = { allowLocal: false, ports: [{ first: 1, last: 65_535 }] }
const isRefused = (url: string, allowLocal = false) =>
  Result.isFailure(readOutboundUrl(url, { ...loose, allowLocal }))

describe(seeded("outboundAddress"), () => {
  it("forbids exactly the addresses of the list, IPv4 and IPv6 (SEC-03)", () => {
    holds(
      fc.property(v4, (address) => {
        expect(forbiddenAddress(address) !== null, address).toBe(list4.check(address, "ipv4"))
      }),
      2_000
    )
    holds(
      fc.property(anyV6, (address) => {
        expect(forbiddenAddress(address) !== null, address).toBe(list6.check(address, "ipv6"))
      }),
      2_000
    )
  })

  it("forbids the first and the last address of every block, and not their public neighbours (SEC-03)", () => {
    for (const block of forbiddenBlocks) {
      const [base = "", bits = ""] = block.split("/")
      const [a, b, c, d] = octets(base)
      const first = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0
      const last = first + 2 ** (32 - Number(bits)) - 1
      expect(forbiddenAddress(dotted(first)), block).not.toBeNull()
      expect(forbiddenAddress(dotted(last)), block).not.toBeNull()
    }
    for (const neighbour of [
      "9.255.255.255",
      "11.0.0.0",
      "100.63.255.255",
      "100.128.0.0",
      "126.255.255.255"
    ]) {
      expect(forbiddenAddress(neighbour), neighbour).toBeNull()
    }
    for (const neighbour of [
      "169.253.255.255",
      "172.15.255.255",
      "172.32.0.0",
      "192.167.255.255",
      "223.255.255.255"
    ]) {
      expect(forbiddenAddress(neighbour), neighbour).toBeNull()
    }
  })

  it("forbids every IPv6 form that carries an IPv4 address, whatever the address (SEC-03)", () => {
    holds(
      fc.property(v4, (address) => {
        for (const form of hidden(address)) expect(forbiddenAddress(form), form).not.toBeNull()
      })
    )
  })

  it.each([
    "::",
    "::1",
    "fc00::1",
    "fdff:ffff::1",
    "fe80::1",
    "febf::1",
    "fec0::1",
    "ff02::1",
    "100::1",
    "5f00::1"
  ])("forbids %s (SEC-03)", (address) => {
    expect(forbiddenAddress(address)).not.toBeNull()
  })

  it.each(["2606:4700:4700::1111", "2a00:1450:4001:81b::200e", "2001:4860:4860::8888", "8.8.8.8", "1.1.1.1"])(
    "lets %s be called (SEC-03)",
    (address) => {
      expect(forbiddenAddress(address)).toBeNull()
    }
  )

  it.each([
    "",
    "1.2.3",
    "1.2.3.4.5",
    "01.2.3.4",
    "256.1.1.1",
    "1:2",
    ":::",
    "1::2::3",
    "2606:4700::1%eth0",
    "g::1"
  ])("takes %s for no address, and so forbids it (SEC-03)", (text) => {
    expect(forbiddenAddress(text)).not.toBeNull()
  })

  it("knows loopback by its own names only: a mapped form is not this machine's", () => {
    expect(["127.0.0.1", "127.255.255.255", "::1"].every(isLoopbackAddress)).toBe(true)
    expect(["0.0.0.0", "::", "::ffff:127.0.0.1", "128.0.0.1", "126.0.0.1"].some(isLoopbackAddress)).toBe(
      false
    )
  })
})

/** The spellings that resolvers and URL parsers accept for an IPv4 address. */
const spellings = (text: string): ReadonlyArray<string> => {
  const [a, b, c, d] = octets(text)
  const whole = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0
  const hex = (value: number) => `0x${value.toString(16)}`
  const octal = (value: number) => `0${value.toString(8)}`
  return [
    String(whole),
    hex(whole),
    octal(whole),
    [a, b, c, d].map(hex).join("."),
    [a, b, c, d].map(octal).join("."),
    `${a}.${((b << 16) | (c << 8) | d) >>> 0}`,
    `${hex(a)}.${b}.${(c << 8) | d}`
  ].filter((spelling) => spelling !== text)
}

describe(seeded("outboundUrl"), () => {
  it("refuses every numeric spelling of every IPv4 address, public ones too (SEC-03)", () => {
    holds(
      fc.property(v4, (address) => {
        for (const spelling of spellings(address)) {
          // where the spelling is the canonical one after all, the address decides
          if (new URL(`https://${spelling}/`).hostname === spelling) continue
          expect(isRefused(`https://${spelling}/`), spelling).toBe(true)
          expect(isRefused(`http://${spelling}/`, true), spelling).toBe(true)
        }
      })
    )
  })

  it("refuses a URL whose host is a forbidden address, and takes one whose host is not (S31-CB-04, SEC-03)", () => {
    holds(
      fc.property(v4, (address) => {
        expect(isRefused(`https://${address}/`), address).toBe(list4.check(address, "ipv4"))
      })
    )
    holds(
      fc.property(anyV6, (address) => {
        expect(isRefused(`https://[${address}]/`), address).toBe(list6.check(address, "ipv6"))
      })
    )
  })

  it("a URL it takes has one meaning: parsing what it was read as gives the same host again (SEC-03)", () => {
    const piece = fc.constantFrom(
      "https://",
      "http://",
      "a.example",
      "127.0.0.1",
      "@",
      "#",
      "\\",
      "/",
      "?",
      ":",
      "%",
      " ",
      "[",
      "]",
      "::1",
      ".",
      "1",
      "x"
    )
    holds(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const text = pieces.join("")
        const read = readOutboundUrl(text, loose)
        if (Result.isFailure(read)) return
        const [, authority = ""] = /^https:\/\/([^/?#]*)/.exec(text) ?? []
        expect(read.success.username + read.success.password + read.success.hash).toBe("")
        expect(authority.toLowerCase().replace(/:(443)?$/, "")).toBe(read.success.host)
      }),
      2_000
    )
  })
})
