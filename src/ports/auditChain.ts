/**
 * What the seal of an audit row is made of: the seal before it and the row, as text that anybody can make again.
 *
 * Seals are numbered from 1 without a gap over transitions and decisions alike; each is the SHA-256 of this text. It is made here
 * and not in SQL, so that the three storages seal alike, and so that a chain is checked by other code than the database that is
 * being checked. Gotcha: numbers in `detail` are written as JavaScript writes them, when sealed and when checked.
 */

/** A row that is sealed: its names and values make up the text, so none may be added without a new kind. */
export type Sealable =
  | {
      readonly kind: "audit"
      readonly transactionId: string
      readonly version: number
      readonly event: string
      readonly cause: string
      readonly before: string
      readonly after: string
      readonly detail: unknown
      readonly atMillis: number
    }
  | {
      readonly kind: "resolution"
      readonly payment: string
      readonly ordinal: number
      readonly what: string
      readonly transactionId: string | null
      readonly by: string
      readonly why: string
      readonly atMillis: number
    }

/** What comes before the first seal. */
export const genesis = "0".repeat(64)

/** The order in which rows that wait are sealed. */
export const bySealing = (a: Sealable, b: Sealable): number => {
  if (a.atMillis !== b.atMillis) return a.atMillis - b.atMillis
  const [x, y] = [orderOf(a), orderOf(b)]
  return x[0] === y[0] ? x[1] - y[1] : x[0] < y[0] ? -1 : 1
}

const orderOf = (row: Sealable): readonly [string, number] =>
  row.kind === "audit" ? [`a ${row.transactionId}`, row.version] : [`r ${row.payment}`, row.ordinal]

/** How a person finds the row. */
export const nameOf = (row: Sealable): string =>
  row.kind === "audit" ? `${row.transactionId}:${row.version}` : `${row.payment}#${row.ordinal}`

/** The text whose SHA-256 is the seal. */
export const sealText = (before: string, row: Sealable): string => `${before}\n${canonicalJson(row)}`

/** JSON with the names of every object in the order of their characters, and no space between. */
const canonicalJson = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null"
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(",")}}`
}
