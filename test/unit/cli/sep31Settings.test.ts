// What the configuration file says of SEP-31 alone: generations of clients, payments of another amount, times, and names of fields.
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { configFile, read, sender } from "../../support/configEnvironment.ts"

const [asset] = configFile.assets
const withAsset = (more: object) =>
  read({}, { "kedge.json": JSON.stringify({ ...configFile, assets: [{ ...asset, ...more }] }) })
const withAnchor = (more: object) =>
  read(
    {},
    {
      "kedge.json": JSON.stringify({
        ...configFile,
        sendingAnchors: [{ account: sender.publicKey(), name: "Sender", ...more }]
      })
    }
  )
const problemsOf = (attempt: ReturnType<typeof withAsset>) =>
  Effect.map(Effect.flip(attempt), (error) => ("problems" in error ? error.problems : []))

describe("the configuration file", () => {
  it.effect("says which generation a Sending Anchor speaks (S31-DUAL-01)", () =>
    Effect.gen(function* () {
      const settings = yield* withAnchor({ profile: "v1", endsInError: true })

      expect(settings.sendingAnchors).toEqual([
        { account: sender.publicKey(), name: "Sender", profile: "v1", endsInError: true }
      ])
    })
  )

  it.effect.each([
    ["a generation nobody knows", { profile: "v4" }, "profile"],
    ["another showing of ends for a client of today", { endsInError: true }, "endsInError"],
    ["another showing of ends for v2", { profile: "v2", endsInError: true }, "endsInError"]
  ] as const)("is refused with %s (S31-DUAL-01, S31-DUAL-08)", ([, more, name]) =>
    Effect.gen(function* () {
      const problems = yield* problemsOf(withAnchor(more))

      expect(problems.map((each) => each.name)).toEqual([`KEDGE_CONFIG sendingAnchors[0].${name}`])
    })
  )

  it.effect(
    "says what is done with a payment of another amount, and returns an excess otherwise (S31-AMT-10)",
    () =>
      Effect.gen(function* () {
        const { assets } = yield* withAsset({ mismatch: { under: "refundAll" } })
        const { assets: delivering } = yield* withAsset({ mismatch: { over: "deliver" } })

        expect(assets[0]?.mismatch).toEqual({ over: "refundExcess", under: "refundAll" })
        expect(delivering[0]?.mismatch).toEqual({ over: "deliver", under: "deliver" })
      })
  )

  it.effect("says how long a payment is waited for and a payout takes (S31-ST-10, S31-GET-03)", () =>
    Effect.gen(function* () {
      const settings = yield* withAsset({ lifetime: 3600, payoutSeconds: { SEPA: 86_400 } })

      expect(settings.assets[0]).toMatchObject({ lifetime: 3600, payoutSeconds: { SEPA: 86_400 } })
    })
  )

  it.effect("maps fields to SEP-9 names (S31-KYC-08)", () =>
    Effect.gen(function* () {
      const settings = yield* withAsset({ fieldMapping: { account_number: "bank_account_number" } })

      expect(settings.assets[0]?.fieldMapping).toEqual({ account_number: "bank_account_number" })
    })
  )

  it.effect.each([
    ["excess returned of too little", { mismatch: { under: "refundExcess" } }, "mismatch.under"],
    ["no time at all", { lifetime: 0 }, "lifetime"],
    ["a time for a method it has not", { payoutSeconds: { PIX: 10 } }, "payoutSeconds"],
    ["a mapping of no field", { fieldMapping: { iban: "bank_account_number" } }, "fieldMapping"],
    ["a mapping to no name of SEP-9", { fieldMapping: { account_number: "account" } }, "fieldMapping"],
    ["a mapping to a file", { fieldMapping: { account_number: "photo_id_front" } }, "fieldMapping"]
  ] as const)("is refused with %s (S31-KYC-08, S31-AMT-10)", ([, more, name]) =>
    Effect.gen(function* () {
      const problems = yield* problemsOf(withAsset(more))

      expect(problems.map((each) => each.name)).toEqual([`KEDGE_CONFIG assets[0].${name}`])
    })
  )
})
