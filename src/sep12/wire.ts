/** The bodies of SEP-12 as they are on the wire (SEP-12 §Customer GET, §Customer PUT). */
import { Schema } from "effect"
import { CustomerStatus, Fields, ProvidedFields } from "./askProvider.ts"

/** Names a customer, or none: then the token's own is meant. Everything may be left out. */
export const CustomerQuery = {
  id: Schema.optionalKey(Schema.String),
  account: Schema.optionalKey(Schema.String),
  memo: Schema.optionalKey(Schema.String),
  memo_type: Schema.optionalKey(Schema.String),
  type: Schema.optionalKey(Schema.String),
  transaction_id: Schema.optionalKey(Schema.String),
  lang: Schema.optionalKey(Schema.String)
}

/** What may stand in the query of a DELETE as well as in its body; `id` and `account` are read to be refused. */
export const ErasureQuery = {
  memo: Schema.optionalKey(Schema.String),
  memo_type: Schema.optionalKey(Schema.String),
  id: Schema.optionalKey(Schema.String),
  account: Schema.optionalKey(Schema.String)
}

export const CustomerAnswer = Schema.Struct({
  /** Absent while nobody is registered. */
  id: Schema.optionalKey(Schema.String),
  status: CustomerStatus,
  /** Always there for NEEDS_INFO. */
  fields: Schema.optionalKey(Fields),
  provided_fields: Schema.optionalKey(ProvidedFields),
  /** Always there for REJECTED. */
  message: Schema.optionalKey(Schema.String)
})

/** Flat: naming members as in the query, and SEP-9 fields by name. Documentation only: the body is read raw. */
export const CustomerBody = Schema.Record(Schema.String, Schema.Union([Schema.String, Schema.Finite]))

export const CustomerPutAnswer = Schema.Struct({ id: Schema.String })
