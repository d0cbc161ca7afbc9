// The demo's configuration is read like an operator's, so what it offers must be right by the same rules.
import { Keypair } from "@stellar/stellar-sdk"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { demoConfig, demoEnvironment } from "../../../src/app/demo/demoSettings.ts"
import { demoPaths, type Keys } from "../../../src/app/demo/DemoFiles.ts"
import { readConfig } from "../../../src/cli/readConfig.ts"
import { dataKey, filesOf, jwtSecret } from "../../support/configEnvironment.ts"

const random = () => Keypair.random()
const assets = ["USDC", "EURC"].map((code) => ({ code, issuer: random().publicKey() }))
const keys: Keys = {
  signingSeed: random().secret(),
  senderSeed: random().secret(),
  receivingSeeds: Object.fromEntries(assets.map(({ code }) => [code, random().secret()])),
  jwtSecret,
  dataKey
}

describe("the demo's configuration", () => {
  it.effect("is right, and offers quotes for USDC at the sandbox's rate (S38-INFO-02, S31-INFO-14)", () =>
    Effect.gen(function* () {
      const paths = demoPaths(".kedge")
      const addresses = {
        port: 8000,
        operatorPort: 8001,
        sandbox: "http://127.0.0.1:8002",
        passphrase: "a sandbox"
      }
      const settings = yield* readConfig(demoEnvironment({}, paths, keys, addresses)).pipe(
        Effect.provide(filesOf({ [paths.config]: JSON.stringify(demoConfig(keys, assets)) }))
      )

      expect(settings.activeSeps).toContain("sep-38")
      expect(settings.assets.map(({ code, quotes }) => [code, quotes])).toEqual([
        ["USDC", "supported"],
        ["EURC", "off"]
      ])
      expect(settings.rates).toBe("sandbox")
      expect(settings.quotes?.pairs.map(({ buy }) => buy)).toEqual(["iso4217:BRL"])
    })
  )
})
