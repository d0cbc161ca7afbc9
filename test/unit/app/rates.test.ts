// Whether somebody can be asked for every rate that is offered, before anything is served.
import { describe, expect, it } from "vitest"
import { amount } from "../../../machines/domain/Amount.ts"
import { rateProblems } from "../../../src/app/ports.ts"
import type { QuotePair } from "../../../src/KedgeConfig.ts"

const pair = (rate: string | null): QuotePair => ({
  sell: "stellar:native",
  buy: "iso4217:BRL",
  rate,
  spread: amount("0"),
  fee: { fixed: amount("0"), percent: amount("0") },
  feeIn: "sell"
})
const quotes = (rate: string | null) => ({
  offChain: [],
  pairs: [pair(rate)],
  openMax: 1,
  clients: "sending-anchors" as const
})

describe("rateProblems", () => {
  it("a pair without a rate is one, where neither the sandbox nor an integration has rates (S38-G-05)", () => {
    expect(rateProblems({ quotes: quotes(null), rates: null })).toMatchObject([
      { name: "KEDGE_INTEGRATION", message: expect.stringContaining("supplies no RateProvider") as unknown }
    ])
  })

  it("a rate of its own, the sandbox's, or no quotes at all are none", () => {
    expect(rateProblems({ quotes: quotes("5"), rates: null })).toEqual([])
    expect(rateProblems({ quotes: quotes(null), rates: "sandbox" })).toEqual([])
    expect(rateProblems({ quotes: null, rates: null })).toEqual([])
  })
})
