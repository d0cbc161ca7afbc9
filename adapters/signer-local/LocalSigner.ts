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

/** Digits and a dot, and longer than a hash: so it is none, whatever its bytes (SEC-12). */
const isCallback = (payload: Uint8Array): boolean =>
  payload.length > hashLength && /^[0-9]{1,16}\./.test(String.fromCharCode(...payload.subarray(0, 17)))

/** Bytes. */
const hashLength = 32

/** A signer for one seed (`S…`). */
export const make = (seed: Redacted.Redacted<string>): Effect.Effect<Signer["Service"], SeedRefused> =>
  Effect.map(keypairOf(seed), (keypair) =>
    Signer.of({
      publicKey: keypair.publicKey(),
      sign: (hash) =>
        hash.length === hashLength
          ? Effect.sync(() => keypair.sign(hash))
          : Effect.die(new Error(`${hash.length} bytes are no hash; a hash has ${hashLength}`)),
      signCallback: (payload) =>
        isCallback(payload)
          ? Effect.sync(() => keypair.sign(payload))
          : Effect.die(new Error("the text of a callback begins with a time in seconds and a dot"))
    })
  )

/** The signer of the configured seed. */
export const layer: Layer.Layer<Signer, SeedRefused, KedgeConfig> = Layer.effect(
  Signer,
  Effect.flatMap(KedgeConfig, (settings) => make(settings.signingSeed))
)
