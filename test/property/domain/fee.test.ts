import { BigDecimal } from "effect"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { amount, fromStroops, stroopsMax, toStroops } from "../../../machines/domain/Amount.ts"
import { feeOf } from "../../../machines/domain/Fee.ts"
import { presentAmounts } from "../../../src/sep31/amounts.ts"
import { holds, seeded } from "../../support/seed.ts"
import { transactionRow } from "../../support/sep31.ts"

const upTo = (max: bigint) => fc.bigInt({ min: 0n, max }).map(fromStroops)
const terms = fc.record({ fixed: upTo(10_000_000_000n), percent: upTo(1_000_000_000n) })
/** Balances of up to a billion, so that no fee meets the ceiling of Stellar's range. */
const received = upTo(10_000_000_000_000_000n)

const decimal = (text: string) => BigDecimal.fromStringUnsafe(text)

describe(seeded("Fee"), () => {
  it("is the exact fee rounded up to a stroop (R19, S31-AMT-06)", () => {
    holds(
      fc.property(terms, received, ({ fixed, percent }, value) => {
        const exact = BigDecimal.sum(
          decimal(fixed),
          BigDecimal.multiply(BigDecimal.multiply(decimal(value), decimal(percent)), decimal("0.01"))
        )

        const fee = feeOf({ fixed, percent }, value)

        const up = BigDecimal.ceil(exact, 7)
        expect(BigDecimal.equals(decimal(fee), up), `${fee} of ${BigDecimal.format(exact)}`).toBe(true)
      })
    )
  })

  it("never exceeds the exact fee by a whole stroop, and never falls below it (R19)", () => {
    holds(
      fc.property(terms, received, ({ fixed, percent }, value) => {
        // in units of 10^-16: stroops times percent times a hundredth
        const exact = toStroops(fixed) * 10n ** 9n + toStroops(value) * toStroops(percent)
        const charged = toStroops(feeOf({ fixed, percent }, value)) * 10n ** 9n

        expect(charged >= exact && charged - exact < 10n ** 9n).toBe(true)
      })
    )
  })

  it("leaves received = fee + delivered to the stroop (S31-AMT-04, S31-POST-16, S31-INFO-13)", () => {
    holds(
      fc.property(terms, received, (given, value) => {
        // in units of 10^-16, and up to the next stroop
        const exact = toStroops(given.fixed) * 10n ** 9n + toStroops(value) * toStroops(given.percent)
        const fee = (exact + 10n ** 9n - 1n) / 10n ** 9n
        fc.pre(fee <= toStroops(value))

        const row = transactionRow()
        const shown = presentAmounts({ ...row, terms: { ...row.terms, expected: value, fee: given } })

        expect(shown.fee).toEqual({ total: fromStroops(fee), asset: row.asset })
        expect(shown).toMatchObject({ amountIn: value, amountOut: fromStroops(toStroops(value) - fee) })
        expect(shown.amountOutAsset).toBe(row.asset)
      })
    )
  })

  it("grows with the amount, and is the fixed part where there is no percentage", () => {
    holds(
      fc.property(terms, received, received, ({ fixed, percent }, a, b) => {
        const [low, high] = toStroops(a) < toStroops(b) ? [a, b] : [b, a]

        expect(toStroops(feeOf({ fixed, percent }, low)) <= toStroops(feeOf({ fixed, percent }, high))).toBe(
          true
        )
        expect(feeOf({ fixed, percent: amount("0") }, a)).toBe(fixed)
      })
    )
  })

  it("rounds a fee of less than a stroop up to one", () => {
    expect(feeOf({ fixed: amount("0"), percent: amount("0.0000001") }, amount("0.0000001"))).toBe("0.0000001")
    expect(feeOf({ fixed: amount("0"), percent: amount("1") }, amount("0.0000001"))).toBe("0.0000001")
    expect(feeOf({ fixed: amount("0"), percent: amount("1") }, amount("0"))).toBe("0")
  })

  it("stays within Stellar's range where the exact fee does not", () => {
    const most = fromStroops(stroopsMax)

    expect(feeOf({ fixed: most, percent: amount("100") }, most)).toBe(most)
  })
})
