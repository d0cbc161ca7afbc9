/** Counters of the runtime: what was committed, refused, lost to a race, set aside. */
import { Effect, Metric } from "effect"
import type { Group } from "../ports/rows.ts"

const steps = Metric.counter("kedge_steps_total", {
  description: "Transitions committed or tried",
  incremental: true
})
const groups = Metric.counter("kedge_commits_total", { description: "Groups committed", incremental: true })
const refusals = Metric.counter("kedge_refusals_total", {
  description: "Events the machine would not take",
  incremental: true
})
const moneyRefusals = Metric.counter("kedge_money_refusals_total", {
  description: "Refused events that tell of money moved: each is for a person",
  incremental: true
})
const asideCount = Metric.counter("kedge_actors_set_aside_total", {
  description: "Actors or rows the database or the machine would not take: each is for a person",
  incremental: true
})
const overloads = Metric.counter("kedge_overloaded_total", {
  description: "Requests refused because the mailbox was full",
  incremental: true
})

export const runtimeMetrics = {
  committed: (group: Group): Effect.Effect<void> =>
    Effect.gen(function* () {
      yield* Metric.update(groups, 1)
      if (group.steps.length > 0) yield* Metric.update(steps, group.steps.length)
      if (group.refusals.length > 0) yield* Metric.update(refusals, group.refusals.length)
      const withMoney = group.refusals.filter((refusal) => refusal.carriesMoney)
      if (withMoney.length > 0) yield* Metric.update(moneyRefusals, withMoney.length)
      for (const refusal of withMoney) {
        yield* Effect.logError("money came with an event the transaction could not take", {
          transactionId: refusal.transactionId,
          event: refusal.event,
          reason: refusal.reason
        })
      }
    }),
  setAside: Metric.update(asideCount, 1),
  overloaded: Metric.update(overloads, 1)
}
