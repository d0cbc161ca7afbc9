import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { configuredRails, railProblems } from "../../../src/app/ports.ts"
import { type PaymentRail, Rails } from "../../../src/ports/Rails.ts"
import { testSettings } from "../../support/runtimeWorld.ts"
import type { Settings } from "../../../src/KedgeConfig.ts"

const rail = (name: string, timeoutSeconds = 30): PaymentRail => ({
  name,
  repeatable: false,
  concurrency: 1,
  timeoutSeconds,
  execute: () => Effect.succeed({ _tag: "Unknown" })
})
const [bank, post] = [rail("bank"), rail("post")]
const both: Rails["Service"] = {
  all: [bank, post],
  find: () => undefined,
  byName: (name) => [bank, post].find((each) => each.name === name)
}
const [asset] = testSettings.assets
const settingsWith = (change: object): Settings => ({
  ...testSettings,
  assets: asset === undefined ? [] : [{ ...asset, ...change }]
})
const id = `stellar:${asset?.code ?? ""}:${asset?.issuer ?? ""}`

describe("configuredRails", () => {
  it("the configuration's rail for a method goes before the rails' own choice", () => {
    const settings = settingsWith({ fundingMethods: ["SEPA", "SWIFT"], rails: { SWIFT: "post" } })
    const rails = configuredRails(settings, { ...both, find: () => bank })

    expect(rails.find(id, "SWIFT")?.name).toBe("post")
    expect(rails.find(id, "SEPA")?.name).toBe("bank")
  })
})

describe("railProblems", () => {
  it("no rail at all is a problem", () => {
    const none: Rails["Service"] = { all: [], find: () => undefined, byName: () => undefined }

    expect(railProblems(testSettings, none).map(({ name }) => name)).toEqual(["KEDGE_INTEGRATION"])
  })

  it("a method that no rail serves is a problem, and so is a name that no rail has", () => {
    const settings = settingsWith({
      fundingMethods: ["SEPA", "SWIFT"],
      rails: { SEPA: "bank", SWIFT: "pigeon" }
    })

    expect(railProblems(settings, configuredRails(settings, both))).toEqual([
      {
        name: "KEDGE_CONFIG assets[0]",
        message: "no rail serves USDC by SWIFT; name one in rails (there are bank, post)"
      }
    ])
  })

  it("a rail that may take longer than a payout's lease is a problem", () => {
    const slow = Rails.one(rail("slow", testSettings.timing.payoutLease))

    expect(railProblems(testSettings, slow).map(({ name }) => name)).toEqual(["KEDGE_PAYOUT_LEASE_SECONDS"])
  })

  it("one rail given alone serves all", () => {
    expect(railProblems(testSettings, Rails.one(bank))).toEqual([])
  })
})
