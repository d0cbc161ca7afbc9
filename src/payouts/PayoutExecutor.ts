/**
 * Makes payouts: those born started arrive by the feed within milliseconds of their commit; the rest are claimed.
 *
 * Gotcha: when this process is stopped, what was started and not yet sent is given back as never sent, and calls under way get
 * the grace period to answer; what has not answered by then stays `started` and is looked up after its lease by whoever comes.
 */
import { Context, Effect, Fiber, FiberSet, Layer, Queue, Schedule } from "effect"
import { transactionOf } from "../../machines/domain/Ids.ts"
import { KedgeConfig } from "../KedgeConfig.ts"
import type { Entropy } from "../ports/Entropy.ts"
import { type PaymentRail, Rails } from "../ports/Rails.ts"
import type { PayoutJob } from "../ports/rows.ts"
import { Storage, type StorageUnavailable } from "../ports/Storage.ts"
import type { Vault } from "../ports/Vault.ts"
import { Actors } from "../runtime/Actors.ts"
import { Fence } from "../runtime/Fence.ts"
import { PayoutSlots, type StartedPayout } from "../runtime/PayoutSlots.ts"
import { retrySeconds } from "./backoff.ts"
import type { Answer } from "./outcomeEvent.ts"
import { RailCaller } from "./RailCaller.ts"
import { recordAnswer } from "./recordAnswer.ts"

/** At most so many are claimed at once. */
const claimMax = 256

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
      const { timing } = yield* KedgeConfig
      const services = yield* Effect.context<Actors | Vault | Entropy>()
      const wakes = yield* Queue.unbounded<{ readonly rail: string; readonly inSeconds: number }>()
      /** Rails for which planned payouts waited when they were last asked. */
      const plannedWait = new Set<string>()
      const underWay = yield* FiberSet.make<unknown, StorageUnavailable>()
      let isStopping = false

      const record = Effect.fnUntraced(function* (job: PayoutJob, rail: PaymentRail, answer: Answer) {
        const { event } = answer
        const retryInSeconds = retrySeconds(timing, job, event)
        const told = yield* recordAnswer(job, rail, answer, { cause: `rail:${rail.name}`, retryInSeconds })
        const again =
          event.type === "payout.notAccepted" ||
          event.type === "payout.voided" ||
          (event.type === "payout.unknown" && event.next === "repeat")
        if (again) yield* Queue.offer(wakes, { rail: rail.name, inSeconds: retryInSeconds })
        return told
      }, Effect.provide(services))

      /** Sends one started payout and records what came of it. The slot is given back after the commit, never before. */
      const execute = Effect.fnUntraced(function* (job: PayoutJob, rail: PaymentRail) {
        const { event, ...rest } = yield* caller.execute(job, rail)
        const told = yield* record(job, rail, { event, ...rest })
        const isToLookUp =
          told._tag === "Stepped" && event.type === "payout.unknown" && event.next === "lookUp"
        if (!isToLookUp) return
        const [now] = yield* storage.jobs([job.id])
        const found = now === undefined ? null : yield* caller.lookUp(now, rail)
        if (now !== undefined && found !== null) yield* record(now, rail, found)
      })

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

      /** Started and never sent: another process may take it at once, instead of asking the rail. */
      const giveBack = ({ id, rail }: StartedPayout): Effect.Effect<void> =>
        actors
          .tell({
            to: transactionOf(id),
            event: { type: "payout.notAccepted", payoutId: id },
            cause: "executor"
          })
          .pipe(Effect.ignore, Effect.andThen(Effect.sync(() => slots.release(rail))))

      /** Takes slots first, then as many planned payouts; slots that found none are given back. */
      const claimAndStart = Effect.fnUntraced(function* (rail: PaymentRail) {
        let limit = 0
        while (limit < claimMax && slots.tryTake(rail.name)) limit += 1
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
        for (const job of jobs)
          yield* isStopping ? giveBack({ id: job.id, rail: rail.name }) : start(job, rail)
        return jobs.length
      })
      /** In a fiber of its own: whoever waits for it may be interrupted, and what was claimed is still started or given back. */
      const claim = (rail: PaymentRail) =>
        FiberSet.run(underWay, claimAndStart(rail)).pipe(Effect.flatMap(Fiber.join))
      const release = (rail: string, count: number): void => {
        for (let taken = 0; taken < count; taken++) slots.release(rail)
      }
      const claimOrLog = (rail: PaymentRail): Effect.Effect<number> =>
        claim(rail).pipe(
          Effect.catch((error) =>
            Effect.logWarning("planned payouts cannot be claimed now", error.message).pipe(Effect.as(0))
          )
        )
      const claimAll = Effect.forEach(rails.all, claimOrLog).pipe(
        Effect.map((counts) => counts.reduce((total, count) => total + count, 0))
      )

      /** Reads what was born started: what is not in the answer could not be read, and is not sent. */
      const readFed = (payouts: ReadonlyArray<StartedPayout>) =>
        storage.jobs(payouts.map(({ id }) => id)).pipe(
          Effect.retry(Schedule.min([Schedule.exponential("20 millis"), Schedule.spaced("1 second")])),
          // Well within the lease: an attempt of which nothing was read for so long is no longer ours to send.
          Effect.timeout(`${timing.payoutLease / 4} seconds`),
          Effect.catch((error) =>
            Effect.logError(
              "started payouts cannot be read; they are looked up after their lease",
              error.message
            ).pipe(Effect.as<ReadonlyArray<PayoutJob>>([]))
          )
        )
      /** Sends what was read. Without its row nothing is sent, and the slot is given back. */
      const startFed = Effect.fnUntraced(function* (
        payouts: ReadonlyArray<StartedPayout>,
        jobs: ReadonlyArray<PayoutJob>
      ) {
        const byId = new Map(jobs.map((job) => [job.id, job]))
        for (const { id, rail: name } of payouts) {
          const job = byId.get(id)
          const rail = rails.byName(name)
          if (job?.state === "started" && rail !== undefined) yield* start(job, rail)
          else slots.release(name)
        }
      })
      const claimPlanned = (name: string): Effect.Effect<void> => {
        const rail = rails.byName(name)
        return rail === undefined ? Effect.void : Effect.asVoid(claimOrLog(rail))
      }
      /**
       * What is taken from the feed goes back whole, or is started whole: one call sent before the interruption would make
       * "never sent" a lie about it.
       */
      const onFeed = Effect.uninterruptibleMask((restore) =>
        restore(Queue.take(slots.feed)).pipe(
          Effect.flatMap((feed) =>
            feed._tag === "Planned"
              ? restore(claimPlanned(feed.rail))
              : restore(readFed(feed.payouts)).pipe(
                  Effect.onInterrupt(() => Queue.offer(slots.feed, feed)),
                  Effect.flatMap((jobs) => startFed(feed.payouts, jobs))
                )
          )
        )
      ).pipe(Effect.forever)
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

      const giveBackFeed = Queue.take(slots.feed).pipe(
        Effect.flatMap((feed) =>
          feed._tag === "Planned"
            ? Effect.void
            : Effect.forEach(feed.payouts, giveBack, { concurrency: "unbounded", discard: true })
        ),
        Effect.forever
      )
      yield* Effect.addFinalizer(() =>
        Effect.suspend(() => {
          isStopping = true
          return slots.close
        }).pipe(
          Effect.andThen(Effect.raceFirst(slots.idle, giveBackFeed)),
          Effect.timeoutOption(`${timing.shutdownGrace} seconds`)
        )
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
