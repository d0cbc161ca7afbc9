/**
 * The door for the integrator's own webhooks: a rail that learns of an outcome by itself reports it here.
 *
 * Guarded as poll answers are: the machine decides what a report means, a repeated or late one changes nothing and is recorded.
 */
import { Context, Effect, Layer, Schema } from "effect"
import type { PayoutId } from "../../machines/domain/Ids.ts"
import { KedgeConfig } from "../KedgeConfig.ts"
import type { Entropy } from "../ports/Entropy.ts"
import { type LookUpAnswer, Rails } from "../ports/Rails.ts"
import { Storage, type StorageUnavailable } from "../ports/Storage.ts"
import type { Vault } from "../ports/Vault.ts"
import type { Actors, ActorSetAside, NoAnswer, Overloaded, Told } from "../runtime/Actors.ts"
import { retrySeconds } from "./backoff.ts"
import { retiredRail } from "./RetiredRails.ts"
import { answerOf } from "./outcomeEvent.ts"
import { recordAnswer } from "./recordAnswer.ts"

/** No payout has this id. */
export class PayoutNotFound extends Schema.TaggedError<PayoutNotFound>()("PayoutNotFound", {
  message: Schema.String
}) {}

export class Payouts extends Context.Service<
  Payouts,
  {
    /**
     * Reports what became of a payout. In: its id (the idempotency key the rail was given) and the outcome, amounts as decimal
     * strings. Out: `Stepped` when it moved the transaction, `Refused` with a reason when it did not. Amounts that contradict
     * an open payout move it to `pending_receiver.held`, for a person.
     *
     * Failure and persistence: durable when it answers; may be repeated any number of times. On `Overloaded`, `NoAnswer` or
     * `StorageUnavailable` report again. What does not decode as an outcome counts as `Unknown`.
     */
    readonly report: (
      payoutId: string,
      outcome: LookUpAnswer
    ) => Effect.Effect<Told, PayoutNotFound | StorageUnavailable | Overloaded | ActorSetAside | NoAnswer>
  }
>()("kedge/payouts/Payouts") {
  static readonly layer = Layer.effect(
    Payouts,
    Effect.gen(function* () {
      const storage = yield* Storage
      const rails = yield* Rails
      const { timing } = yield* KedgeConfig
      const services = yield* Effect.context<Actors | Vault | Entropy | KedgeConfig>()
      return Payouts.of({
        report: Effect.fnUntraced(function* (payoutId, outcome) {
          const [job] = yield* storage.jobs([payoutId as PayoutId])
          if (job === undefined)
            return yield* new PayoutNotFound({ message: `no payout has the id ${JSON.stringify(payoutId)}` })
          const rail = rails.byName(job.rail) ?? retiredRail(job.rail)
          const answer = yield* answerOf(job, rail, outcome, "lookUp").pipe(Effect.provide(services))
          return yield* recordAnswer(job, rail, answer, {
            cause: "integrator",
            retryInSeconds: retrySeconds(timing, job, answer.event)
          }).pipe(Effect.provide(services))
        })
      })
    })
  )
}
