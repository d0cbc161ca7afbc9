/**
 * The `Idempotency-Key` of a POST: the same key with the same request answers as the first time, and makes nothing new
 * (S31-POST-22; SEP-31 itself has no such thing).
 *
 * What is kept of the request is a keyed digest: it may hold customer data, whose plain digest could be found by guessing.
 * Gotcha: two requests are the same when they say the same, however they are written ("100" and 100.00, members in any order).
 */
import { Redacted, Result } from "effect"
import { parseAmount } from "../../machines/domain/Amount.ts"
import { say, type Sentence } from "../http/Sentence.ts"
import { digestOf } from "../stellar/digest.ts"
import type { TransactionRequest } from "./parseRequest.ts"

export const repeatHeader = "idempotency-key"

/** The header's value, or null without one. The failure is a sentence for the client. */
export const parseRepeatKey = (header: string | undefined): Result.Result<string | null, Sentence> => {
  if (header === undefined) return Result.succeed(null)
  return /^[\x21-\x7e]{1,200}$/.test(header)
    ? Result.succeed(header)
    : Result.fail(say`Idempotency-Key must be 1 to 200 visible ASCII characters without spaces`)
}

/** The digest of what a request says, keyed with a secret of this deployment. */
export const fingerprintOf = (secret: Redacted.Redacted<string>, request: TransactionRequest): string => {
  const { amount, fields, ...rest } = request
  const parsed = parseAmount(amount)
  const said = [
    ["amount", Result.isSuccess(parsed) ? parsed.success : amount],
    ["fields", [...fields].sort(([a], [b]) => (a < b ? -1 : 1))],
    ...Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1))
  ]
  return digestOf(`kedge request\n${Redacted.value(secret)}\n${JSON.stringify(said)}`)
}
