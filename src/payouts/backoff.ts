/** The pause before a payout is made again: doubling, capped, spread so that an outage ends in no storm (R21). */
import { ordinalOf } from "../../machines/domain/Ids.ts"
import type { PayoutEvent } from "../../machines/transaction/events.ts"
import type { PayoutJob } from "../ports/rows.ts"

interface Pauses {
  readonly retryFirst: number
  readonly retryMax: number
}

/**
 * Seconds to wait after `tries` earlier tries: first, 2x, 4x … up to max, plus up to a quarter by the payout's own id. Derived,
 * not random: the same payout gives the same series.
 */
export const backoffSeconds = (timing: Pauses, tries: number, id: string): number => {
  const pause = Math.min(timing.retryMax, timing.retryFirst * 2 ** Math.min(tries, 30))
  return pause + (pause * (spread(id) % 256)) / 1024
}

/**
 * Seconds before the payout is made again after this answer. An attempt that was proven not accepted is followed by the next one
 * at once, as after a crash; a rail that loses one attempt after the other gets ever longer pauses.
 */
export const retrySeconds = (
  timing: Pauses,
  job: Pick<PayoutJob, "id" | "tries">,
  event: PayoutEvent
): number => {
  if (event.type !== "payout.voided") return backoffSeconds(timing, job.tries, job.id)
  const earlier = ordinalOf(job.id) - 1
  return earlier === 0 ? 0 : backoffSeconds(timing, earlier - 1, job.id)
}

const spread = (id: string): number => {
  let hash = 0
  for (let index = 0; index < id.length; index++) hash = (hash * 31 + id.charCodeAt(index)) >>> 0
  return hash
}
