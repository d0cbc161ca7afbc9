/** Once more, where another transaction was in the way: deadlocks and passing refusals, which leave nothing behind. */
import { Effect, Schedule } from "effect"
import { StorageUnavailable } from "../../src/ports/Storage.ts"
import type { Contended } from "./databaseErrors.ts"

const brief = Schedule.max([Schedule.exponential("10 millis").pipe(Schedule.jittered), Schedule.recurs(5)])

const isContended = (error: { readonly _tag: string }): error is Contended => error._tag === "Contended"

/** Repeats what another transaction was in the way of, a few times; then it is the storage that is unavailable. */
export const persisting = <A, E extends { readonly _tag: string; readonly message: string }>(
  effect: Effect.Effect<A, E>
): Effect.Effect<A, Exclude<E, Contended> | StorageUnavailable> =>
  effect.pipe(
    Effect.retry({ schedule: brief, while: isContended }),
    Effect.mapError((error) =>
      isContended(error)
        ? new StorageUnavailable({ message: `transactions were in each other's way: ${error.message}` })
        : (error as Exclude<E, Contended>)
    )
  )
