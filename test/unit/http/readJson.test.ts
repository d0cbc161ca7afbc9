import { Result } from "effect"
import { describe, expect, it } from "vitest"
import { isJsonObject, JsonNumber, type JsonValue, readJson } from "../../../src/http/readJson.ts"

const read = (text: string | Uint8Array): JsonValue =>
  Result.getOrThrowWith(readJson(text), (e) => new Error(String(e)))
const fault = (text: string | Uint8Array): string => {
  const answer = readJson(text)
  return Result.isFailure(answer) ? String(answer.failure) : ""
}
const member = (value: JsonValue, name: string) => (isJsonObject(value) ? value.get(name) : undefined)

describe("readJson", () => {
  it("keeps a number as the text it was (S31-POST-03)", () => {
    const body = read(`{"amount": 922337203685.4775807, "tiny": 1e-3, "padded": 100.00, "none": -0}`)

    expect(member(body, "amount")).toEqual(new JsonNumber("922337203685.4775807"))
    expect(member(body, "tiny")).toEqual(new JsonNumber("1e-3"))
    expect(member(body, "padded")).toEqual(new JsonNumber("100.00"))
    expect(member(body, "none")).toEqual(new JsonNumber("-0"))
  })

  it("reads every kind of value, and whitespace anywhere between", () => {
    const body = read(` { "a" : [ true , false , null , "x" , { } , [ ] ] }\r\n\t`)

    expect(member(body, "a")).toEqual([true, false, null, "x", new Map(), []])
  })

  it("reads escapes, and a surrogate pair written as two of them", () => {
    expect(read(String.raw`"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"`)).toBe('"\\/\b\f\n\r\té😀')
  })

  it("reads bytes as UTF-8", () => {
    expect(read(new TextEncoder().encode(`"Żółć"`))).toBe("Żółć")
  })

  it.each([
    ["a key given twice", `{"amount":"1","amount":"2"}`, /key twice/],
    ["a key given twice, once escaped", String.raw`{"a":1,"\u0061":2}`, /key twice/],
    ["the key __proto__", `{"__proto__":{"x":1}}`, /__proto__/],
    ["the key __proto__ below", `{"fields":{"__proto__":1}}`, /__proto__/],
    ["half a surrogate pair", String.raw`"\ud83d"`, /surrogate/],
    ["the wrong half first", String.raw`"\ude00\ud83d"`, /surrogate/],
    ["nesting without end", "[".repeat(5000), /nested deeper/],
    ["nesting one level too deep", `${"[".repeat(33)}${"]".repeat(33)}`, /nested deeper/],
    ["nothing", "", /too early/],
    ["an object that ends early", `{"a":`, /too early/],
    ["text after the value", "{} x", /position 3/],
    ["a trailing comma", "[1,]", /position 3/],
    ["a bare word", "undefined", /position 0/],
    ["NaN", "NaN", /position 0/],
    ["a number with a leading zero", "01", /position 1/],
    ["a number with a plus", "+1", /position 0/],
    ["a number without digits before the point", ".5", /position 0/],
    ["single quotes", "{'a':1}", /position 1/],
    ["a control character in a string", '"a\nb"', /position 2/],
    ["an unknown escape", String.raw`"\x41"`, /position 1/],
    ["a short unicode escape", String.raw`"\u12"`, /position 1/],
    ["a comment", "/* */ {}", /position 0/]
  ])("refuses %s (SEC-43)", (_, text, sentence) => {
    expect(fault(text)).toMatch(sentence)
  })

  it("takes nesting up to the limit", () => {
    expect(fault(`${"[".repeat(32)}${"]".repeat(32)}`)).toBe("")
  })

  it("refuses bytes that are not UTF-8 rather than mending them (SEC-43)", () => {
    expect(fault(new Uint8Array([0x22, 0xff, 0x22]))).toMatch(/UTF-8/)
  })

  it("quotes nothing of the body in its sentence (SEC-24)", () => {
    expect(fault(`{"secret-name": <script>`)).not.toMatch(/secret|script/)
  })
})
