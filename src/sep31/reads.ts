/**
 * Reads of many requests in one statement: whatever asks in the same turn of the process is answered together.
 *
 * No timer and no added delay: a request alone is read alone. Gotcha: an answer is never older than its question, so what a
 * caller has just committed is seen.
 */
import { Effect, Exit, Request, RequestResolver } from "effect"
import type { SealedId, TransactionId } from "../../machines/domain/Ids.ts"
import type { SealedRow, TransactionRow } from "../ports/rows.ts"
import type { Storage, StorageUnavailable } from "../ports/Storage.ts"

class ReadTransaction extends Request.Class<
  { readonly id: TransactionId },
  TransactionRow | null,
  StorageUnavailable
> {}
class ReadSealed extends Request.Class<{ readonly id: SealedId }, SealedRow | null, StorageUnavailable> {}
class ReadClock extends Request.Class<{ readonly of: "storage" }, number, StorageUnavailable> {}

/** More ids than this go in a second statement. */
const idsMax = 256

export interface Reads {
  readonly transaction: (id: TransactionId) => Effect.Effect<TransactionRow | null, StorageUnavailable>
  readonly sealed: (id: SealedId) => Effect.Effect<SealedRow | null, StorageUnavailable>
  /** The storage's clock, milliseconds since 1970. */
  readonly nowMillis: Effect.Effect<number, StorageUnavailable>
}

export const groupedReads = (storage: Storage["Service"]): Reads => {
  const transactions = RequestResolver.make<ReadTransaction>((entries) =>
    Effect.map(storage.transactions(idsOf(entries)), (rows) => {
      const found = new Map(rows.map((row) => [row.id, row]))
      for (const entry of entries) entry.completeUnsafe(Exit.succeed(found.get(entry.request.id) ?? null))
    })
  ).pipe(RequestResolver.batchN(idsMax))
  const sealed = RequestResolver.make<ReadSealed>((entries) =>
    Effect.map(storage.sealed(idsOf(entries)), (rows) => {
      const found = new Map(rows.map((row) => [row.id, row]))
      for (const entry of entries) entry.completeUnsafe(Exit.succeed(found.get(entry.request.id) ?? null))
    })
  ).pipe(RequestResolver.batchN(idsMax))
  const clock = RequestResolver.make<ReadClock>((entries) =>
    Effect.map(storage.nowMillis, (now) => {
      for (const entry of entries) entry.completeUnsafe(Exit.succeed(now))
    })
  )
  return {
    transaction: (id) => Effect.request(new ReadTransaction({ id }), transactions),
    sealed: (id) => Effect.request(new ReadSealed({ id }), sealed),
    nowMillis: Effect.request(new ReadClock({ of: "storage" }), clock)
  }
}

/** Each id once: a transaction that ten requests ask for is read once. */
const idsOf = <Id extends string>(
  entries: ReadonlyArray<{ readonly request: { readonly id: Id } }>
): ReadonlyArray<Id> => [...new Set(entries.map(({ request }) => request.id))]
