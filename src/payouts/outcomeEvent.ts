/**
 * What a rail said, as an event for the machine: checked, and with its words sealed.
 *
 * Whatever a rail answers outside the contract is `Unknown`: guessing is how money is paid twice. Gotcha: an amount or a fee
 * that does not fit the payout is such an answer too (R5, R22).
 */
import { Effect, Result, Schema } from "effect"
import { add, type Amount, isMore, isZero, parseAmount, subtract } from "../../machines/domain/Amount.ts"
import { ordinalOf } from "../../machines/domain/Ids.ts"
import type { PayoutEvent } from "../../machines/transaction/events.ts"
import { LookUpAnswer, type PaymentRail, PayoutOutcome } from "../ports/Rails.ts"
import type { PayoutJob, SealedRow } from "../ports/rows.ts"
import { type Note, sealNote } from "../runtime/Note.ts"
import { askedAsItCame } from "./mappedFields.ts"

export interface Answer {
  readonly event: PayoutEvent
  readonly notes: ReadonlyArray<SealedRow>
  /** Why the event is not what the rail said: it is outside the contract, or its figures are not those of the payout. */
  readonly fault: "contract" | "figures" | null
}

/** What a look-up or a report may say, and what a call or a poll may: only the former can prove that nothing was accepted. */
const decoders = {
  lookUp: Schema.decodeUnknownResult(LookUpAnswer),
  call: Schema.decodeUnknownResult(PayoutOutcome)
}

/** The event of any answer; total. */
export const answerOf = Effect.fnUntraced(function* (
  job: PayoutJob,
  rail: PaymentRail,
  said: unknown,
  to: "call" | "lookUp"
) {
  const decoded = decoders[to](said)
  if (Result.isFailure(decoded)) return yield* outsideContract(job, rail)
  const outcome = isAsking(decoded.success) ? yield* askedAsItCame(job, decoded.success) : decoded.success
  const about = { payoutId: job.id }
  switch (outcome._tag) {
    case "Delivered": {
      const fee = converts(job)
        ? convertedFee(job, outcome.fee, outcome.amount)
        : feeOf(dueOf(job), outcome.fee, outcome.amount)
      if (Result.isFailure(fee)) return yield* contradicting(job, fee.failure)
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
      if (fields.length === 0) return yield* outsideContract(job, rail)
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
      if (Result.isFailure(amount)) return yield* contradicting(job, String(amount.failure))
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
      if (Result.isFailure(refused)) return yield* contradicting(job, String(refused.failure))
      if (converts(job)) return yield* contradicting(job, "a part of a converted payout cannot be refused")
      const { rest } = outcome
      const externalId = outcome.externalId ?? null
      // The same part told again, by a later poll or report: what is new is what became of the rest.
      if (refused.success === refusedBefore(job)) {
        return rest === "delivered"
          ? plain({ type: "payout.delivered", ...about, externalId, fee: null })
          : plain({ type: "payout.pending", ...about, externalId })
      }
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

type Said = typeof LookUpAnswer.Type
const isAsking = (said: Said): said is Extract<Said, { readonly fields: unknown }> =>
  said._tag === "TransactionInfoNeeded" || said._tag === "CustomerInfoNeeded"

/** Nobody knows; what follows is what the rail can do: be asked, be told again without paying twice, or neither. */
export const unknown = (job: PayoutJob, rail: PaymentRail, reason: string) => {
  // A look-up that does not know will not know later either: then a person is asked, or the call is repeated where it may be.
  const next =
    rail.lookUp !== undefined && !wasLookedUp(job)
      ? ("lookUp" as const)
      : rail.repeatable
        ? ("repeat" as const)
        : ("hold" as const)
  return held(job, reason, next)
}

const held = (
  job: PayoutJob,
  reason: string,
  next: "repeat" | "lookUp" | "hold",
  fault: Answer["fault"] = null
) =>
  withNote({ message: reason }, (note) => ({ type: "payout.unknown", payoutId: job.id, next, note }), fault)

/** Unknown, and for a person whatever the rail could do: its answer contradicts what was asked of it. */
export const contradicting = (job: PayoutJob, reason: string) => held(job, reason, "hold", "figures")

/** Nonsense may be asked about once; the same call would be answered with the same nonsense. */
const outsideContract = (job: PayoutJob, rail: PaymentRail) =>
  held(
    job,
    "the rail answered outside its contract",
    rail.lookUp !== undefined && !wasLookedUp(job) ? "lookUp" : "hold",
    "contract"
  )

const wasLookedUp = (job: PayoutJob): boolean => job.state === "unknown" || job.state === "held"

const plain = (event: PayoutEvent): Answer => ({ event, notes: [], fault: null })

const messageOf = (message: string | undefined): Note =>
  message === undefined || message === "" ? {} : { message }

const withNote = Effect.fnUntraced(function* (
  note: Note,
  event: (note: SealedRow["id"] | null) => PayoutEvent,
  fault: Answer["fault"] = null
) {
  if (note.message === undefined && note.fields === undefined) return plain(event(null))
  const sealed = yield* sealNote(note)
  const answer: Answer = { event: event(sealed.id), notes: [sealed], fault }
  return answer
})

interface Due {
  readonly amount: Amount
  readonly fee: Amount
}

/** The transaction as the attempt has left it so far, where it is the newest one and not given up. */
const standing = (job: PayoutJob): { readonly accepted: Amount; readonly fee: Amount } | null => {
  const { accepted, fee } = job.actor.amounts
  const isOver = job.state === "refused" || job.state === "voided" || job.state === "failed"
  return isOver || accepted === null || fee === null || ordinalOf(job.id) !== job.actor.context.attempt
    ? null
    : { accepted, fee }
}

/** What is due to the Receiving Client: the payout as it was planned, less a part that was refused since. */
const dueOf = (job: PayoutJob): Due => {
  const now = standing(job)
  return now === null || isMore(now.fee, now.accepted)
    ? job
    : { amount: subtract(now.accepted, now.fee), fee: now.fee }
}

/** The part of this attempt that was refused before; null when there is none. */
const refusedBefore = (job: PayoutJob): Amount | null => {
  const now = standing(job)
  if (now === null || isMore(now.accepted, job.amountIn)) return null
  const refused = subtract(job.amountIn, now.accepted)
  return isZero(refused) ? null : refused
}

/** The Receiving Client gets another asset than the one received, at a price that holds for the whole. */
const converts = (job: PayoutJob): boolean => job.actor.terms.conversion !== null

/** Amount and fee are those of the price, or the rail did something else. */
const convertedFee = (
  job: PayoutJob,
  saidFee: string | undefined,
  saidAmount: string | undefined
): Result.Result<null, string> => {
  for (const [name, said, due] of [
    ["amount", saidAmount, job.amount],
    ["fee", saidFee, job.fee]
  ] as const) {
    const amount = said === undefined ? Result.succeed(due) : parseAmount(said)
    if (Result.isFailure(amount)) return Result.fail(String(amount.failure))
    if (amount.success !== due)
      return Result.fail(`the rail's ${name} is ${amount.success} where ${due} was due`)
  }
  return Result.succeed(null)
}

/** The fee the rail charged, null when it is the planned one; a failure when the figures do not add up to the payout. */
const feeOf = (
  due: Due,
  saidFee: string | undefined,
  saidAmount: string | undefined
): Result.Result<Amount | null, string> => {
  const fee = saidFee === undefined ? Result.succeed(due.fee) : parseAmount(saidFee)
  if (Result.isFailure(fee)) return Result.fail(String(fee.failure))
  if (isMore(fee.success, due.fee))
    return Result.fail(`the rail charged ${fee.success}, more than the fee of ${due.fee}`)
  const expected = subtract(add(due.amount, due.fee), fee.success)
  if (saidAmount !== undefined) {
    const amount = parseAmount(saidAmount)
    if (Result.isFailure(amount)) return Result.fail(String(amount.failure))
    if (amount.success !== expected)
      return Result.fail(`the rail delivered ${amount.success} where ${expected} was due`)
  }
  return Result.succeed(fee.success === due.fee ? null : fee.success)
}
