import { BigDecimal, Result } from "effect"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  add,
  amount,
  fromStroops,
  isLess,
  isMore,
  parseAmount,
  stroopsMax,
  subtract,
  sum,
  toStroops
} from "../../../machines/domain/Amount.ts"
import { holds, seeded } from "../../support/seed.ts"

const stroops = fc.oneof(
  fc.bigInt({ min: 0n, max: stroopsMax }),
  fc.bigInt({ min: 0n, max: 100_000_000n }),
  fc.constantFrom(0n, 1n, 9_999_999n, 10_000_000n, 10_000_001n, stroopsMax - 1n, stroopsMax)
)
/** The same number by another's arithmetic. */
const decimal = (text: string) => BigDecimal.fromStringUnsafe(text)

describe(seeded("Amount"), () => {
  it("prints what it parses back to the same stroops (S31-POST-02)", () => {
    holds(
      fc.property(stroops, (value) => {
        const text = fromStroops(value)

        expect(parseAmount(text)).toEqual(Result.succeed(text))
        expect(toStroops(text)).toBe(value)
        expect(BigDecimal.equals(decimal(text), BigDecimal.make(value, 7))).toBe(true)
      })
    )
  })

  it("has one spelling: padding with zeros parses to the same string, and no other number does", () => {
    holds(
      fc.property(stroops, stroops, fc.nat(7), (one, other, zeros) => {
        const text = fromStroops(one)
        const [whole = "", fraction = ""] = text.split(".")
        const padded = fraction.padEnd(Math.min(7, fraction.length + zeros), "0")

        expect(parseAmount(padded === "" ? whole : `${whole}.${padded}`)).toEqual(Result.succeed(text))
        expect(fromStroops(other) === text).toBe(one === other)
      })
    )
  })

  it("adds, subtracts and compares as exact decimals do", () => {
    holds(
      fc.property(stroops, stroops, (x, y) => {
        const [low, high] = x < y ? [x, y] : [y, x]
        const a = fromStroops(low)
        const b = fromStroops(high)

        expect(toStroops(subtract(b, a))).toBe(high - low)
        expect(isLess(a, b)).toBe(BigDecimal.isLessThan(decimal(a), decimal(b)))
        expect(isMore(b, a)).toBe(low < high)
        // sums of two balances may exceed one balance, and are still exact while they have twelve digits
        if (low + high < 10n ** 19n) {
          expect(BigDecimal.equals(decimal(add(a, b)), BigDecimal.sum(decimal(a), decimal(b)))).toBe(true)
          expect(sum([a, b, fromStroops(0n)])).toBe(add(b, a))
        }
      })
    )
  })

  it("refuses every text outside its grammar and never throws (A3, S31-POST-02)", () => {
    const wrong = [
      ..."1e-8 1E400 1e2 NaN Infinity -Infinity １００ ١٢٣ 1_000 1,000 1,5 +5 -5 -0 0x10 0b1 00 01 1. .5 . 1..2".split(
        " "
      ),
      "",
      " ",
      " 5 ",
      "5 ",
      "\t5",
      "5\n",
      "5\u0000",
      "true",
      "null",
      "[0,[1],0]",
      "1.00000000",
      "0.00000001",
      "1000000000000",
      "922337203685.4775808",
      "999999999999.9999999",
      "9".repeat(400),
      "1".repeat(1_000_000)
    ]

    for (const text of wrong) {
      const parsed = parseAmount(text)
      expect(Result.isFailure(parsed), JSON.stringify(text.slice(0, 40))).toBe(true)
      // the answer quotes at most a little of what was sent
      if (Result.isFailure(parsed)) expect(String(parsed.failure).length).toBeLessThan(250)
    }
  })

  it("takes a text exactly when it is plain decimal notation of at most seven places within Stellar's range (S31-AMT-01)", () => {
    const pieces = fc.constantFrom(
      "0",
      "1",
      "9",
      "٣",
      "１",
      ".",
      ",",
      "-",
      "+",
      "e",
      " ",
      "_",
      "x",
      "0000000"
    )
    holds(
      fc.property(fc.array(pieces, { maxLength: 16 }), (parts) => {
        const text = parts.join("")
        const isPlain = /^[0-9]+(\.[0-9]{1,7})?$/.test(text) && !/^0[0-9]/.test(text)
        const fits = isPlain && BigDecimal.isLessThanOrEqualTo(decimal(text), BigDecimal.make(stroopsMax, 7))

        expect(Result.isSuccess(parseAmount(text))).toBe(fits)
      }),
      2000
    )
  })

  it("dies rather than owe a negative amount", () => {
    expect(() => fromStroops(-1n)).toThrow("negative")
    expect(() => subtract(amount("1"), amount("1.0000001"))).toThrow("negative")
  })
})
