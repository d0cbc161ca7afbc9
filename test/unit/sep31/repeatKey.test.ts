import { Redacted, Result } from "effect"
import { describe, expect, it } from "vitest"
import type { TransactionRequest } from "../../../src/sep31/parseRequest.ts"
import { fingerprintOf, parseRepeatKey } from "../../../src/sep31/repeatKey.ts"

const secret = Redacted.make("of this deployment")
const request: TransactionRequest = {
  amount: "100",
  assetCode: "USDC",
  assetIssuer: null,
  fundingMethod: "SEPA",
  destinationAsset: null,
  quoteId: null,
  senderId: null,
  receiverId: null,
  lang: "en",
  refundMemo: null,
  refundMemoType: null,
  fields: new Map([
    ["a", "1"],
    ["b", "2"]
  ])
}
const print = (change: Partial<TransactionRequest> = {}) => fingerprintOf(secret, { ...request, ...change })

describe("parseRepeatKey", () => {
  it("is none without the header, and takes 200 visible characters (S31-POST-22)", () => {
    expect(Result.getOrThrow(parseRepeatKey(undefined))).toBeNull()
    expect(Result.getOrThrow(parseRepeatKey("k".repeat(200)))).toBe("k".repeat(200))
  })

  it.each(["", " ", "a b", "a\tb", "é", "k".repeat(201), "\u0000"])("refuses %j (S31-POST-22)", (key) => {
    expect(Result.isFailure(parseRepeatKey(key))).toBe(true)
  })
})

describe("fingerprintOf", () => {
  it("is the same for what says the same (S31-POST-22)", () => {
    const reversed = new Map([...request.fields].reverse())

    expect(print({ amount: "100.000", fields: reversed })).toBe(print())
  })

  it.each([
    { amount: "100.0000001" },
    { assetCode: "EURC" },
    { assetIssuer: "G" },
    { fundingMethod: null },
    { destinationAsset: "iso4217:BRL" },
    { quoteId: "q" },
    { senderId: "s" },
    { receiverId: "s" },
    { lang: "es" },
    { refundMemo: "7" },
    { refundMemoType: "id" },
    { fields: new Map([["a", "1"]]) },
    {
      fields: new Map([
        ["a", "12"],
        ["b", ""]
      ])
    }
  ] as ReadonlyArray<Partial<TransactionRequest>>)("differs with %j (S31-POST-22)", (change) => {
    expect(print(change)).not.toBe(print())
  })

  it("tells nothing to who has not the secret (SEC-21)", () => {
    expect(fingerprintOf(Redacted.make("of another"), request)).not.toBe(print())
    expect(print()).toMatch(/^[0-9a-f]{64}$/)
  })
})
