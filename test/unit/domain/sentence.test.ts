import { describe, expect, it } from "vitest"
import { placeholdersOf, render, say, Sentence } from "../../../machines/domain/Sentence.ts"

const spanish = new Map([
  ["amount {0} is less than the minimum of {1} {2}", "el mínimo es {1} {2}, y amount es {0}"],
  ["{0} must be one of {1}", "{0} debe ser uno de {1}"],
  ["{0} must be {1}", "{0} debe ser {1}"],
  ["a whole number", "un número entero"]
])

describe("a sentence", () => {
  it("is English until a catalogue is given, and then its values stand where that language wants them (S31-GEN-10)", () => {
    const sentence = say`amount ${"5"} is less than the minimum of ${10n} ${"USDC"}`

    expect(String(sentence)).toBe("amount 5 is less than the minimum of 10 USDC")
    expect(render(sentence, spanish)).toBe("el mínimo es 10 USDC, y amount es 5")
  })

  it("renders a sentence within it in the same language, and joins a list", () => {
    expect(render(say`${"age"} must be ${say`a whole number`}`, spanish)).toBe(
      "age debe ser un número entero"
    )
    expect(render(say`${"kind"} must be one of ${["a", say`a whole number`, 3]}`, spanish)).toBe(
      "kind debe ser uno de a, un número entero, 3"
    )
  })

  it("is English where the language does not have it", () => {
    expect(render(say`nobody says ${"this"}`, spanish)).toBe("nobody says this")
  })

  it("never takes braces in a value for a placeholder", () => {
    expect(String(say`${"{1}"} and ${"{0}"}`)).toBe("{1} and {0}")
  })

  it("leaves braces that are no placeholder alone", () => {
    expect(String(say`give {"fields": {"transaction": {…}}}`)).toBe('give {"fields": {"transaction": {…}}}')
  })

  it("is its English text in a template and in JSON", () => {
    const sentence = say`amount ${1}`
    expect(`${String(sentence)}!`).toBe("amount 1!")
    expect(JSON.stringify({ error: sentence })).toBe('{"error":"amount 1"}')
  })

  it("leaves words of one language as they are", () => {
    expect(render("the bank's own words", spanish)).toBe("the bank's own words")
  })

  it("shows nothing for a value that is not there", () => {
    expect(String(new Sentence("{0} and {1}", ["one"]))).toBe("one and ")
  })
})

describe("the placeholders of a template", () => {
  it("are counted once each, in order", () => {
    expect(placeholdersOf("{2} {0} {0} {x} {")).toEqual([0, 2])
  })
})
