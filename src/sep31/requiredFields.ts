/**
 * `fields.transaction` against what was asked for: which required ones are missing, and whether a value is one of its choices.
 *
 * Names and choices are all Kedge can check; what a value must look like only the institution knows (its hook, or its rail).
 */
import { Result } from "effect"
import { say, type Sentence } from "../http/Sentence.ts"
import type { FieldDescription } from "../ports/Rails.ts"
import { type FieldValues, quoted } from "./parseRequest.ts"

export type FieldDescriptions = Readonly<Record<string, FieldDescription>>

/** A blank value says nothing, so it counts as none. */
const given = (values: FieldValues, name: string): string | undefined => {
  const value = values.get(name)
  return value === undefined || value.trim() === "" ? undefined : value
}

/** The required fields that have no value, in the shape of `/info` (S31-POST-13, S31-ERR-03); null when none is missing. */
export const missingFields = (asked: FieldDescriptions, values: FieldValues): FieldDescriptions | null => {
  const missing = Object.entries(asked).filter(
    ([name, description]) => description.optional !== true && given(values, name) === undefined
  )
  return missing.length === 0 ? null : Object.fromEntries(missing)
}

/**
 * The values that were asked for, and no others: a name nobody declared is not kept (S31-POST-14). The failure is a sentence
 * for the client about a value outside its choices; it names the field and never quotes the value, which is customer data.
 */
export const declaredValues = (
  asked: FieldDescriptions,
  values: FieldValues
): Result.Result<Readonly<Record<string, string>>, Sentence> => {
  const kept: Array<readonly [string, string]> = []
  for (const [name, { choices }] of Object.entries(asked)) {
    const value = given(values, name)
    if (value === undefined) continue
    if (choices !== undefined && !choices.includes(value)) {
      return Result.fail(say`${name} must be one of ${choices.map(quoted)}`)
    }
    kept.push([name, value])
  }
  return Result.succeed(Object.fromEntries(kept))
}

/**
 * A PATCH against what was asked for: every field, and none that was not (S31-PATCH-04, S31-PATCH-07). The failure is a
 * sentence for the client.
 */
export const checkUpdate = (
  asked: FieldDescriptions,
  values: FieldValues
): Result.Result<Readonly<Record<string, string>>, Sentence> => {
  const uncalled = [...values.keys()].filter((name) => !Object.hasOwn(asked, name))
  if (uncalled.length > 0) {
    return Result.fail(
      say`${uncalled.map(quoted)} was not asked for; the fields asked for are ${Object.keys(asked)}`
    )
  }
  const missing = Object.keys(asked).filter((name) => given(values, name) === undefined)
  return missing.length > 0
    ? Result.fail(say`${missing} is missing; the fields asked for are ${Object.keys(asked)}`)
    : declaredValues(asked, values)
}
