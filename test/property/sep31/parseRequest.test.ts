import { Result } from "effect"
import fc from "fast-check"
import { expect, it } from "vitest"
import { fromStroops, stroopsMax } from "../../../machines/domain/Amount.ts"
import type { Sentence } from "../../../machines/domain/Sentence.ts"
import { type JsonObject, isJsonObject, readJson } from "../../../src/http/readJson.ts"
import { parsePositive, wireNumber } from "../../../src/sep31/amounts.ts"
import { parseTransactionRequest, parseUpdateRequest } from "../../../src/sep31/parseRequest.ts"

const objectOf = (text: string): JsonObject | undefined => {
  const read = Result.getOrThrow(readJson(text))
  return isJsonObject(read) ? read : undefined
}
const amountIn = (text: string) => {
  const body = objectOf(text)
  if (body === undefined) throw new Error("the test's own body is no object")
  return Result.flatMap(parseTransactionRequest(body), ({ amount }) => parsePositive(amount))
}
const faultOf = <A>(parsed: Result.Result<A, Sentence>) =>
  Result.isFailure(parsed) ? String(parsed.failure) : null
const positive = fc.bigInt(1n, stroopsMax)

it("an amount is read to the last stroop, as a number as well as a string (S31-POST-03)", () => {
  fc.assert(
    fc.property(positive, fc.nat(7), (stroops, padding) => {
      const amount = fromStroops(stroops)
      const zeros = amount.includes(".") ? Math.min(padding, 7 - (amount.split(".")[1]?.length ?? 0)) : 0
      const written = amount + "0".repeat(zeros)

      expect(amountIn(`{"asset_code":"USDC","amount":${written}}`)).toEqual(Result.succeed(amount))
      expect(amountIn(`{"asset_code":"USDC","amount":"${written}"}`)).toEqual(Result.succeed(amount))
    }),
    { numRuns: 1000 }
  )
})

it("a number is an amount or refused, never rounded to one (S31-POST-02)", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
      const answer = amountIn(`{"asset_code":"USDC","amount":${JSON.stringify(number)}}`)

      if (Result.isSuccess(answer)) expect(Number(answer.success)).toBe(number)
    }),
    { numRuns: 1000 }
  )
})

it("a JSON number of /info is the amount exactly, or there is none (S31-INFO-05)", () => {
  fc.assert(
    fc.property(fc.oneof(positive, fc.bigInt(1n, 10_000_000_000_000n)), (stroops) => {
      const amount = fromStroops(stroops)
      const number = wireNumber(amount)

      if (number !== null)
        expect(amountIn(`{"asset_code":"USDC","amount":"${amount}"}`)).toEqual(Result.succeed(amount))
      // fifteen digits always fit a double
      if (stroops < 1_000_000_000_000_000n) expect(number).toBe(Number(amount))
    }),
    { numRuns: 1000 }
  )
})

it("any JSON object is parsed or refused with a sentence, and never throws", () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 5 }), (json) => {
      const read = readJson(json)
      if (Result.isFailure(read) || !isJsonObject(read.success)) return
      expect(faultOf(parseTransactionRequest(read.success))).not.toBe("")
      expect(faultOf(parseUpdateRequest(read.success))).not.toBe("")
    }),
    { numRuns: 1000 }
  )
})
