/**
 * A Signer over a seed in this process's memory.
 *
 * Gotcha: whoever reads the process reads the key. It must hold no funds and sign for no account that does (SEC-13); where
 * that is not enough, implement the port over a key service.
 */
import { Keypair } from "@stellar/stellar-sdk/base"
import { Effect, Layer, Redacted, Schema } from "effect"
import { Signer } from "../../src/ports/Signer.ts"
import { KedgeConfig } from "../../src/KedgeConfig.ts"

/** The seed is not a Stellar secret seed. The message never holds it. */
export class SeedRefused extends Schema.TaggedError<SeedRefused>()("SeedRefused", {
  message: Schema.String
}) {}

const keypairOf = (seed: Redacted.Redacted<string>): Effect.Effect<Keypair, SeedRefused> =>
  Effect.try({
    try: () => Keypair.fromSecret(Redacted.value(seed)),
    catch: () =>
      new SeedRefused({
        message: "the signing seed is not a Stellar secret seed: S and 55 more letters and digits"
      })
  })

/** A signer for one seed (`S…`). */
export const make = (seed: Redacted.Redacted<string>): Effect.Effect<Signer["Service"], SeedRefused> =>
  Effect.map(keypairOf(seed), (keypair) =>
    Signer.of({
      publicKey: keypair.publicKey(),
      sign: (hash) => Effect.sync(() => keypair.sign(hash))
    })
  )

/** The signer of the configured seed. */
export const layer: Layer.Layer<Signer, SeedRefused, KedgeConfig> = Layer.effect(
  Signer,
  Effect.flatMap(KedgeConfig, (settings) => make(settings.signingSeed))
)
