/**
 * Sees what is left for a receiving account as a claimable balance, in an asset that it receives: somebody may have meant it
 * for a transaction. It is counted, told to the operator and logged once; it funds nothing, and Kedge claims nothing.
 *
 * Gotcha: the ledger is the memory. A process that starts anew tells again of all that still lies there.
 */
import { Context, Effect, Layer } from "effect"
import { assetId } from "../../machines/domain/Asset.ts"
import { KedgeConfig } from "../KedgeConfig.ts"
import { ClaimableBalances, type ListClaimable } from "../ports/ClaimableBalances.ts"
import { sweep } from "./sweep.ts"
import { WatcherSignal } from "./WatcherSignal.ts"
import { receivingAccounts, WatcherState } from "./WatcherState.ts"

/** Nothing waits for it: it is looked for once in so many silences of the watcher. */
const silencesBetween = 6

export class ClaimableWatch extends Context.Service<
  ClaimableWatch,
  {
    /** Looks once at every receiving account; answers how many balances lie there. */
    readonly runOnce: Effect.Effect<number>
    readonly run: Effect.Effect<never>
  }
>()("kedge/watcher/ClaimableWatch") {
  static readonly layer = Layer.effect(
    ClaimableWatch,
    Effect.gen(function* () {
      const config = yield* KedgeConfig
      const list = yield* ClaimableBalances
      const state = yield* WatcherState
      const signal = yield* WatcherSignal

      const lookAt = Effect.fnUntraced(function* (list: ListClaimable, account: string) {
        const assets = config.assets.filter((asset) => asset.account === account)
        const found = yield* Effect.forEach(assets, (asset) =>
          Effect.map(list(account, asset), (balances) =>
            balances.map((balance) => ({ ...balance, asset: assetId(asset) }))
          )
        )
        const balances = found.flat()
        const known = new Set(state.claimable(account)?.map(({ id }) => id))
        yield* state.setClaimable(account, balances)
        for (const { amount, asset, id, sponsor } of balances) {
          if (known.has(id)) continue
          yield* Effect.logWarning(
            "watcher: a claimable balance lies for the account; it funds no transaction, and a person must claim or leave it",
            { account, id, amount, asset, from: sponsor }
          )
        }
        return balances.length
      })

      const runOnce =
        list === null
          ? Effect.succeed(0)
          : Effect.forEach(receivingAccounts(config), (account) =>
              sweep("claimable balances", lookAt(list, account))
            ).pipe(
              Effect.map((counts) => counts.reduce((all, count) => all + count, 0)),
              Effect.tap((count) => signal({ _tag: "Swept", loop: "claimable", count }))
            )

      return ClaimableWatch.of({
        runOnce,
        run:
          list === null
            ? Effect.never
            : runOnce.pipe(
                Effect.andThen(Effect.sleep(`${config.timing.watcherSilence * silencesBetween} seconds`)),
                Effect.forever
              )
      })
    })
  )
}
