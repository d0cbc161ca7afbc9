/**
 * The SEP-9 field catalogue: every name a customer's data may come under, its type, and what a value must look like.
 *
 * Gotcha: `family_name` and `given_name` denote the same data as `last_name` and `first_name` (S9-01). Values are kept under
 * the latter, so compare names through `canonicalName`. Card fields are left out on purpose (S9-04).
 */
import { say, type Sentence } from "./Sentence.ts"
import { type Format, formatFault } from "./sep9Formats.ts"

export interface Sep9Field {
  readonly type: "string" | "binary" | "number" | "date"
  /** English; `describe` has it in every other language, by this text. */
  readonly description: string
  readonly choices?: ReadonlyArray<string>
  readonly format?: Format
}

const text = ({ template }: Sentence, format?: Format): Sep9Field => ({
  type: "string",
  description: template,
  ...(format === undefined ? {} : { format })
})
const date = ({ template }: Sentence): Sep9Field => ({ type: "date", description: template, format: "date" })
const number = ({ template }: Sentence, format: Format): Sep9Field => ({
  type: "number",
  description: template,
  format
})
const file = ({ template }: Sentence): Sep9Field => ({ type: "binary", description: template })
const oneOf = ({ template }: Sentence, ...choices: ReadonlyArray<string>): Sep9Field => ({
  type: "string",
  description: template,
  choices
})

const person: Readonly<Record<string, Sep9Field>> = {
  family_name: text(say`Family name, as in the identity document`),
  last_name: text(say`Family name, as in the identity document`),
  given_name: text(say`Given name, as in the identity document`),
  first_name: text(say`Given name, as in the identity document`),
  additional_name: text(say`Middle name or other further names`),
  address_country_code: text(say`Country of residence, ISO 3166-1 alpha-3`, "country"),
  state_or_province: text(say`State, province or region of residence`),
  city: text(say`Town or city of residence`),
  postal_code: text(say`Postal code of residence`),
  address: text(say`Full address, lines separated by line breaks`),
  mobile_number: text(say`Mobile phone number with country code`, "e164"),
  mobile_number_format: text(say`Format of mobile_number where it is not E.164`),
  email_address: text(say`Email address`, "email"),
  birth_date: date(say`Date of birth, YYYY-MM-DD`),
  birth_place: text(say`Place of birth as in the passport`),
  birth_country_code: text(say`Country of birth, ISO 3166-1 alpha-3`, "country"),
  tax_id: text(say`Tax identifier in the country of residence`),
  tax_id_name: text(say`Name of the tax identifier, such as SSN or ITIN`),
  occupation: number(say`Occupation, ISCO-08 code of three digits`, "isco"),
  employer_name: text(say`Name of the employer`),
  employer_address: text(say`Address of the employer`),
  language_code: text(say`Preferred language, ISO 639-1`, "language"),
  id_type: text(say`Kind of identity document, such as passport or id_card`),
  id_country_code: text(say`Country that issued the identity document, ISO 3166-1 alpha-3`, "country"),
  id_issue_date: date(say`Date the identity document was issued, YYYY-MM-DD`),
  id_expiration_date: date(say`Date the identity document expires, YYYY-MM-DD`),
  id_number: text(say`Number of the identity document`),
  photo_id_front: file(say`Image of the front of the identity document`),
  photo_id_back: file(say`Image of the back of the identity document`),
  notary_approval_of_photo_id: file(say`Image of a notary's approval of the identity document`),
  ip_address: text(say`IP address of the customer's device`, "ip"),
  photo_proof_residence: file(say`Image of a bill or statement with name and address`),
  sex: oneOf(say`Sex`, "male", "female", "other"),
  proof_of_income: file(say`Image of a proof of income`),
  proof_of_liveness: file(say`Image or video that proves liveness`),
  referral_id: text(say`Identifier of who or what referred the customer`)
}

const account: Readonly<Record<string, Sep9Field>> = {
  bank_name: text(say`Name of the bank`),
  bank_account_type: oneOf(say`Kind of bank account`, "checking", "savings"),
  bank_account_number: text(say`Number of the bank account`),
  bank_number: text(say`Number of the bank: routing number, BIC or the like`),
  bank_phone_number: text(say`Phone number of the bank with country code`, "phone"),
  bank_branch_number: text(say`Number of the bank's branch`),
  external_transfer_memo: text(say`Tag or memo the transfer must carry`),
  clabe_number: text(say`CLABE of a bank account in Mexico`, "clabe"),
  cbu_number: text(say`CBU of a bank account in Argentina`, "cbu"),
  cbu_alias: text(say`Alias of a CBU`, "cbu-alias"),
  mobile_money_number: text(say`Phone number of the mobile money account`, "e164"),
  mobile_money_provider: text(say`Name of the mobile money provider`),
  crypto_address: text(say`Address of a cryptocurrency account`),
  crypto_memo: text(say`Tag or memo of a cryptocurrency account`)
}

const organization: Readonly<Record<string, Sep9Field>> = {
  name: text(say`Full name as in the incorporation papers`),
  VAT_number: text(say`VAT number`),
  registration_number: text(say`Registration number`),
  registration_date: date(say`Date of registration, YYYY-MM-DD`),
  registered_address: text(say`Registered address`),
  number_of_shareholders: number(say`Number of shareholders`, "count"),
  shareholder_name: text(say`Name of a shareholder, a person or an organization`),
  photo_incorporation_doc: file(say`Image of the incorporation papers`),
  photo_proof_address: file(say`Image of a bill or statement with name and address`),
  address_country_code: text(say`Country, ISO 3166-1 alpha-3`, "country"),
  state_or_province: text(say`State or province`),
  city: text(say`Town or city`),
  postal_code: text(say`Postal code`),
  director_name: text(say`Name of the registered managing director`),
  website: text(say`Website`),
  email: text(say`Email address`, "email"),
  phone: text(say`Phone number`, "phone"),
  ...account
}

/** A map, so that a name such as `constructor` finds nothing. */
const catalogue: ReadonlyMap<string, Sep9Field> = new Map([
  ...Object.entries(person),
  ...Object.entries(account),
  ...Object.entries(organization).map(([name, field]) => [`organization.${name}`, field] as const)
])

export const sep9Names: ReadonlyArray<string> = [...catalogue.keys()]

/** What SEP-9 says of a field; undefined for a name it does not have, and for cards. */
export const sep9Field = (name: string): Sep9Field | undefined => catalogue.get(name)

/** Card data is never taken, so that Kedge stays out of the scope of PCI (S9-04). */
export const isCardField = (name: string): boolean => name.startsWith("card.")

const aliases: ReadonlyArray<readonly [alias: string, canonical: string]> = [
  ["family_name", "last_name"],
  ["given_name", "first_name"]
]

/** The one name a datum is kept and compared under. */
export const canonicalName = (name: string): string => aliases.find(([alias]) => alias === name)?.[1] ?? name

/** Every name that denotes the same datum, the canonical one first. */
export const spellingsOf = (name: string): ReadonlyArray<string> => {
  const canonical = canonicalName(name)
  return [canonical, ...aliases.filter(([, to]) => to === canonical).map(([alias]) => alias)]
}

/** Characters of one text value; SEP-9 knows no text as long as this. */
export const textMax = 2000

/** The digits of a JSON number as the text they stand for: an ISCO code has lost its leading zeros on the way (S9-05). */
export const numberText = (name: string, digits: string): string =>
  sep9Field(name)?.format === "isco" ? digits.padStart(3, "0") : digits

/**
 * What is wrong with a text value of a catalogued field, as a sentence for the client that does not quote it; null when it is
 * right. `otherFormat`: the customer names a format of its own for `mobile_number`.
 */
export const valueFault = (
  name: string,
  value: string,
  options?: { readonly otherFormat?: boolean }
): Sentence | null => {
  const field = sep9Field(name)
  if (field === undefined) return say`${name} is not a SEP-9 field`
  if (field.type === "binary") return say`${name} is a file: send it as a part of multipart/form-data`
  if (value === "") return say`${name} is empty: leave it out, or send a value`
  if (value.length > textMax) return say`${name} has ${value.length} characters; at most ${textMax} are taken`
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(value) || !value.isWellFormed()) {
    return say`${name} holds control characters or broken Unicode`
  }
  if (field.choices !== undefined && !field.choices.includes(value)) {
    return say`${name} must be one of ${field.choices}`
  }
  if (field.format === undefined || (name === "mobile_number" && options?.otherFormat === true)) return null
  const wanted = formatFault(field.format, value)
  return wanted === null ? null : say`${name} must be ${wanted}`
}

/** What a file is by its first bytes, whatever its sender called it (S12-FILE-06); null when it is nothing we take. */
export const sniff = (bytes: Uint8Array): string | null => {
  const starts = (offset: number, ...signature: ReadonlyArray<number>): boolean =>
    signature.every((byte, at) => bytes[offset + at] === byte)
  if (starts(0, 0xff, 0xd8, 0xff)) return "image/jpeg"
  if (starts(0, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return "image/png"
  if (starts(0, 0x25, 0x50, 0x44, 0x46, 0x2d)) return "application/pdf"
  if (starts(4, 0x66, 0x74, 0x79, 0x70)) return "video/mp4"
  if (starts(0, 0x1a, 0x45, 0xdf, 0xa3)) return "video/webm"
  return null
}

/** What is wrong with a file for a field, as `valueFault` says it. Videos are taken as proof of liveness alone. */
export const fileFault = (name: string, bytes: Uint8Array): Sentence | null => {
  const field = sep9Field(name)
  if (field === undefined) return say`${name} is not a SEP-9 field`
  if (field.type !== "binary") return say`${name} is text, not a file`
  const kind = sniff(bytes)
  if (kind === null || (kind.startsWith("video/") && name !== "proof_of_liveness")) {
    const kinds =
      name === "proof_of_liveness" ? say`a JPEG, PNG, PDF, MP4 or WebM file` : say`a JPEG, PNG or PDF file`
    return say`${name} must be ${kinds}`
  }
  return null
}
