/** The bodies of SEP-12 as they are on the wire (SEP-12 §Customer GET, §Customer PUT, §Customer Files). */
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

/** What may stand in the query of a DELETE as well as in its body; `account` is read to be compared with the path. */
export const ErasureQuery = {
  memo: Schema.optionalKey(Schema.String),
  memo_type: Schema.optionalKey(Schema.String),
  id: Schema.optionalKey(Schema.String),
  account: Schema.optionalKey(Schema.String),
  lang: Schema.optionalKey(Schema.String)
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

/**
 * Flat: naming members as in the query, SEP-9 fields by name, `<field>_verification` and `<field>_file_id`. Documentation only:
 * the body is read raw.
 */
export const CustomerBody = Schema.Record(Schema.String, Schema.Union([Schema.String, Schema.Finite]))

export const CustomerPutAnswer = Schema.Struct({ id: Schema.String })

/** Documentation only: the body is read raw. */
export const CallbackBody = Schema.Struct({
  id: Schema.optionalKey(Schema.String),
  account: Schema.optionalKey(Schema.String),
  memo: Schema.optionalKey(Schema.String),
  memo_type: Schema.optionalKey(Schema.String),
  url: Schema.String
})

/** At least one of the two. */
export const FilesQuery = {
  file_id: Schema.optionalKey(Schema.String),
  customer_id: Schema.optionalKey(Schema.String),
  lang: Schema.optionalKey(Schema.String)
}

export const FileAnswer = Schema.Struct({
  file_id: Schema.String,
  content_type: Schema.String,
  /** Bytes. */
  size: Schema.Int,
  /** ISO 8601; absent once a customer refers to the file. */
  expires_at: Schema.optionalKey(Schema.String),
  customer_id: Schema.NullOr(Schema.String)
})

export const FilesAnswer = Schema.Struct({ files: Schema.Array(FileAnswer) })
