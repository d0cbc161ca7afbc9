/**
 * Calls a rail and nothing else: opens the destination, sets the time limit, and turns every way a call can end into an
 * answer. Money leaves the system in `execute` of this file.
 */
import { Cause, Context, Effect, Layer, Option, Predicate } from "effect"
import { KedgeConfig } from "../KedgeConfig.ts"
import type { PaymentRail, Payout } from "../ports/Rails.ts"
import type { PayoutJob } from "../ports/rows.ts"
import type { Entropy } from "../ports/Entropy.ts"
import type { Vault } from "../ports/Vault.ts"
import { emptyDestination, openDestination } from "../runtime/Destination.ts"
import { mappingOf, receiverOf } from "./mappedFields.ts"
import { type Answer, answerOf, unknown } from "./outcomeEvent.ts"
import { withinLimit } from "./withinLimit.ts"

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
      const { assets } = yield* KedgeConfig
      const services = yield* Effect.context<Vault | Entropy | KedgeConfig>()

      const execute = Effect.fnUntraced(function* (job: PayoutJob, rail: PaymentRail) {
        const destination =
          job.sealed === null
            ? emptyDestination
            : yield* openDestination(job.sealed).pipe(
                Effect.catch((error) =>
                  // Nothing was sent, so nothing was accepted: it is tried again, until the key is back.
                  Effect.logError("a payout's destination cannot be opened", {
                    payoutId: job.id,
                    why: error.message
                  }).pipe(Effect.as(null))
                )
              )
        if (destination === null) return notAccepted(job)
        const payout: Payout = {
          payoutId: job.id,
          transactionId: job.actor.id,
          amount: job.amount,
          destinationAsset: job.actor.terms.conversion?.to ?? job.actor.asset,
          fee: job.fee,
          amountIn: job.amountIn,
          asset: job.actor.asset,
          fundingMethod: job.actor.fundingMethod,
          senderId: job.actor.senderId,
          receiverId: job.actor.receiverId,
          receiver: receiverOf(destination, mappingOf(assets, job)),
          fields: destination.fields,
          reference: job.reference,
          metadata: job.metadata
        }
        return yield* withinLimit(() => rail.execute(payout), rail.timeoutSeconds).pipe(
          Effect.matchCauseEffect({
            onSuccess: (said) => answerOf(job, rail, said, "call"),
            onFailure: (cause) => {
              const kind = kindOf(cause)
              if (kind === "NothingAccepted") return Effect.succeed(notAccepted(job))
              const why =
                kind === "TimeoutError"
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
        return yield* withinLimit(() => ask(job.id), rail.timeoutSeconds).pipe(
          Effect.matchCauseEffect({
            onSuccess: (said) => answerOf({ ...job, state: "unknown" }, rail, said, "lookUp"),
            onFailure: (cause) =>
              Effect.logWarning("a look-up got no answer; it is made again", {
                payoutId: job.id,
                rail: rail.name,
                why: kindOf(cause)
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

const notAccepted = (job: PayoutJob): Answer => ({
  event: { type: "payout.notAccepted", payoutId: job.id },
  notes: [],
  fault: null
})

/** The kind of a failure, never its text: an integrator's message may hold customer data. It may be anything at all (R5). */
const kindOf = (cause: Cause.Cause<unknown>): string => {
  const failure = Option.getOrUndefined(Cause.findErrorOption(cause))
  return Predicate.hasProperty(failure, "_tag") && typeof failure._tag === "string" ? failure._tag : "defect"
}
