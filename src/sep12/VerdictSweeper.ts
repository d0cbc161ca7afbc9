/**
 * Asks again about customers whose verdict is still open and due: the provider need not call us, and no customer waits for a
 * message alone. A verdict that was recorded and perhaps never told is due as well, and told again.
 *
 * Gotcha: what is due is claimed with its next due time, so several processes share the work and a failure is asked again.
 */
import { Context, Effect, Layer } from "effect"
import { KedgeConfig } from "../KedgeConfig.ts"
import { Storage } from "../ports/Storage.ts"
import { Customers } from "./Customers.ts"

const pageSize = 100
const askedAtOnce = 8

export class VerdictSweeper extends Context.Service<
  VerdictSweeper,
  {
    /** Asks about every verdict that is due; answers how many were. Never fails: what could not be asked is due again. */
    readonly runOnce: Effect.Effect<number>
    readonly run: Effect.Effect<never>
  }
>()("kedge/sep12/VerdictSweeper") {
  static readonly layer = Layer.effect(
    VerdictSweeper,
    Effect.gen(function* () {
      const storage = yield* Storage
      const customers = yield* Customers
      const { timing } = yield* KedgeConfig

      const ask = (due: Effect.Success<ReturnType<typeof storage.dueVerdicts>>[number]) =>
        customers
          .askAgainAbout(due.id, due.type)
          .pipe(
            Effect.catch((error) =>
              Effect.logWarning(
                "a customer's verdict could not be asked; it is asked again",
                { customerId: due.id },
                error.message
              )
            )
          )

      const runOnce: Effect.Effect<number> = storage
        .dueVerdicts({ limit: pageSize, againInSeconds: timing.pollInterval })
        .pipe(
          Effect.catch((error) =>
            Effect.logWarning("due verdicts cannot be read now", error.message).pipe(Effect.as([]))
          ),
          Effect.tap((page) => Effect.forEach(page, ask, { concurrency: askedAtOnce, discard: true })),
          Effect.flatMap((page) =>
            page.length < pageSize
              ? Effect.succeed(page.length)
              : Effect.map(runOnce, (rest) => rest + page.length)
          )
        )

      return VerdictSweeper.of({
        runOnce,
        run: runOnce.pipe(Effect.andThen(Effect.sleep(`${timing.executeInterval} seconds`)), Effect.forever)
      })
    })
  )
}
