// The committed reference of the configuration is what the code would write now.
import { readFileSync } from "node:fs"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { configPage, configSchema, example } from "../../../src/cli/configPage.ts"
import { allVariables } from "../../../src/cli/variables.ts"
import { read } from "../../support/configEnvironment.ts"

const committed = (name: string) => readFileSync(`docs/reference/${name}`, "utf8")

describe("configPage", () => {
  it("docs/reference/config.md is fresh; if not: node dist/main.js config > docs/reference/config.md", () => {
    expect(committed("config.md")).toBe(configPage())
  })

  it("config.schema.json is fresh; if not: node dist/main.js config --schema > docs/reference/config.schema.json", () => {
    expect(committed("config.schema.json")).toBe(configSchema())
  })

  it("every variable stands on the page once", () => {
    for (const { name } of allVariables) {
      expect(configPage().split(`\n| \`${name}\` |`).length, name).toBe(2)
    }
  })

  it.effect("the example on the page is a right configuration", () =>
    Effect.gen(function* () {
      const settings = yield* read({}, { "kedge.json": JSON.stringify(example) })

      expect(settings.assets).toHaveLength(1)
    })
  )
})
