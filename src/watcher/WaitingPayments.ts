/**
 * Payments that are in the inbox without having been told to their transaction: their page was refused, or their actor could
 * not be had. They are told again until they are applied or parked.
 *
 * Any process may do so, several at once: what one has settled the others find settled.
 */
import { Context, Effect, Layer } from "effect"
import { KedgeConfig } from "../KedgeConfig.ts"
import { Storage } from "../ports/Storage.ts"
import { Actors } from "../runtime/Actors.ts"
import { addressesOf, groupWaiting, matchGroups } from "./matchPayments.ts"
import { sweep } from "./sweep.ts"
import { WatcherSignal } from "./WatcherSignal.ts"

/** More than one Stellar transaction can hold, so that no group is always cut in two by the limit. */
const rowsMax = 1_000

export class WaitingPayments extends Context.Service<
  WaitingPayments,
  {
    /** Tells what has waited for `timing.waitingPayment` seconds; answers how many payments were told. */
    readonly runOnce: Effect.Effect<number>
    readonly run: Effect.Effect<never>
  }
>()("kedge/watcher/WaitingPayments") {
  static readonly layer = Layer.effect(
    WaitingPayments,
    Effect.gen(function* () {
      const storage = yield* Storage
      const actors = yield* Actors
      const config = yield* KedgeConfig
      const signal = yield* WatcherSignal
      const { waitingPayment } = config.timing

      const tellWaiting = Effect.gen(function* () {
        const rows = yield* storage.waitingPayments({ olderThanSeconds: waitingPayment, limit: rowsMax })
        const groups = groupWaiting(rows)
        if (groups.length === 0) return 0
        const found = yield* storage.actorsByMemo(addressesOf(groups))
        const { waiting } = yield* actors.bring({ cursor: null, arrivals: matchGroups(groups, found) })
        if (waiting > 0)
          yield* Effect.logWarning("payments wait on although they were told again", { waiting })
        return groups.length
      })

      const runOnce = sweep("waiting payments", tellWaiting).pipe(
        Effect.tap((count) => signal({ _tag: "Swept", loop: "waiting-payments", count }))
      )
      return WaitingPayments.of({
        runOnce,
        run: runOnce.pipe(Effect.andThen(Effect.sleep(`${waitingPayment} seconds`)), Effect.forever)
      })
    })
  )
}
