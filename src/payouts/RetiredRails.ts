/**
 * Rails that were taken out of the configuration, or renamed, while payouts of theirs are open: nobody can be asked about
 * those, so somebody must be told.
 *
 * What such a rail still says comes by report, and is taken. Gotcha: a rail is known by its name alone; put the name back and
 * its payouts are asked about again.
 */
import { Context, Effect, Layer, Metric } from "effect"
import { KedgeConfig } from "../KedgeConfig.ts"
import { type PaymentRail, Rails } from "../ports/Rails.ts"
import { Storage } from "../ports/Storage.ts"

const retiredRails = Metric.gauge("kedge_retired_rails", {
  description: "Rails with open payouts that are not in the configuration"
})

/** In place of a rail that is not there: it can neither be asked nor told, so what is unknown is for a person. */
export const retiredRail = (name: string): PaymentRail => ({
  name,
  repeatable: false,
  concurrency: 0,
  timeoutSeconds: 0,
  execute: () => Effect.die(new Error(`the rail ${name} is not configured`))
})

export class RetiredRails extends Context.Service<
  RetiredRails,
  {
    /** Tells of every retired rail that has open payouts; answers their names. */
    readonly runOnce: Effect.Effect<ReadonlyArray<string>>
    readonly run: Effect.Effect<never>
  }
>()("kedge/payouts/RetiredRails") {
  static readonly layer = Layer.effect(
    RetiredRails,
    Effect.gen(function* () {
      const storage = yield* Storage
      const rails = yield* Rails
      const { timing } = yield* KedgeConfig
      const runOnce = Effect.gen(function* () {
        const open = yield* storage.openRails
        const retired = open.filter((name) => rails.byName(name) === undefined)
        yield* Metric.update(retiredRails, retired.length)
        for (const rail of retired) {
          yield* Effect.logError(
            "payouts of a rail that is not configured are open: put it back under its name, or report their outcomes",
            { rail }
          )
        }
        return retired
      }).pipe(
        Effect.catch((error) =>
          Effect.logWarning("open payouts cannot be read now", error.message).pipe(Effect.as([]))
        )
      )
      return RetiredRails.of({
        runOnce,
        run: runOnce.pipe(Effect.andThen(Effect.sleep(`${timing.attentionInterval} seconds`)), Effect.forever)
      })
    })
  )
}
