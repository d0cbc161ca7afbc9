/**
 * Tokens that were verified, kept until they expire: the usual request must not pay for a signature and a trip to the
 * thread pool.
 *
 * Only tokens whose signature was good get in, so no flood of bad ones can push a good one out but by being good. Gotcha:
 * the map's order is its age: a token that is used again goes to the end.
 */
import type { CallerIdentity } from "./Caller.ts"

interface Kept {
  readonly caller: CallerIdentity
  /** Seconds since 1970. */
  readonly expires: number
}

export class TokenCache {
  private readonly kept = new Map<string, Kept>()
  private readonly max: number

  /** `max` tokens are kept; some 700 bytes each. */
  constructor(max = 10_000) {
    this.max = max
  }

  get size(): number {
    return this.kept.size
  }

  /** The caller of a token that is known and has not expired at `nowMillis`. */
  hit(token: string, nowMillis: number): CallerIdentity | undefined {
    const found = this.kept.get(token)
    if (found === undefined) return undefined
    this.kept.delete(token)
    if (found.expires * 1000 <= nowMillis) return undefined
    this.kept.set(token, found)
    return found.caller
  }

  keep(token: string, caller: CallerIdentity, expires: number): void {
    const oldest = this.kept.size >= this.max ? this.kept.keys().next() : undefined
    if (oldest?.done === false) this.kept.delete(oldest.value)
    this.kept.set(token, { caller, expires })
  }
}
