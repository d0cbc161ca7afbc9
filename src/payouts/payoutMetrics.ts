/** Counters of payouts by rail and outcome. */
import { type Effect, Metric } from "effect"

const outcomes = Metric.counter("kedge_payout_outcomes_total", {
  description: "Outcomes of payouts, by rail",
  incremental: true
})
const unasked = Metric.counter("kedge_payout_unasked_answers_total", {
  description: "Answers about payouts that were not asked about or are not pending",
  incremental: true
})

const unconfirmed = Metric.counter("kedge_payout_unconfirmed_total", {
  description: "Times a pending payout was due and its rail can be neither polled nor looked up",
  incremental: true
})

/** One metric a rail and outcome: making it anew for each payout costs more than counting. */
const known = new Map<string, Metric.Metric<number, unknown>>()

const outcomeOf = (rail: string, event: string): Metric.Metric<number, unknown> => {
  const key = JSON.stringify([rail, event])
  const found = known.get(key) ?? Metric.withAttributes(outcomes, { rail, outcome: event })
  known.set(key, found)
  return found
}

export const payoutMetrics = {
  outcome: (rail: string, event: string): Effect.Effect<void> => Metric.update(outcomeOf(rail, event), 1),
  unasked: (rail: string): Effect.Effect<void> => Metric.update(Metric.withAttributes(unasked, { rail }), 1),
  unconfirmed: (rail: string): Effect.Effect<void> =>
    Metric.update(Metric.withAttributes(unconfirmed, { rail }), 1)
}
