/**
 * Watches every receiving account: one supervised loop each, alone in the role across all processes on one database.
 *
 * The ledger's stream is a bell and nothing more; with neither bell nor page for `watcherSilence` seconds the loop reads
 * anyway. Gotcha: a stopped role stays stopped until the process is started again. That is on purpose: what stops it (another
 * network, a gap in the history, records we do not understand) is for a person.
 */
import { Cause, Clock, Context, Effect, Exit, Latch, Layer, Queue, Stream } from "effect"
import { KedgeConfig } from "../KedgeConfig.ts"
import { StellarNetwork } from "../ports/StellarNetwork.ts"
import { Storage } from "../ports/Storage.ts"
import { type AccountWatch, type Hold, makeAccountWatch, type RoleStopped } from "./AccountWatch.ts"
import { persistently } from "./persistently.ts"
import { watcherMetrics } from "./watcherMetrics.ts"
import { WatcherSignal } from "./WatcherSignal.ts"
import { receivingAccounts, WatcherState } from "./WatcherState.ts"

/** A stream that lasted so long, or rang, was a good one: it is opened again at once. */
const goodStreamMillis = 5_000
const bellPauseMin = 100
const bellPauseMax = 30_000

export class PaymentWatcher extends Context.Service<
  PaymentWatcher,
  {
    /** Watches all accounts, and those that were configured once, until interrupted. */
    readonly run: Effect.Effect<never>
  }
>()("kedge/watcher/PaymentWatcher") {
  static readonly layer = Layer.effect(
    PaymentWatcher,
    Effect.gen(function* () {
      const config = yield* KedgeConfig
      const network = yield* StellarNetwork
      const state = yield* WatcherState
      const signal = yield* WatcherSignal
      const storage = yield* Storage
      const watchOf = yield* makeAccountWatch
      const { watcherLease, watcherSilence } = config.timing

      /** Ends when the role is lost or stopped. */
      const hold = Effect.fnUntraced(function* (account: string, watch: AccountWatch, epoch: number) {
        const held = yield* watch.open(epoch)
        if (held === null) return
        const bell = yield* Queue.sliding<void>(1)
        const caughtUp = yield* Latch.make()
        yield* ring(account, held, bell, caughtUp).pipe(Effect.forkScoped)
        yield* Effect.raceFirst(keepLease(watch, epoch), turnPages(watch, held, bell, caughtUp))
      }, Effect.scoped)

      const turnPages = Effect.fnUntraced(function* (
        watch: AccountWatch,
        held: Hold,
        bell: Queue.Dequeue<void>,
        caughtUp: Latch.Latch
      ) {
        let isRung = false
        for (;;) {
          const turn = yield* watch.runOnce(held, isRung)
          if (turn === "lost") return
          if (turn === "more") continue
          yield* caughtUp.open
          isRung = yield* Queue.take(bell).pipe(
            Effect.as(true),
            Effect.timeoutOrElse({
              duration: `${watcherSilence} seconds`,
              orElse: () => Effect.succeed(false)
            })
          )
        }
      })

      /** Comes back when the role is no longer ours. */
      const keepLease = Effect.fnUntraced(function* (watch: AccountWatch, epoch: number) {
        for (;;) {
          yield* Effect.sleep(`${watcherLease / 3} seconds`)
          if ((yield* watch.lease) !== epoch) return
        }
      })

      /** Opens the stream where the pages stand, again and again; a bad one ever less often. */
      const ring = Effect.fnUntraced(function* (
        account: string,
        held: Hold,
        bell: Queue.Enqueue<void>,
        caughtUp: Latch.Latch
      ) {
        let pause = bellPauseMin
        yield* caughtUp.await
        for (;;) {
          const begun = yield* Clock.currentTimeMillis
          let rung = 0
          const exit = yield* network.wakeUps(account, held.position).pipe(
            Stream.runForEach(() => {
              rung += 1
              return Queue.offer(bell, undefined)
            }),
            Effect.exit
          )
          const lasted = (yield* Clock.currentTimeMillis) - begun
          pause = rung > 0 || lasted >= goodStreamMillis ? bellPauseMin : Math.min(bellPauseMax, pause * 2)
          if (Exit.isFailure(exit)) {
            yield* Effect.logDebug("watcher: the ledger's stream failed; pages are read all the same", {
              account
            })
          }
          yield* Effect.sleep(pause)
        }
      })

      const stopped = (account: string, { reason }: RoleStopped) =>
        Effect.logError("watcher: STOPPED; payments to the account are no longer seen", {
          account,
          reason
        }).pipe(Effect.andThen(state.set(account, { _tag: "Stopped", reason })))

      /** Whatever a hold ends with, another one follows, except after a stop. */
      const watchAccount = (account: string): Effect.Effect<void> => {
        const watch = watchOf(account)
        const takeAndHold = Effect.gen(function* () {
          const epoch = yield* watch.lease
          if (epoch === null) {
            yield* state.set(account, { _tag: "Standby" })
            return yield* Effect.sleep(`${watcherLease / 3} seconds`)
          }
          yield* hold(account, watch, epoch)
          yield* Effect.logWarning("watcher: the cursor is in other hands; opening it again", { account })
          yield* watcherMetrics.lost(account)
          yield* signal({ _tag: "Lost", account })
          yield* Effect.sleep("100 millis")
        })
        const failed = (what: "runtime" | "defect", cause: Cause.Cause<unknown>) =>
          Effect.logError(
            "watcher: failed in a way it must not; opening the cursor again",
            { account },
            cause
          ).pipe(
            Effect.andThen(watcherMetrics.failed(account, what)),
            Effect.andThen(state.set(account, { _tag: "Failing", reason: "see the log" })),
            Effect.andThen(Effect.sleep("1 second"))
          )
        return Effect.forever(
          takeAndHold.pipe(
            Effect.catchTag("NoAnswer", (error) => failed("runtime", Cause.fail(error))),
            Effect.catchCause((cause) => {
              const stop = Cause.findErrorOption(cause)
              return stop._tag === "Some" || Cause.hasInterruptsOnly(cause)
                ? Effect.failCause(cause)
                : failed("defect", cause)
            })
          )
        ).pipe(Effect.catchTag("RoleStopped", (error) => stopped(account, error)))
      }

      const watchAll = (accounts: ReadonlyArray<string>) =>
        Effect.forEach(accounts, watchAccount, { concurrency: "unbounded", discard: true })

      /** Accounts that the settings no longer name: transactions may still wait for money there, and it is ours all the same. */
      const former = Effect.gen(function* () {
        const configured = new Set(receivingAccounts(config))
        const cursors = yield* storage.cursors.pipe(
          persistently("StorageUnavailable", (message) =>
            Effect.logWarning("watcher: the storage does not answer; trying again", message)
          )
        )
        const accounts = cursors.flatMap(({ account, network: of }) =>
          of === config.network.id && !configured.has(account) ? [account] : []
        )
        for (const account of accounts) {
          yield* Effect.logInfo("watcher: the account is in the settings no longer, and is watched on", {
            account
          })
        }
        yield* watchAll(accounts)
      })

      return PaymentWatcher.of({
        run: Effect.all([watchAll(receivingAccounts(config)), former], {
          concurrency: "unbounded",
          discard: true
        }).pipe(Effect.andThen(Effect.never))
      })
    })
  )
}
