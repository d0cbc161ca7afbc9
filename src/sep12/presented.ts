/** A customer as the body of GET /customer, of the verification's answer and of a callback (SEP-12 §Customer GET). */
import { DateTime } from "effect"
import { inLanguage } from "../http/Language.ts"
import { say } from "../http/Sentence.ts"
import type { FileRow } from "../ports/rows.ts"
import type { Shown } from "./Customers.ts"
import type { CustomerAnswer, FileAnswer } from "./wire.ts"

const rejected = say`The customer cannot be served.`

export const presentCustomer = ({ id, verdict }: Shown, lang: string): typeof CustomerAnswer.Type => {
  const message = verdict.message ?? (verdict.status === "REJECTED" ? inLanguage(rejected, lang) : undefined)
  return {
    ...(id === null ? {} : { id }),
    status: verdict.status,
    ...(verdict.status === "NEEDS_INFO" || Object.keys(verdict.fields).length > 0
      ? { fields: verdict.fields }
      : {}),
    ...(Object.keys(verdict.provided).length > 0 ? { provided_fields: verdict.provided } : {}),
    ...(message === undefined ? {} : { message })
  }
}

export const presentFile = (row: FileRow): typeof FileAnswer.Type => ({
  file_id: row.id,
  content_type: row.contentType,
  size: row.size,
  ...(row.expiresAtMillis === null
    ? {}
    : { expires_at: DateTime.formatIso(DateTime.makeUnsafe(row.expiresAtMillis)) }),
  customer_id: row.customerId
})
