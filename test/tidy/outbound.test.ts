// Addresses that strangers name are called by one door, src/ports/Outbound.ts, which knows what must not be called. The
// libraries at hand have doors of their own without such knowledge: none of them is used by what ships.
import { expect, it } from "vitest"
import { allSources, descend, lineOf, parse, type Source, textOf } from "./Source.ts"

/** What of the SDK fetches a file from a host that it is given. */
const resolvers = new Set(["StellarToml", "Federation", "FederationServer", "resolveAddress"])

const uses = (source: Source): ReadonlyArray<string> =>
  /^(machines|src|adapters)\//.test(source.path)
    ? [...descend(source.program)].flatMap((node) => {
        const name = node.type === "Identifier" ? (textOf(node) ?? "") : ""
        return resolvers.has(name) ? [`${source.path}:${lineOf(source.text, node.start)} uses ${name}`] : []
      })
    : []

it("nothing that ships lets the SDK fetch from a host a stranger named (SEC-09)", () => {
  expect(allSources().flatMap(uses)).toEqual([])
})

it("the rule catches the SDK's resolver, and lets tests and comments alone", () => {
  const text =
    'import { StellarToml } from "@stellar/stellar-sdk"\nawait StellarToml.Resolver.resolve(host)\n'

  expect(uses(parse("src/sep10/sample.ts", text)).length).toBeGreaterThan(0)
  expect(uses(parse("test/unit/sample.test.ts", text))).toEqual([])
  expect(uses(parse("src/sep10/sample.ts", "// StellarToml.Resolver\n"))).toEqual([])
})
