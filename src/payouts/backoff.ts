/** The pause before a payout that was not accepted is sent again: doubling, capped, spread so that an outage ends in no storm. */

/**
 * Seconds to wait after `tries` earlier tries: first, 2x, 4x … up to max, plus up to a quarter by the payout's own id. Derived,
 * not random: the same payout gives the same series.
 */
export const backoffSeconds = (
  timing: { readonly retryFirst: number; readonly retryMax: number },
  tries: number,
  id: string
): number => {
  const pause = Math.min(timing.retryMax, timing.retryFirst * 2 ** Math.min(tries, 30))
  return pause + (pause * (spread(id) % 256)) / 1024
}

const spread = (id: string): number => {
  let hash = 0
  for (let index = 0; index < id.length; index++) hash = (hash * 31 + id.charCodeAt(index)) >>> 0
  return hash
}
