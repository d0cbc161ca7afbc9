/** A sweep that fails is made again at its next time: nothing it does is lost by not having been done now. */
import { Cause, Effect } from "effect"

/** Counts nothing where the sweep failed, and says why. */
export const sweep = <E>(what: string, once: Effect.Effect<number, E>): Effect.Effect<number> =>
  Effect.catchCause(once, (cause) =>
    Cause.hasInterruptsOnly(cause)
      ? Effect.interrupt
      : Effect.logWarning(`the sweep over ${what} failed and is made again`, cause).pipe(Effect.as(0))
  )
