/**
 * When a callback that was not taken is sent again: doubling pauses up to a longest one, and nothing after a day (S31-CB-11).
 *
 * Gotcha: the day is counted from the change the callback tells of, so a process that was down does not begin it anew.
 */
import type { Timing } from "../KedgeConfig.ts"
import type { Sent } from "./CallbackSender.ts"

export type Settled = "delivered" | "dead" | { readonly retryInSeconds: number }

export type CallbackTiming = Pick<Timing, "callbackRetryFirst" | "callbackRetryMax" | "callbackGiveUp">

interface Tried {
  /** Earlier tries. */
  readonly tries: number
  readonly ageSeconds: number
  /** Spreads the pauses of many that failed together; the same text gives the same series. */
  readonly id: string
}

/** Seconds before the next try: first, 2x, 4x … up to the longest, plus up to a quarter. */
export const retrySeconds = (timing: CallbackTiming, { id, tries }: Pick<Tried, "id" | "tries">): number => {
  const pause = Math.min(timing.callbackRetryMax, timing.callbackRetryFirst * 2 ** Math.min(tries, 30))
  return pause + (pause * (spread(id) % 256)) / 1_024
}

/** What becomes of a callback after this try. */
export const settledAs = (timing: CallbackTiming, tried: Tried, sent: Sent): Settled => {
  if (sent._tag === "Delivered") return "delivered"
  if (!sent.retryable) return "dead"
  const pause = retrySeconds(timing, tried)
  return tried.ageSeconds + pause > timing.callbackGiveUp ? "dead" : { retryInSeconds: pause }
}

const spread = (id: string): number => {
  let hash = 0
  for (let at = 0; at < id.length; at++) hash = (hash * 31 + id.charCodeAt(at)) >>> 0
  return hash
}
