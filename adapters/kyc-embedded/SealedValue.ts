/**
 * One value of a customer as it is sealed: text, or a file with its kind, and when it was put.
 *
 * The time is the storage's clock in milliseconds; only the sandbox's script reads it. Gotcha: the schema's own messages
 * quote what they found, so a value that does not decode is reported by its row alone.
 */
import { Effect, Result, Schema } from "effect"
import { Base64 } from "effect/encoding"
import type { SealedId } from "../../machines/domain/Ids.ts"
import { Entropy } from "../../src/ports/Entropy.ts"
import type { CustomerValue } from "../../src/ports/KycProvider.ts"
import type { SealedRow } from "../../src/ports/rows.ts"
import { Unsealable, Vault } from "../../src/ports/Vault.ts"

const Text = Schema.Struct({ text: Schema.String, atMillis: Schema.Number })
const File = Schema.Struct({ contentType: Schema.String, base64: Schema.String, atMillis: Schema.Number })
const Document = Schema.Union([Text, File])
const decode = Schema.decodeUnknownEffect(Document)

export interface HeldValue {
  readonly value: CustomerValue
  readonly atMillis: number
}

/** Seals one value under a fresh id. */
export const sealValue = Effect.fnUntraced(function* ({ value, atMillis }: HeldValue) {
  const entropy = yield* Entropy
  const vault = yield* Vault
  const id = (yield* entropy.uuid) as SealedId
  const document: typeof Document.Type =
    typeof value === "string"
      ? { text: value, atMillis }
      : { contentType: value.contentType, base64: Base64.encode(value.bytes), atMillis }
  const row: SealedRow = { id, ...(yield* vault.seal(id, document)) }
  return row
})

/** Opens one value. */
export const openValue = Effect.fnUntraced(function* (row: SealedRow) {
  const vault = yield* Vault
  // Made only where it is needed: an error takes its stack with it, and there is a value in every row but a few.
  const unreadable = () => new Unsealable({ message: `sealed row ${row.id} holds no customer value` })
  const document = yield* Effect.mapError(decode(yield* vault.open(row.id, row)), unreadable)
  if ("text" in document) return { value: document.text, atMillis: document.atMillis } satisfies HeldValue
  const bytes = Base64.decode(document.base64)
  if (Result.isFailure(bytes)) return yield* unreadable()
  const value = { contentType: document.contentType, bytes: bytes.success }
  return { value, atMillis: document.atMillis } satisfies HeldValue
})
