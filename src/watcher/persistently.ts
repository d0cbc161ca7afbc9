/**
 * Asking again for as long as it takes: doubling pauses up to half a minute, spread so that many who wait for the same
 * server do not come back together.
 */
import { Effect, Schedule } from "effect"

const patience = Schedule.min([Schedule.exponential("250 millis"), Schedule.spaced("30 seconds")]).pipe(
  Schedule.jittered
)

/** Retries failures of one tag for ever, telling of each; every other failure passes. */
export const persistently =
  <Tag extends string>(tag: Tag, onFailure: (message: string) => Effect.Effect<void>) =>
  <A, E extends { readonly _tag: string; readonly message: string }, R>(
    effect: Effect.Effect<A, E, R>
  ): Effect.Effect<A, Exclude<E, { readonly _tag: Tag }>, R> => {
    const isPassing = (error: E): boolean => error._tag === tag
    return effect.pipe(
      Effect.tapError((error) => (isPassing(error) ? onFailure(error.message) : Effect.void)),
      Effect.retry({ schedule: patience, while: isPassing }),
      Effect.catch((error) => Effect.fail(error as Exclude<E, { readonly _tag: Tag }>))
    )
  }
