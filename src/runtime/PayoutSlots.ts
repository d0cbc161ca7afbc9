/**
 * The free slots of each rail in this process, and the feed of attempts that were committed as started.
 *
 * For as many payouts as a rail has free slots the attempt is born started, in the commit that plans it. Gotcha: a slot taken
 * for a step that lost its race must be given back; `ActorsLayer` does so.
 */
import { Context, Effect, Latch, Layer, Queue } from "effect"
import type { PayoutId } from "../../machines/domain/Ids.ts"
import { Rails } from "../ports/Rails.ts"

/** An attempt for which a slot of its rail is taken. */
export interface StartedPayout {
  readonly id: PayoutId
  readonly rail: string
}

/** What the executor is woken for: attempts this process owns, or the word that planned ones wait. */
export type Feed =
  | { readonly _tag: "Started"; readonly payouts: ReadonlyArray<StartedPayout> }
  | { readonly _tag: "Planned"; readonly rail: string }

export class PayoutSlots extends Context.Service<
  PayoutSlots,
  {
    /** Takes a slot if the rail has one free and this process executes payouts. Synchronous: it runs within a step. */
    readonly tryTake: (rail: string) => boolean
    readonly release: (rail: string) => void
    readonly free: (rail: string) => number
    readonly feed: Queue.Queue<Feed>
    /** No slot is given from now on: the process is ending, and what it plans is for another. */
    readonly close: Effect.Effect<void>
    /** Answers when no slot is taken. */
    readonly idle: Effect.Effect<void>
  }
>()("kedge/runtime/PayoutSlots") {
  /** `executes: false` for a process without the executor role: every attempt is born planned there. */
  static readonly layer = (options: { readonly executes: boolean }) =>
    Layer.effect(
      PayoutSlots,
      Effect.gen(function* () {
        const rails = yield* Rails
        // Without an executor nobody takes from the feed: it must not grow.
        const feed = yield* options.executes ? Queue.unbounded<Feed>() : Queue.sliding<Feed>(1)
        const taken = new Map<string, number>()
        const noneTaken = yield* Latch.make(true)
        let open = options.executes
        const free = (rail: string): number =>
          open ? (rails.byName(rail)?.concurrency ?? 0) - (taken.get(rail) ?? 0) : 0
        const set = (rail: string, count: number): void => {
          taken.set(rail, count)
          if ([...taken.values()].some((each) => each > 0)) noneTaken.closeUnsafe()
          else noneTaken.openUnsafe()
        }
        return PayoutSlots.of({
          feed,
          free,
          tryTake: (rail) => {
            if (free(rail) <= 0) return false
            set(rail, (taken.get(rail) ?? 0) + 1)
            return true
          },
          release: (rail) => set(rail, Math.max(0, (taken.get(rail) ?? 0) - 1)),
          close: Effect.sync(() => {
            open = false
          }),
          idle: noneTaken.await
        })
      })
    )
}
