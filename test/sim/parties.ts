// Who is on the simulated ledger, and what Kedge is told about it.
import { Redacted } from "effect"
import type { Settings } from "../../src/KedgeConfig.ts"
import { issuer, payer, receiving } from "../support/refundWorld.ts"
import { watcherSettings } from "../support/watcherWorld.ts"

export { issuer, payer }
export const us = receiving.publicKey()
export const usdcId = `stellar:USDC:${issuer}`

const [asset] = watcherSettings.assets
if (asset === undefined) throw new Error("the test settings have no asset")

/** Intervals long enough that most of the time simulated is worth simulating. */
export const settings: Settings = {
  ...watcherSettings,
  assets: [{ ...asset, code: "USDC", issuer, account: us }],
  refunds: { seed: Redacted.make(receiving.secret()), channelSeeds: [], feeMax: 10_000 },
  timing: {
    ...watcherSettings.timing,
    executeInterval: 60,
    lookUpInterval: 30,
    waitingPayment: 20,
    watcherSilence: 60,
    watcherLease: 45,
    expiryInterval: 60,
    refundInterval: 30
  }
}
