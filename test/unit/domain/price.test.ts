// The worked examples of SEP-38, and rates as they are configured.
import { Result } from "effect"
import { describe, expect, it } from "vitest"
import { amount } from "../../../machines/domain/Amount.ts"
import { minorUnits } from "../../../machines/domain/Currency.ts"
import { decimalText, parseDecimal } from "../../../machines/domain/Decimal.ts"
import { priceOf, priceOfRate, type Terms } from "../../../machines/domain/Price.ts"
import { feeOfTerms, feeParts, type FeeQuestion, lessSpread } from "../../../machines/domain/Rate.ts"

const decimal = (text: string) => Result.getOrThrow(parseDecimal(text))
const asked = (rest: Partial<Terms>): Terms => ({
  given: "sell",
  amount: amount("100"),
  rate: decimal("5"),
  fee: { total: amount("0"), in: "sell" },
  sellDecimals: 7,
  buyDecimals: 2,
  ...rest
})
const priced = (rest: Partial<Terms>) => Result.getOrThrow(priceOf(asked(rest)))

describe("priceOf", () => {
  it("100 USDC, of which 10 are the fee, for 500 BRL: total_price 0.20, price 0.18 (S38-F-10)", () => {
    const fee = { total: amount("10"), in: "sell" } as const

    expect(priced({ rate: decimal("5.5555556"), fee })).toEqual({
      sellAmount: "100",
      buyAmount: "500",
      price: "0.18",
      totalPrice: "0.2"
    })
  })

  it("the fee in the asset bought: 100 USDC at 0.20, fee 20 BRL, gives 480 BRL (S38-F-02)", () => {
    const fee = { total: amount("20"), in: "buy" } as const

    expect(priced({ fee })).toMatchObject({
      buyAmount: "480",
      price: "0.2",
      totalPrice: "0.20833333333333333333"
    })
    expect(priced({ given: "buy", amount: amount("480"), fee })).toMatchObject({ sellAmount: "100" })
  })

  it("given what is bought, what is sold is rounded up, by less than a stroop (S38-F-06)", () => {
    expect(priced({ given: "buy", amount: amount("100"), rate: decimal("3") })).toMatchObject({
      sellAmount: "33.3333334"
    })
  })

  it.each([
    [{ fee: { total: amount("100"), in: "sell" } }, "fee"],
    [{ fee: { total: amount("500"), in: "buy" } }, "fee"],
    [{ amount: amount("0.001") }, "nothing"],
    [{ given: "buy", amount: amount("900000000000"), rate: decimal("0.1") }, "beyond"],
    [{ amount: amount("900000000000"), rate: decimal("2") }, "beyond"]
  ] as const)("%o is refused: %s (S38-F-09)", (rest, fault) => {
    expect(priceOf(asked(rest))).toEqual(Result.fail(fault))
  })

  it("the leftover price * buy_amount = sell_amount is not what price means (S38-F-03, H-13)", () => {
    const { buyAmount, price, sellAmount } = priced({ fee: { total: amount("10"), in: "sell" } })

    expect(Number(price) * Number(buyAmount)).not.toBeCloseTo(Number(sellAmount), 1)
  })
})

describe("priceOfRate", () => {
  it("is the price of one unit bought (S38-PS-03)", () => {
    expect(priceOfRate(decimal("5"))).toBe("0.2")
    expect(priceOfRate(decimal("0.0625"))).toBe("16")
  })
})

describe("parseDecimal", () => {
  it.each(["", ".5", "5.", "05", "-1", "1e3", "1,5", " 1", "1".repeat(19), `0.${"1".repeat(31)}`])(
    "%j is none",
    (text) => {
      expect(Result.isFailure(parseDecimal(text))).toBe(true)
    }
  )

  it.each([
    ["0", "0"],
    ["10.50", "10.5"],
    ["100", "100"],
    ["0.000001", "0.000001"]
  ])("%s is %s", (text, canonical) => {
    expect(decimalText(decimal(text))).toBe(canonical)
  })
})

describe("a configured rate", () => {
  it("gives up its spread exactly (S38-PS-05)", () => {
    const rate = (spread: string) => Result.map(lessSpread("5.42", amount(spread)), decimalText)

    expect(rate("0")).toEqual(Result.succeed("5.42"))
    expect(rate("0.5")).toEqual(Result.succeed("5.3929"))
    expect(rate("33.3333333")).toEqual(Result.succeed("3.61333333514"))
    expect(Result.isFailure(lessSpread("five", amount("0")))).toBe(true)
  })

  const fee = (rest: Partial<FeeQuestion>) =>
    feeOfTerms({
      terms: { fixed: amount("1"), percent: amount("2") },
      in: "sell",
      given: "sell",
      amount: amount("100"),
      rate: decimal("5"),
      sellDecimals: 7,
      buyDecimals: 2,
      ...rest
    })

  it("takes its fee of the gross amount of the fee's asset, whichever side was named (S38-F-06)", () => {
    expect(fee({})).toBe("3")
    // 485 BRL are 97 USDC; with the fee of 3 that is the 100 above
    expect(fee({ given: "buy", amount: amount("485") })).toBe("3")
    expect(fee({ in: "buy" })).toBe("11")
    expect(fee({ in: "buy", given: "buy", amount: amount("489") })).toBe("11")
  })

  it("rounds its fee up to its asset's decimals (S38-F-06)", () => {
    const terms = { fixed: amount("0"), percent: amount("0.333") }

    expect(fee({ terms, amount: amount("0.0000001") })).toBe("0.0000001")
    expect(fee({ terms, in: "buy", amount: amount("1") })).toBe("0.02")
    expect(fee({ terms, in: "buy", amount: amount("1"), buyDecimals: 0 })).toBe("1")
  })

  it("has no fee where the terms leave nothing to name", () => {
    expect(fee({ terms: { fixed: amount("0"), percent: amount("100") }, given: "buy" })).toBeNull()
  })

  it("tells a fee of two parts in parts that add up to it (S38-F-11)", () => {
    const terms = { fixed: amount("1"), percent: amount("2") }

    expect(feeParts(terms, amount("3")).map((part) => part.amount)).toEqual(["1", "2"])
    expect(feeParts({ ...terms, percent: amount("0") }, amount("1"))).toEqual([])
    expect(feeParts(terms, amount("0"))).toEqual([])
  })
})

describe("minorUnits", () => {
  it.each([
    ["JPY", 0],
    ["USD", 2],
    ["BRL", 2],
    ["KWD", 3],
    ["CLF", 4]
  ])("%s has %i (S38-F-07)", (currency, decimals) => {
    expect(minorUnits(currency)).toBe(decimals)
  })
})
