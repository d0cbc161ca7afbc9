/**
 * Money that lies on the ledger for one of our accounts to claim. It is no credit, and no page of payments tells of it; the
 * ledger keeps it until it is claimed, so what is asked is asked afresh and stored nowhere.
 *
 * Gotcha: null where the source of the ledger cannot tell. Then nobody looks, and nobody claims to have looked.
 */
import { Context, type Effect } from "effect"
import type { Amount } from "../../machines/domain/Amount.ts"
import type { StellarAsset } from "../../machines/domain/Asset.ts"
import type { LedgerUnavailable } from "./StellarNetwork.ts"

export interface ClaimableBalance {
  /** As the ledger names it. */
  readonly id: string
  readonly amount: Amount
  /** Who pays its reserve: nearly always who made it. Null where the ledger does not say. */
  readonly sponsor: string | null
  /** The ledger that last touched it. */
  readonly ledger: number
}

/**
 * The newest balances of an asset that an account may claim, now or later, 200 at most.
 *
 * Failure and persistence: reading only; may be repeated.
 */
export type ListClaimable = (
  account: string,
  asset: StellarAsset
) => Effect.Effect<ReadonlyArray<ClaimableBalance>, LedgerUnavailable>

export const ClaimableBalances = Context.Reference<ListClaimable | null>("kedge/ports/ClaimableBalances", {
  defaultValue: () => null
})
