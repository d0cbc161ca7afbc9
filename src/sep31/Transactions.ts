/**
 * The transactions of SEP-31 as their Sending Anchors make, see and correct them.
 *
 * Every way to a transaction passes `find`, the one check of ownership here (SEC-20): the owner is the base account, whatever
 * memo or muxed form the token has (S31-AUTH-08). Gotcha: an unknown, a malformed and another's id answer alike.
 */
import { Context, Effect, Layer } from "effect"
import type { TransactionId } from "../../machines/domain/Ids.ts"
import type { BadRequest, NotFound } from "../http/errors.ts"
import type { TransactionRow } from "../ports/rows.ts"
import { Storage, type StorageUnavailable } from "../ports/Storage.ts"
import { AcceptingPayments } from "../runtime/AcceptingPayments.ts"
import type { ActorSetAside, NoAnswer, Overloaded } from "../runtime/Actors.ts"
import type { CustomersUnavailable } from "../sep12/errors.ts"
import type { HookFault } from "./callHook.ts"
import { idOf } from "./checkCustomers.ts"
import type { Creator } from "./birthOf.ts"
import { makeCreate } from "./createTransaction.ts"
import {
  type CustomerInfoNeeded,
  type CustomersChanging,
  NotAcceptingPayments,
  noSuchTransaction,
  type TransactionInfoNeeded
} from "./errors.ts"
import type { FieldValues, TransactionRequest } from "./parseRequest.ts"
import { Presentation } from "./Presentation.ts"
import { groupedReads } from "./reads.ts"
import { makeUpdate } from "./updateTransaction.ts"
import type { CreatedWire, TransactionWire } from "./wire.ts"

/** The world or the institution's code did not answer as it should: never the caller's doing. */
export type Failure =
  | StorageUnavailable
  | CustomersUnavailable
  | HookFault
  | Overloaded
  | NoAnswer
  | ActorSetAside
  | NotAcceptingPayments
  | CustomersChanging

export class Transactions extends Context.Service<
  Transactions,
  {
    /** Fails until payments to a new memo would be seen. */
    readonly accepting: Effect.Effect<void, NotAcceptingPayments>
    /**
     * Creates a transaction, or answers as the first time where the same request came under this key before (S31-POST-22).
     * Durable when it answers, and nothing is stored otherwise. One that waits for its customers is not told where to pay.
     */
    readonly create: (
      creator: Creator,
      request: TransactionRequest,
      repeatKey: string | null
    ) => Effect.Effect<CreatedWire, BadRequest | CustomerInfoNeeded | TransactionInfoNeeded | Failure>
    /** The caller's transaction, or 404. `owner` is a base account. */
    readonly find: (owner: string, id: string) => Effect.Effect<TransactionRow, NotFound | Failure>
    /** In `lang` (ISO 639-1), or in the language the transaction was made in. */
    readonly present: (row: TransactionRow, lang?: string) => Effect.Effect<TransactionWire, Failure>
    /** Takes the corrected fields; answers the transaction as it stands after. */
    readonly update: (
      row: TransactionRow,
      values: FieldValues,
      lang?: string
    ) => Effect.Effect<TransactionWire, BadRequest | NotFound | Failure>
  }
>()("kedge/sep31/Transactions") {
  static readonly layer = Layer.effect(
    Transactions,
    Effect.gen(function* () {
      const reads = groupedReads(yield* Storage)
      const create = yield* makeCreate(reads)
      const takeUpdate = yield* makeUpdate(reads)
      const payments = yield* AcceptingPayments
      const { noteOf, present } = yield* Presentation

      const find = Effect.fnUntraced(function* (owner: string, text: string) {
        const id = idOf<TransactionId>(text)
        const row = id === null ? null : yield* reads.transaction(id)
        return row !== null && row.sendingAnchor === owner ? row : yield* noSuchTransaction()
      })

      return {
        accepting: Effect.flatMap(payments.ready, (ready) =>
          ready
            ? Effect.void
            : Effect.fail(new NotAcceptingPayments({ message: "not every receiving account is watched yet" }))
        ),
        create,
        find,
        present,
        update: Effect.fnUntraced(function* (row: TransactionRow, values: FieldValues, lang?: string) {
          yield* takeUpdate(row, values, yield* noteOf(row))
          return yield* present(yield* find(row.sendingAnchor, row.id), lang)
        })
      }
    })
  )
}
