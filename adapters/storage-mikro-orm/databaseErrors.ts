/**
 * What an error of the database means for the caller: repeat, give up the rows, wait, or ask what happened.
 *
 * Gotcha: only an error the server sent for the statement proves that nothing was written. A connection that ended while the
 * statement was under way proves nothing, and neither does a server that is being shut down.
 */
import { CommitUnknown, GroupRejected, StorageUnavailable } from "../../src/ports/Storage.ts"

/** The connection was not there to send on: nothing has happened. */
export class NotSent extends Error {}

/** A passing conflict with another transaction; nothing was written, and once more may do. */
export class Contended {
  readonly _tag = "Contended"
  readonly message: string
  constructor(message: string) {
    this.message = message
  }
}

const contention = new Set(["40001", "40P01", "55P03"])

/** The code of an error the server sent; undefined for one that is none. */
export const sqlState = (error: unknown): string | undefined => {
  const code: unknown =
    typeof error === "object" && error !== null && "code" in error ? error.code : undefined
  return typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) && "severity" in (error as object)
    ? code
    : undefined
}

const sentence = (error: unknown): string => {
  const code = sqlState(error)
  const message = error instanceof Error ? error.message : String(error)
  return code === undefined ? message : `${message} (SQLSTATE ${code})`
}

/** Of the schema or of our rights in it: they are not what this process was made for, whatever the rows. */
const ofSchema = new Set(["42501", "42P01", "42703", "42883"])

/**
 * Whether other rows may do better: the values are wrong (21, 22, 23), a statement cannot be carried out with them (42), they
 * are more than the database can hold in one place (54), or what it has stored of them is broken (XX).
 */
const isOfRows = (code: string): boolean => /^(21|22|23|42|54|XX)/.test(code) && !ofSchema.has(code)

/** Errors of `pg` for a client that takes no more statements: this one never left. */
const isUnsent = (error: unknown): boolean =>
  error instanceof NotSent ||
  (error instanceof Error && /is not queryable|was closed and/.test(error.message))

export const asUnavailable = (error: unknown): StorageUnavailable =>
  new StorageUnavailable({ message: `the database did not answer: ${sentence(error)}` })

export const asReadError = (error: unknown): StorageUnavailable | Contended =>
  contention.has(sqlState(error) ?? "") ? new Contended(sentence(error)) : asUnavailable(error)

export const asCommitError = (
  error: unknown
): StorageUnavailable | CommitUnknown | GroupRejected | Contended => {
  if (isUnsent(error)) return asUnavailable(error)
  const code = sqlState(error)
  if (code === undefined || /^(08|57P0)/.test(code)) {
    return new CommitUnknown({ message: `the connection ended during a commit: ${sentence(error)}` })
  }
  if (contention.has(code)) return new Contended(sentence(error))
  return isOfRows(code)
    ? new GroupRejected({ message: `the database does not take these rows: ${sentence(error)}` })
    : asUnavailable(error)
}
