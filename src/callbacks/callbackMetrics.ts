/** Callbacks of every kind: what became of each try, how many were given up, and how long the oldest has been waiting. */
import { type Effect, Metric } from "effect"

const tries = Metric.counter("kedge_callback_tries_total", {
  description: "Callbacks sent, by result: delivered, refused (answered 400), failed",
  incremental: true
})
const dead = Metric.counter("kedge_callbacks_dead_total", {
  description: "Callbacks given up: each is for a person",
  incremental: true
})
const lag = Metric.gauge("kedge_callback_lag_seconds", {
  description: "Age of the oldest callback that was due at the last look; 0 when none was"
})
const delay = Metric.histogram("kedge_callback_delay_seconds", {
  description: "Seconds from a change to the delivery of its callback",
  boundaries: [0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3_600, 14_400, 86_400]
})

type Kind = "transaction" | "customer"

export const callbackMetrics = {
  sent: (sent: {
    readonly _tag: "Delivered" | "Failed"
    readonly status: number | null
  }): Effect.Effect<void> => {
    const result = sent._tag === "Delivered" ? "delivered" : sent.status === 400 ? "refused" : "failed"
    return Metric.update(Metric.withAttributes(tries, { result }), 1)
  },
  delivered: (kind: Kind, seconds: number): Effect.Effect<void> =>
    Metric.update(Metric.withAttributes(delay, { kind }), seconds),
  dead: (kind: Kind): Effect.Effect<void> => Metric.update(Metric.withAttributes(dead, { kind }), 1),
  lag: (kind: Kind, seconds: number): Effect.Effect<void> =>
    Metric.update(Metric.withAttributes(lag, { kind }), seconds)
}
