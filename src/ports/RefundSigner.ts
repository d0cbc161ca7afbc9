/**
 * Holds the key that may return money. Without one the process holds no key that can move anything, and says so; what is owed
 * waits in `refundOwed` for the institution.
 *
 * Gotcha: the key must not be the one of SEP-10 challenges and callbacks (SEC-13): a process that is given one key for both is
 * refused at start.
 */
import { Context, type Effect, Layer, Schema } from "effect"

/** The key cannot be used now: a key service that is away, a policy that says no. Nothing was signed. */
export class RefundSignerUnavailable extends Schema.TaggedError<RefundSignerUnavailable>()(
  "RefundSignerUnavailable",
  { message: Schema.String }
) {}

/**
 * Failure and persistence: signing has no state. A signature that is not used is worth nothing after the time bound of its
 * envelope; one that is used is committed before it is submitted.
 */
export interface RefundKeys {
  /** `G…`: the key that signs for the accounts that receive. */
  readonly publicKey: string
  /**
   * `G…` accounts whose sequence numbers refunds use, each with one envelope on its way at a time. The first is enough; more
   * make as many refunds a ledger. No other program may use their sequence numbers.
   */
  readonly sources: readonly [string, ...ReadonlyArray<string>]
  /**
   * Ed25519 signatures (64 bytes) over a 32-byte transaction hash: those that let it act for these accounts, of which one may
   * be a source and one an account that received. No more than are needed: a signature too many is refused by the ledger.
   */
  readonly sign: (
    hash: Uint8Array,
    accounts: ReadonlyArray<string>
  ) => Effect.Effect<
    ReadonlyArray<{ readonly publicKey: string; readonly signature: Uint8Array }>,
    RefundSignerUnavailable
  >
}

export class RefundSigner extends Context.Service<RefundSigner, RefundKeys | null>()(
  "kedge/ports/RefundSigner"
) {
  /** No key: nothing is returned on chain by this process. */
  static readonly none = Layer.succeed(RefundSigner, null)
}
