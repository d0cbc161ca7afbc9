/**
 * What a rail or a person said about a transaction in words: message, reason, descriptions of the fields that are wanted.
 *
 * Words may hold customer data, so they live in a sealed row which the machine's `note` refers to by id. Gotcha: not every
 * note is for the Sending Anchor; `src/sep31/presentTransaction.ts` decides by state which one is shown.
 */
import { Effect, Schema } from "effect"
import type { SealedId } from "../../machines/domain/Ids.ts"
import { Entropy } from "../ports/Entropy.ts"
import { FieldDescription } from "../ports/Rails.ts"
import type { SealedRow } from "../ports/rows.ts"
import { Unsealable, Vault } from "../ports/Vault.ts"

export const Note = Schema.Struct({
  /** For people, in the language the transaction was made in where the rail speaks it. */
  message: Schema.optionalKey(Schema.String),
  /** For the operator alone. */
  internal: Schema.optionalKey(Schema.String),
  /** The fields of `fields.transaction` that are wanted, by name, in the shape of `/info`. */
  fields: Schema.optionalKey(Schema.Record(Schema.String, FieldDescription))
})
export type Note = typeof Note.Type

const decode = Schema.decodeUnknownEffect(Note)

/** Seals a note under a fresh id. Nothing is stored: hand the row to the message of the event that refers to it. */
export const sealNote = Effect.fnUntraced(function* (note: Note) {
  const entropy = yield* Entropy
  const vault = yield* Vault
  const id = (yield* entropy.uuid) as SealedId
  const sealed = yield* vault.seal(id, note)
  const row: SealedRow = { id, keyId: sealed.keyId, bytes: sealed.bytes }
  return row
})

/** Opens a sealed note. `Unsealable` too when what was sealed under that id is something else. */
export const openNote = Effect.fnUntraced(function* (row: SealedRow) {
  const vault = yield* Vault
  const value = yield* vault.open(row.id, row)
  return yield* decode(value).pipe(
    // The schema's own message would quote what it found, and that may be customer data.
    Effect.mapError(() => new Unsealable({ message: `sealed row ${row.id} holds no note` }))
  )
})
