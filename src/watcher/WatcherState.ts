/**
 * What is known of each receiving account's watch, here and, through the stored cursors, in other processes: for
 * /health/ready, and for the question whether a memo may be handed out.
 *
 * Gotcha: which process watches is decided by leases, so a process that stands by is as healthy as the one that reads; only
 * the stored cursors are the same for all.
 */
import { Clock, Context, Effect, Layer } from "effect"
import type { AssetId } from "../../machines/domain/Asset.ts"
import { KedgeConfig, type Settings } from "../KedgeConfig.ts"
import type { ClaimableBalance } from "../ports/ClaimableBalances.ts"
import { type Cursor, Storage, type StorageUnavailable } from "../ports/Storage.ts"
import { AcceptingPayments } from "../runtime/AcceptingPayments.ts"
import { watcherMetrics } from "./watcherMetrics.ts"
import { type WatcherEvent, WatcherSignal } from "./WatcherSignal.ts"

/** The watch of an account in this process. */
export type Watch =
  /** Not begun, or this process does not watch at all. */
  | { readonly _tag: "Idle" }
  /** Another process holds the role. */
  | { readonly _tag: "Standby" }
  | { readonly _tag: "Watching"; readonly epoch: number; readonly turnedAtMillis: number }
  /** Trying again; the ledger or the storage does not answer. */
  | { readonly _tag: "Failing"; readonly reason: string }
  /** For a person: it does not start again by itself. */
  | { readonly _tag: "Stopped"; readonly reason: string }

export interface AccountReport {
  readonly account: string
  readonly watch: Watch
  /** Whether a cursor of this network is stored. */
  readonly hasCursor: boolean
  readonly processedLedger: Cursor["processedLedger"]
  /** Since the newest processed ledger closed; null before the first one. */
  readonly lagSeconds: number | null
  /** What lies for it to claim, as this process last saw it; null where nobody has looked. It funds nothing and holds nothing up. */
  readonly claimable: ReadonlyArray<Claimable> | null
  /** There is a cursor, a ledger was processed within `timing.readyLag`, and nothing has stopped here. */
  readonly isReady: boolean
}

/** Money that lies on the ledger for the account to claim, in an asset that it receives. */
export interface Claimable extends ClaimableBalance {
  readonly asset: AssetId
}

/** Each account once, in the order of the configuration. */
export const receivingAccounts = (settings: Pick<Settings, "assets">): ReadonlyArray<string> => [
  ...new Set(settings.assets.map(({ account }) => account))
]

export class WatcherState extends Context.Service<
  WatcherState,
  {
    readonly report: Effect.Effect<ReadonlyArray<AccountReport>, StorageUnavailable>
    readonly of: (account: string) => Watch
    readonly set: (account: string, watch: Watch) => Effect.Effect<void>
    readonly claimable: (account: string) => ReadonlyArray<Claimable> | null
    readonly setClaimable: (account: string, balances: ReadonlyArray<Claimable>) => Effect.Effect<void>
  }
>()("kedge/watcher/WatcherState") {
  static readonly layer = Layer.effect(
    WatcherState,
    Effect.gen(function* () {
      const storage = yield* Storage
      const config = yield* KedgeConfig
      const signal = yield* WatcherSignal
      const watches = new Map<string, Watch>()
      const claimables = new Map<string, ReadonlyArray<Claimable>>()
      const of = (account: string): Watch => watches.get(account) ?? { _tag: "Idle" }
      const claimable = (account: string) => claimables.get(account) ?? null
      return WatcherState.of({
        of,
        claimable,
        setClaimable: (account, balances) =>
          Effect.suspend(() => {
            claimables.set(account, balances)
            return watcherMetrics.claimable(account, balances.length)
          }),
        set: (account, watch) =>
          Effect.suspend(() => {
            const before = of(account)._tag
            watches.set(account, watch)
            const event = eventOf(account, watch)
            return Effect.all(
              [
                before === watch._tag
                  ? Effect.void
                  : watcherMetrics.stopped(account, watch._tag === "Stopped"),
                event === null ? Effect.void : signal(event)
              ],
              { discard: true }
            )
          }),
        report: Effect.gen(function* () {
          const cursors = new Map((yield* storage.cursors).map((cursor) => [cursor.account, cursor]))
          const now = yield* Clock.currentTimeMillis
          return receivingAccounts(config).map((account) => reportOf(account, cursors.get(account), now))
        })
      })

      function reportOf(account: string, stored: Cursor | undefined, now: number): AccountReport {
        const cursor = stored?.network === config.network.id ? stored : undefined
        const processedLedger = cursor?.processedLedger ?? null
        const lagSeconds =
          processedLedger === null ? null : Math.max(0, (now - processedLedger.closedAtMillis) / 1_000)
        const watch = of(account)
        return {
          account,
          watch,
          hasCursor: cursor !== undefined,
          processedLedger,
          lagSeconds,
          claimable: claimable(account),
          isReady:
            cursor !== undefined &&
            watch._tag !== "Stopped" &&
            lagSeconds !== null &&
            lagSeconds <= config.timing.readyLag
        }
      }
    })
  )
}

const eventOf = (account: string, watch: Watch): WatcherEvent | null => {
  switch (watch._tag) {
    case "Standby":
      return { _tag: "Standby", account }
    case "Failing":
    case "Stopped":
      return { _tag: watch._tag, account, reason: watch.reason }
    default:
      return null
  }
}

/** True once every receiving account has a stored cursor of this network; then for good, since cursors are never removed. */
export const acceptingPayments = Layer.effect(
  AcceptingPayments,
  Effect.gen(function* () {
    const storage = yield* Storage
    const config = yield* KedgeConfig
    const accounts = receivingAccounts(config)
    let isReady = false
    const ask = storage.cursors.pipe(
      Effect.map((cursors) => {
        const watched = new Set(
          cursors.filter(({ network }) => network === config.network.id).map(({ account }) => account)
        )
        isReady = accounts.every((account) => watched.has(account))
        return isReady
      }),
      Effect.orElseSucceed(() => false)
    )
    return AcceptingPayments.of({ ready: Effect.suspend(() => (isReady ? Effect.succeed(true) : ask)) })
  })
)
