/**
 * DELETE /customer, and what is left of it to do later (SEP-12 §Customer DELETE, S12-DEL-05).
 *
 * The record is closed and its files are gone at once: it is unknown to everybody, its name is free, and no verdict reaches it
 * any more. What was sealed for its finished transactions goes with its values. While money of a transaction it stands in is under way, its values stay sealed, for the institution must be able to
 * say whose money it holds; they go when the last one is final. Gotcha: no payout reads them: each has its own sealed
 * destination.
 */
import { Effect } from "effect"
import type { CustomerId } from "../../machines/domain/Ids.ts"
import type { Storage } from "../ports/Storage.ts"
import type { Provider } from "./askProvider.ts"
import { type CustomersUnavailable, unavailable } from "./errors.ts"

export const makeEraseCustomer = (storage: Storage["Service"], provider: Provider) => {
  /** The audit of an erasure is one line without a name in it. */
  const note = (text: string, id: CustomerId, more: Readonly<Record<string, number>> = {}) =>
    Effect.logInfo(text, { customerId: id, ...more })

  /** The data first: if the process dies in between, the customer is still there to be erased again. */
  const complete = Effect.fnUntraced(function* (
    id: CustomerId
  ): Effect.fn.Return<void, CustomersUnavailable> {
    yield* provider.erase(id)
    yield* storage.forgetSealed(id).pipe(Effect.mapError(unavailable))
    yield* storage.eraseCustomer(id).pipe(Effect.mapError(unavailable))
  })

  return {
    erase: Effect.fnUntraced(function* (id: CustomerId): Effect.fn.Return<void, CustomersUnavailable> {
      const unfinished = yield* storage.unfinishedOf(id).pipe(Effect.mapError(unavailable))
      if (unfinished.length === 0) {
        yield* complete(id)
        return yield* note("a customer was erased at the request of its owner", id)
      }
      // Asked for before the record is closed, so that no crash forgets it; closing it leaves that standing.
      yield* storage.deferErasure(id).pipe(Effect.mapError(unavailable))
      yield* storage.eraseCustomer(id).pipe(Effect.mapError(unavailable))
      yield* note(
        "a customer was closed at the request of its owner, and is erased when its payments end",
        id,
        {
          unfinished: unfinished.length
        }
      )
    }),

    finishErasure: Effect.fnUntraced(function* (
      id: CustomerId
    ): Effect.fn.Return<void, CustomersUnavailable> {
      yield* complete(id)
      yield* note("what was left of an erased customer is gone: its last payment has ended", id)
    })
  }
}
