// Addresses that strangers name are called by one door, src/ports/Outbound.ts, which knows what must not be called. The
// libraries at hand have doors of their own without such knowledge: none of them is used by what ships.
import { expect, it } from "vitest"
import { allSources, parse, type Source } from "./Source.ts"

/** What of the SDK fetches a file from a host that it is given. */
const resolvers = new Set(["StellarToml", "Federation", "FederationServer", "resolveAddress"])

/** Imports of them by name; a whole namespace could hold them too, and so counts. */
const uses = ({ imports, path }: Source): ReadonlyArray<string> =>
  /^(machines|src|adapters)\//.test(path)
    ? imports
        .filter(
          ({ kind, specifier }) => kind !== "type" && /^@stellar\/stellar-sdk(?!\/base$)/.test(specifier)
        )
        .filter(({ names }) => names.length === 0 || names.some((name) => resolvers.has(name)))
        .map(({ line, specifier }) => `${path}:${line} imports what resolves names from ${specifier}`)
    : []

it("nothing that ships lets the SDK fetch from a host a stranger named (SEC-09)", () => {
  expect(allSources().flatMap(uses)).toEqual([])
})

it("the rule catches the SDK's resolver, and lets tests and names of our own alone", () => {
  const text = 'import { StellarToml } from "@stellar/stellar-sdk"\n'

  expect(uses(parse("src/sep10/sample.ts", text))).toHaveLength(1)
  expect(
    uses(parse("adapters/sample/Sample.ts", 'import * as sdk from "@stellar/stellar-sdk"\n'))
  ).toHaveLength(1)
  expect(uses(parse("test/unit/sample.test.ts", text))).toEqual([])
  expect(uses(parse("src/sep10/sample.ts", 'import { StrKey } from "@stellar/stellar-sdk/base"\n'))).toEqual(
    []
  )
  expect(uses(parse("src/cli/sample.ts", 'import { StellarToml } from "./stellarTomlFile.ts"\n'))).toEqual([])
})
