/**
 * Looks once, on the ledger, whether the key that signs challenges may sign for an account that receives money, and says so as
 * an error: whoever steals that key must find nothing to take (SEC-13).
 *
 * Gotcha: it does not stop the start. Signers are changed on the ledger while we run, so a refusal here would promise a check
 * that it cannot keep, and would tie the start to the ledger's being there.
 */
import { Effect, Layer, Schedule } from "effect"
import { KedgeConfig } from "../KedgeConfig.ts"
import { Signer } from "../ports/Signer.ts"
import { StellarNetwork } from "../ports/StellarNetwork.ts"

const patience = Schedule.min([Schedule.exponential("1 second"), Schedule.spaced("5 minutes")])

/** In the background, for as long as the ledger does not answer. */
export const signingKeyCheck = Layer.effectDiscard(
  Effect.gen(function* () {
    const { assets } = yield* KedgeConfig
    const { publicKey } = yield* Signer
    const stellar = yield* StellarNetwork
    const look = Effect.fnUntraced(function* (account: string) {
      const found = yield* Effect.retry(
        Effect.suspend(() => stellar.signers(account)),
        patience
      )
      if (found?.signers.some(({ key, weight }) => key === publicKey && weight > 0) !== true) return
      yield* Effect.logError(
        "the key of KEDGE_SIGNING_SEED signs for a receiving account: take it off that account's signers",
        { account }
      )
    })
    const accounts = new Set(assets.map(({ account }) => account))
    yield* Effect.forkScoped(Effect.forEach(accounts, look, { discard: true }))
  })
)
