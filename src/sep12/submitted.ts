/**
 * The values of a PUT: every submitted name judged by the SEP-9 catalogue, before anything is kept (S12-PUT-08..11).
 *
 * Names SEP-9 does not know are ignored and never kept. No sentence quotes a value; a name is quoted only where SEP-9 has it.
 */
import { Result } from "effect"
import {
  canonicalName,
  fileFault,
  isCardField,
  numberText,
  sep9Field,
  sniff,
  spellingsOf,
  valueFault
} from "../../machines/domain/Sep9.ts"
import type { CustomerValue } from "../ports/KycProvider.ts"

/** One member of the body: form fields are texts, JSON numbers keep their digits. */
export type Submitted =
  | { readonly _tag: "Text"; readonly text: string }
  | { readonly _tag: "Number"; readonly digits: string }
  | { readonly _tag: "File"; readonly bytes: Uint8Array }
  | { readonly _tag: "Other"; readonly kind: string }

export interface SubmittedField {
  readonly name: string
  readonly value: Submitted
}

/** Values by canonical name; none has been kept yet. */
export type Values = Readonly<Record<string, CustomerValue>>

const textOf = (name: string, value: Submitted): string | null => {
  switch (value._tag) {
    case "Text":
      return value.text
    case "Number":
      return sep9Field(name)?.type === "number" ? numberText(name, value.digits) : null
    default:
      return null
  }
}

/** A member that is no datum of its own: it refers to a verification or a file, neither of which is offered. */
const referenceFault = (name: string): string | null => {
  for (const [suffix, what] of [
    ["_verification", "no field awaits a verification code"],
    ["_file_id", "there is no such file: send it as a part of multipart/form-data"]
  ] as const) {
    const field = name.endsWith(suffix) ? name.slice(0, -suffix.length) : ""
    if (sep9Field(field) !== undefined) return `${name}: ${what}`
  }
  return null
}

const judged = (
  { name, value }: SubmittedField,
  otherFormat: boolean
): Result.Result<CustomerValue | null, string> => {
  if (isCardField(name)) return Result.fail("card data is not accepted here")
  const reference = referenceFault(name)
  if (reference !== null) return Result.fail(reference)
  const field = sep9Field(name)
  if (value._tag === "Other") {
    const named = field === undefined ? "the body" : name
    return Result.fail(
      `${named} holds ${value.kind}; names are flat and values are strings, such as "organization.name": "…"`
    )
  }
  if (field === undefined) return Result.succeed(null)
  if (value._tag === "File") {
    const fault = fileFault(name, value.bytes)
    const contentType = sniff(value.bytes)
    return fault !== null || contentType === null
      ? Result.fail(fault === null ? `${name} is not a file we take` : String(fault))
      : Result.succeed({ contentType, bytes: value.bytes })
  }
  const text = textOf(name, value)
  if (text === null) return Result.fail(`${name} must be a string`)
  const fault = valueFault(name, text, { otherFormat })
  return fault === null ? Result.succeed(text) : Result.fail(String(fault))
}

const isSame = (a: CustomerValue, b: CustomerValue): boolean => typeof a === "string" && a === b

/** A format for `mobile_number` other than SEP-9's own. */
export const isOtherFormat = (format: CustomerValue | undefined): boolean =>
  typeof format === "string" && format.toUpperCase().replaceAll(/[^A-Z0-9]/g, "") !== "E164"

/**
 * Reads the values of a body. The failure is a sentence for the client about the first fault.
 *
 * `heldFormat`: the `mobile_number_format` the customer gave before; one in the body goes before it.
 */
export const readValues = (
  fields: ReadonlyArray<SubmittedField>,
  heldFormat?: CustomerValue
): Result.Result<Values, string> => {
  const sentFormat = fields.find(({ name }) => name === "mobile_number_format")?.value
  const otherFormat = isOtherFormat(sentFormat?._tag === "Text" ? sentFormat.text : heldFormat)
  const values = new Map<string, CustomerValue>()
  const seen = new Set<string>()
  for (const field of fields) {
    const value = judged(field, otherFormat)
    if (Result.isFailure(value)) return Result.fail(value.failure)
    if (value.success === null) continue
    if (seen.has(field.name)) return Result.fail(`${field.name} is sent more than once`)
    seen.add(field.name)
    const name = canonicalName(field.name)
    const before = values.get(name)
    if (before !== undefined && !isSame(before, value.success)) {
      return Result.fail(
        `${spellingsOf(name).join(" and ")} are one datum and are sent with different values`
      )
    }
    values.set(name, value.success)
  }
  return Result.succeed(Object.fromEntries(values))
}
