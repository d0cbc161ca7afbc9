// The equalities of SEP-38 between amounts, fee and prices, for any amount, rate, fee and decimals: exactly, and as Stellar's
// validator computes them, in doubles.
import fc from "fast-check"
import { Result } from "effect"
import { describe, expect, it } from "vitest"
import { type Amount, amount, fromStroops, stroopsMax, toStroops } from "../../../machines/domain/Amount.ts"
import { type Decimal, decimalText, parseDecimal, powerOfTen } from "../../../machines/domain/Decimal.ts"
import {
  bought,
  decimalsOf,
  type Priced,
  priceOf,
  priceOfRate,
  roundDown,
  type Terms
} from "../../../machines/domain/Price.ts"
import { holds, seeded } from "../../support/seed.ts"

/** The most digits an amount may have to be told from its neighbours in doubles, with some to spare. */
const doubleStroops = 10n ** 14n

const rates: fc.Arbitrary<Decimal> = fc
  .record({ units: fc.bigInt({ min: 1n, max: 10n ** 9n }), scale: fc.integer({ min: 0, max: 9 }) })
  .map(({ scale, units }) => Result.getOrThrow(parseDecimal(decimalText({ units, scale }))))

const amountWith = (decimals: number, max: bigint) =>
  fc
    .bigInt({ min: 1n, max: max / powerOfTen(7 - decimals) })
    .map((units) => fromStroops(units * powerOfTen(7 - decimals)))

/** Any question; many have no answer, and those that have must be right. */
const terms = (max = doubleStroops): fc.Arbitrary<Terms> =>
  fc
    .record({
      sellDecimals: fc.constantFrom(7, 7, 7, 2),
      buyDecimals: fc.integer({ min: 0, max: 7 }),
      given: fc.constantFrom("sell" as const, "buy" as const),
      feeIn: fc.constantFrom("sell" as const, "buy" as const),
      isFree: fc.boolean(),
      rate: rates
    })
    .chain(({ buyDecimals, feeIn, given, isFree, rate, sellDecimals }) => {
      const decimals = { sell: sellDecimals, buy: buyDecimals }
      return fc.record({
        given: fc.constant(given),
        amount: amountWith(decimals[given], max),
        rate: fc.constant(rate),
        fee: fc.record({
          total: isFree ? fc.constant(amount("0")) : amountWith(decimals[feeIn], 10n ** 9n),
          in: fc.constant(feeIn)
        }),
        sellDecimals: fc.constant(sellDecimals),
        buyDecimals: fc.constant(buyDecimals)
      })
    })
    .filter(({ amount, rate }) => {
      // Neither side beyond what a double tells apart.
      const other = (toStroops(amount) * rate.units) / powerOfTen(rate.scale)
      const back = (toStroops(amount) * powerOfTen(rate.scale)) / rate.units
      return other <= max && back <= max
    })

/** Every question that can be answered, with its answer. */
const answered = (max?: bigint) =>
  terms(max)
    .map((asked) => [asked, priceOf(asked)] as const)
    .filter(([, result]) => Result.isSuccess(result))
    .map(([asked, result]) => [asked, Result.getOrThrow(result)] as const)

/** As the validator has it: amounts and prices read as doubles, rounded to the decimals of the asset bought. */
const roundedTo = (decimals: number) => (value: number) =>
  Math.round(value * Math.pow(10, decimals)) / Math.pow(10, decimals)

const numbersOf = ({ buyAmount, price, sellAmount, totalPrice }: Priced, fee: Amount) => ({
  S: Number(sellAmount),
  B: Number(buyAmount),
  F: Number(fee),
  price: Number(price),
  totalPrice: Number(totalPrice)
})

/** `a * b` less `c`, in units of 10^-(scale of both), for exact comparisons. */
const productMinus = (price: string, factor: bigint, wanted: bigint): readonly [bigint, bigint] => {
  const { scale, units } = Result.getOrThrow(parseLong(price))
  const one = powerOfTen(scale)
  const off = units * factor - wanted * one
  return [off < 0n ? -off : off, one]
}
const parseLong = (text: string): Result.Result<Decimal, string> => {
  const [whole = "", fraction = ""] = text.split(".")
  return Result.succeed({ units: BigInt(whole + fraction), scale: fraction.length })
}

const runs = 2000

describe(seeded("priceOf"), () => {
  it("sell = total_price * buy, as the validator rounds (S38-F-01, S38-F-04)", () => {
    holds(
      fc.property(answered(), ([{ buyDecimals, fee }, priced]) => {
        const { B, S, totalPrice } = numbersOf(priced, fee.total)
        const round = roundedTo(buyDecimals)
        expect(round(S / totalPrice)).toBe(round(B))
      }),
      runs
    )
  })

  it("price holds with the fee on its side, as the validator rounds (S38-F-02, S38-F-04)", () => {
    holds(
      fc.property(answered(), ([{ buyDecimals, fee }, priced]) => {
        const { B, F, S, price } = numbersOf(priced, fee.total)
        const round = roundedTo(buyDecimals)
        if (fee.in === "sell") expect(round(S - F)).toBe(round(price * B))
        else expect(round(S / price)).toBe(round(B + F))
      }),
      runs
    )
  })

  it("holds where sell - fee lies half way between two units of the asset bought (S38-F-04)", () => {
    const halves = fc
      .record({
        buyDecimals: fc.integer({ min: 0, max: 6 }),
        units: fc.bigInt({ min: 1n, max: 10n ** 6n }),
        fees: fc.bigInt({ min: 0n, max: 3n }),
        rate: rates
      })
      .map(({ buyDecimals, fees, rate, units }): Terms => {
        const unit = powerOfTen(7 - buyDecimals)
        const fee = { total: fromStroops(fees * unit), in: "sell" as const }
        const net = units * unit + unit / 2n
        return {
          given: "sell",
          amount: fromStroops(net + fees * unit),
          rate,
          fee,
          sellDecimals: 7,
          buyDecimals
        }
      })
    holds(
      fc.property(halves, (asked) => {
        const result = priceOf(asked)
        if (Result.isFailure(result)) return
        const { B, F, S, price } = numbersOf(result.success, asked.fee.total)
        const round = roundedTo(asked.buyDecimals)
        expect(round(price * B)).toBe(round(S - F))
      }),
      runs
    )
  })

  it("both equalities hold exactly to far more decimals than the asset bought has (S38-F-04, S38-F-05)", () => {
    holds(
      fc.property(answered(), ([{ buyDecimals, fee }, priced]) => {
        const [S, B, F] = [priced.sellAmount, priced.buyAmount, fee.total].map((each) => toStroops(each))
        if (S === undefined || B === undefined || F === undefined) throw new Error("three amounts")
        // A tenth of a unit in the last place of the asset bought, in stroops: a rounding apart, never more.
        const tolerance = powerOfTen(7 - buyDecimals)
        const total = productMinus(priced.totalPrice, B, S)
        const net =
          fee.in === "sell" ? productMinus(priced.price, B, S - F) : productMinus(priced.price, B + F, S)
        expect(total[0] * 10n <= tolerance * total[1]).toBe(true)
        expect(net[0] * 10n <= tolerance * net[1]).toBe(true)
      }),
      runs
    )
  })

  it("the amount the client named comes back as it was (S38-F-08)", () => {
    holds(
      fc.property(answered(stroopsMax), ([{ amount: named, given }, { buyAmount, sellAmount }]) => {
        expect(given === "sell" ? sellAmount : buyAmount).toBe(named)
      }),
      runs
    )
  })

  it("the other amount keeps to its decimals, and rounds our way by less than one unit (S38-F-06, S38-F-07)", () => {
    holds(
      fc.property(answered(stroopsMax), ([{ buyDecimals, fee, given, rate, sellDecimals }, priced]) => {
        const [S, B, F] = [priced.sellAmount, priced.buyAmount, fee.total].map((each) => toStroops(each))
        if (S === undefined || B === undefined || F === undefined) throw new Error("three amounts")
        expect(decimalsOf(priced.buyAmount)).toBeLessThanOrEqual(buyDecimals)
        expect(decimalsOf(priced.sellAmount)).toBeLessThanOrEqual(sellDecimals)
        const one = powerOfTen(rate.scale)
        const [net, gross] = fee.in === "sell" ? [S - F, B] : [S, B + F]
        // Both sides in stroops bought, times the rate's scale.
        const exact = net * rate.units
        const got = gross * one
        expect(got <= exact).toBe(true)
        const unit =
          given === "sell"
            ? powerOfTen(7 - buyDecimals) * one
            : powerOfTen(7 - sellDecimals) * rate.units + one
        expect(exact - got < unit).toBe(true)
      }),
      runs
    )
  })

  it("nothing is bought for nothing: both amounts are more than 0, or there is no price (S38-F-09)", () => {
    holds(
      fc.property(terms(stroopsMax), (asked) => {
        const result = priceOf(asked)
        if (Result.isFailure(result)) return
        expect(toStroops(result.success.buyAmount) > 0n).toBe(true)
        expect(
          toStroops(result.success.sellAmount) > (asked.fee.in === "sell" ? toStroops(asked.fee.total) : 0n)
        ).toBe(true)
      }),
      runs
    )
  })

  it("prices are plain decimals, never rounded to a few digits (S38-F-05, S38-GEN-05)", () => {
    holds(
      fc.property(answered(stroopsMax), ([, { price, totalPrice }]) => {
        for (const text of [price, totalPrice]) expect(text).toMatch(/^(0|[1-9][0-9]*)(\.[0-9]*[1-9])?$/)
      }),
      runs
    )
  })
})

describe(seeded("priceOfRate"), () => {
  it("is the inverse of the rate, to twenty digits (S38-PS-03)", () => {
    holds(
      fc.property(rates, (rate) => {
        const [off, one] = productMinus(priceOfRate(rate), rate.units, powerOfTen(rate.scale))
        expect(off * powerOfTen(15) <= powerOfTen(rate.scale) * one).toBe(true)
      }),
      runs
    )
  })
})

describe(seeded("bought"), () => {
  it("never gives more than the rate does", () => {
    holds(
      fc.property(
        fc.bigInt({ min: 0n, max: stroopsMax }),
        rates,
        fc.integer({ min: 0, max: 7 }),
        (stroops, rate, buyDecimals) => {
          const got = bought(stroops, { rate, buyDecimals })
          expect(got * powerOfTen(rate.scale) <= stroops * rate.units).toBe(true)
          expect(roundDown(got, buyDecimals)).toBe(got)
        }
      )
    )
  })
})
