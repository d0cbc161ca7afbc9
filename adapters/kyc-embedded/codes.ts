/**
 * Verification codes of the embedded provider: made when a value that must be proven is put, sent by the institution's hook,
 * and taken a few times at most (S12-PUT-06).
 *
 * They stand sealed beside the values, under names no SEP-9 field has: `code/<field>`, and a row for every try. Gotcha: a try is
 * written before it is counted, so tries at once cannot make more than there are; and a proof belongs to the very row of the
 * value it was given for, so a value put meanwhile is not proven by it.
 */
import { Effect, Schema } from "effect"
import type { SealedId } from "../../machines/domain/Ids.ts"
import { Entropy } from "../../src/ports/Entropy.ts"
import type { SealedRow } from "../../src/ports/rows.ts"
import { Unsealable, Vault } from "../../src/ports/Vault.ts"

const Code = Schema.Struct({
  codeId: Schema.String,
  code: Schema.String,
  /** Of the row of the value it proves. */
  valueId: Schema.String,
  /** The storage's clock. */
  sentAtMillis: Schema.Number,
  isProven: Schema.Boolean
})
export type Code = typeof Code.Type
const decode = Schema.decodeUnknownEffect(Code)

/** A row of the store, a value or one of these. */
export interface Held {
  readonly name: string
  readonly sealed: SealedRow
}

/** Wrong codes that are taken before a new one is needed. */
export const triesMax = 5

const prefix = "code/"
export const isCodeName = (name: string): boolean => name.startsWith(prefix)
const nameOf = (field: string) => `${prefix}${field}`
const tryPrefix = (field: string, codeId: string) => `${nameOf(field)}/${codeId}/`

const seal = Effect.fnUntraced(function* (name: string, document: unknown) {
  const vault = yield* Vault
  const id = (yield* (yield* Entropy).uuid) as SealedId
  return { name, sealed: { id, ...(yield* vault.seal(id, document)) } } satisfies Held
})

export const sealCode = (field: string, code: Code) => seal(nameOf(field), code)

/** The row of one try at a code. */
export const sealTry = Effect.fnUntraced(function* (field: string, { codeId }: Code) {
  return yield* seal(`${tryPrefix(field, codeId)}${yield* (yield* Entropy).uuid}`, {})
})

/** The newest code of a field; null where none was ever made. */
export const openCode = Effect.fnUntraced(function* (held: ReadonlyArray<Held>, field: string) {
  const row = held.find(({ name }) => name === nameOf(field))
  if (row === undefined) return null
  const vault = yield* Vault
  const document = yield* vault.open(row.sealed.id, row.sealed)
  return yield* Effect.mapError(
    decode(document),
    () => new Unsealable({ message: `sealed row ${row.sealed.id} holds no verification code` })
  )
})

export const triesOf = (held: ReadonlyArray<Held>, field: string, { codeId }: Code): number =>
  held.filter(({ name }) => name.startsWith(tryPrefix(field, codeId))).length

/** Whether a field's value, as it stands, has been proven. */
export const isProven = (held: ReadonlyArray<Held>, field: string, code: Code | null): boolean =>
  code !== null &&
  code.isProven &&
  held.some(({ name, sealed }) => name === field && sealed.id === code.valueId)

/** Below it, every six digits are as likely. */
const fairBelow = 4_294_000_000

/** Six digits, each as likely. */
const sixDigits: Effect.Effect<string, never, Entropy> = Effect.gen(function* () {
  const bytes = yield* (yield* Entropy).bytes(4)
  const drawn = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0)
  return drawn < fairBelow ? String(drawn % 1_000_000).padStart(6, "0") : yield* sixDigits
})

/** A fresh code for a value. */
export const makeCode = Effect.fnUntraced(function* (valueId: string, sentAtMillis: number) {
  const codeId = yield* (yield* Entropy).uuid
  return { codeId, code: yield* sixDigits, valueId, sentAtMillis, isProven: false } satisfies Code
})
