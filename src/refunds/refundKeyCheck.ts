/**
 * Looks once, on the ledger, whether the key of refunds may pay from every account that receives money, and says so as an error
 * where it may not: better at start than by the first refund that is held.
 *
 * Gotcha: it does not stop the start, for signers are changed on the ledger while we run.
 */
import { Effect, Schedule } from "effect"
import { KedgeConfig } from "../KedgeConfig.ts"
import type { RefundKeys } from "../ports/RefundSigner.ts"
import { StellarNetwork } from "../ports/StellarNetwork.ts"

const patience = Schedule.min([Schedule.exponential("1 second"), Schedule.spaced("5 minutes")])

/** In the background, for as long as the ledger does not answer. */
export const refundKeyCheck = Effect.fnUntraced(function* ({ publicKey }: RefundKeys) {
  const { assets } = yield* KedgeConfig
  const stellar = yield* StellarNetwork
  const look = Effect.fnUntraced(function* (account: string) {
    const found = yield* Effect.retry(
      Effect.suspend(() => stellar.signers(account)),
      patience
    )
    if (found === null) return
    const weight = found.signers.find(({ key }) => key === publicKey)?.weight ?? 0
    if (weight > 0 && weight >= found.thresholds.medium) return
    yield* Effect.logError(
      "the key of KEDGE_REFUND_SEED may not pay from a receiving account: make it a signer of it",
      { account, key: publicKey, weight, needed: Math.max(1, found.thresholds.medium) }
    )
  })
  const accounts = new Set(assets.map(({ account }) => account))
  yield* Effect.forkScoped(Effect.forEach(accounts, look, { discard: true }))
})
