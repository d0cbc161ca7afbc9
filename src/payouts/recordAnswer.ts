/**
 * Tells the transaction what a rail said about one of its payouts: the one way in which an outcome is recorded.
 *
 * Gotcha: figures that the machine refuses contradict the payout, and nobody but a person can say what the rail did; where the
 * attempt is still open, it is held (R22).
 */
import { Effect } from "effect"
import { dueOf } from "../../machines/transaction/leaves.ts"
import type { PaymentRail } from "../ports/Rails.ts"
import type { PayoutJob } from "../ports/rows.ts"
import { Actors, type Told } from "../runtime/Actors.ts"
import { type Answer, contradicting } from "./outcomeEvent.ts"
import { payoutMetrics } from "./payoutMetrics.ts"

/** Out: what became of it, durable. `retryInSeconds` is for answers after which the payout is made again. */
export const recordAnswer = Effect.fnUntraced(function* (
  job: PayoutJob,
  rail: PaymentRail,
  answer: Answer,
  options: { readonly cause: string; readonly retryInSeconds: number }
) {
  const actors = yield* Actors
  const told = yield* actors.tell({
    to: job.actor.id,
    event: answer.event,
    cause: options.cause,
    notes: answer.notes,
    known: job.actor,
    retryInSeconds: options.retryInSeconds
  })
  yield* payoutMetrics.outcome(rail.name, answer.event.type)
  if (!isOpenAndDoesNotFit(told)) return told
  const instead = yield* contradicting(
    job,
    `the rail's answer (${answer.event.type}) does not fit the transaction`
  )
  return yield* actors.tell({
    to: job.actor.id,
    event: instead.event,
    cause: options.cause,
    notes: instead.notes
  })
})

const isOpenAndDoesNotFit = (told: Told): boolean =>
  told._tag === "Refused" && told.reason === "amounts-differ" && dueOf(told.leaf) === "payout"
