// When does a ledger close? At a fixed interval, some time after something is pending, both, or only when asked.

import type { Ledger } from "./Ledger.ts"

export interface Pace {
  /** `null`: no interval. */
  readonly everySeconds: number | null
  /** How long a transaction that waits alone is let wait; `null`: until the interval or a call. */
  readonly whenPendingMs: number | null
}

/** Begins to close; answers how to stop. `onFailure` hears of a ledger that could not be made durable. */
export const startPacemaker = (
  ledger: Ledger,
  pace: Pace,
  onFailure: (error: unknown) => void
): (() => void) => {
  const close = (): void => void ledger.close().catch(onFailure)
  const interval = pace.everySeconds === null ? undefined : setInterval(close, pace.everySeconds * 1000)
  let soon: NodeJS.Timeout | undefined
  const { whenPendingMs } = pace
  const stopListening =
    whenPendingMs === null
      ? undefined
      : ledger.onPending(() => {
          soon ??= setTimeout(() => {
            soon = undefined
            // Somebody may have closed a ledger meanwhile.
            if (ledger.hasPending) close()
          }, whenPendingMs)
        })
  return () => {
    clearInterval(interval)
    clearTimeout(soon)
    stopListening?.()
  }
}
