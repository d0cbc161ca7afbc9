/**
 * Calls a rail and nothing else: opens the destination, sets the time limit, and turns every way a call can end into an
 * answer. Money leaves the system in `execute` of this file.
 */
import { Cause, Context, Effect, Layer } from "effect"
import type { PaymentRail, Payout } from "../ports/Rails.ts"
import type { PayoutJob } from "../ports/rows.ts"
import type { Entropy } from "../ports/Entropy.ts"
import type { Vault } from "../ports/Vault.ts"
import { emptyDestination, openDestination } from "../runtime/Destination.ts"
import { type Answer, answerOf, unknown } from "./outcomeEvent.ts"

export class RailCaller extends Context.Service<
  RailCaller,
  {
    /** Sends a payout that is committed as started. Never fails: what is not an outcome is `payout.unknown`. */
    readonly execute: (job: PayoutJob, rail: PaymentRail) => Effect.Effect<Answer>
    /** Asks what became of a payout; null when the rail gave no answer and is to be asked again. */
    readonly lookUp: (job: PayoutJob, rail: PaymentRail) => Effect.Effect<Answer | null>
  }
>()("kedge/payouts/RailCaller") {
  static readonly layer = Layer.effect(
    RailCaller,
    Effect.gen(function* () {
      const services = yield* Effect.context<Vault | Entropy>()

      const execute = Effect.fnUntraced(function* (job: PayoutJob, rail: PaymentRail) {
        const destination =
          job.sealed === null ? emptyDestination : yield* openDestination(job.sealed).pipe(Effect.orDie)
        const payout: Payout = {
          payoutId: job.id,
          transactionId: job.actor.id,
          amount: job.amount,
          fee: job.fee,
          amountIn: job.amountIn,
          asset: job.actor.asset,
          fundingMethod: job.actor.fundingMethod,
          senderId: job.actor.senderId,
          receiverId: job.actor.receiverId,
          receiver: destination.receiver,
          fields: destination.fields,
          reference: job.reference,
          metadata: job.metadata
        }
        return yield* Effect.suspend(() => rail.execute(payout)).pipe(
          Effect.timeout(`${rail.timeoutSeconds} seconds`),
          Effect.matchCauseEffect({
            onSuccess: (said) => answerOf(job, rail, said),
            onFailure: (cause) => {
              const failure = Cause.findErrorOption(cause)
              if (failure._tag === "Some" && failure.value._tag === "NothingAccepted") {
                return Effect.succeed<Answer>({
                  event: { type: "payout.notAccepted", payoutId: job.id },
                  notes: []
                })
              }
              const why =
                failure._tag === "Some"
                  ? `no answer within ${rail.timeoutSeconds} s`
                  : "the rail's code broke off"
              return Effect.logWarning("a payout's outcome is unknown", {
                payoutId: job.id,
                rail: rail.name,
                why
              }).pipe(Effect.andThen(unknown(job, rail, why)))
            }
          })
        )
      })

      const lookUp = Effect.fnUntraced(function* (job: PayoutJob, rail: PaymentRail) {
        if (rail.lookUp === undefined) return null
        const ask = rail.lookUp
        return yield* Effect.suspend(() => ask(job.id)).pipe(
          Effect.timeout(`${rail.timeoutSeconds} seconds`),
          Effect.matchCauseEffect({
            onSuccess: (said) => answerOf({ ...job, state: "unknown" }, rail, said),
            onFailure: (cause) =>
              Effect.logWarning("a look-up got no answer; it is made again", {
                payoutId: job.id,
                rail: rail.name,
                why: nameOf(cause)
              }).pipe(Effect.as(null))
          })
        )
      })

      return RailCaller.of({
        execute: (job, rail) => execute(job, rail).pipe(Effect.provide(services)),
        lookUp: (job, rail) => lookUp(job, rail).pipe(Effect.provide(services))
      })
    })
  )
}

/** The kind of a failure, never its text: an integrator's message may hold customer data. */
const nameOf = (cause: Cause.Cause<{ readonly _tag: string }>): string => {
  const failure = Cause.findErrorOption(cause)
  return failure._tag === "Some" ? failure.value._tag : "defect"
}
