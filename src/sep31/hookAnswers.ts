/**
 * The types of `src/ports/BusinessHooks.ts` as schemas: what an integrator's code answers is checked as a stranger's would be.
 *
 * Gotcha: `undefined` counts as left out, since not every integrator compiles with exact optional properties.
 */
import { Result, Schema } from "effect"
import { parseAmount } from "../../machines/domain/Amount.ts"
import { FieldDescription } from "../ports/Rails.ts"

/** What a database can hold and a response can show. */
const isStorable = Schema.makeFilter((text: string) =>
  text.includes("\0") || !text.isWellFormed()
    ? "expected text without NUL and half surrogate pairs"
    : undefined
)
const Text = Schema.String.pipe(Schema.check(isStorable))
const Sentence = Text.pipe(Schema.check(Schema.isMinLength(1), Schema.isMaxLength(1000)))
const TypeName = Text.pipe(Schema.check(Schema.isMinLength(1), Schema.isMaxLength(100)))
const FieldName = Schema.String.pipe(Schema.check(Schema.isPattern(/^[A-Za-z0-9_.-]{1,64}$/)))
const Fields = Schema.Record(FieldName, FieldDescription)
const isDecimal = Schema.makeFilter((text: string) => {
  const parsed = parseAmount(text)
  return Result.isFailure(parsed) ? "expected a decimal string with at most 7 decimals" : undefined
})
const Decimal = Schema.String.pipe(Schema.check(isDecimal))
const Types = Schema.Record(TypeName, Schema.Struct({ description: Sentence }))

/** Answer of `info`. */
export const InfoAnswer = Schema.Struct({
  fields: Schema.optional(Schema.Struct({ transaction: Fields })),
  senderTypes: Schema.optional(Types),
  receiverTypes: Schema.optional(Types),
  senderSep12Type: Schema.optional(TypeName),
  receiverSep12Type: Schema.optional(TypeName)
})
export type InfoAnswer = typeof InfoAnswer.Type

/** Answer of `validateTransaction`. */
export const ValidationAnswer = Schema.Union([
  Schema.TaggedStruct("Accepted", {
    reference: Schema.optional(Text.pipe(Schema.check(Schema.isMaxLength(200)))),
    metadata: Schema.optional(Schema.Record(Text, Text)),
    fee: Schema.optional(Schema.Struct({ fixed: Decimal, percent: Decimal }))
  }),
  Schema.TaggedStruct("CustomerInfoNeeded", { type: Schema.optional(TypeName) }),
  Schema.TaggedStruct("TransactionInfoNeeded", {
    fields: Fields.pipe(Schema.check(Schema.isMinProperties(1)))
  }),
  Schema.TaggedStruct("Refused", { error: Sentence })
])
export type ValidationAnswer = typeof ValidationAnswer.Type

/** Answer of `acceptUpdate`. */
export const UpdateAnswer = Schema.Union([
  Schema.TaggedStruct("Accepted", {}),
  Schema.TaggedStruct("Refused", { error: Sentence })
])
export type UpdateAnswer = typeof UpdateAnswer.Type
