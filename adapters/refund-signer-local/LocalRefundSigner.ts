/**
 * A RefundSigner over seeds in this process's memory; none where the settings name no seed.
 *
 * Gotcha: whoever reads the process reads a key that moves money. Give it to the process that plays `execute` alone, keep little
 * in the receiving accounts, and where that is not enough implement the port over a key service.
 */
import { Keypair } from "@stellar/stellar-sdk/base"
import { Effect, Layer, Redacted } from "effect"
import { KedgeConfig, type RefundSettings } from "../../src/KedgeConfig.ts"
import { type RefundKeys, RefundSigner } from "../../src/ports/RefundSigner.ts"

const keypairOf = (seed: Redacted.Redacted<string>): Keypair => Keypair.fromSecret(Redacted.value(seed))

/** Null where there is no seed. The settings have been read, so the seeds are seeds. */
export const make = ({ channelSeeds, seed }: Omit<RefundSettings, "feeMax">): RefundKeys | null => {
  if (seed === null) return null
  const main = keypairOf(seed)
  const channels = channelSeeds.map(keypairOf)
  const [first = main, ...rest] = channels
  const byAccount = new Map(channels.map((key) => [key.publicKey(), key]))
  return {
    publicKey: main.publicKey(),
    sources: [first.publicKey(), ...rest.map((key) => key.publicKey())],
    sign: (hash, accounts) =>
      Effect.sync(() => {
        // A channel signs for itself; the seed signs for everything else, once.
        const signers = new Set(accounts.map((account) => byAccount.get(account) ?? main))
        return [...signers].map((key) => ({ publicKey: key.publicKey(), signature: key.sign(hash) }))
      })
  }
}

/** The signer of the configured seeds. */
export const layer: Layer.Layer<RefundSigner, never, KedgeConfig> = Layer.effect(
  RefundSigner,
  Effect.map(KedgeConfig, ({ refunds }) => make(refunds))
)
