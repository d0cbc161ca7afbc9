// When did a ledger close, to the millisecond? The ledger itself knows whole seconds, as the real one does; a demo that
// shows how fast a payment goes on from there needs more.
import type { Ledger } from "./Ledger.ts"

const keptMax = 1000

/** Listens from now on; `of` answers milliseconds since 1970, or undefined for a ledger it has not seen close. */
export const closeMoments = (ledger: Ledger) => {
  const moments = new Map<number, number>()
  const stop = ledger.onClose(({ sequence }) => {
    moments.set(sequence, Date.now())
    const [oldest] = moments.keys()
    if (moments.size > keptMax && oldest !== undefined) moments.delete(oldest)
  })
  return { of: (sequence: number): number | undefined => moments.get(sequence), stop }
}
