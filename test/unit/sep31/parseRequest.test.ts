import { Result } from "effect"
import { describe, expect, it } from "vitest"
import type { Sentence } from "../../../machines/domain/Sentence.ts"
import { isJsonObject, readJson } from "../../../src/http/readJson.ts"
import { parseLang, parseTransactionRequest, parseUpdateRequest } from "../../../src/sep31/parseRequest.ts"

const object = (text: string) => {
  const value = Result.getOrThrow(readJson(text))
  if (!isJsonObject(value)) throw new Error("the test's own body is no object")
  return value
}
const post = (text: string) => parseTransactionRequest(object(text))
const patch = (text: string) => parseUpdateRequest(object(text))
const fault = <A>(answer: Result.Result<A, Sentence>) =>
  Result.isFailure(answer) ? String(answer.failure) : ""

describe("parseTransactionRequest", () => {
  it("keeps an amount as it was written, number or string (S31-POST-02, S31-POST-03)", () => {
    const asNumber = post(`{"amount": 922337203685.4775807, "asset_code": "USDC"}`)
    const asText = post(`{"amount": "100.00", "asset_code": "USDC"}`)

    expect(Result.getOrThrow(asNumber).amount).toBe("922337203685.4775807")
    expect(Result.getOrThrow(asText).amount).toBe("100.00")
  })

  it("takes the union of every version's members (S31-DUAL-02)", () => {
    const body = `{"amount":"1","asset_code":"USDC","asset_issuer":"G","funding_method":"SEPA","destination_asset":"stellar:X:Y",
      "quote_id":"q","sender_id":"s","receiver_id":"r","lang":"de-AT","refund_memo":"7","refund_memo_type":"id",
      "fields":{"transaction":{"account_number":"12"}}}`

    expect(Result.getOrThrow(post(body))).toEqual({
      amount: "1",
      assetCode: "USDC",
      assetIssuer: "G",
      fundingMethod: "SEPA",
      destinationAsset: "stellar:X:Y",
      quoteId: "q",
      senderId: "s",
      receiverId: "r",
      lang: "de",
      refundMemo: "7",
      refundMemoType: "id",
      fields: new Map([["account_number", "12"]])
    })
  })

  it("ignores members nobody knows (S31-GEN-08)", () => {
    const answer = post(`{"amount":"1","asset_code":"USDC","newer":{"deep":[1]},"constructor":"x"}`)

    expect(Result.isSuccess(answer)).toBe(true)
  })

  it.each([`{}`, `{"transaction":{}}`, `{"other":1}`])(
    "takes fields of %s as none (S31-POST-12)",
    (fields) => {
      const answer = post(`{"amount":"1","asset_code":"USDC","fields":${fields}}`)

      expect(Result.getOrThrow(answer).fields.size).toBe(0)
    }
  )

  it.each([
    ["no amount", `{"asset_code":"USDC"}`, "amount is missing"],
    ["null for an amount", `{"amount":null,"asset_code":"USDC"}`, "amount is null"],
    ["a boolean for an amount", `{"amount":true,"asset_code":"USDC"}`, "amount is a boolean"],
    ["an array for an amount", `{"amount":["1"],"asset_code":"USDC"}`, "amount is an array"],
    ["no asset_code", `{"amount":"1"}`, "asset_code is missing"],
    ["a number for asset_code", `{"amount":"1","asset_code":1}`, "asset_code is a number"],
    ["a number for sender_id", `{"amount":"1","asset_code":"USDC","sender_id":7}`, "sender_id is a number"],
    ["null for receiver_id", `{"amount":"1","asset_code":"USDC","receiver_id":null}`, "receiver_id is null"],
    [
      "an object for sender_id",
      `{"amount":"1","asset_code":"USDC","sender_id":{}}`,
      "sender_id is an object"
    ],
    ["null for fields", `{"amount":"1","asset_code":"USDC","fields":null}`, "fields is null"],
    ["an array for fields", `{"amount":"1","asset_code":"USDC","fields":[]}`, "fields is an array"],
    [
      "text for fields.transaction",
      `{"amount":"1","asset_code":"USDC","fields":{"transaction":"x"}}`,
      "object of strings"
    ],
    [
      "a number for a field",
      `{"amount":"1","asset_code":"USDC","fields":{"transaction":{"a":1}}}`,
      "every field is a string"
    ],
    ["a lang that is none", `{"amount":"1","asset_code":"USDC","lang":"english!"}`, "lang"]
  ])("refuses %s (S31-POST-01, S31-POST-09)", (_, body, sentence) => {
    expect(fault(post(body))).toContain(sentence)
  })
})

describe("parseLang", () => {
  it.each([
    [null, "en"],
    ["en", "en"],
    ["PT", "pt"],
    ["zh-Hant-TW", "zh"]
  ])("reads %s as %s (S31-GEN-10)", (tag, lang) => {
    expect(parseLang(tag)).toEqual(Result.succeed(lang))
  })

  it.each(["", "e", "eng1", "e1", "en_US", "en-", "../../etc", "en\n"])("refuses %j (S31-GEN-10)", (tag) => {
    expect(Result.isFailure(parseLang(tag))).toBe(true)
  })
})

describe("parseUpdateRequest", () => {
  it("reads the values (S31-PATCH-01)", () => {
    expect(patch(`{"fields":{"transaction":{"account_number":"12"}},"newer":1}`)).toEqual(
      Result.succeed(new Map([["account_number", "12"]]))
    )
  })

  it.each([
    `{}`,
    `{"fields":{}}`,
    `{"fields":{"transaction":{}}}`,
    `{"fields":{"transaction":[]}}`,
    `{"fields":{"transaction":{"a":1}}}`
  ])("refuses %s (S31-PATCH-04)", (body) => {
    expect(fault(patch(body))).not.toBe("")
  })
})
