/**
 * Every metric of Kedge that is not private to one room, with its name, unit and attributes.
 *
 * Gotcha: attributes are few and closed (a route pattern, never a URL): each combination is a series for ever.
 */
import { Metric } from "effect"

/** Requests answered, by `method`, `route` (pattern) and `status`. */
export const httpRequests = Metric.counter("kedge_http_requests_total", {
  description: "HTTP requests answered",
  incremental: true
})

/** Seconds from a request's headers to its answer, by `route`. */
export const httpSeconds = Metric.histogram("kedge_http_request_seconds", {
  description: "Seconds from the headers of a request to its answer",
  boundaries: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
})

/** Challenges issued (SEP-10). */
export const challengesIssued = Metric.counter("kedge_sep10_challenges_total", {
  description: "SEP-10 challenges issued",
  incremental: true
})

/** Tokens issued (SEP-10). */
export const tokensIssued = Metric.counter("kedge_sep10_tokens_total", {
  description: "SEP-10 tokens issued",
  incremental: true
})

/** Challenges posted and refused (SEP-10). */
export const challengesRefused = Metric.counter("kedge_sep10_refusals_total", {
  description: "SEP-10 challenges that were refused",
  incremental: true
})

/** Bearer tokens checked, by `result`: `cached`, `verified`, `refused`. */
export const tokensChecked = Metric.counter("kedge_tokens_checked_total", {
  description: "Bearer tokens checked",
  incremental: true
})
