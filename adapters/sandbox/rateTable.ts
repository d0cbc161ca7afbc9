// At what rate does the sandbox's market maker exchange one asset for another? From a table by asset code, "USDC/EURC":
// "0.9"; what it does not list is 1, and what it lists one way only is the inverse the other way.

import { parseAmount, STROOPS_PER_UNIT } from "./amounts.ts"
import type { Rate } from "./AppliedOperation.ts"

const codeOf = (asset: string): string => (asset === "native" ? "XLM" : (asset.split(":")[0] ?? asset))

export const rateTable = (rates: Readonly<Record<string, string>>): ((from: string, to: string) => Rate) => {
  const table = new Map<string, bigint>()
  for (const [pair, text] of Object.entries(rates)) {
    const rate = parseAmount(text)
    if (!/^\w+\/\w+$/.test(pair) || rate === undefined || rate === 0n) {
      throw new RangeError(
        `a rate is "FROM/TO": a positive decimal of at most seven places, not "${pair}": "${text}"`
      )
    }
    table.set(pair, rate)
  }
  return (from, to) => {
    const direct = table.get(`${codeOf(from)}/${codeOf(to)}`)
    if (direct !== undefined) return { numerator: direct, denominator: STROOPS_PER_UNIT }
    const inverse = table.get(`${codeOf(to)}/${codeOf(from)}`)
    if (inverse !== undefined) return { numerator: STROOPS_PER_UNIT, denominator: inverse }
    return { numerator: 1n, denominator: 1n }
  }
}
