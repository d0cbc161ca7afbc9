import { Result } from "effect"
import { describe, expect, it } from "vitest"
import { amount, zero } from "../../../machines/domain/Amount.ts"
import type { AssetConfig } from "../../../src/KedgeConfig.ts"
import { checkRequest } from "../../../src/sep31/checkRequest.ts"
import type { TransactionRequest } from "../../../src/sep31/parseRequest.ts"
import { issuer, otherAnchor, usdc } from "../../support/sep31.ts"

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
  fields: new Map()
}
const native: AssetConfig = { ...usdc, code: "native", issuer: null, fundingMethods: ["SEPA"] }
const free: AssetConfig = { ...usdc, minimum: null, maximum: null, fee: { fixed: zero, percent: zero } }
const check = (change: Partial<TransactionRequest>, asset: AssetConfig = usdc) =>
  checkRequest([asset, native], { ...request, ...change })
const fault = (change: Partial<TransactionRequest>, asset?: AssetConfig) => {
  const answer = check(change, asset)
  return Result.isFailure(answer) ? answer.failure : ""
}

describe("checkRequest: amount", () => {
  it.each([
    ["100", "100"],
    ["100.00", "100"],
    ["922337203685.4775807", "922337203685.4775807"],
    ["0.0000001", "0.0000001"]
  ])("reads %s exactly (S31-POST-02, S31-POST-03)", (written, read) => {
    expect(Result.getOrThrow(check({ amount: written }, free)).amount).toBe(read)
  })

  it.each([
    "NaN",
    "Infinity",
    "1e3",
    "1E-7",
    "1,000",
    "-1",
    "+1",
    "0",
    "0.0",
    "-0",
    "",
    " 1",
    "1 ",
    "1.",
    ".5",
    "01",
    "0x10",
    "0.00000001",
    "922337203685.4775808",
    "9999999999999",
    "١٢",
    "1".repeat(10_000)
  ])("refuses %j and never rounds it (S31-POST-02)", (written) => {
    expect(fault({ amount: written }, free)).toContain("amount")
  })

  it.each([
    ["1", false],
    ["0.9999999", true],
    ["10000", false],
    ["10000.0000001", true]
  ])("holds %s against inclusive limits (S31-POST-04)", (written, refused) => {
    const asset = { ...usdc, fee: { fixed: zero, percent: zero } }

    expect(fault({ amount: written }, asset) !== "").toBe(refused)
  })

  it("refuses an amount that its fee would eat (S31-AMT-07)", () => {
    // 1 and 1 % of 1.0101011, rounded up to a stroop, are 1.0101011
    expect(fault({ amount: "1.0101011" })).toContain("leaves nothing")
    expect(fault({ amount: "1.0101012" })).toBe("")
  })
})

describe("checkRequest: asset", () => {
  it.each([
    ["an unknown code", { assetCode: "EURC" }],
    ["a code of other case", { assetCode: "usdc" }],
    ["another issuer", { assetIssuer: otherAnchor }],
    ["an issuer for the native asset", { assetCode: "native", assetIssuer: issuer }]
  ])("refuses %s (S31-POST-05)", (_, change) => {
    expect(fault(change)).toMatch(/asset_/)
  })

  it("takes the configured issuer, and none at all (S31-POST-05)", () => {
    expect(fault({ assetIssuer: issuer })).toBe("")
    expect(fault({ assetIssuer: null })).toBe("")
  })

  it("takes lumens as native (S31-POST-06)", () => {
    expect(Result.getOrThrow(check({ assetCode: "native" })).asset).toBe(native)
    expect(fault({ assetCode: "XLM" })).toContain("asset_code")
  })
})

describe("checkRequest: funding_method", () => {
  it("refuses one that the asset has not (S31-POST-07)", () => {
    expect(fault({ fundingMethod: "PIX" })).toContain("SEPA, SWIFT")
  })

  it("takes it from fields.transaction.type where that is a method (S31-POST-08)", () => {
    const answer = check({ fundingMethod: null, fields: new Map([["type", "SWIFT"]]) })

    expect(Result.getOrThrow(answer).fundingMethod).toBe("SWIFT")
  })

  it("takes the only one there is (S31-POST-08)", () => {
    const answer = check(
      { fundingMethod: null, fields: new Map([["type", "savings"]]) },
      { ...usdc, fundingMethods: ["PIX"] }
    )

    expect(Result.getOrThrow(answer).fundingMethod).toBe("PIX")
  })

  it("is missing where nothing says it (S31-POST-08)", () => {
    expect(fault({ fundingMethod: null })).toContain("funding_method is missing")
    expect(fault({ fundingMethod: null, fields: new Map([["type", "PIX"]]) })).toContain(
      "funding_method is missing"
    )
  })

  it("as given counts more than what a field says (S31-POST-08)", () => {
    const answer = check({ fundingMethod: "SEPA", fields: new Map([["type", "SWIFT"]]) })

    expect(Result.getOrThrow(answer).fundingMethod).toBe("SEPA")
  })
})

describe("checkRequest: quotes and conversions", () => {
  it("refuses a quote, since none are offered (S31-POST-18)", () => {
    expect(fault({ quoteId: "q" })).toContain("quote_id")
  })

  it("takes the asset itself as destination for no conversion, and no other (S31-POST-15)", () => {
    expect(fault({ destinationAsset: `stellar:USDC:${issuer}` })).toBe("")
    expect(fault({ destinationAsset: "iso4217:EUR" })).toContain("destination_asset")
  })
})

describe("checkRequest: refund memo", () => {
  const hash = "ASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4mrze8="

  it.each([
    ["id", "18446744073709551615"],
    ["id", "0"],
    ["text", "é".repeat(14)],
    ["hash", hash]
  ])("takes a memo of type %s (S31-POST-11)", (type, value) => {
    const answer = check({ refundMemo: value, refundMemoType: type })

    expect(Result.getOrThrow(answer).refundMemo).toEqual({ type, value })
  })

  it.each([
    ["without its type", "7", null],
    ["that is only a type", null, "id"],
    ["of an unknown type", "7", "return"],
    ["that is no uint64", "18446744073709551616", "id"],
    ["that is a negative id", "-1", "id"],
    ["of 29 bytes in 15 characters", `${"é".repeat(14)}x`, "text"],
    ["that is no hash", "abc", "hash"],
    ["that is a hash in hex", "ab".repeat(32), "hash"],
    ["that is empty", "", "text"],
    ["with a NUL character", "a\0b", "text"]
  ])("refuses a memo %s (S31-POST-11)", (_, refundMemo, refundMemoType) => {
    expect(fault({ refundMemo, refundMemoType })).toContain("refund_memo")
  })
})

describe("checkRequest: order", () => {
  const all = {
    assetCode: "EURC",
    amount: "1e3",
    fundingMethod: "PIX",
    quoteId: "q",
    refundMemo: "x",
    refundMemoType: null
  }

  it.each([
    ["asset_code", all],
    ["amount", { ...all, assetCode: "USDC" }],
    ["funding_method", { ...all, assetCode: "USDC", amount: "100" }],
    ["quote_id", { ...all, assetCode: "USDC", amount: "100", fundingMethod: "SEPA" }],
    ["refund_memo", { ...all, assetCode: "USDC", amount: "100", fundingMethod: "SEPA", quoteId: null }]
  ])("%s is told before what comes later (S31-ERR-05)", (name, change) => {
    expect(fault(change)).toContain(name)
  })

  it("what passes is what was asked for", () => {
    expect(check({})).toEqual(
      Result.succeed({ asset: usdc, amount: amount("100"), fundingMethod: "SEPA", refundMemo: null })
    )
  })
})
