/**
 * What a rail said, as an event for the machine: checked, and with its words sealed.
 *
 * Whatever a rail answers outside the contract is `Unknown`: guessing is how money is paid twice. Gotcha: an amount or a fee
 * that does not fit the payout is such an answer too (R5, R22).
 */
import { Effect, Result, Schema } from "effect"
import { add, type Amount, isMore, parseAmount, subtract } from "../../machines/domain/Amount.ts"
import type { PayoutEvent } from "../../machines/transaction/events.ts"
import { LookUpAnswer, type PaymentRail } from "../ports/Rails.ts"
import type { PayoutJob, SealedRow } from "../ports/rows.ts"
import { type Note, sealNote } from "../runtime/Note.ts"

export interface Answer {
  readonly event: PayoutEvent
  readonly notes: ReadonlyArray<SealedRow>
}

const decode = Schema.decodeUnknownResult(LookUpAnswer)

/** The event of any answer; total. */
export const answerOf = Effect.fnUntraced(function* (job: PayoutJob, rail: PaymentRail, said: unknown) {
  const decoded = decode(said)
  if (Result.isFailure(decoded)) return yield* unknown(job, rail, "the rail answered outside its contract")
  const outcome = decoded.success
  const about = { payoutId: job.id }
  switch (outcome._tag) {
    case "Delivered": {
      const fee = feeOf(job, outcome.fee, outcome.amount)
      if (Result.isFailure(fee)) return yield* unknown(job, rail, fee.failure)
      return plain({
        type: "payout.delivered",
        ...about,
        externalId: outcome.externalId ?? null,
        fee: fee.success
      })
    }
    case "Pending":
      return plain({ type: "payout.pending", ...about, externalId: outcome.externalId ?? null })
    case "TransactionInfoNeeded": {
      const fields = Object.keys(outcome.fields)
      if (fields.length === 0)
        return yield* unknown(job, rail, "the rail asked for information without naming a field")
      return yield* withNote({ fields: outcome.fields, ...messageOf(outcome.message) }, (note) => ({
        type: "payout.neededTransactionInfo",
        ...about,
        fields,
        note
      }))
    }
    case "CustomerInfoNeeded": {
      const { fields, party } = outcome
      return yield* withNote(messageOf(outcome.message), (note) => ({
        type: "payout.neededCustomerInfo",
        ...about,
        party,
        fields,
        note
      }))
    }
    case "Rejected":
      return yield* withNote(messageOf(outcome.reason), (note) => ({
        type: "payout.rejected",
        ...about,
        note
      }))
    case "Failed":
      return yield* withNote(messageOf(outcome.reason), (note) => ({ type: "payout.failed", ...about, note }))
    case "RefundedByIntegrator": {
      const amount = parseAmount(outcome.amount)
      if (Result.isFailure(amount)) return yield* unknown(job, rail, amount.failure)
      const stellarTransactionId = outcome.stellarTransactionHash ?? null
      return yield* withNote(messageOf(outcome.reason), (note) => ({
        type: "payout.refundedByIntegrator",
        ...about,
        amount: amount.success,
        stellarTransactionId,
        note
      }))
    }
    case "PartlyRefused": {
      const refused = parseAmount(outcome.refused)
      if (Result.isFailure(refused)) return yield* unknown(job, rail, refused.failure)
      const { rest } = outcome
      const externalId = outcome.externalId ?? null
      return yield* withNote(messageOf(outcome.reason), (note) => ({
        type: "payout.partlyRefused",
        ...about,
        refused: refused.success,
        rest,
        externalId,
        note
      }))
    }
    case "NeverAccepted":
      return plain({ type: "payout.voided", ...about })
    case "Unknown":
      return yield* unknown(job, rail, outcome.reason ?? "the rail does not know whether the money moved")
  }
})

/** Nobody knows; what follows is what the rail can do: be asked, be told again without paying twice, or neither. */
export const unknown = (job: PayoutJob, rail: PaymentRail, reason: string) => {
  // A look-up that does not know will not know later either: then a person is asked, or the call is repeated where it may be.
  const wasLookedUp = job.state === "unknown" || job.state === "held"
  const next =
    rail.lookUp !== undefined && !wasLookedUp
      ? ("lookUp" as const)
      : rail.repeatable
        ? ("repeat" as const)
        : ("hold" as const)
  return held(job, reason, next)
}

/** Unknown, and for a person whatever the rail could do: its answer contradicts what was asked of it. */
export const held = (job: PayoutJob, reason: string, next: "repeat" | "lookUp" | "hold" = "hold") =>
  withNote({ message: reason }, (note) => ({ type: "payout.unknown", payoutId: job.id, next, note }))

const plain = (event: PayoutEvent): Answer => ({ event, notes: [] })

const messageOf = (message: string | undefined): Note =>
  message === undefined || message === "" ? {} : { message }

const withNote = Effect.fnUntraced(function* (
  note: Note,
  event: (note: SealedRow["id"] | null) => PayoutEvent
) {
  if (note.message === undefined && note.fields === undefined) return plain(event(null))
  const sealed = yield* sealNote(note)
  return { event: event(sealed.id), notes: [sealed] } satisfies Answer
})

/** The fee the rail charged, null when it is the planned one; a failure when the figures do not add up to the payout. */
const feeOf = (
  job: PayoutJob,
  saidFee: string | undefined,
  saidAmount: string | undefined
): Result.Result<Amount | null, string> => {
  const fee = saidFee === undefined ? Result.succeed(job.fee) : parseAmount(saidFee)
  if (Result.isFailure(fee)) return Result.fail(fee.failure)
  if (isMore(fee.success, job.fee))
    return Result.fail(`the rail charged ${fee.success}, more than the fee of ${job.fee}`)
  const expected = subtract(add(job.amount, job.fee), fee.success)
  if (saidAmount !== undefined) {
    const amount = parseAmount(saidAmount)
    if (Result.isFailure(amount)) return Result.fail(amount.failure)
    if (amount.success !== expected)
      return Result.fail(`the rail delivered ${amount.success} where ${expected} was due`)
  }
  return Result.succeed(fee.success === job.fee ? null : fee.success)
}
