/**
 * How much may be called at once and how often, so that callbacks cannot be used to flood a third party (SEC-08): so many
 * calls to one host under way, so many a second on behalf of one owner.
 *
 * A call that is over its limit waits its turn within its own timeout. Gotcha: what waits for one host is bounded too, or a
 * host that never answers would gather every caller; the rest is told `busy` at once.
 */
import { Clock, Effect, Semaphore } from "effect"

export interface CallLimitOptions {
  /** Calls to one host under way at once. */
  readonly perHost: number
  /** Calls a second on behalf of one owner; a second's worth may go at once. */
  readonly perOwner: number
}

interface Host {
  readonly turns: Semaphore.Semaphore
  /** Under way and waiting. */
  calls: number
}

/** For each call under way so many may wait. */
const waitingForEach = 4
const sweepAbove = 1_000

export interface CallLimits {
  /** Runs the call when it is its turn; `busy` when too many wait already. */
  readonly within: <A, E>(
    who: { readonly host: string; readonly owner: string },
    call: Effect.Effect<A, E>,
    busy: (why: string) => E
  ) => Effect.Effect<A, E>
}

export const makeCallLimits = ({ perHost, perOwner }: CallLimitOptions): CallLimits => {
  const hosts = new Map<string, Host>()
  /** When the owner will have used up what it has taken so far, milliseconds since 1970. */
  const takenUntil = new Map<string, number>()

  /** Milliseconds to wait for this owner's next call, which is thereby taken; null where that is too far off. */
  const turnOf = (owner: string, now: number): number | null => {
    if (takenUntil.size > sweepAbove) {
      for (const [each, until] of takenUntil) if (until <= now) takenUntil.delete(each)
    }
    const from = Math.max(takenUntil.get(owner) ?? 0, now)
    const wait = Math.max(0, from - now - 1_000 + 1_000 / perOwner)
    if (wait > 1_000 * waitingForEach) return null
    takenUntil.set(owner, from + 1_000 / perOwner)
    return wait
  }

  const enter = (name: string): Host | null => {
    const host = hosts.get(name) ?? { turns: Semaphore.makeUnsafe(perHost), calls: 0 }
    if (host.calls >= perHost * (1 + waitingForEach)) return null
    host.calls += 1
    hosts.set(name, host)
    return host
  }
  const leave = (name: string, host: Host): void => {
    host.calls -= 1
    if (host.calls === 0) hosts.delete(name)
  }

  const atHost: CallLimits["within"] = ({ host: name }, call, busy) =>
    Effect.acquireUseRelease(
      Effect.sync(() => enter(name)),
      (host) =>
        host === null
          ? Effect.fail(busy(`${perHost * (1 + waitingForEach)} calls to ${name} are under way or wait`))
          : host.turns.withPermits(1)(call),
      (host) => Effect.sync(() => (host === null ? undefined : leave(name, host)))
    )

  return {
    within: (who, call, busy) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        const wait = turnOf(who.owner, now)
        return wait === null
          ? Effect.fail(busy(`more than ${perOwner} calls a second for ${who.owner}`))
          : Effect.andThen(wait > 0 ? Effect.sleep(wait) : Effect.void, atHost(who, call, busy))
      })
  }
}
