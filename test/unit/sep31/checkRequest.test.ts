import { Effect, Result } from "effect"
import { describe, expect, it } from "vitest"
import { amount, zero } from "../../../machines/domain/Amount.ts"
import type { QuoteId } from "../../../machines/domain/Ids.ts"
import { BadRequest } from "../../../src/http/errors.ts"
import type { AssetConfig } from "../../../src/KedgeConfig.ts"
import { checkRequest } from "../../../src/sep31/checkRequest.ts"
import type { TransactionRequest } from "../../../src/sep31/parseRequest.ts"
import type { QuoteRow } from "../../../src/ports/rows.ts"
import { issuer, otherAnchor, sendingAnchor, usdc } from "../../support/sep31.ts"

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
const usdcId = `stellar:USDC:${issuer}`
const quoteId = "0190a000-0000-7000-8000-00000000d001"
/** 100 USDC for 540 BRL, by SEPA, of the Sending Anchor's. */
const quote: QuoteRow = {
  id: quoteId as QuoteId,
  owner: sendingAnchor,
  context: "sep31",
  sellAsset: usdcId,
  sellAmount: amount("100"),
  buyAsset: "iso4217:BRL",
  buyAmount: amount("540"),
  price: "0.18",
  totalPrice: "0.1851851852",
  fee: { total: amount("2.8"), asset: usdcId },
  sellDeliveryMethod: null,
  buyDeliveryMethod: "SEPA",
  deliveryMethod: "SEPA",
  countryCode: null,
  expiresAtMillis: 1_800_000_600_000,
  createdAtMillis: 1_800_000_000_000,
  transactionId: null
}
const quoting: AssetConfig = { ...usdc, quotes: "supported" }
/** Knows the quotes given, of the Sending Anchor's. */
const source = (quotes: ReadonlyArray<QuoteRow>, deliveryMethods: ReadonlyArray<string>) => ({
  deliveryMethods: (_: string, buy: string) => (buy === "iso4217:BRL" ? deliveryMethods : ["SEPA"]),
  supports: (sell: string, buy: string) => sell === usdcId && buy === "iso4217:BRL",
  usable: (owner: string, id: string) => {
    const found = quotes.find((each) => each.id === id && each.owner === owner)
    return found === undefined
      ? Effect.fail(new BadRequest({ error: "quote not usable" }))
      : Effect.succeed(found)
  }
})
const check = (
  change: Partial<TransactionRequest>,
  asset: AssetConfig = usdc,
  quotes: ReadonlyArray<QuoteRow> = [quote],
  deliveryMethods: ReadonlyArray<string> = ["SEPA", "SWIFT"]
) =>
  Effect.runSync(
    Effect.result(
      checkRequest([asset, native], source(quotes, deliveryMethods), sendingAnchor, { ...request, ...change })
    )
  )
const fault = (...args: Parameters<typeof check>) => {
  const answer = check(...args)
  return Result.isFailure(answer) ? answer.failure.message : ""
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

  it("is missing where nothing says it (S31-POST-08, H-34)", () => {
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

describe("checkRequest: conversions", () => {
  it("delivers the asset itself where nothing else is asked for (S31-POST-16, S31-INFO-13)", () => {
    for (const change of [{}, { destinationAsset: usdcId }]) {
      expect(Result.getOrThrow(check(change, quoting)).conversion).toBeNull()
    }
  })

  it("takes a pair that is offered, at the price of receipt (S31-POST-15, S31-AMT-08)", () => {
    expect(Result.getOrThrow(check({ destinationAsset: "iso4217:BRL" }, quoting)).conversion).toEqual({
      from: usdcId,
      to: "iso4217:BRL",
      price: null
    })
  })

  it.each([
    ["that is not exchanged", "iso4217:EUR", quoting],
    ["of another case", "iso4217:brl", quoting],
    ["that is nothing", "", quoting],
    ["where nothing is exchanged for this asset", "iso4217:BRL", usdc]
  ])("refuses a destination_asset %s (S31-POST-15)", (_, destinationAsset, asset) => {
    expect(fault({ destinationAsset }, asset)).toContain("destination_asset")
  })

  it("leaves the fee of a conversion to its price (S31-AMT-03, S31-AMT-07)", () => {
    const expensive = { ...quoting, fee: { fixed: amount("100"), percent: zero } }

    expect(fault({}, expensive)).toContain("leaves nothing")
    expect(fault({ destinationAsset: "iso4217:BRL" }, expensive)).toBe("")
    expect(fault({ quoteId }, expensive)).toBe("")
  })
})

describe("checkRequest: quotes", () => {
  it("takes the caller's own, with all that it promises (S31-POST-19, S31-POST-20, S31-AMT-03)", () => {
    const checked = Result.getOrThrow(check({ quoteId }, quoting))

    expect(checked.quote).toEqual(quote)
    expect(checked.conversion).toEqual({
      from: usdcId,
      to: "iso4217:BRL",
      price: {
        buyAmount: "540",
        fee: { total: "2.8", asset: usdcId },
        price: "0.18",
        totalPrice: "0.1851851852"
      }
    })
  })

  it("compares the amount as a number (S31-POST-19)", () => {
    expect(fault({ quoteId, amount: "100.0000" }, quoting)).toBe("")
    expect(fault({ quoteId, amount: "100.0000001" }, quoting)).toContain("sell_amount")
  })

  it.each([
    ["another destination_asset", { destinationAsset: "iso4217:EUR" }, {}, "buy_asset"],
    ["the asset itself as destination", { destinationAsset: usdcId }, {}, "buy_asset"],
    ["another method", { fundingMethod: "SWIFT" }, {}, "buy_delivery_method"],
    ["another context", {}, { context: "sep6" }, "sep6"],
    ["another asset sold", {}, { sellAsset: `stellar:EURC:${issuer}` }, "quote_id is for"],
    ["another issuer", {}, { sellAsset: `stellar:USDC:${otherAnchor}` }, "quote_id is for"],
    ["a method that is not offered", { fundingMethod: null }, { deliveryMethod: "PIX" }, "PIX"]
  ] as ReadonlyArray<readonly [string, Partial<TransactionRequest>, Partial<QuoteRow>, string]>)(
    "refuses one of %s (S31-POST-19)",
    (_, change, other, word) => {
      expect(fault({ quoteId, ...change }, quoting, [{ ...quote, ...other }])).toContain(word)
    }
  )

  it("says the same of an unknown one and of another's (S31-POST-19)", () => {
    const unknown = fault({ quoteId: "x" }, quoting)

    expect(unknown).not.toBe("")
    expect(fault({ quoteId }, quoting, [{ ...quote, owner: otherAnchor }])).toBe(unknown)
  })

  it("agrees with the same destination_asset beside it (S31-POST-19)", () => {
    expect(fault({ quoteId, destinationAsset: "iso4217:BRL" }, quoting)).toBe("")
  })

  it("takes the funding method from it where none is stated (S31-POST-08)", () => {
    const fields = new Map([["type", "SWIFT"]])

    expect(Result.getOrThrow(check({ quoteId, fundingMethod: null, fields }, quoting)).fundingMethod).toBe(
      "SEPA"
    )
    const free = { ...quote, buyDeliveryMethod: null, deliveryMethod: null }
    expect(
      Result.getOrThrow(check({ quoteId, fundingMethod: null, fields }, quoting, [free])).fundingMethod
    ).toBe("SWIFT")
    expect(fault({ quoteId, fundingMethod: null }, quoting, [free])).toContain("funding_method is missing")
  })

  it("BRL goes by PIX alone: BRL by SEPA, which delivers EUR, is refused with a quote and without (S31-POST-08, S31-POST-19)", () => {
    const both: AssetConfig = { ...quoting, fundingMethods: ["SEPA", "PIX"] }
    const unsaid = { ...quote, buyDeliveryMethod: null }
    const brl = { destinationAsset: "iso4217:BRL" }
    const said = (change: Partial<TransactionRequest>, kept: string | null = null) =>
      fault(change, both, [{ ...unsaid, deliveryMethod: kept }], ["PIX"])
    const refused = 'funding_method "SEPA" does not deliver iso4217:BRL; offered for it are PIX'

    expect(said({ ...brl, fundingMethod: "SEPA" })).toBe(refused)
    expect(said({ quoteId, fundingMethod: "SEPA" })).toBe(refused)
    expect(said({ quoteId, fundingMethod: "SEPA" }, "PIX")).toContain("buy_delivery_method")
    for (const named of [brl, { quoteId }]) {
      expect(said({ ...named, fundingMethod: "PIX" })).toBe("")
      // the only one that delivers it, or the one the quote was given for, need not be said
      const taken = check(
        { ...named, fundingMethod: null },
        both,
        [{ ...unsaid, deliveryMethod: "PIX" }],
        ["PIX"]
      )
      expect(Result.getOrThrow(taken).fundingMethod).toBe("PIX")
    }
    expect(fault({ fundingMethod: "SEPA" }, both, [], ["PIX"])).toBe("")
  })

  it("refuses any where the asset offers none (S31-POST-18)", () => {
    expect(fault({ quoteId })).toContain("quote_id")
  })

  it("refuses a request without one where the asset needs one (S31-POST-17)", () => {
    const required: AssetConfig = { ...usdc, quotes: "required" }

    expect(fault({}, required)).toContain("quote_id is missing")
    expect(fault({ destinationAsset: "iso4217:BRL" }, required)).toContain("quote_id is missing")
    expect(fault({ quoteId }, required)).toBe("")
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
      Result.succeed({
        asset: usdc,
        amount: amount("100"),
        fundingMethod: "SEPA",
        refundMemo: null,
        conversion: null,
        quote: null
      })
    )
  })
})
