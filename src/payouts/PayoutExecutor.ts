/**
 * Makes payouts: those born started arrive by the feed within milliseconds of their commit; the rest are claimed.
 *
 * Gotcha: when this process is stopped, calls under way get the grace period to answer; what has not answered by then stays
 * `started` and is looked up after its lease by whoever comes next.
 */
import { Context, Effect, FiberSet, Layer, Queue } from "effect"
import { KedgeConfig } from "../KedgeConfig.ts"
import { type PaymentRail, Rails } from "../ports/Rails.ts"
import type { PayoutJob } from "../ports/rows.ts"
import { Storage } from "../ports/Storage.ts"
import { Actors, type Told } from "../runtime/Actors.ts"
import { Fence } from "../runtime/Fence.ts"
import { type Feed, PayoutSlots } from "../runtime/PayoutSlots.ts"
import { backoffSeconds } from "./backoff.ts"
import { type Answer, held } from "./outcomeEvent.ts"
import { payoutMetrics } from "./payoutMetrics.ts"
import { RailCaller } from "./RailCaller.ts"
import type { Entropy } from "../ports/Entropy.ts"
import type { Vault } from "../ports/Vault.ts"

type StartedFeed = Extract<Feed, { readonly _tag: "Started" }>

export class PayoutExecutor extends Context.Service<
  PayoutExecutor,
  {
    /** Claims what is planned and due, as far as slots are free, and waits until all of it has its outcome; answers how many. */
    readonly runOnce: Effect.Effect<number>
    /** Handles the feed and claims every `executeInterval`, for ever. */
    readonly run: Effect.Effect<never>
  }
>()("kedge/payouts/PayoutExecutor") {
  static readonly layer = Layer.effect(
    PayoutExecutor,
    Effect.gen(function* () {
      const storage = yield* Storage
      const actors = yield* Actors
      const slots = yield* PayoutSlots
      const rails = yield* Rails
      const caller = yield* RailCaller
      const fence = yield* Fence
      const config = yield* KedgeConfig
      const services = yield* Effect.context<Vault | Entropy>()
      const { timing } = config
      const underWay = yield* FiberSet.make<void>()
      yield* Effect.addFinalizer(() =>
        FiberSet.awaitEmpty(underWay).pipe(
          Effect.timeoutOption(`${timing.shutdownGrace} seconds`),
          Effect.asVoid
        )
      )

      const tell = (job: PayoutJob, rail: PaymentRail, answer: Answer, retryInSeconds: number) =>
        actors.tell({
          to: job.actor.id,
          event: answer.event,
          cause: `rail:${rail.name}`,
          notes: answer.notes,
          known: job.actor,
          retryInSeconds
        })

      /** Sends one started payout and records what came of it. The slot is given back after the commit, never before. */
      const execute = Effect.fnUntraced(function* (job: PayoutJob, rail: PaymentRail) {
        const answer = yield* caller.execute(job, rail)
        const retryInSeconds = backoffSeconds(timing, job.tries, job.id)
        const told = yield* tell(job, rail, answer, retryInSeconds)
        yield* payoutMetrics.outcome(rail.name, answer.event.type)
        if (doesNotFit(told)) {
          // The figures contradict the transaction: nobody but a person can say what the rail did.
          const instead = yield* held(
            job,
            `the rail's answer (${answer.event.type}) does not fit the transaction`
          ).pipe(Effect.provide(services))
          yield* tell({ ...job }, rail, instead, 0)
        }
        if (
          told._tag === "Stepped" &&
          answer.event.type === "payout.unknown" &&
          answer.event.next === "lookUp"
        ) {
          const found = yield* caller.lookUp(job, rail)
          if (found !== null)
            yield* actors.tell({
              to: job.actor.id,
              event: found.event,
              cause: `rail:${rail.name}`,
              notes: found.notes
            })
        }
        const mayRepeat =
          answer.event.type === "payout.notAccepted" ||
          (answer.event.type === "payout.unknown" && answer.event.next === "repeat")
        if (mayRepeat) yield* Queue.offer(wakes, { rail: rail.name, inSeconds: retryInSeconds })
      })

      const wakes = yield* Queue.unbounded<{ readonly rail: string; readonly inSeconds: number }>()

      const start = (job: PayoutJob, rail: PaymentRail): Effect.Effect<void> =>
        FiberSet.run(
          underWay,
          execute(job, rail).pipe(
            Effect.catchCause((cause) =>
              Effect.logError(
                "a payout's outcome could not be recorded; it is looked up after its lease",
                { payoutId: job.id },
                cause
              )
            ),
            Effect.ensuring(Effect.sync(() => slots.release(rail.name))),
            Effect.andThen(
              Effect.suspend(() =>
                plannedWait.has(rail.name)
                  ? Queue.offer(slots.feed, { _tag: "Planned", rail: rail.name })
                  : Effect.void
              )
            ),
            Effect.asVoid
          )
        ).pipe(Effect.asVoid)

      /** Rails for which planned payouts waited when they were last asked. */
      const plannedWait = new Set<string>()

      /** Takes slots first, then as many planned payouts; slots that found none are given back. */
      const claim = Effect.fnUntraced(function* (rail: PaymentRail) {
        let limit = 0
        while (limit < 256 && slots.tryTake(rail.name)) limit += 1
        if (limit === 0) {
          plannedWait.add(rail.name)
          return 0
        }
        const jobs = yield* storage
          .claim({ rail: rail.name, limit, owner: fence.owner, leaseSeconds: timing.payoutLease })
          .pipe(Effect.onError(() => Effect.sync(() => release(rail.name, limit))))
        release(rail.name, limit - jobs.length)
        if (jobs.length === limit) plannedWait.add(rail.name)
        else plannedWait.delete(rail.name)
        for (const job of jobs) yield* start(job, rail)
        return jobs.length
      })
      const release = (rail: string, count: number): void => {
        for (let taken = 0; taken < count; taken++) slots.release(rail)
      }
      const claimAll = Effect.forEach(rails.all, claim).pipe(
        Effect.map((counts) => counts.reduce((total, count) => total + count, 0)),
        Effect.catch((error) =>
          Effect.logWarning("planned payouts cannot be claimed now", error.message).pipe(Effect.as(0))
        )
      )

      /** Sends what the feed names; a slot whose payout cannot be sent now is given back. */
      const sendStarted = Effect.fnUntraced(function* (payouts: StartedFeed["payouts"]) {
        const jobs = yield* storage.jobs(payouts.map(({ id }) => id)).pipe(
          Effect.retry({ times: 5 }),
          Effect.catch((error) =>
            // Nothing was sent: the lease runs out and the rail is looked up.
            Effect.logError("started payouts cannot be read; they are looked up later", error.message).pipe(
              Effect.as<ReadonlyArray<PayoutJob>>([])
            )
          )
        )
        const byId = new Map(jobs.map((job) => [job.id, job]))
        for (const { id, rail: name } of payouts) {
          const job = byId.get(id)
          const rail = rails.byName(name)
          if (job !== undefined && rail !== undefined && job.state === "started") yield* start(job, rail)
          else slots.release(name)
        }
      })
      const onFeed = Queue.take(slots.feed).pipe(
        Effect.flatMap((feed) => {
          if (feed._tag === "Started") return sendStarted(feed.payouts)
          const rail = rails.byName(feed.rail)
          return rail === undefined ? Effect.void : claim(rail).pipe(Effect.asVoid)
        }),
        Effect.catch((error) => Effect.logWarning("planned payouts cannot be claimed now", error.message)),
        Effect.forever
      )
      const onWake = Queue.take(wakes).pipe(
        Effect.flatMap(({ inSeconds, rail }) =>
          Effect.forkScoped(
            Effect.sleep(`${Math.ceil(inSeconds * 1000)} millis`).pipe(
              Effect.andThen(Queue.offer(slots.feed, { _tag: "Planned", rail }))
            )
          )
        ),
        Effect.forever,
        Effect.scoped
      )
      const tick = Effect.sleep(`${timing.executeInterval} seconds`).pipe(
        Effect.andThen(claimAll),
        Effect.forever
      )

      return PayoutExecutor.of({
        runOnce: Effect.gen(function* () {
          const count = yield* claimAll
          yield* FiberSet.awaitEmpty(underWay)
          return count
        }),
        run: claimAll.pipe(
          Effect.andThen(Effect.all([onFeed, onWake, tick], { concurrency: "unbounded" })),
          Effect.andThen(Effect.never)
        )
      })
    })
  )
}

const doesNotFit = (told: Told): boolean => told._tag === "Refused" && told.reason === "amounts-differ"
