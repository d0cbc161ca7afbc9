/**
 * Tells the members that name a customer from the SEP-9 values beside them (SEP-12 §Request Parameters).
 *
 * Gotcha: a member sent empty is refused, never read as left out: without it the request may mean another customer.
 */
import { Result } from "effect"
import { say, type Sentence } from "../http/Sentence.ts"
import type { Asked } from "./Customers.ts"
import type { Submitted, SubmittedField } from "./submitted.ts"

const members = {
  id: "id",
  account: "account",
  memo: "memo",
  memo_type: "memoType",
  type: "type",
  transaction_id: "transactionId",
  lang: "lang"
} as const satisfies Readonly<Record<string, keyof Asked>>

type Member = keyof typeof members
const isMember = (name: string): name is Member => Object.hasOwn(members, name)

/** A JSON number is a memo only as far as every client can spell it: beyond 2^53 it may have lost digits (H-24). */
const memoNumber = (digits: string): Result.Result<string, Sentence> =>
  /^(0|[1-9][0-9]{0,15})$/.test(digits) && Number.isSafeInteger(Number(digits))
    ? Result.succeed(digits)
    : Result.fail(say`memo must be a string: as a JSON number it may have lost digits`)

const textOf = (name: Member, value: Submitted): Result.Result<string, Sentence> => {
  if (value._tag === "Number" && name === "memo") return memoNumber(value.digits)
  if (value._tag !== "Text") return Result.fail(say`${name} must be a string`)
  return value.text === "" && name !== "lang"
    ? Result.fail(say`${name} is empty: leave it out, or send a value`)
    : Result.succeed(value.text)
}

/** What is asked and the values beside it. The failure is a sentence for the client about the first fault. */
export const readAsked = (
  fields: ReadonlyArray<SubmittedField>
): Result.Result<{ readonly asked: Asked; readonly values: ReadonlyArray<SubmittedField> }, Sentence> => {
  const asked: { -readonly [Key in keyof Asked]: Asked[Key] } = {}
  const values: Array<SubmittedField> = []
  for (const field of fields) {
    if (!isMember(field.name)) {
      values.push(field)
      continue
    }
    const text = textOf(field.name, field.value)
    if (Result.isFailure(text)) return Result.fail(text.failure)
    asked[members[field.name]] = text.success
  }
  return Result.succeed({ asked, values })
}

/** The same for query parameters; those that are none of SEP-12's are ignored. */
export const readQuery = (
  query: Readonly<Record<string, string | undefined>>
): Result.Result<Asked, Sentence> =>
  Result.map(
    readAsked(
      Object.entries(query).flatMap(([name, text]) =>
        text === undefined ? [] : [{ name, value: { _tag: "Text" as const, text } }]
      )
    ),
    ({ asked }) => asked
  )

/**
 * Whom a DELETE names: the account of its path, with a memo or an id from the body or, because some stacks drop the body of a
 * DELETE, from the query (H-40). Anything that would name somebody else is refused: an erasure cannot be taken back.
 */
export const readErasure = (
  account: string,
  body: Asked,
  query: Asked
): Result.Result<Asked & { readonly account: string }, Sentence> => {
  for (const { account: other } of [body, query]) {
    if (other !== undefined && other !== account) {
      return Result.fail(say`account differs from the one in the path`)
    }
  }
  const both = body.memo !== undefined && query.memo !== undefined
  if (both && (body.memo !== query.memo || body.memoType !== query.memoType)) {
    return Result.fail(say`memo differs between the body and the query`)
  }
  if (body.id !== undefined && query.id !== undefined && body.id !== query.id) {
    return Result.fail(say`id differs between the body and the query`)
  }
  const { memo, memoType } = body.memo === undefined && body.memoType === undefined ? query : body
  const id = body.id ?? query.id
  return Result.succeed({ account, memo, memoType, ...(id === undefined ? {} : { id }) })
}
