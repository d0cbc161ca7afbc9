/**
 * Ends transactions that nobody paid in time.
 *
 * By the ledger's clock and no other: a transaction expires only once the watcher of its account has processed a ledger that
 * closed after its expiry, so a payment in the last ledger before it is never too late for having been seen late (S31-ST-11).
 * A ledger that stands still expires nothing.
 */
import { Context, Effect, Layer } from "effect"
import { KedgeConfig } from "../KedgeConfig.ts"
import type { TransactionId } from "../../machines/domain/Ids.ts"
import type { ActorRow } from "../ports/rows.ts"
import { Storage } from "../ports/Storage.ts"
import { Actors } from "../runtime/Actors.ts"
import { sweep } from "./sweep.ts"
import { watcherMetrics } from "./watcherMetrics.ts"
import { WatcherSignal } from "./WatcherSignal.ts"

const pageSize = 256

export class ExpireTransactions extends Context.Service<
  ExpireTransactions,
  {
    /** Tells every transaction whose time is over; answers how many expired. */
    readonly runOnce: Effect.Effect<number>
    readonly run: Effect.Effect<never>
  }
>()("kedge/watcher/ExpireTransactions") {
  static readonly layer = Layer.effect(
    ExpireTransactions,
    Effect.gen(function* () {
      const storage = yield* Storage
      const actors = yield* Actors
      const config = yield* KedgeConfig
      const signal = yield* WatcherSignal

      /** True when it expired; a payment may have been faster, and then it has not. */
      const tellExpiry = (actor: ActorRow) =>
        actors.tell({ to: actor.id, event: { type: "expiry.passed" }, cause: "expiry", known: actor }).pipe(
          Effect.map((told) => told._tag === "Stepped"),
          Effect.catch((error) =>
            Effect.logWarning(
              "a transaction could not be told that its time is over",
              { transactionId: actor.id },
              error.message
            ).pipe(Effect.as(false))
          )
        )

      const expireAll = Effect.gen(function* () {
        let total = 0
        let after: TransactionId | undefined
        for (;;) {
          const page = yield* storage.expirable({
            limit: pageSize,
            ...(after === undefined ? {} : { after })
          })
          // All at once: they are committed as a group.
          const told = yield* Effect.forEach(page, tellExpiry, { concurrency: "unbounded" })
          const expired = told.filter((hasExpired) => hasExpired).length
          if (expired > 0) yield* watcherMetrics.expired(expired)
          total += expired
          // What could not expire now is passed over: it must not stand in the way of the rest.
          after = page.at(-1)?.id
          if (page.length < pageSize) return total
        }
      })

      const runOnce = sweep("expired transactions", expireAll).pipe(
        Effect.tap((count) => signal({ _tag: "Swept", loop: "expiry", count }))
      )
      return ExpireTransactions.of({
        runOnce,
        run: runOnce.pipe(
          Effect.andThen(Effect.sleep(`${config.timing.expiryInterval} seconds`)),
          Effect.forever
        )
      })
    })
  )
}
