// What a run must have gone through at least sometimes: a simulation that never meets a fault proves nothing about it.

export const wanted = [
  "payment funded",
  "payment parked",
  "payment late",
  "second payment",
  "payment in several operations",
  "wrong asset",
  "memo of another type",
  "payout delivered",
  "payout delivered after a lost reply",
  "payout held",
  "payout refused for now and made again",
  "payout rejected",
  "fields corrected",
  "part refused",
  "refund made",
  "refund disturbed",
  "refund's fee raised",
  "stray poll answer refused",
  "commit unknown and written",
  "commit unknown and not written",
  "storage failed",
  "ledger failed",
  "ledger lagged",
  "crashed after an effect",
  "crashed before an effect",
  "zombie went on",
  "expired"
] as const

export type Counter = (typeof wanted)[number]

export class Counters {
  readonly counts = new Map<Counter, number>()

  add(counter: Counter, by = 1): void {
    this.counts.set(counter, (this.counts.get(counter) ?? 0) + by)
  }

  merge(other: ReadonlyMap<Counter, number>): void {
    for (const [counter, count] of other) this.add(counter, count)
  }

  get missing(): ReadonlyArray<Counter> {
    return wanted.filter((counter) => (this.counts.get(counter) ?? 0) === 0)
  }
}
