// What does money cost in the sandbox's country now? A rate that swings around a fixed one, the same for everyone who asks
// at the same second, so that quotes differ from minute to minute and a run with a held clock is repeated exactly.

import { parseAmount, shortAmountOf } from "./amounts.ts"

/** How far a rate swings to either side, in ten thousandths, and for how long a swing lasts. */
const AMPLITUDE = 100n
const PERIOD_SECONDS = 600n

export const defaultMarketRates: Readonly<Record<string, string>> = {
  "USDC/BRL": "5.42",
  "USDC/MXN": "18.35",
  "USDC/NGN": "1534.6",
  "EURC/BRL": "6.31"
}

/** Hundredths of a percent above or below, on a triangle: 0, up, 0, down, 0 over a period. */
const swing = (seconds: bigint): bigint => {
  const quarter = PERIOD_SECONDS / 4n
  const at = seconds % PERIOD_SECONDS
  const up = at <= quarter ? at : at <= 3n * quarter ? 2n * quarter - at : at - PERIOD_SECONDS
  return (up * AMPLITUDE) / quarter
}

export class MovingRates {
  readonly #table: ReadonlyMap<string, bigint>
  readonly #now: () => number

  /** `rates` by asset code, "USDC/BRL": "5.42"; `now` in seconds since 1970. */
  constructor(rates: Readonly<Record<string, string>>, now: () => number) {
    this.#table = new Map(
      Object.entries(rates).map(([pair, text]) => {
        const rate = parseAmount(text)
        if (!/^\w+\/\w+$/.test(pair) || rate === undefined || rate === 0n) {
          throw new RangeError(
            `a rate is "FROM/TO": a positive decimal of at most seven places, not "${pair}": "${text}"`
          )
        }
        return [pair, rate] as const
      })
    )
    this.#now = now
  }

  /** Units of `to` for one of `from`, at this second; undefined where they are not exchanged. */
  of(from: string, to: string): string | undefined {
    const base = this.#table.get(`${from}/${to}`)
    if (base === undefined) return undefined
    const moved = (base * (10_000n + swing(BigInt(Math.floor(this.#now()))))) / 10_000n
    return shortAmountOf(moved > 0n ? moved : 1n)
  }

  get all(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      [...this.#table.keys()].map((pair) => {
        const [from = "", to = ""] = pair.split("/")
        return [pair, this.of(from, to) ?? ""]
      })
    )
  }
}
