/**
 * One receiving account's way from the ledger to the inbox: hold the role, open the cursor, then page by page read, match,
 * bring.
 *
 * A `Hold` is the role under one epoch. `runOnce` brings one page; while it is committed the next one is read, if the ledger
 * said there is more, but pages are brought strictly in order. Gotcha: whatever became of a page, the stored cursor is the
 * truth: when it is found in other hands the hold is over, and a new one begins by reading it.
 */
import { Clock, Data, Effect, Fiber, type Scope } from "effect"
import { KedgeConfig } from "../KedgeConfig.ts"
import { type CreditPage, type PositionRefused, StellarNetwork } from "../ports/StellarNetwork.ts"
import { type Cursor, Storage } from "../ports/Storage.ts"
import { Actors, type Brought, type NoAnswer } from "../runtime/Actors.ts"
import { Fence } from "../runtime/Fence.ts"
import { addressesOf, groupCredits, matchGroups } from "./matchPayments.ts"
import { persistently } from "./persistently.ts"
import { unreadableRun, unreadableRunMax } from "./unreadableRun.ts"
import { watcherMetrics } from "./watcherMetrics.ts"
import { WatcherSignal } from "./WatcherSignal.ts"
import { WatcherState } from "./WatcherState.ts"

/** The most that Horizon gives in one page. */
const pageLimit = 200

/** The role must not go on: for a person. */
export class RoleStopped extends Data.TaggedError("RoleStopped")<{ readonly reason: string }> {}

/** The role under one epoch. Changed by `runOnce` alone. */
export interface Hold {
  readonly epoch: number
  position: string
  processedLedger: Cursor["processedLedger"]
  unreadable: number
  next: Fiber.Fiber<CreditPage, PositionRefused> | null
}

/** `more`: another page waits. `idle`: all is read. `lost`: the cursor is in other hands. */
export type Turn = "more" | "idle" | "lost"

export interface AccountWatch {
  /** Takes or renews the role; its epoch, or null while another process holds it. */
  readonly lease: Effect.Effect<number | null>
  /** Opens the cursor under an epoch; null when a newer epoch has it. */
  readonly open: (epoch: number) => Effect.Effect<Hold | null, RoleStopped>
  /** Brings the next page. `isRung`: a bell said so; that it finds nothing after all needs no commit each time. */
  readonly runOnce: (hold: Hold, isRung: boolean) => Effect.Effect<Turn, RoleStopped | NoAnswer, Scope.Scope>
}

export const makeAccountWatch = Effect.gen(function* () {
  const network = yield* StellarNetwork
  const storage = yield* Storage
  const actors = yield* Actors
  const config = yield* KedgeConfig
  const fence = yield* Fence
  const state = yield* WatcherState
  const signal = yield* WatcherSignal

  return (account: string): AccountWatch => {
    const role = `watcher:${account}`

    /** Again and again with growing pauses, until it answers; meanwhile the watch is seen to be failing. */
    const fromLedger = persistently("LedgerUnavailable", (message) =>
      failing("ledger", "the ledger does not answer", message)
    )
    const fromStorage = persistently("StorageUnavailable", (message) =>
      failing("storage", "the storage does not answer", message)
    )
    const failing = (what: "ledger" | "storage", sentence: string, message: string) =>
      Effect.logWarning(`watcher: ${sentence}; trying again`, { account }, message).pipe(
        Effect.andThen(watcherMetrics.failed(account, what)),
        Effect.andThen(state.set(account, { _tag: "Failing", reason: `${sentence}: ${message}` }))
      )
    const stop = (reason: string) => new RoleStopped({ reason })

    const lease = fromStorage(storage.lease(role, fence.owner, config.timing.watcherLease)).pipe(
      Effect.map((held) => held?.epoch ?? null)
    )

    const open = Effect.fnUntraced(function* (epoch: number) {
      const passphrase = yield* fromLedger(network.passphrase)
      if (passphrase !== config.network.passphrase) {
        return yield* stop(
          `the ledger is of the network "${passphrase}"; this process is configured for "${config.network.passphrase}"`
        )
      }
      const tip = yield* fromLedger(network.tip(account))
      const cursor = yield* fromStorage(
        storage.openCursor({ account, network: config.network.id, tip, epoch })
      )
      if (cursor.network !== config.network.id) {
        return yield* stop(
          `the stored cursor is of the network ${cursor.network}; this process is configured for ${config.network.id}`
        )
      }
      if (cursor.epoch !== epoch) return null
      const { position, processedLedger } = cursor
      yield* Effect.logInfo("watcher: the cursor is open", { account, position, epoch })
      const hold: Hold = { epoch, position, processedLedger, unreadable: 0, next: null }
      return hold
    })

    const read = (position: string) => fromLedger(network.page(account, position, pageLimit))

    const runOnce = Effect.fnUntraced(function* (hold: Hold, isRung: boolean) {
      const page = yield* (hold.next === null ? read(hold.position) : Fiber.join(hold.next)).pipe(
        Effect.catchTag("PositionRefused", (error) => Effect.fail(stop(error.message)))
      )
      hold.next = page.full ? yield* Effect.forkScoped(read(page.position)) : null
      const processedLedger = laterOf(hold.processedLedger, page.processedLedger)
      const isNews =
        page.transactions > 0 ||
        page.position !== hold.position ||
        passedMillis(hold.processedLedger, processedLedger) >
          (isRung ? config.timing.watcherSilence * 1_000 : 0)
      const brought = isNews ? yield* bring(hold, page, processedLedger) : null
      if (brought?.moved === false) return "lost"
      hold.position = page.position
      if (brought !== null) hold.processedLedger = processedLedger
      yield* report(hold, page, brought)
      const run = unreadableRun(hold.unreadable, page)
      hold.unreadable = run.trailing
      if (run.longest >= unreadableRunMax) {
        return yield* stop(
          `${run.longest} Stellar transactions in a row could not be read: ${page.unreadable.at(-1)?.reason ?? ""}`
        )
      }
      return page.full ? "more" : "idle"
    })

    const bring = Effect.fnUntraced(function* (
      hold: Hold,
      page: CreditPage,
      processedLedger: Cursor["processedLedger"]
    ) {
      const groups = groupCredits(config.network.id, page.credits)
      const addresses = addressesOf(groups)
      const found = addresses.length === 0 ? [] : yield* fromStorage(storage.actorsByMemo(addresses))
      return yield* actors.bring({
        cursor: {
          account,
          epoch: hold.epoch,
          from: hold.position,
          to: page.position,
          processedLedger,
          quarantined: page.unreadable.map(({ position, raw, reason }) => ({ position, raw, reason }))
        },
        arrivals: matchGroups(groups, found)
      })
    })

    const report = Effect.fnUntraced(function* (hold: Hold, page: CreditPage, brought: Brought | null) {
      const turnedAtMillis = yield* Clock.currentTimeMillis
      yield* state.set(account, { _tag: "Watching", epoch: hold.epoch, turnedAtMillis })
      if (hold.processedLedger !== null) yield* watcherMetrics.processed(account, hold.processedLedger)
      if (brought !== null) yield* watcherMetrics.brought(account, page, brought)
      for (const { position, reason } of page.unreadable) {
        yield* Effect.logError("watcher: a Stellar transaction cannot be read and is in quarantine", {
          account,
          position,
          reason
        })
      }
      yield* signal({ _tag: "Turned", account, position: hold.position, brought })
    })

    return { lease, open, runOnce }
  }
})

/** A lagging server must not take back what was processed. */
const laterOf = (
  before: Cursor["processedLedger"],
  now: Cursor["processedLedger"]
): Cursor["processedLedger"] =>
  before !== null && (now === null || now.sequence < before.sequence) ? before : now

/** How far the processed ledgers have come, in ledger time; the first one is far enough for anything. */
const passedMillis = (before: Cursor["processedLedger"], now: Cursor["processedLedger"]): number =>
  now === null ? 0 : before === null ? Number.POSITIVE_INFINITY : now.closedAtMillis - before.closedAtMillis
