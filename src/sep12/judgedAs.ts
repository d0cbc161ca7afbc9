/**
 * Under what a status is recorded: a SEP-12 type, or a type with the tier of requirements that some transactions have
 * (S31-KYC-05): `sep31-sender` and `sep31-sender@1000`.
 *
 * Gotcha: beside them stand marks that are no status: values of the customer are being stored (`Verdicts.ts`).
 */
import type { CustomerRow } from "../ports/rows.ts"

/** A type, or a type and a tier. Type names hold no `@` and no `*`. */
export type JudgedAs = string

export const judgedAs = (type: string, tier: string | null): JudgedAs =>
  tier === null ? type : `${type}@${tier}`

export const typeOf = (as: JudgedAs): string => as.slice(0, at(as))
export const tierOf = (as: JudgedAs): string | null => (as.includes("@") ? as.slice(at(as) + 1) : null)

const at = (as: JudgedAs): number => (as.includes("@") ? as.indexOf("@") : as.length)

/** What a provider may call a tier. */
export const isTier = (text: string): boolean => /^[A-Za-z0-9._-]{1,64}$/.test(text)

/** Where the marks of values on their way stand. */
export const storing = "*"

/** The status on record; undefined where the customer was never judged so. */
export const recorded = (row: CustomerRow, as: JudgedAs): CustomerRow["statuses"][string] | undefined =>
  Object.hasOwn(row.statuses, as) ? row.statuses[as] : undefined

/** Everything the customer was judged as. */
export const judgedOf = (row: CustomerRow): ReadonlyArray<JudgedAs> =>
  Object.keys(row.statuses).filter((as) => as !== storing)

/** One for each who is storing values now, or died while doing so. */
export const marksOf = (row: CustomerRow): ReadonlyArray<string> =>
  (recorded(row, storing)?.message ?? "").split(" ").filter((mark) => mark !== "")

export const isStoring = (row: CustomerRow): boolean => marksOf(row).length > 0

/**
 * What a row tells without a question. A type's own rejection holds for every tier of it. Gotcha: "open" may be a status on
 * record: contested data, or values on their way, are nobody's ACCEPTED.
 */
export const standing = (row: CustomerRow, as: JudgedAs): "ACCEPTED" | "REJECTED" | "open" => {
  if (recorded(row, as)?.status === "REJECTED" || recorded(row, typeOf(as))?.status === "REJECTED") {
    return "REJECTED"
  }
  const isSettled = row.contested.length === 0 && !isStoring(row)
  return isSettled && recorded(row, as)?.status === "ACCEPTED" ? "ACCEPTED" : "open"
}
