/**
 * Quarantined Stellar transactions, read again: for `kedge inbox replay`, after an upgrade has taught us to read them.
 *
 * A record leaves quarantine only once all its Stellar transaction could be read and its payments are in the inbox. Gotcha: a
 * payment replayed after its transaction expired is late by then, and parked; its own closing time decides, not today's.
 */
import { Context, Effect, Layer } from "effect"
import { KedgeConfig } from "../KedgeConfig.ts"
import { type LedgerUnavailable, StellarNetwork } from "../ports/StellarNetwork.ts"
import { Storage, type StorageUnavailable } from "../ports/Storage.ts"
import { Actors, type NoAnswer } from "../runtime/Actors.ts"
import { addressesOf, groupCredits, matchGroups } from "./matchPayments.ts"

/** What became of one quarantined record. */
export interface Replayed {
  readonly account: string
  readonly position: string
  readonly outcome:
    | { readonly _tag: "Brought"; readonly payments: number }
    | { readonly _tag: "StillUnreadable"; readonly reason: string }
    /** The ledger source has it no longer; the record stays in quarantine, as it came. */
    | { readonly _tag: "Gone"; readonly reason: string }
}

export class InboxReplay extends Context.Service<
  InboxReplay,
  {
    /**
     * Reads every quarantined record again and brings what can be read.
     *
     * Failure and persistence: may be repeated and interrupted; each record is settled on its own, and a payment that is in
     * the inbox already is left alone.
     */
    readonly replay: Effect.Effect<ReadonlyArray<Replayed>, LedgerUnavailable | StorageUnavailable | NoAnswer>
  }
>()("kedge/watcher/InboxReplay") {
  static readonly layer = Layer.effect(
    InboxReplay,
    Effect.gen(function* () {
      const network = yield* StellarNetwork
      const storage = yield* Storage
      const actors = yield* Actors
      const config = yield* KedgeConfig

      const replayOne = Effect.fnUntraced(function* (account: string, position: string) {
        const answer = (outcome: Replayed["outcome"]): Replayed => ({ account, position, outcome })
        const page = yield* network
          .reread(account, position)
          .pipe(Effect.catchTag("PositionRefused", (error) => Effect.succeed(error.message)))
        if (typeof page === "string") return answer({ _tag: "Gone", reason: page })
        const [unreadable] = page.unreadable
        if (unreadable !== undefined) return answer({ _tag: "StillUnreadable", reason: unreadable.reason })
        if (page.transactions === 0) {
          return answer({ _tag: "Gone", reason: "the ledger has nothing at this position" })
        }
        const groups = groupCredits(config.network.id, page.credits)
        const addresses = addressesOf(groups)
        const found = addresses.length === 0 ? [] : yield* storage.actorsByMemo(addresses)
        if (groups.length > 0) yield* actors.bring({ cursor: null, arrivals: matchGroups(groups, found) })
        yield* storage.releaseQuarantined(account, position)
        return answer({ _tag: "Brought", payments: groups.length })
      })

      return InboxReplay.of({
        replay: Effect.gen(function* () {
          const records = yield* storage.quarantined
          return yield* Effect.forEach(records, ({ account, position }) => replayOne(account, position))
        })
      })
    })
  )
}
