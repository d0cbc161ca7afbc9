/** One read or write of the memory storage: synchronous, so nothing else runs in between. */
import { Clock, Effect } from "effect"

/** Gives the work the storage's time, in milliseconds since 1970. */
export const at = <A>(work: (nowMillis: number) => A): Effect.Effect<A> =>
  Effect.map(Clock.currentTimeMillis, work)
