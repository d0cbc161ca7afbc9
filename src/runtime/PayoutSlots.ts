/**
 * The free slots of each rail in this process, and the feed of attempts that were committed as started.
 *
 * For as many payouts as a rail has free slots the attempt is born started, in the commit that plans it. Gotcha: a slot taken
 * for a step that lost its race must be given back; `ActorsLayer` does so.
 */
import { Context, Effect, Layer, Queue } from "effect"
import type { PayoutId } from "../../machines/domain/Ids.ts"
import { Rails } from "../ports/Rails.ts"

/** What the executor is woken for: attempts this process owns, or the word that planned ones wait. */
export type Feed =
  | {
      readonly _tag: "Started"
      readonly payouts: ReadonlyArray<{ readonly id: PayoutId; readonly rail: string }>
    }
  | { readonly _tag: "Planned"; readonly rail: string }

export class PayoutSlots extends Context.Service<
  PayoutSlots,
  {
    /** Takes a slot if the rail has one free and this process executes payouts. Synchronous: it runs within a step. */
    readonly tryTake: (rail: string) => boolean
    readonly release: (rail: string) => void
    readonly free: (rail: string) => number
    readonly feed: Queue.Queue<Feed>
  }
>()("kedge/runtime/PayoutSlots") {
  /** `executes: false` for a process without the executor role: every attempt is born planned there. */
  static readonly layer = (options: { readonly executes: boolean }) =>
    Layer.effect(
      PayoutSlots,
      Effect.gen(function* () {
        const rails = yield* Rails
        const feed = yield* Queue.unbounded<Feed>()
        const taken = new Map<string, number>()
        const free = (rail: string): number =>
          options.executes ? (rails.byName(rail)?.concurrency ?? 0) - (taken.get(rail) ?? 0) : 0
        return PayoutSlots.of({
          feed,
          free,
          tryTake: (rail) => {
            if (free(rail) <= 0) return false
            taken.set(rail, (taken.get(rail) ?? 0) + 1)
            return true
          },
          release: (rail) => {
            taken.set(rail, Math.max(0, (taken.get(rail) ?? 0) - 1))
          }
        })
      })
    )
}
