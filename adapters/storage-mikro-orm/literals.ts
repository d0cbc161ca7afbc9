/**
 * Array literals for `unnest($1::text::uuid[], …)`: one parameter a column, the cheapest way of many rows into a statement.
 *
 * Gotcha: every parameter is declared as text and cast in the statement. PGlite encodes by the declared type, and would take a
 * literal for an array itself.
 */
export type Cell = string | number | boolean | null

const plain = /^[A-Za-z0-9_.:-]+$/

const literal = (cell: Cell): string => {
  if (cell === null) return "NULL"
  if (typeof cell !== "string") return String(cell)
  if (plain.test(cell) && !(cell.length === 4 && cell.toUpperCase() === "NULL")) return cell
  return `"${cell.includes("\\") || cell.includes('"') ? cell.replace(/[\\"]/g, "\\$&") : cell}"`
}

/** One column of many rows. */
export const arrayLiteral = <Row>(rows: ReadonlyArray<Row>, cellOf: (row: Row) => Cell): string => {
  let text = "{"
  let separator = ""
  for (const row of rows) {
    text += separator + literal(cellOf(row))
    separator = ","
  }
  return `${text}}`
}

/** A value in the text form of `bytea`. */
export const hex = (bytes: Uint8Array): string =>
  `\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex")}`
