// Rates by configuration as Kedge asks for them, and as clients are told of them once every check has passed.
import { describe, expect, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import { configuredRates } from "../../../adapters/rates-static/ConfiguredRates.ts"
import { amount } from "../../../machines/domain/Amount.ts"
import { priceOf } from "../../../machines/domain/Price.ts"
import type { QuotePair } from "../../../src/KedgeConfig.ts"
import { type RateQuestion, RateUnavailable } from "../../../src/ports/RateProvider.ts"
import { askRates } from "../../../src/sep38/askRates.ts"
import fc from "fast-check"
import { holdsAsync, seeded } from "../../support/seed.ts"

const sell = "stellar:USDC:GCFIRY65OQE7DFP5KLNS2PF2LVZMUZYJX4OZIEQ36N2IQANUB5XVYOJR"
const buy = "iso4217:BRL"
const pair: QuotePair = {
  sell,
  buy,
  rate: "5.42",
  spread: amount("0.5"),
  fee: { fixed: amount("1"), percent: amount("0.5") },
  feeIn: "sell"
}
const question: RateQuestion = {
  kind: "indicative",
  sellAsset: sell,
  buyAsset: buy,
  given: "sell",
  amount: amount("100"),
  sellDecimals: 7,
  buyDecimals: 2,
  context: "sep31",
  sellDeliveryMethod: null,
  buyDeliveryMethod: "PIX",
  countryCode: null,
  client: null,
  untilMillis: null
}

describe("configuredRates", () => {
  it.effect("is the pair's rate less its spread, with its fee in parts (S38-PS-05, S38-F-11)", () =>
    Effect.gen(function* () {
      expect(yield* configuredRates([pair]).rate(question)).toEqual({
        rate: "5.3929",
        fee: {
          total: "1.5",
          asset: sell,
          details: [
            { name: "Fixed fee", description: "For each payment", amount: "1" },
            { name: "Percentage fee", description: "0.5 % of the amount", amount: "0.5" }
          ]
        }
      })
    })
  )

  it.effect("a fee of one part is told without parts, and none as 0 (S38-P-05, S38-F-11)", () =>
    Effect.gen(function* () {
      const fixed = { ...pair, fee: { fixed: amount("2"), percent: amount("0") }, feeIn: "buy" as const }
      const free = { ...pair, fee: { fixed: amount("0"), percent: amount("0") } }

      expect((yield* configuredRates([fixed]).rate(question)).fee).toEqual({ total: "2", asset: buy })
      expect((yield* configuredRates([free]).rate(question)).fee).toEqual({ total: "0", asset: sell })
    })
  )

  it.effect("asks for the rate of a pair that has none, and has none where nobody tells it (S38-G-05)", () =>
    Effect.gen(function* () {
      const moving = { ...pair, rate: null }
      const told = yield* configuredRates([moving], () => Effect.succeed("6")).rate(question)
      const silent = yield* Effect.flip(configuredRates([moving]).rate(question))
      const down = yield* Effect.flip(
        configuredRates([moving], () => Effect.fail(new RateUnavailable({ message: "down" }))).rate(question)
      )
      const nonsense = yield* Effect.flip(
        configuredRates([moving], () => Effect.succeed("six")).rate(question)
      )

      expect(told.rate).toBe("5.97")
      expect([silent._tag, down._tag, nonsense._tag]).toEqual(Array(3).fill("RateUnavailable"))
    })
  )

  it.effect("a pair that is not there has no rate", () =>
    Effect.gen(function* () {
      const answer = yield* Effect.flip(
        configuredRates([pair]).rate({ ...question, sellAsset: buy, buyAsset: sell })
      )

      expect(answer._tag).toBe("NoRate")
    })
  )

  it(
    seeded(
      "whatever it answers passes the checks of a stranger's answer, and is a price (S38-F-04, S38-F-11)"
    ),
    () => {
      const stroops = (max: bigint) => fc.bigInt({ min: 1n, max }).map((units) => units)
      const decimals = fc.integer({ min: 0, max: 7 })
      return holdsAsync(
        fc.asyncProperty(
          fc.record({
            buyDecimals: decimals,
            given: fc.constantFrom("sell" as const, "buy" as const),
            feeIn: fc.constantFrom("sell" as const, "buy" as const),
            units: stroops(1_000_000n),
            rate: fc.integer({ min: 1, max: 1_000_000 }),
            spread: fc.integer({ min: 0, max: 99 }),
            fixed: fc.integer({ min: 0, max: 20 }),
            percent: fc.integer({ min: 0, max: 99 })
          }),
          async ({ buyDecimals, feeIn, fixed, given, percent, rate, spread, units }) => {
            const each: QuotePair = {
              ...pair,
              rate: `${Math.floor(rate / 1000)}.${String(rate % 1000).padStart(3, "0")}`,
              spread: amount(String(spread)),
              fee: { fixed: amount(String(fixed)), percent: amount(String(percent)) },
              feeIn
            }
            const asked = { ...question, given, buyDecimals, amount: amount(units.toString()) }
            const answer = await Effect.runPromise(
              Effect.result(askRates(configuredRates([each]), 5)(asked, 0))
            )
            if (Result.isFailure(answer)) {
              expect(Result.getOrThrow(Result.flip(answer))._tag).toBe("RateUnavailable")
              expect(rate).toBe(0)
              return
            }
            const { fee, feeIn: side, rate: exact } = answer.success
            const priced = priceOf({
              given,
              amount: asked.amount,
              rate: exact,
              fee: { total: fee.total, in: side },
              sellDecimals: 7,
              buyDecimals
            })
            if (Result.isSuccess(priced)) expect(Number(priced.success.buyAmount)).toBeGreaterThan(0)
          }
        ),
        300
      )
    }
  )
})
