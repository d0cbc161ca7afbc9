/**
 * Seals customer data before it reaches the database: everything about people lives in rows only this can open.
 *
 * Gotcha: sealing is computing, not storing. The sealed bytes are committed with the rows that refer to them.
 */
import { Context, type Effect, Schema } from "effect"

export interface SealedBytes {
  /** Names the key, so that keys can be rotated. */
  readonly keyId: string
  readonly bytes: Uint8Array
}

/** The row was sealed with a key this process has not, or was changed since. */
export class Unsealable extends Schema.TaggedError<Unsealable>()("Unsealable", { message: Schema.String }) {}

/**
 * Failure and persistence: pure but for the nonce; a crash loses nothing. `open` fails when the key is gone: keep every key
 * as long as rows sealed with it must be read.
 */
export class Vault extends Context.Service<
  Vault,
  {
    /** Seals a JSON value for the row `id`: the same bytes under another id do not open. */
    readonly seal: (id: string, value: unknown) => Effect.Effect<SealedBytes>
    readonly open: (id: string, sealed: SealedBytes) => Effect.Effect<unknown, Unsealable>
  }
>()("kedge/ports/Vault") {}
