/** Holds the SEP-10 signing key: signs challenges (and, with callbacks, their bodies). It never moves money. */
import { Context, type Effect } from "effect"

/**
 * Failure and persistence: signing has no state; the same input may be signed any number of times. The key must not be a
 * signer of a receiving account (SEC-13).
 */
export class Signer extends Context.Service<
  Signer,
  {
    /** `SIGNING_KEY` of stellar.toml: a `G…` account. */
    readonly publicKey: string
    /** Ed25519 signature (64 bytes) over a 32-byte transaction hash. */
    readonly sign: (hash: Uint8Array) => Effect.Effect<Uint8Array>
  }
>()("kedge/ports/Signer") {}
