/** Where ids, memos and nonces come from: the one source of chance, so that a simulation can hold it. */
import { Context, type Effect } from "effect"

/**
 * Failure and persistence: values are never reused by design of the source (a CSPRNG in production), but nothing relies on
 * it: ids and memos go in under unique constraints and a clash is drawn again.
 */
export class Entropy extends Context.Service<
  Entropy,
  {
    /** A UUID v7: ordered by time, unpredictable in its last 74 bits. */
    readonly uuid: Effect.Effect<string>
    /** Unpredictable bytes. */
    readonly bytes: (count: number) => Effect.Effect<Uint8Array>
    /** An unpredictable uint64 in decimal, for id memos (S31-MEMO-03). */
    readonly uint64: Effect.Effect<string>
  }
>()("kedge/ports/Entropy") {}
