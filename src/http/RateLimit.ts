/**
 * How often one caller may ask: a bucket of tokens each, as arithmetic without a clock.
 *
 * A bucket is one number, the time at which it will be full again: that tells how many tokens it holds at any time, and a
 * bucket nobody has touched for long is worth nothing and can be forgotten. Gotcha: only so many are kept; whoever asked
 * longest ago is forgotten first, which at worst gives a caller a full bucket, never an empty one.
 */

/** Requests a caller may make in the long run, and at once. `perSecond` 0 is no limit. */
export interface Rate {
  readonly perSecond: number
  readonly burst: number
}

export class Buckets {
  private readonly fullAt = new Map<string, number>()
  private readonly max: number
  private readonly isLimited: boolean
  /** Milliseconds in which a token comes back. */
  private readonly interval: number
  /** Milliseconds in which an empty bucket fills. */
  private readonly window: number

  /** At most `max` callers are remembered; some 150 bytes each. */
  constructor({ burst, perSecond }: Rate, max = 10_000) {
    this.isLimited = perSecond > 0
    this.interval = this.isLimited ? 1000 / perSecond : 0
    this.window = this.interval * Math.max(1, burst)
    this.max = max
  }

  get size(): number {
    return this.fullAt.size
  }

  /** Takes a token of this caller's: 0, or the milliseconds until there is one. */
  take(caller: string, nowMillis: number): number {
    if (!this.isLimited) return 0
    const known = this.fullAt.get(caller)
    const full = Math.max(known ?? nowMillis, nowMillis) + this.interval
    const wait = full - nowMillis - this.window
    if (wait > 0) return wait
    // A map keeps the order of insertion: who asks goes to the end, and the first asked longest ago.
    if (known !== undefined) this.fullAt.delete(caller)
    else if (this.fullAt.size >= this.max) this.forgetOldest()
    this.fullAt.set(caller, full)
    return 0
  }

  private forgetOldest(): void {
    const oldest = this.fullAt.keys().next()
    if (oldest.done === false) this.fullAt.delete(oldest.value)
  }
}

/** The first 64 bits of an IPv6 address: one household or one server has them all, so they are one caller. */
const networkV6 = (address: string): string => {
  const [head = "", tail] = address.split("::")
  const groups = (text: string) => (text === "" ? [] : text.split(":"))
  const [before, after] = [groups(head), groups(tail ?? "")]
  const missing = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length)
  return [...before, ...Array.from({ length: missing }, () => "0"), ...after].slice(0, 4).join(":")
}

/** One caller for each IPv4 address, also where it is written as IPv6, and for each IPv6 network of 64 bits. */
export const callerOfAddress = (address: string): string => {
  const v4 = /^(?:::ffff:)?([0-9]{1,3}(?:\.[0-9]{1,3}){3})$/i.exec(address)?.[1]
  if (v4 !== undefined) return v4
  return address.includes(":") ? networkV6(address.toLowerCase().slice(0, 60)) : address.slice(0, 60)
}

/**
 * Who a request comes from (SEC-44). `peer` is the other end of the connection; with `trustedProxies` proxies of ours in
 * front, the client is what the outermost of them saw, so many entries from the right of `X-Forwarded-For`. What stands
 * further left was written by the client itself and is never read.
 */
export const clientAddress = (
  peer: string,
  forwardedFor: string | undefined,
  trustedProxies: number
): string => {
  if (trustedProxies === 0 || forwardedFor === undefined) return peer
  const seen = forwardedFor.split(",").map((entry) => entry.trim())
  // Fewer entries than proxies: the request came past some of them, and the first is all that is known.
  return seen.at(-trustedProxies) ?? seen[0] ?? peer
}
