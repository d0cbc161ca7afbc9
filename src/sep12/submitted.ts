/**
 * The values of a PUT: every submitted name judged by the SEP-9 catalogue, before anything is kept (S12-PUT-08..11); beside
 * them codes that prove a value, and files sent before.
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
import { say, type Sentence, type Words } from "../http/Sentence.ts"
import type { CustomerValue } from "../ports/KycProvider.ts"

/** One member of the body: form fields are texts, JSON numbers keep their digits. */
export type Submitted =
  | { readonly _tag: "Text"; readonly text: string }
  | { readonly _tag: "Number"; readonly digits: string }
  | { readonly _tag: "File"; readonly bytes: Uint8Array }
  | { readonly _tag: "Other"; readonly kind: Sentence }

export interface SubmittedField {
  readonly name: string
  readonly value: Submitted
}

/** Values by canonical name; none has been kept yet. */
export type Values = Readonly<Record<string, CustomerValue>>

/** What a body says of a customer. */
export interface Read {
  readonly values: Values
  /** Codes that prove a value, by the canonical name of its field (`<field>_verification`). */
  readonly codes: Readonly<Record<string, string>>
  /** Ids of files sent before, by field (`<field>_file_id`). */
  readonly files: Readonly<Record<string, string>>
}

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

/** What a name with an ending refers to: `mobile_number_verification` to `mobile_number`; null where it is no such name. */
const referred = (name: string, ending: string): string | null => {
  const field = name.endsWith(ending) ? name.slice(0, -ending.length) : ""
  return sep9Field(field) === undefined ? null : field
}

/** More than any code, and any id of ours. */
const referenceMax = 100

const referenceOf = (name: string, value: Submitted): Result.Result<string, Sentence> => {
  if (value._tag !== "Text") return Result.fail(say`${name} must be a string`)
  if (value.text === "") return Result.fail(say`${name} is empty: leave it out, or send a value`)
  return value.text.length > referenceMax
    ? Result.fail(say`${name} has ${value.text.length} characters; at most ${referenceMax} are taken`)
    : Result.succeed(value.text)
}

const judged = (
  { name, value }: SubmittedField,
  otherFormat: boolean
): Result.Result<CustomerValue | null, Words> => {
  if (isCardField(name)) return Result.fail(say`card data is not accepted here`)
  const field = sep9Field(name)
  if (value._tag === "Other") {
    const named = field === undefined ? say`the body` : name
    return Result.fail(
      say`${named} holds ${value.kind}; names are flat and values are strings, such as "organization.name": "…"`
    )
  }
  if (field === undefined) return Result.succeed(null)
  if (value._tag === "File") {
    const fault = fileFault(name, value.bytes)
    const contentType = sniff(value.bytes)
    return fault !== null || contentType === null
      ? Result.fail(fault ?? say`${name} is not a file we take`)
      : Result.succeed({ contentType, bytes: value.bytes })
  }
  const text = textOf(name, value)
  if (text === null) return Result.fail(say`${name} must be a string`)
  const fault = valueFault(name, text, { otherFormat })
  return fault === null ? Result.succeed(text) : Result.fail(fault)
}

const isSame = (a: CustomerValue, b: CustomerValue): boolean => typeof a === "string" && a === b

/** A format for `mobile_number` other than SEP-9's own. */
export const isOtherFormat = (format: CustomerValue | undefined): boolean =>
  typeof format === "string" && format.toUpperCase().replaceAll(/[^A-Z0-9]/g, "") !== "E164"

const twice = (name: string) => say`${name} is sent more than once`

/** Puts what a name refers to under its datum; false where the name is an ordinary one. */
const takeReference = (
  { name, value }: SubmittedField,
  codes: Map<string, string>,
  files: Map<string, string>
): Result.Result<boolean, Sentence> => {
  const [proven, uploaded] = [referred(name, "_verification"), referred(name, "_file_id")]
  const field = proven ?? uploaded
  if (field === null) return Result.succeed(false)
  if (uploaded !== null && sep9Field(uploaded)?.type !== "binary") {
    return Result.fail(say`${uploaded} is text, not a file`)
  }
  const into = proven === null ? files : codes
  const datum = canonicalName(field)
  if (into.has(datum)) return Result.fail(twice(name))
  return Result.map(referenceOf(name, value), (text) => {
    into.set(datum, text)
    return true
  })
}

/**
 * Reads the values of a body. The failure is a sentence for the client about the first fault.
 *
 * `heldFormat`: the `mobile_number_format` the customer gave before; one in the body goes before it.
 */
export const readValues = (
  fields: ReadonlyArray<SubmittedField>,
  heldFormat?: CustomerValue
): Result.Result<Read, Words> => {
  const sentFormat = fields.find(({ name }) => name === "mobile_number_format")?.value
  const otherFormat = isOtherFormat(sentFormat?._tag === "Text" ? sentFormat.text : heldFormat)
  const values = new Map<string, CustomerValue>()
  const codes = new Map<string, string>()
  const files = new Map<string, string>()
  const seen = new Set<string>()
  for (const field of fields) {
    const reference = takeReference(field, codes, files)
    if (Result.isFailure(reference)) return Result.fail(reference.failure)
    if (reference.success) continue
    const value = judged(field, otherFormat)
    if (Result.isFailure(value)) return Result.fail(value.failure)
    if (value.success === null) continue
    if (seen.has(field.name)) return Result.fail(twice(field.name))
    seen.add(field.name)
    const name = canonicalName(field.name)
    const before = values.get(name)
    if (before !== undefined && !isSame(before, value.success)) {
      return Result.fail(
        say`${spellingsOf(name)[0] ?? name} and ${spellingsOf(name)[1] ?? name} are one datum and are sent with different values`
      )
    }
    values.set(name, value.success)
  }
  const both = [...files.keys()].find((name) => values.has(name))
  if (both !== undefined) return Result.fail(twice(both))
  return Result.succeed({
    values: Object.fromEntries(values),
    codes: Object.fromEntries(codes),
    files: Object.fromEntries(files)
  })
}
