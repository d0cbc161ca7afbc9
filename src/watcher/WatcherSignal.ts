/**
 * What the loops of this room have just done, for whoever must not guess: tests await a signal where they would sleep.
 * Nobody listens in production.
 */
import { Context, Effect } from "effect"
import type { Brought } from "../runtime/Actors.ts"

export type WatcherEvent =
  /** A page was brought; `brought` is null where there was nothing to bring. */
  | {
      readonly _tag: "Turned"
      readonly account: string
      readonly position: string
      readonly brought: Brought | null
    }
  | { readonly _tag: "Standby"; readonly account: string }
  | { readonly _tag: "Failing"; readonly account: string; readonly reason: string }
  | { readonly _tag: "Lost"; readonly account: string }
  | { readonly _tag: "Stopped"; readonly account: string; readonly reason: string }
  | {
      readonly _tag: "Swept"
      readonly loop: "waiting-payments" | "expiry" | "claimable"
      readonly count: number
    }

export const WatcherSignal = Context.Reference<(event: WatcherEvent) => Effect.Effect<void>>(
  "kedge/watcher/WatcherSignal",
  { defaultValue: () => () => Effect.void }
)
