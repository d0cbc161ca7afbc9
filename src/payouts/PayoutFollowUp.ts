/**
 * Asks rails about payouts whose fate is open: pending ones are polled, unknown ones looked up, and those whose process died
 * are looked up, repeated where the rail allows it, or held for a person.
 *
 * Pages of what is due, never everything in memory. Gotcha: an answer about a payout that was not asked about, or is no longer
 * pending, changes nothing and is recorded.
 */
import { Context, Effect, Layer, Predicate } from "effect"
import type { PayoutId } from "../../machines/domain/Ids.ts"
import type { Entropy } from "../ports/Entropy.ts"
import { KedgeConfig } from "../KedgeConfig.ts"
import { type PaymentRail, Rails } from "../ports/Rails.ts"
import type { PayoutJob } from "../ports/rows.ts"
import { Storage } from "../ports/Storage.ts"
import type { Vault } from "../ports/Vault.ts"
import { Actors } from "../runtime/Actors.ts"
import { Fence } from "../runtime/Fence.ts"
import { retrySeconds } from "./backoff.ts"
import { type Answer, answerOf, unknown } from "./outcomeEvent.ts"
import { payoutMetrics } from "./payoutMetrics.ts"
import { RailCaller } from "./RailCaller.ts"
import { recordAnswer } from "./recordAnswer.ts"
import { withinLimit } from "./withinLimit.ts"

const pageSize = 100
const lookUpsAtOnce = 16

export class PayoutFollowUp extends Context.Service<
  PayoutFollowUp,
  {
    /** Polls every page of pending payouts that are due; answers how many were asked about. */
    readonly pollOnce: Effect.Effect<number>
    /** Settles unknown, held and abandoned payouts that are due, and pending ones of a rail that cannot be polled; how many. */
    readonly lookUpOnce: Effect.Effect<number>
    readonly runPoll: Effect.Effect<never>
    readonly runLookUp: Effect.Effect<never>
  }
>()("kedge/payouts/PayoutFollowUp") {
  static readonly layer = Layer.effect(
    PayoutFollowUp,
    Effect.gen(function* () {
      const storage = yield* Storage
      const actors = yield* Actors
      const rails = yield* Rails
      const caller = yield* RailCaller
      const fence = yield* Fence
      const config = yield* KedgeConfig
      const services = yield* Effect.context<Actors | Vault | Entropy | KedgeConfig>()
      const { timing } = config

      const tell = (job: PayoutJob, rail: PaymentRail, answer: Answer) =>
        recordAnswer(job, rail, answer, {
          cause: `rail:${rail.name}`,
          retryInSeconds: retrySeconds(timing, job, answer.event)
        }).pipe(
          Effect.catch((error) =>
            Effect.logWarning(
              "a payout's answer was not taken; it is asked again",
              { payoutId: job.id },
              error.message
            )
          ),
          Effect.asVoid,
          Effect.provide(services)
        )

      const pollPage = Effect.fnUntraced(function* (
        rail: PaymentRail,
        ask: NonNullable<PaymentRail["poll"]>,
        page: ReadonlyArray<PayoutJob>
      ) {
        const asked = new Map<PayoutId, PayoutJob>(page.map((job) => [job.id, job]))
        const answers: unknown = yield* withinLimit(
          () =>
            ask(
              page.map((job) => ({
                payoutId: job.id,
                transactionId: job.actor.id,
                externalId: job.externalId,
                reference: job.reference,
                metadata: job.metadata
              }))
            ),
          rail.timeoutSeconds
        ).pipe(
          Effect.catchCause(() =>
            Effect.logWarning("a poll got no answer; it is made again", { rail: rail.name }).pipe(
              Effect.as([])
            )
          )
        )
        if (!Array.isArray(answers))
          return yield* Effect.logError("a poll answered no list", { rail: rail.name })
        for (const said of answers as ReadonlyArray<unknown>) {
          const payoutId = payoutIdOf(said)
          if (payoutId === null) {
            yield* Effect.logError("a poll answered without a payout id", { rail: rail.name })
            continue
          }
          const job = asked.get(payoutId)
          if (job === undefined) {
            yield* payoutMetrics.unasked(rail.name)
            yield* recordUnasked(payoutId, rail)
            continue
          }
          asked.delete(payoutId)
          const outcome = Predicate.hasProperty(said, "outcome") ? said.outcome : undefined
          const answer = yield* answerOf(job, rail, outcome, "call").pipe(Effect.provide(services))
          if (answer.fault === "contract") {
            yield* Effect.logError("a poll answered outside the contract; it is made again", {
              payoutId,
              rail: rail.name
            })
            continue
          }
          if (isNews(answer)) yield* tell(job, rail, answer)
        }
      })

      /** The fact is kept with the transaction it names, where there is one. */
      const recordUnasked = Effect.fnUntraced(function* (payoutId: PayoutId, rail: PaymentRail) {
        yield* Effect.logWarning("a poll answered about a payout it was not asked about", {
          payoutId,
          rail: rail.name
        })
        const [job] = yield* storage.jobs([payoutId]).pipe(Effect.orElseSucceed(() => []))
        if (job === undefined) return
        yield* actors
          .record({
            transactionId: job.actor.id,
            event: "payout.answered",
            cause: `rail:${rail.name}`,
            reason: "not-asked",
            carriesMoney: false,
            detail: { payoutId }
          })
          .pipe(
            Effect.catch((error) =>
              Effect.logWarning("an unasked answer could not be recorded", { payoutId }, error.message)
            )
          )
      })

      const pollOnce = eachRail((rail) => {
        const ask = rail.poll
        return ask === undefined
          ? Effect.succeed(0)
          : eachPage(rail, ["pending"], timing.pollInterval, (page) => pollPage(rail, ask, page))
      })

      const settleOne = Effect.fnUntraced(function* (job: PayoutJob, rail: PaymentRail) {
        if (rail.lookUp !== undefined) {
          const answer = yield* caller.lookUp(job, rail)
          if (answer === null) return
          // Held already, and the rail still does not know: nothing new.
          if (job.state === "held" && answer.event.type === "payout.unknown") return
          if (job.state === "pending" && !isNews(answer)) return
          return yield* tell(job, rail, answer)
        }
        if (job.state === "started" && rail.repeatable)
          return yield* tell(job, rail, yield* caller.execute(job, rail))
        if (job.state === "held") return
        if (job.state === "pending") {
          yield* payoutMetrics.unconfirmed(rail.name)
          return yield* Effect.logWarning("a pending payout waits for a report alone: nobody can be asked", {
            payoutId: job.id,
            rail: rail.name
          })
        }
        const answer = yield* unknown(job, rail, "its process died while the rail was being called").pipe(
          Effect.provide(services)
        )
        yield* tell(job, rail, answer)
      })

      /** Each state with the time after which it is asked about again. A pending one only where the rail has no poll (R14). */
      const openMatters = (rail: PaymentRail) => [
        { state: "started" as const, againInSeconds: timing.payoutLease },
        { state: "unknown" as const, againInSeconds: timing.lookUpInterval },
        { state: "held" as const, againInSeconds: timing.attentionInterval },
        ...(rail.poll === undefined
          ? [
              {
                state: "pending" as const,
                againInSeconds: rail.lookUp === undefined ? timing.attentionInterval : timing.pollInterval
              }
            ]
          : [])
      ]
      const lookUpOnce = eachRail((rail) =>
        Effect.forEach(openMatters(rail), ({ againInSeconds, state }) =>
          eachPage(rail, [state], againInSeconds, (page) =>
            Effect.forEach(page, (job) => settleOne(job, rail), { concurrency: lookUpsAtOnce, discard: true })
          )
        ).pipe(Effect.map(total))
      )

      function eachRail(ask: (rail: PaymentRail) => Effect.Effect<number>): Effect.Effect<number> {
        return Effect.forEach(rails.all, ask, { concurrency: "unbounded" }).pipe(Effect.map(total))
      }

      /** What is due, a page at a time, until there is no more; one failing page does not end the others. */
      function eachPage(
        rail: PaymentRail,
        states: ReadonlyArray<"started" | "pending" | "unknown" | "held">,
        againInSeconds: number,
        handle: (page: ReadonlyArray<PayoutJob>) => Effect.Effect<void>
      ): Effect.Effect<number> {
        return storage
          .due({ rail: rail.name, states, limit: pageSize, owner: fence.owner, againInSeconds })
          .pipe(
            Effect.catch((error) =>
              Effect.logWarning("due payouts cannot be read now", error.message).pipe(Effect.as([]))
            ),
            Effect.flatMap((page) =>
              page.length === 0
                ? Effect.succeed(0)
                : handle(page).pipe(
                    Effect.andThen(
                      page.length < pageSize
                        ? Effect.succeed(0)
                        : eachPage(rail, states, againInSeconds, handle)
                    ),
                    Effect.map((rest) => page.length + rest)
                  )
            )
          )
      }

      return PayoutFollowUp.of({
        pollOnce,
        lookUpOnce,
        runPoll: pollOnce.pipe(
          Effect.andThen(Effect.sleep(`${timing.pollInterval} seconds`)),
          Effect.forever
        ),
        runLookUp: lookUpOnce.pipe(
          Effect.andThen(Effect.sleep(`${timing.lookUpInterval} seconds`)),
          Effect.forever
        )
      })
    })
  )
}

/** Still pending, or not known yet: asked again when due, and no news for the machine. */
const isNews = ({ event, fault }: Answer): boolean =>
  fault === "figures" || (event.type !== "payout.pending" && event.type !== "payout.unknown")

/** A payout id that may be asked about; null for anything else. */
const payoutIdOf = (said: unknown): PayoutId | null => {
  const id = Predicate.hasProperty(said, "payoutId") ? said.payoutId : null
  return typeof id === "string" && /^[0-9a-f-]{36}:[1-9][0-9]{0,8}$/.test(id) ? (id as PayoutId) : null
}

const total = (counts: ReadonlyArray<number>): number => counts.reduce((sum, count) => sum + count, 0)
