import { expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { describe } from "vitest"
import { amount, zero } from "../../../machines/domain/Amount.ts"
import { KedgeConfig, type Settings } from "../../../src/KedgeConfig.ts"
import { type AssetInfo, BusinessHooks, type Hooks } from "../../../src/ports/BusinessHooks.ts"
import { assetInfoWire, completed, Info, SettingsRefused, settingsFaults } from "../../../src/sep31/Info.ts"
import { containing } from "../../support/matchers.ts"
import { customerTypes, issuer, otherAnchor, usdc } from "../../support/sep31.ts"
import { testSettings } from "../../support/runtimeWorld.ts"

const plain = { ...usdc, fields: {}, senderTypes: [], receiverTypes: [] }
const published = (asset: Settings["assets"][number], answer: AssetInfo = {}) =>
  assetInfoWire(completed(asset, answer, { customerTypes }))
const served = (hooks: Partial<Hooks>, assets: Settings["assets"] = [usdc]) =>
  Info.layer.pipe(
    Layer.provide(Layer.succeed(KedgeConfig, { ...testSettings, assets, customerTypes })),
    Layer.provide(Layer.succeed(BusinessHooks, BusinessHooks.make(hooks)))
  )
const asked = (hooks: Partial<Hooks>) =>
  Effect.flatMap(Info, (info) => info.all("de")).pipe(Effect.provide(served(hooks)))

describe("the published asset", () => {
  it("is the union of what every version reads (S31-INFO-03, S31-INFO-04, S31-DUAL-03)", () => {
    expect(published(usdc)).toEqual({
      enabled: true,
      quotes_supported: false,
      quotes_required: false,
      funding_methods: ["SEPA", "SWIFT"],
      min_amount: 1,
      max_amount: 10000,
      fee_fixed: 1,
      fee_percent: 1,
      sep12: {
        sender: {
          types: {
            "sep31-sender": { description: "a person who sends money" },
            "sep31-large-sender": { description: "a person who sends much money" }
          }
        },
        receiver: { types: { "sep31-receiver": { description: "a person who receives money" } } }
      },
      sender_sep12_type: "sep31-sender",
      receiver_sep12_type: "sep31-receiver",
      fields: { transaction: usdc.fields }
    })
  })

  it("publishes every type of a side, also those that are wanted only sometimes (S31-INFO-11, S31-INFO-09)", () => {
    const { sep12 } = published({ ...usdc, receiverTypes: ["sep31-receiver", "sep31-sender"] })

    expect(Object.keys(sep12.sender.types ?? {})).toEqual(["sep31-sender", "sep31-large-sender"])
    expect(Object.keys(sep12.receiver.types ?? {})).toEqual(["sep31-receiver", "sep31-sender"])
  })

  it("has empty sides where no KYC is needed, and no fields where none are (S31-INFO-08, S31-INFO-10)", () => {
    const wire = published({ ...plain, minimum: null, maximum: null })

    expect(wire.sep12).toEqual({ sender: {}, receiver: {} })
    for (const member of ["fields", "sender_sep12_type", "receiver_sep12_type", "min_amount", "max_amount"]) {
      expect(wire).not.toHaveProperty(member)
    }
  })

  it("writes amounts as exact JSON numbers, the smallest too (S31-INFO-05)", () => {
    const text = JSON.stringify(
      published({ ...plain, minimum: amount("0.0000001"), maximum: amount("123456789.1234567") })
    )

    expect(text).toContain('"max_amount":123456789.1234567')
    expect(JSON.parse(text)).toMatchObject({ min_amount: 0.0000001 })
  })
})

describe("info(asset, lang)", () => {
  it("takes the hook's fields and types in place of the configured ones (S31-INFO-02, S31-INFO-09)", () => {
    const fields = { transaction: { iban: { description: "IBAN des Empfängers" } } }
    const wire = published(usdc, {
      fields,
      receiverSep12Type: "sep31-business",
      senderTypes: { s: { description: "wer zahlt" } }
    })

    expect(wire.fields).toEqual(fields)
    expect(wire.sender_sep12_type).toBe("s")
    expect(wire.sep12.sender.types).toEqual({ s: { description: "wer zahlt" } })
    expect(wire.receiver_sep12_type).toBe("sep31-business")
    expect(wire.sep12.receiver.types).toEqual({ "sep31-business": { description: "sep31-business" } })
  })

  it.effect("is asked for every asset in the language of the request (S31-INFO-02)", () =>
    Effect.gen(function* () {
      const questions: Array<string> = []
      const info: Hooks["info"] = (asset, lang) => Effect.sync(() => (questions.push(`${asset} ${lang}`), {}))
      yield* asked({ info })

      expect(questions).toEqual([`stellar:USDC:${issuer} de`])
    })
  )

  it.effect.each([
    ["nothing", undefined],
    ["text", "fields"],
    ["fields without transaction", { fields: {} }],
    ["a second key beside transaction", { fields: { transaction: {}, other: {} } }],
    ["a field without description", { fields: { transaction: { iban: {} } } }],
    ["a field as the seed's tuple", { fields: { transaction: { iban: ["IBAN"] } } }],
    ["choices that are no list", { fields: { transaction: { iban: { description: "x", choices: "a" } } } }],
    ["a member nobody knows", { feilds: { transaction: {} } }],
    ["an empty type", { senderSep12Type: "" }]
  ])("that answers %s is our fault, told precisely (S31-ERR-06, S31-INFO-12)", ([, answer]) =>
    Effect.gen(function* () {
      const fault = yield* Effect.flip(asked({ info: () => Effect.succeed(answer as AssetInfo) }))

      expect(fault).toMatchObject({ _tag: "HookFault", reason: "malformed" })
      expect(fault.message).toContain("the info hook answered outside its type")
    })
  )

  it.effect("names the member of the answer that is wrong", () =>
    Effect.gen(function* () {
      const answer = { fields: { transaction: { iban: { description: 7 } } } } as unknown as AssetInfo
      const fault = yield* Effect.flip(asked({ info: () => Effect.succeed(answer) }))

      expect(fault.message).toContain("fields.transaction.iban.description")
    })
  )
})

describe("the settings", () => {
  it("cannot hold two assets of one code (S31-INFO-07, H-36)", () => {
    const faults = settingsFaults({ quotes: null, assets: [plain, { ...plain, issuer: otherAnchor }] })

    expect(faults).toEqual([containing("two assets have the code USDC")])
  })

  it("cannot hold an amount that no JSON number is (S31-INFO-05)", () => {
    const faults = settingsFaults({
      quotes: null,
      assets: [{ ...plain, maximum: amount("922337203685.4775807") }]
    })

    expect(faults).toEqual([containing("maximum of USDC is 922337203685.4775807")])
    expect(
      settingsFaults({
        quotes: null,
        assets: [{ ...plain, fee: { fixed: zero, percent: amount("0.0000001") } }]
      })
    ).toEqual([])
  })

  const brl = {
    asset: "iso4217:BRL",
    decimals: 2,
    countryCodes: [],
    buyDeliveryMethods: [
      { name: "SEPA", description: "SEPA" },
      { name: "SWIFT", description: "SWIFT" }
    ],
    sellDeliveryMethods: [],
    capacity: null
  }
  const pair = {
    sell: `stellar:USDC:${issuer}`,
    buy: brl.asset,
    rate: "5",
    spread: zero,
    fee: { fixed: zero, percent: zero },
    feeIn: "sell" as const
  }
  const quotes = { offChain: [brl], pairs: [pair], openMax: 10, clients: "sending-anchors" as const }

  it.each([
    ["supported", true, false],
    ["required", true, true],
    ["off", false, false]
  ] as const)("say that quotes are %s (S31-INFO-03, S31-INFO-06)", (configured, supported, required) => {
    const wire = published({ ...plain, quotes: configured })

    expect([wire.quotes_supported, wire.quotes_required]).toEqual([supported, required])
    expect(settingsFaults({ quotes, assets: [{ ...plain, quotes: configured }] })).toEqual([])
  })

  it.each(["supported", "required"] as const)(
    "cannot have quotes %s without a pair (S31-INFO-06)",
    (wanted) => {
      const assets = [{ ...plain, quotes: wanted }]

      expect(settingsFaults({ quotes: null, assets })).toEqual([containing("no pair")])
      expect(settingsFaults({ quotes: { ...quotes, pairs: [] }, assets })).toEqual([containing("no pair")])
    }
  )

  it.each([
    ["a funding method that delivers nothing bought", ["SEPA", "SWIFT", "PIX"]],
    ["a delivery method that is no funding method", ["SEPA"]]
  ])("cannot have %s (S31-INFO-14)", (_, fundingMethods) => {
    const faults = settingsFaults({ quotes, assets: [{ ...plain, quotes: "supported", fundingMethods }] })

    expect(faults).toEqual([containing("both must have the same")])
  })

  it.effect("that cannot be published keep the API from starting", () =>
    Effect.gen(function* () {
      const start = Effect.scoped(Layer.build(served({}, [plain, { ...plain, issuer: otherAnchor }])))

      expect(yield* Effect.flip(start)).toBeInstanceOf(SettingsRefused)
    })
  )
})
