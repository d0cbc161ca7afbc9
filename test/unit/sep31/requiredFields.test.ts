import { Result } from "effect"
import { describe, expect, it } from "vitest"
import type { Sentence } from "../../../machines/domain/Sentence.ts"
import { completed } from "../../../src/sep31/Info.ts"
import { checkUpdate, declaredValues, missingFields } from "../../../src/sep31/requiredFields.ts"
import { customerTypes, usdc } from "../../support/sep31.ts"

const { fields } = completed(usdc, {}, { customerTypes })
const complete = new Map([
  ["routing_number", "021000021"],
  ["account_number", "4242"],
  ["type", "SEPA"]
])
const fault = <A>(answer: Result.Result<A, Sentence>) =>
  Result.isFailure(answer) ? String(answer.failure) : ""

describe("missingFields", () => {
  it("lists the required fields without a value, as /info describes them (S31-POST-13, S31-ERR-03)", () => {
    expect(missingFields(fields, new Map([["type", "SEPA"]]))).toEqual({
      routing_number: fields["routing_number"],
      account_number: fields["account_number"]
    })
  })

  it("takes a blank value for none", () => {
    expect(missingFields(fields, new Map([...complete, ["account_number", " \t"]]))).toEqual({
      account_number: fields["account_number"]
    })
  })

  it("misses nothing that is optional, and nothing where nothing is asked (S31-POST-12)", () => {
    expect(missingFields(fields, complete)).toBeNull()
    expect(missingFields({}, new Map())).toBeNull()
  })
})

describe("declaredValues", () => {
  it("keeps declared values and drops the others (S31-POST-14)", () => {
    const sent = new Map([...complete, ["note", "rent"], ["favourite_colour", "blue"], ["constructor", "x"]])

    expect(declaredValues(fields, sent)).toEqual(
      Result.succeed({ routing_number: "021000021", account_number: "4242", type: "SEPA", note: "rent" })
    )
  })

  it("refuses a value outside its choices, naming them and not the value (S31-POST-14, SEC-24)", () => {
    const sentence = fault(declaredValues(fields, new Map([...complete, ["type", "secret-value"]])))

    expect(sentence).toBe('type must be one of "SEPA", "SWIFT"')
  })
})

describe("checkUpdate", () => {
  const asked = {
    account_number: { description: "number" },
    type: { description: "type", choices: ["SEPA"] }
  }

  it("takes every field asked for (S31-PATCH-06)", () => {
    const sent = new Map([
      ["account_number", "1"],
      ["type", "SEPA"]
    ])

    expect(checkUpdate(asked, sent)).toEqual(Result.succeed({ account_number: "1", type: "SEPA" }))
  })

  it.each([
    [
      "a field that was not asked for",
      [
        ["account_number", "1"],
        ["type", "SEPA"],
        ["note", "x"]
      ],
      '"note" was not asked for'
    ],
    [
      "a field that only a prototype has",
      [
        ["account_number", "1"],
        ["type", "SEPA"],
        ["toString", "x"]
      ],
      "not asked for"
    ],
    ["a part of the fields", [["account_number", "1"]], "type is missing"],
    [
      "a blank field",
      [
        ["account_number", " "],
        ["type", "SEPA"]
      ],
      "account_number is missing"
    ],
    [
      "a value outside its choices",
      [
        ["account_number", "1"],
        ["type", "PIX"]
      ],
      "type must be one of"
    ]
  ] as const)("refuses %s (S31-PATCH-04, S31-PATCH-07)", (_, sent, sentence) => {
    expect(fault(checkUpdate(asked, new Map(sent)))).toContain(sentence)
  })
})
