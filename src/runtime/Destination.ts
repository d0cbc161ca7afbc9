/**
 * The sealed payout destination: who gets the money, as it stood when an attempt was made possible.
 *
 * A payout reads this snapshot and never the customer, so data changed while money is on its way cannot redirect it
 * (S12-PUT-14, SEC-34). Gotcha: sealing computes and stores nothing; hand the row to the birth or the message it belongs to.
 */
import { Effect, Schema } from "effect"
import type { SealedId } from "../../machines/domain/Ids.ts"
import { Entropy } from "../ports/Entropy.ts"
import { Unsealable, Vault } from "../ports/Vault.ts"
import type { SealedRow } from "../ports/rows.ts"

/** What a rail is given about the Receiving Client. Values are customer data: they are nowhere but in a sealed row. */
export const Destination = Schema.Struct({
  /** SEP-9 values of the Receiving Client, by name. */
  receiver: Schema.Record(Schema.String, Schema.String),
  /** Values of SEP-31 `fields.transaction`, by name. */
  fields: Schema.Record(Schema.String, Schema.String)
})
export type Destination = typeof Destination.Type

/** The destination of a transaction that was born without one. */
export const emptyDestination: Destination = { receiver: {}, fields: {} }

const decode = Schema.decodeUnknownEffect(Destination)

/** Seals a destination under a fresh id. */
export const sealDestination = Effect.fnUntraced(function* (destination: Destination) {
  const entropy = yield* Entropy
  const vault = yield* Vault
  const id = (yield* entropy.uuid) as SealedId
  const sealed = yield* vault.seal(id, destination)
  const row: SealedRow = { id, keyId: sealed.keyId, bytes: sealed.bytes }
  return row
})

/** Opens a sealed destination. `Unsealable` too when what was sealed under that id is something else. */
export const openDestination = Effect.fnUntraced(function* (row: SealedRow) {
  const vault = yield* Vault
  const value = yield* vault.open(row.id, row)
  return yield* decode(value).pipe(
    // The schema's own message would quote what it found, and that is customer data.
    Effect.mapError(() => new Unsealable({ message: `sealed row ${row.id} holds no payout destination` }))
  )
})
