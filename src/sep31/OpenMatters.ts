/**
 * Raises again what waits for somebody: held payouts, refunds owed, information a Sending Anchor was asked for.
 *
 * Nothing waits for a message alone: when the due time of such a state comes, the customer's verdict is asked again, or an
 * operator is told. Gotcha: held payouts are also looked up again by `src/payouts/PayoutFollowUp.ts`; here they only make noise.
 */
import { Context, Effect, Layer, Metric } from "effect"
import type { Attention } from "../../machines/transaction/leaves.ts"
import { KedgeConfig } from "../KedgeConfig.ts"
import { Storage } from "../ports/Storage.ts"
import { Customers } from "../sep12/Customers.ts"

const pageSize = 100

const raised = Metric.counter("kedge_open_matters_total", {
  description: "Matters raised again because nobody has settled them, by kind",
  incremental: true
})

const sentences: Readonly<Record<Attention, string>> = {
  held: "a payout is held: nobody but a person can say whether the rail paid",
  "refund-owed": "a refund is owed and has not been made",
  "transaction-info": "a Sending Anchor has not corrected the transaction's fields",
  "customer-info": "a customer's data has not been corrected"
}

export class OpenMatters extends Context.Service<
  OpenMatters,
  {
    /** Raises every matter that is due; answers how many. */
    readonly runOnce: Effect.Effect<number>
    readonly run: Effect.Effect<never>
  }
>()("kedge/sep31/OpenMatters") {
  static readonly layer = Layer.effect(
    OpenMatters,
    Effect.gen(function* () {
      const storage = yield* Storage
      const customers = yield* Customers
      const { timing } = yield* KedgeConfig

      const raisePage = Effect.fnUntraced(function* () {
        const page = yield* storage.dueAttention({
          limit: pageSize,
          againInSeconds: timing.attentionInterval
        })
        for (const { actor, kind } of page) {
          yield* Metric.update(Metric.withAttributes(raised, { kind }), 1)
          const log = kind === "held" || kind === "refund-owed" ? Effect.logError : Effect.logInfo
          yield* log(sentences[kind], { transactionId: actor.id, state: actor.state })
          if (kind === "customer-info") yield* customers.askAgain(actor)
        }
        return page.length
      })
      const raiseAll: Effect.Effect<number> = raisePage().pipe(
        Effect.catch((error) =>
          Effect.logWarning("open matters cannot be read now", error.message).pipe(Effect.as(0))
        ),
        Effect.flatMap((count) =>
          count < pageSize ? Effect.succeed(count) : Effect.map(raiseAll, (rest) => count + rest)
        )
      )

      return OpenMatters.of({
        runOnce: raiseAll,
        run: raiseAll.pipe(
          Effect.andThen(Effect.sleep(`${Math.min(timing.attentionInterval, 60)} seconds`)),
          Effect.forever
        )
      })
    })
  )
}
