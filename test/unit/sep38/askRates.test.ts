// What an institution's rate provider answers is checked as a stranger's: every rule, each by an answer that breaks it alone.
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Result } from "effect"
import { TestClock } from "effect/testing"
import { amount } from "../../../machines/domain/Amount.ts"
import { NoRate, type Rate, type RateQuestion, RateUnavailable } from "../../../src/ports/RateProvider.ts"
import { askRates } from "../../../src/sep38/askRates.ts"

const sellAsset = "stellar:USDC:GCFIRY65OQE7DFP5KLNS2PF2LVZMUZYJX4OZIEQ36N2IQANUB5XVYOJR"
const now = 1_800_000_000_000
const question: RateQuestion = {
  kind: "firm",
  sellAsset,
  buyAsset: "iso4217:BRL",
  given: "sell",
  amount: amount("100"),
  sellDecimals: 7,
  buyDecimals: 2,
  context: "sep31",
  sellDeliveryMethod: null,
  buyDeliveryMethod: "PIX",
  countryCode: null,
  client: null,
  untilMillis: now + 60_000
}

const ask = (answer: unknown, change: Partial<RateQuestion> = {}) =>
  askRates({ rate: () => Effect.succeed(answer as Rate) }, 5)({ ...question, ...change }, now)
const unavailable = (answer: unknown, change?: Partial<RateQuestion>) =>
  Effect.map(Effect.result(ask(answer, change)), (result) => {
    expect(result).toMatchObject({ _tag: "Failure", failure: { _tag: "RateUnavailable" } })
  })

describe("a rate provider's answer", () => {
  it.effect("of the right shape is taken as it stands, and a fee left out is none (S38-P-03, S38-F-11)", () =>
    Effect.gen(function* () {
      const details = [
        { name: "a", description: "b", amount: "1.5" },
        { name: "c", amount: "0.5" }
      ]
      const full = yield* ask({ rate: "5.420", fee: { total: "2.00", asset: "iso4217:BRL", details } })
      const bare = yield* ask({ rate: "5", untilMillis: now + 1 })

      expect(full).toEqual({
        rate: { units: 542n, scale: 2 },
        fee: { total: "2", asset: "iso4217:BRL", details },
        feeIn: "buy",
        untilMillis: null
      })
      expect(bare).toMatchObject({
        fee: { total: "0", asset: sellAsset },
        feeIn: "sell",
        untilMillis: now + 1
      })
    })
  )

  it.effect.each([
    ["no rate", {}],
    ["a rate of 0", { rate: "0.000" }],
    ["a negative rate", { rate: "-5" }],
    ["a rate as a number", { rate: 5.42 }],
    ["a rate in another notation", { rate: "5e3" }],
    ["a rate without end", { rate: `0.${"3".repeat(31)}` }],
    ["a rate beyond all measure", { rate: "1000000000000000000" }],
    ["nothing", null],
    ["a member nobody knows", { rate: "5", price: "0.2" }]
  ])("with %s is none: there is no rate now (S38-G-05)", ([, answer]) => unavailable(answer))

  it.effect.each([
    ["a negative total", { total: "-1", asset: sellAsset }],
    ["a total as a number", { total: 1, asset: sellAsset }],
    ["no asset", { total: "1" }],
    ["the asset of neither side", { total: "1", asset: "iso4217:EUR" }],
    ["more decimals than its asset has", { total: "1.001", asset: "iso4217:BRL" }],
    ["more decimals than Stellar has", { total: "1.00000001", asset: sellAsset }],
    [
      "a part with more decimals than its asset has",
      {
        total: "1",
        asset: "iso4217:BRL",
        details: [
          { name: "a", amount: "0.995" },
          { name: "b", amount: "0.005" }
        ]
      }
    ],
    [
      "parts that add up to less",
      { total: "1", asset: sellAsset, details: [{ name: "a", amount: "0.9999999" }] }
    ],
    [
      "parts that add up to more",
      { total: "1", asset: sellAsset, details: [{ name: "a", amount: "1.0000001" }] }
    ],
    ["parts of nothing", { total: "0", asset: sellAsset, details: [{ name: "a", amount: "0" }] }],
    ["a part without a name", { total: "1", asset: sellAsset, details: [{ amount: "1" }] }],
    ["a part with an empty name", { total: "1", asset: sellAsset, details: [{ name: "", amount: "1" }] }],
    ["a part without an amount", { total: "1", asset: sellAsset, details: [{ name: "a" }] }]
  ])("whose fee has %s is none (S38-F-11, H-17)", ([, fee]) => unavailable({ rate: "5", fee }))

  it.effect.each([now, now - 1, 1.5, "tomorrow"])("that holds until %s is none (S38-Q-05)", (untilMillis) =>
    unavailable({ rate: "5", untilMillis })
  )

  it.effect("says of an indicative rate nothing by its time (S38-PS-05)", () =>
    Effect.gen(function* () {
      const answer = yield* ask({ rate: "5", untilMillis: 1 }, { kind: "indicative", untilMillis: null })

      expect(answer.untilMillis).toBe(1)
    })
  )

  it.effect("that is late, dies or fails is none (S38-G-05)", () =>
    Effect.gen(function* () {
      const late = yield* Effect.forkChild(
        Effect.result(askRates({ rate: () => Effect.never }, 5)(question, now))
      )
      yield* TestClock.adjust("5 seconds")
      const answers = [
        yield* Fiber.join(late),
        yield* Effect.result(askRates({ rate: () => Effect.die("the desk") }, 5)(question, now)),
        yield* Effect.result(
          askRates(
            {
              rate: () => {
                throw new Error("before any effect")
              }
            },
            5
          )(question, now)
        ),
        yield* Effect.result(
          askRates({ rate: () => Effect.fail(new RateUnavailable({ message: "down" })) }, 5)(question, now)
        )
      ]

      for (const answer of answers) {
        expect(Result.isFailure(answer) && answer.failure._tag).toBe("RateUnavailable")
      }
    })
  )

  it.effect("that there is no rate reaches the client as it is said (S38-GEN-03)", () =>
    Effect.gen(function* () {
      const answer = yield* Effect.flip(
        askRates({ rate: () => Effect.fail(new NoRate({ message: "not on Sundays" })) }, 5)(question, now)
      )

      expect(answer).toMatchObject({ _tag: "NoRate", message: "not on Sundays" })
    })
  )
})
