/**
 * Payments that are in the inbox without having been told to their transaction: their page was refused, or their actor could
 * not be had. They are told again until they are applied or parked.
 *
 * Any process may do so, several at once: what one has settled the others find settled.
 */
import { Context, Effect, Layer } from "effect"
import { KedgeConfig } from "../KedgeConfig.ts"
import type { PaymentId } from "../../machines/domain/Ids.ts"
import { Storage, type WaitingPayment } from "../ports/Storage.ts"
import { Actors, type Arrival } from "../runtime/Actors.ts"
import { PriceAtReceipt } from "../runtime/PriceAtReceipt.ts"
import { addressesOf, groupWaiting, matchGroups, meantFor, priceWanted } from "./matchPayments.ts"
import { sweep } from "./sweep.ts"
import { WatcherSignal } from "./WatcherSignal.ts"

/** More than one Stellar transaction can hold credits. */
const rowsMax = 1_000
const pricesAtOnce = 8

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

      const prices = yield* PriceAtReceipt

      /** A conversion without a quote goes by the price of this moment; where there is none yet, it is asked for next time. */
      const priced = Effect.fnUntraced(function* (arrival: Arrival) {
        const wanted = priceWanted(arrival)
        const price = wanted === null ? null : yield* prices.priceNow(wanted)
        if (price === null) return arrival
        return "never" in price ? { ...arrival, never: price.never } : { ...arrival, price }
      })

      const tellPage = Effect.fnUntraced(function* (rows: ReadonlyArray<WaitingPayment>) {
        const groups = groupWaiting(rows)
        if (groups.length === 0) return 0
        const found = [
          ...(yield* storage.actorsByMemo(addressesOf(groups))),
          ...(yield* storage.actors(meantFor(groups)))
        ]
        const arrivals = yield* Effect.forEach(matchGroups(groups, found), priced, {
          concurrency: pricesAtOnce
        })
        const { waiting } = yield* actors.bring({ cursor: null, arrivals })
        if (waiting > 0)
          yield* Effect.logWarning("payments wait on although they were told again", { waiting })
        return groups.length
      })

      /** Page behind page: payments that cannot be told now must not stand in the way of the others. */
      const tellWaiting = Effect.gen(function* () {
        let told = 0
        let after: PaymentId | undefined
        for (;;) {
          const rows = yield* storage.waitingPayments({
            olderThanSeconds: waitingPayment,
            limit: rowsMax,
            ...(after === undefined ? {} : { after })
          })
          told += yield* tellPage(rows)
          after = rows.at(-1)?.leader
          if (rows.length < rowsMax) return told
        }
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
