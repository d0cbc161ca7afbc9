/**
 * What a Sending Anchor asked for, in our words: the shape of the bodies of POST and PATCH and nothing of their meaning.
 *
 * One parser for every version of SEP-31: it takes the union of their members and ignores the ones nobody knows (S31-GEN-08,
 * S31-DUAL-02). Gotcha: `null` is not absence here; a member without a value is left out (S31-POST-02, S31-POST-09).
 */
import { Result } from "effect"
import { say, type Sentence } from "../http/Sentence.ts"
import { languageOf } from "../http/Language.ts"
import { isJsonObject, JsonNumber, type JsonObject, type JsonValue } from "../http/readJson.ts"

/** Values of `fields.transaction`, by name. A Map: no name can reach a prototype. */
export type FieldValues = ReadonlyMap<string, string>

/** A POST /transactions with every member of the right kind; whether the values are good is decided elsewhere. */
export interface TransactionRequest {
  /** As it was written, number or string (SEP-31 §POST: in units of the Stellar asset). */
  readonly amount: string
  readonly assetCode: string
  readonly assetIssuer: string | null
  readonly fundingMethod: string | null
  readonly destinationAsset: string | null
  readonly quoteId: string | null
  readonly senderId: string | null
  readonly receiverId: string | null
  /** ISO 639-1, two letters, lower case. */
  readonly lang: string
  readonly refundMemo: string | null
  readonly refundMemoType: string | null
  readonly fields: FieldValues
}

type Parsed<A> = Result.Result<A, Sentence>

/** Reads a POST body. The failure is a sentence for the client, and the first fault in the order of the members here. */
export const parseTransactionRequest = (json: JsonObject): Parsed<TransactionRequest> =>
  Result.gen(function* () {
    const lang = yield* requestLang(json)
    return {
      amount: yield* amountText(json),
      assetCode: yield* text(json, "asset_code"),
      assetIssuer: yield* optionalText(json, "asset_issuer"),
      fundingMethod: yield* optionalText(json, "funding_method"),
      destinationAsset: yield* optionalText(json, "destination_asset"),
      quoteId: yield* optionalText(json, "quote_id"),
      senderId: yield* optionalText(json, "sender_id"),
      receiverId: yield* optionalText(json, "receiver_id"),
      lang,
      refundMemo: yield* optionalText(json, "refund_memo"),
      refundMemoType: yield* optionalText(json, "refund_memo_type"),
      fields: json.has("fields") ? yield* fieldValues(json.get("fields")) : new Map()
    }
  })

/** The language a POST body asks for (S31-GEN-10). */
export const requestLang = (json: JsonObject): Parsed<string> =>
  Result.flatMap(optionalText(json, "lang"), parseLang)

/** Reads a PATCH body: `{"fields": {"transaction": {name: value}}}` with at least one value (S31-PATCH-01, S31-PATCH-04). */
export const parseUpdateRequest = (json: JsonObject): Parsed<FieldValues> =>
  Result.flatMap(fieldValues(json.get("fields")), (values) =>
    values.size > 0
      ? Result.succeed(values)
      : Result.fail(
          say`fields.transaction is empty: give the fields asked for, ${'{"fields": {"transaction": {…}}}'}`
        )
  )

/**
 * A language as ISO 639-1: `en`, also out of a longer tag such as `en-GB`. Absent is `en`; text that is no language tag is
 * refused (S31-GEN-10).
 */
export const parseLang = (tag: string | null): Parsed<string> => {
  if (tag === null) return Result.succeed("en")
  const language = languageOf(tag)
  return language === null
    ? Result.fail(say`lang ${quoted(tag)} is not an ISO 639-1 language such as "en"`)
    : Result.succeed(language)
}

/** A value of the client's in an error: escaped and short (SEC-24). */
export const quoted = (value: string): string =>
  JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)

const amountText = (json: JsonObject): Parsed<string> => {
  const value = json.get("amount")
  if (value instanceof JsonNumber) return Result.succeed(value.text)
  if (typeof value === "string") return Result.succeed(value)
  return value === undefined
    ? Result.fail(say`amount is missing: give the amount of the Stellar asset to be sent`)
    : Result.fail(say`amount is ${kind(value)}; it must be a number or a decimal string`)
}

const text = (json: JsonObject, name: string): Parsed<string> =>
  Result.flatMap(optionalText(json, name), (value) =>
    value === null ? Result.fail(say`${name} is missing`) : Result.succeed(value)
  )

const optionalText = (json: JsonObject, name: string): Parsed<string | null> => {
  const value = json.get(name)
  if (value === undefined) return Result.succeed(null)
  return typeof value === "string"
    ? Result.succeed(value)
    : Result.fail(say`${name} is ${kind(value)}; it must be a string, or left out`)
}

const fieldValues = (fields: JsonValue | undefined): Parsed<FieldValues> => {
  if (fields === undefined)
    return Result.fail(say`fields is missing: give ${'{"fields": {"transaction": {…}}}'}`)
  if (!isJsonObject(fields)) return Result.fail(say`fields is ${kind(fields)}; it must be an object`)
  const transaction = fields.get("transaction")
  if (transaction === undefined) return Result.succeed(new Map())
  if (!isJsonObject(transaction)) {
    return Result.fail(say`fields.transaction is ${kind(transaction)}; it must be an object of strings`)
  }
  const values = new Map<string, string>()
  for (const [name, value] of transaction) {
    if (typeof value !== "string") {
      return Result.fail(
        say`fields.transaction has ${quoted(name)} as ${kind(value)}; every field is a string`
      )
    }
    values.set(name, value)
  }
  return Result.succeed(values)
}

const kind = (value: JsonValue): Sentence => {
  if (value === null) return say`null`
  if (value instanceof JsonNumber) return say`a number`
  if (isJsonObject(value)) return say`an object`
  if (typeof value === "object") return say`an array`
  return typeof value === "string" ? say`a string` : say`a boolean`
}
