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

export const payoutMetrics = {
  outcome: (rail: string, event: string): Effect.Effect<void> =>
    Metric.update(Metric.withAttributes(outcomes, { rail, outcome: event }), 1),
  unasked: (rail: string): Effect.Effect<void> => Metric.update(Metric.withAttributes(unasked, { rail }), 1)
}
