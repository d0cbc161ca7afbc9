/** Holds the SEP-10 signing key: signs challenges and the bodies of callbacks. It never moves money. */
import { Context, type Effect } from "effect"

/**
 * What is signed comes in two forms that can never be taken for each other (SEC-12): 32 bytes that are a hash, and the text of
 * a callback, which is longer and begins with a time in decimal digits and a dot. An implementation dies rather than sign
 * anything else.
 *
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
    /** Ed25519 signature (64 bytes) over `<unix seconds>.<host>.<body>` in UTF-8, as it is and not hashed (SEP-31 §Callback). */
    readonly signCallback: (payload: Uint8Array) => Effect.Effect<Uint8Array>
  }
>()("kedge/ports/Signer") {}
