/**
 * Finishes erasures that waited for payments to end (S12-DEL-05).
 *
 * Gotcha: what is due is claimed with its next due time, so several processes share the work and a failure is tried again.
 */
import { Context, Effect, Layer } from "effect"
import { KedgeConfig } from "../KedgeConfig.ts"
import { Storage } from "../ports/Storage.ts"
import { Customers } from "./Customers.ts"

const pageSize = 100

export class ErasureSweeper extends Context.Service<
  ErasureSweeper,
  {
    /** Finishes every erasure that is due; answers how many were. Never fails: what could not be erased is due again. */
    readonly runOnce: Effect.Effect<number>
    readonly run: Effect.Effect<never>
  }
>()("kedge/sep12/ErasureSweeper") {
  static readonly layer = Layer.effect(
    ErasureSweeper,
    Effect.gen(function* () {
      const storage = yield* Storage
      const customers = yield* Customers
      const { timing } = yield* KedgeConfig

      const runOnce: Effect.Effect<number> = storage
        .dueErasures({ limit: pageSize, againInSeconds: timing.attentionInterval })
        .pipe(
          Effect.catch((error) =>
            Effect.logWarning("due erasures cannot be read now", error.message).pipe(Effect.as([]))
          ),
          Effect.tap((page) =>
            Effect.forEach(page, (id) =>
              customers
                .finishErasure(id)
                .pipe(
                  Effect.catch((error) =>
                    Effect.logWarning(
                      "a customer could not be erased; it is tried again",
                      { customerId: id },
                      error.message
                    )
                  )
                )
            )
          ),
          Effect.flatMap((page) =>
            page.length < pageSize
              ? Effect.succeed(page.length)
              : Effect.map(runOnce, (rest) => rest + page.length)
          )
        )

      return ErasureSweeper.of({
        runOnce,
        run: runOnce.pipe(Effect.andThen(Effect.sleep(`${timing.pollInterval} seconds`)), Effect.forever)
      })
    })
  )
}
