// The rings of the design, held over every import of the repository. The table itself is in rings.ts; here it
// is applied, and each of its rules is shown to catch a planted violation.
import { describe, expect, it } from "vitest"
import { cycles, packageOf, ringViolations } from "./rings.ts"
import { allFiles, allSources, parse, read, target } from "./Source.ts"

const sources = allSources()
const ships = (path: string) => /^(machines|src|adapters)\//.test(path)

const entries = new Set(["src/main.ts", "src/app.ts", "src/index.ts", "src/testing/index.ts"])

const deadFiles = (all: typeof sources): ReadonlyArray<string> => {
  const imported = new Set(
    all.flatMap(({ path, imports }) => imports.map(({ specifier }) => target(path, specifier)))
  )
  return all
    .map(({ path }) => path)
    .filter((path) => ships(path) && !entries.has(path) && !imported.has(path))
}

const undeclared = (all: typeof sources, manifest: { dependencies?: object; peerDependencies?: object }) => {
  const declared = new Set(Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }))
  return all
    .filter(({ path }) => ships(path))
    .flatMap(({ path, imports }) =>
      imports
        .map(({ specifier }) => specifier)
        .filter((specifier) => !specifier.startsWith(".") && !specifier.startsWith("node:"))
        .filter((specifier) => !declared.has(packageOf(specifier)))
        .map(
          (specifier) => `${path} imports ${specifier}, which is in neither dependencies nor peerDependencies`
        )
    )
}

describe("tidy imports", () => {
  it("finds sources to judge", () => {
    expect(sources.length).toBeGreaterThan(5)
    expect(allFiles()).toContain("package.json")
  })

  it("no file imports what its room may not", () => {
    expect(sources.flatMap(ringViolations)).toEqual([])
  })

  it("no files import each other in a circle", () => {
    expect(cycles(sources)).toEqual([])
  })

  // Until src/app.ts composes them, the rooms are unconnected, and a file that waits for it is not dead.
  it.runIf(allFiles().includes("src/app.ts"))("no shipped file is imported by nobody", () => {
    expect(deadFiles(sources)).toEqual([])
  })

  it("every package that shipped code names is installed with it", () => {
    expect(undeclared(sources, JSON.parse(read("package.json")) as object)).toEqual([])
  })
})

describe("tidy imports: the rules catch", () => {
  const allowed = [
    ["src/sep31/handlers.ts", `import { x } from "../sep12/Customers.ts"`],
    ["src/sep31/api.ts", `import { HttpApi } from "effect/http-api"`],
    ["src/payouts/execute.ts", `import { Effect } from "effect"`],
    ["src/main.ts", `import process from "node:process"; await import("./app.ts")`],
    ["src/app.ts", `import { layer } from "../adapters/stellar-horizon/Network.ts"`],
    ["src/testing/RailContract.ts", `import { Rails } from "../ports/Rails.ts"`],
    ["adapters/sandbox/SendingAnchor.ts", `import { Client } from "../../src/client/Client.ts"`],
    [
      "adapters/sandbox/Ledger.ts",
      `import { createServer } from "node:http"; import { a } from "./amounts.ts"`
    ],
    ["machines/payout/machine.ts", `import { setup } from "xstate"; import { Option } from "effect"`],
    ["src/runtime/step.ts", `import { transition } from "xstate"`],
    [
      "test/unit/x.test.ts",
      `import { it } from "vitest"; import { y } from "../../adapters/sandbox/Ledger.ts"`
    ]
  ] as const

  for (const [path, text] of allowed) {
    it(`nothing in ${path}: ${text}`, () => {
      expect(ringViolations(parse(path, text))).toEqual([])
    })
  }

  const forbidden = [
    ["src/sep12/Customers.ts", `import { x } from "../sep31/Transactions.ts"`, "floor 4 is below floor 5"],
    [
      "src/sep12/Customers.ts",
      `import type { X } from "../sep38/Quotes.ts"`,
      "two rooms of one floor are strangers"
    ],
    ["src/ports/Rails.ts", `export * from "../runtime/step.ts"`, "floor 2 is below floor 3"],
    [
      "src/payouts/x.ts",
      `import { x } from "../../adapters/sandbox/Rail.ts"`,
      "src/app alone knows adapters"
    ],
    [
      "src/cli/doctor.ts",
      `import { x } from "../../adapters/sandbox/Rail.ts"`,
      "src/app alone knows adapters"
    ],
    [
      "src/payouts/x.ts",
      `import { x } from "../../test/support/waitFor.ts"`,
      "imports nothing that does not"
    ],
    ["src/sep31/x.ts", `import { x } from "../testing/faults.ts"`, "nothing that serves customers"],
    [
      "adapters/sandbox/x.ts",
      `import { x } from "../signer-local/Signer.ts"`,
      "an adapter knows no other adapter"
    ],
    ["adapters/sandbox/x.ts", `import { x } from "../../src/payouts/execute.ts"`, "it may import machines"],
    ["adapters/stellar-rpc/x.ts", `import { x } from "../../src/client/Client.ts"`, "it may import machines"],
    ["src/main.ts", `import { app } from "./app.ts"`, "only after its version check"],
    ["src/main.ts", `import { Effect } from "effect"`, "no static import but of node:"],
    ["machines/payout/guards.ts", `import { and } from "xstate"`, "it is at home in machines/*/machine"],
    [
      "machines/payout/machine.ts",
      `import { Effect, Option } from "effect"`,
      "data modules only, not Effect"
    ],
    ["machines/payout/machine.ts", `import * as E from "effect"`, "name the modules"],
    ["machines/payout/machine.ts", `import { x } from "effect/Clock"`, "data modules only, not Clock"],
    [
      "machines/payout/machine.ts",
      `import { x } from "../../src/ports/Rails.ts"`,
      "floor 1 is below floor 2"
    ],
    ["src/sep31/x.ts", `import { setup } from "xstate"`, "it is at home in"],
    ["src/sep31/x.ts", `import { Keypair } from "@stellar/stellar-sdk"`, "it is at home in src/stellar"],
    ["src/sep31/x.ts", `const p = import("pg")`, "it is at home in adapters/storage-mikro-orm"],
    ["src/sep31/x.ts", `import { readFileSync } from "node:fs"`, "it is at home in src/main"],
    ["src/sep31/x.ts", `import { it } from "vitest"`, "it is for tests alone"],
    ["src/sep31/x.ts", `import { SqlClient } from "effect/sql"`, "no line of test/tidy/rings.ts"],
    ["src/sep31/x.ts", `import lodash from "lodash"`, "no line of test/tidy/rings.ts"],
    ["src/sep99/x.ts", ``, "stands in no room"]
  ] as const

  for (const [path, text, complaint] of forbidden) {
    it(`${path}: ${text}`, () => {
      const found = ringViolations(parse(path, text))

      expect(found).toHaveLength(1)
      expect(found[0]).toContain(complaint)
    })
  }

  it("a circle of three files, types included", () => {
    const circle = cycles([
      parse("src/ports/a.ts", `import { b } from "./b.ts"`),
      parse("src/ports/b.ts", `import type { c } from "./c.ts"`),
      parse("src/ports/c.ts", `export * from "./a.ts"`),
      parse("src/ports/d.ts", `import { a } from "./a.ts"`)
    ])

    expect(circle).toEqual(["src/ports/a.ts → src/ports/b.ts → src/ports/c.ts → src/ports/a.ts"])
  })

  it("a shipped file that nobody imports", () => {
    const all = [
      parse("src/index.ts", `export { a } from "./ports/a.ts"`),
      parse("src/ports/a.ts", ``),
      parse("src/ports/forgotten.ts", ``)
    ]

    expect(deadFiles(all)).toEqual(["src/ports/forgotten.ts"])
  })

  it("a package that only developers have", () => {
    const all = [parse("src/testing/x.ts", `import fc from "fast-check"; import { Effect } from "effect"`)]

    expect(undeclared(all, { peerDependencies: { effect: "4.1.0" } })).toHaveLength(1)
  })
})
