// An integrator's module in a folder that is no part of the project, as KEDGE_INTEGRATION names it; and every way it may
// be of no use, above all one that brings an Effect of its own.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { runKedge, spawnKedge } from "../../support/spawnKedge.ts"
import { configFile, rightEnvironment } from "../../support/configEnvironment.ts"
import { waitFor } from "../../support/waitFor.ts"
import { freePort } from "../../e2e/KedgeProcess.ts"

let outside: string
let port: number
let operatorPort: number
beforeAll(async () => {
  port = await freePort()
  operatorPort = await freePort()
  outside = mkdtempSync(join(realpathSync(tmpdir()), "kedge-integration-"))
  writeFileSync(join(outside, "kedge.json"), JSON.stringify(configFile))
})
afterAll(() => rmSync(outside, { recursive: true }))

const write = (path: string, text: string): string => {
  const file = join(outside, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  return file
}

const environment = (integration: string): Record<string, string> => ({
  ...(rightEnvironment as Record<string, string>),
  KEDGE_NETWORK: "",
  KEDGE_NETWORK_PASSPHRASE: "Kedge integrations",
  // Nothing listens there: the process starts all the same, and is not ready.
  KEDGE_HORIZON_URL: "http://127.0.0.1:9",
  KEDGE_ALLOW_LOCAL: "true",
  KEDGE_DATABASE_URL: "memory:",
  KEDGE_PORT: String(port),
  KEDGE_OPERATOR_PORT: String(operatorPort),
  KEDGE_CONFIG: join(outside, "kedge.json"),
  KEDGE_INTEGRATION: integration
})

const refusal = async (integration: string): Promise<string> => {
  const end = await runKedge({ words: ["serve"], directory: outside, environment: environment(integration) })
  expect(end.code).toBe(78)
  expect(end.stderr).toContain("one setting is wrong")
  return end.stderr
}

const bank = `
import { Effect, Layer } from "effect"
import { BusinessHooks, Rails } from "kedge"

const bank = {
  name: "bank",
  repeatable: false,
  concurrency: 2,
  timeoutSeconds: 5,
  execute: () => Effect.succeed({ _tag: "Delivered" })
}
const hooks = BusinessHooks.make({
  info: () => Effect.succeed({ fields: { transaction: { colour: { description: "Of the envelope" } } } })
})
export default Layer.mergeAll(Layer.succeed(Rails, Rails.one(bank)), Layer.succeed(BusinessHooks, hooks))
`

describe("KEDGE_INTEGRATION", () => {
  it("loads a module that lies outside every installation, and its hooks are asked", async () => {
    const module = write("plain/bank.js", bank)
    const spawned = spawnKedge({ words: ["serve"], directory: outside, environment: environment(module) })
    try {
      const info = await waitFor(
        "the hook's field in /info",
        async () => (await fetch(`http://127.0.0.1:${port}/sep31/info`)).text(),
        { timeoutMillis: 30_000 }
      )

      expect(info).toContain("Of the envelope")
    } finally {
      spawned.child.kill("SIGTERM")
    }
    expect(await spawned.ended).toEqual({ code: 0, signal: null })
  })

  it("a module built on another Effect is refused, naming both", async () => {
    write(
      "other/node_modules/effect/package.json",
      JSON.stringify({
        name: "effect",
        version: "4.0.5",
        type: "module",
        exports: { ".": "./index.js", "./package.json": "./package.json" }
      })
    )
    write("other/node_modules/effect/index.js", `export const Layer = { empty: { "~effect/Layer": {} } }`)
    const module = write("other/bank.js", `import { Layer } from "effect"\nexport default Layer.empty`)

    const said = await refusal(module)

    expect(said).toContain(`is built on effect 4.0.5 in ${join(outside, "other/node_modules/effect")}`)
    expect(said).toMatch(/Kedge runs on effect 4\.1\.0 in \/.*node_modules\/effect/)
  })

  it("a module with Effect bundled into it is refused", async () => {
    const module = write(
      "bundled/bank.js",
      `export default Object.create({ "~effect/Layer": {}, pipe() {} })`
    )

    expect(await refusal(module)).toContain("carries a copy of effect of its own")
  })

  it("a module that is not there, throws, or exports no layer is refused with the reason", async () => {
    const throwing = write("broken/throws.js", `throw new Error("the bank's library is missing")`)
    const shapeless = write("broken/shapeless.js", "export default {}")
    const railless = write(
      "broken/railless.js",
      `import { Layer } from "effect"\nimport { BusinessHooks } from "kedge"\nexport default Layer.succeed(BusinessHooks, BusinessHooks.make({}))`
    )

    const [missing, thrown, noLayer, noRails] = await Promise.all(
      [join(outside, "nowhere.js"), throwing, shapeless, railless].map(refusal)
    )

    expect(missing).toContain("cannot be loaded")
    expect(thrown).toContain("the bank's library is missing")
    expect(noLayer).toContain("no default export that is an Effect layer")
    expect(noRails).toContain("supplies no Rails")
  })
})
