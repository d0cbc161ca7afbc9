/**
 * How a SEP-9 value must be spelled, for the fields where SEP-9 or the standard it names says so (S9-05, S9-07).
 *
 * Every check answers with a sentence for the client or null, throws on no text, and never quotes the value: it is customer
 * data and the sentence may be logged on the way.
 */
import { countries3, languages2 } from "./Iso.ts"
import { say, type Sentence } from "./Sentence.ts"

export type Format =
  | "date"
  | "email"
  | "e164"
  | "phone"
  | "country"
  | "language"
  | "isco"
  | "count"
  | "ip"
  | "clabe"
  | "cbu"
  | "cbu-alias"

const daysOf = (year: number, month: number): number => {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}

const isDate = (text: string): boolean => {
  const match = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(text)
  if (match === null) return false
  const [year = 0, month = 0, day = 0] = match.slice(1).map(Number)
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month)
}

const isEmail = (text: string): boolean =>
  text.length <= 254 && /^[^\s@]{1,64}@[^\s@.]+(\.[^\s@.]+)+$/.test(text)

const isIpv4 = (text: string): boolean =>
  /^(0|[1-9][0-9]{0,2})(\.(0|[1-9][0-9]{0,2})){3}$/.test(text) &&
  text.split(".").every((part) => Number(part) <= 255)

const isIpv6 = (text: string): boolean => {
  // An embedded IPv4 tail stands for two groups.
  const tail = text.slice(text.lastIndexOf(":") + 1)
  const plain = tail.includes(".") ? (isIpv4(tail) ? text.slice(0, -tail.length) + "0:0" : "") : text
  const halves = plain.split("::")
  if (halves.length > 2) return false
  const groups = halves.flatMap((half) => (half === "" ? [] : half.split(":")))
  if (!groups.every((group) => /^[0-9A-Fa-f]{1,4}$/.test(group))) return false
  return halves.length === 2 ? groups.length <= 7 : groups.length === 8
}

/** The digit that makes the weighted sum of `digits` and itself a multiple of ten; `each` takes the products mod 10 first. */
const checkDigit = (digits: string, weights: ReadonlyArray<number>, each: boolean): number => {
  const products = Array.from(digits, (digit, at) => Number(digit) * (weights[at % weights.length] ?? 0))
  return (10 - (products.reduce((sum, product) => sum + (each ? product % 10 : product), 0) % 10)) % 10
}

const isClabe = (text: string): boolean =>
  /^[0-9]{18}$/.test(text) && checkDigit(text.slice(0, 17), [3, 7, 1], true) === Number(text[17])

const isCbu = (text: string): boolean =>
  /^[0-9]{22}$/.test(text) &&
  checkDigit(text.slice(0, 7), [7, 1, 3, 9], false) === Number(text[7]) &&
  checkDigit(text.slice(8, 21), [3, 9, 7, 1], false) === Number(text[21])

const checks: Readonly<Record<Format, readonly [(text: string) => boolean, Sentence]>> = {
  date: [isDate, say`a calendar date such as "1985-04-12" (YYYY-MM-DD)`],
  email: [isEmail, say`an email address such as "name@example.org"`],
  // E.164 counts digits; the plus is how it is usually written down.
  e164: [(text) => /^\+?[1-9][0-9]{6,14}$/.test(text), say`a phone number in E.164, such as "+14155550100"`],
  phone: [(text) => /^\+?[0-9][0-9 ()./-]{3,29}$/.test(text), say`a phone number with its country code`],
  country: [(text) => countries3.has(text), say`an ISO 3166-1 alpha-3 country code such as "BRA"`],
  language: [(text) => languages2.has(text), say`an ISO 639-1 language code such as "pt"`],
  isco: [(text) => /^[0-9]{3}$/.test(text), say`an ISCO-08 code of three digits, such as "241"`],
  count: [(text) => /^(0|[1-9][0-9]{0,8})$/.test(text), say`a whole number`],
  ip: [(text) => isIpv4(text) || (text.length <= 45 && isIpv6(text)), say`an IPv4 or IPv6 address`],
  clabe: [isClabe, say`a CLABE of 18 digits with a right check digit`],
  cbu: [isCbu, say`a CBU of 22 digits with right check digits`],
  "cbu-alias": [
    (text) => /^[A-Za-z0-9.-]{6,20}$/.test(text),
    say`a CBU alias of 6 to 20 letters, digits, dots and dashes`
  ]
}

/** What a text should be and is not, as the end of a sentence ("a calendar date such as …"); null when it is right. */
export const formatFault = (format: Format, text: string): Sentence | null => {
  const [holds, wanted] = checks[format]
  return holds(text) ? null : wanted
}
