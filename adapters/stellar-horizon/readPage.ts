/**
 * A page of Horizon's records made into a page of the port: credits in ledger order, cut where one Stellar transaction ends,
 * with the newest ledger of which nothing can be missing.
 *
 * Gotchas: Horizon answers for the ledgers it has, so a page that is not full has seen all of them; but the instance that
 * answered may be behind the one that told the newest ledger, and then only its own records say how far it is.
 */
import { Result } from "effect"
import type { Credit, CreditPage, UnreadableRecord } from "../../src/ports/StellarNetwork.ts"
import { closedAtOf, readRecord } from "./readRecord.ts"
import { endOfLedger, ledgerOf, parseToid, transactionOf } from "./toid.ts"

export interface ClosedLedger {
  readonly sequence: number
  readonly closedAtMillis: number
}

/** A record with its place in the ledger's order. */
export interface Placed {
  readonly toid: bigint
  readonly record: unknown
}

/** Raw records kept in quarantine are cut here: the position finds the whole again. */
const rawMax = 100_000

/** How far behind the newest ledger the position of an idle account stays, in ledgers (an hour and a half). */
const idleMargin = 1_000

const pagingTokenOf = (record: unknown): string | null =>
  typeof record === "object" &&
  record !== null &&
  "paging_token" in record &&
  typeof record.paging_token === "string"
    ? record.paging_token
    : null

/**
 * Gives every record its place. Fails when the records are not an ascending list behind `after`: that is not an answer to
 * what was asked, whoever gave it.
 */
export const place = (
  records: ReadonlyArray<unknown>,
  after: bigint
): Result.Result<ReadonlyArray<Placed>, string> => {
  const placed: Array<Placed> = []
  let last = after
  for (const record of records) {
    const toid = parseToid(pagingTokenOf(record) ?? "")
    if (toid === null) return Result.fail("a record has no paging token")
    if (toid <= last) return Result.fail(`the record ${toid} comes after ${last}`)
    placed.push({ toid, record })
    last = toid
  }
  return Result.succeed(placed)
}

/** The records up to the last one known to end its Stellar transaction, and the ledger of the first one left out. */
export const cut = (
  placed: ReadonlyArray<Placed>,
  isFull: boolean
): { readonly whole: ReadonlyArray<Placed>; readonly nextLedger: number | null } => {
  const last = placed.at(-1)
  if (!isFull || last === undefined) return { whole: placed, nextLedger: null }
  const whole = placed.filter(({ toid }) => transactionOf(toid) !== transactionOf(last.toid))
  return { whole, nextLedger: ledgerOf(last.toid) }
}

/** The page, of records that end with a Stellar transaction. `page` is null when a ledger cannot be vouched for. */
export const readPage = (query: {
  readonly account: string
  readonly position: bigint
  readonly whole: ReadonlyArray<Placed>
  /** The ledger of the first record left out; null when none was. */
  readonly nextLedger: number | null
  /** Known to be whole at the instance that gave the records; null when none is. */
  readonly tip: ClosedLedger | null
}): CreditPage => {
  const { account, nextLedger, position, tip, whole } = query
  const credits: Array<Credit> = []
  const unreadable: Array<UnreadableRecord> = []
  const transactions = byTransaction(whole)
  transactions.forEach((records, ordinal) => {
    const read: Array<Credit> = []
    const reasons: Array<string> = []
    for (const { record, toid } of records) {
      const result = readRecord(account, toid, record)
      if (Result.isSuccess(result)) read.push(...result.success)
      else reasons.push(result.failure)
    }
    const [first] = records
    if (reasons.length === 0 || first === undefined) credits.push(...read)
    else {
      const raw = JSON.stringify(records.map(({ record }) => record)).slice(0, rawMax)
      unreadable.push({
        position: first.toid.toString(),
        ordinal,
        reason: reasons.join("; ").slice(0, 1_000),
        raw
      })
    }
  })
  return {
    credits,
    unreadable,
    transactions: transactions.length,
    position: (
      whole.at(-1)?.toid ?? (nextLedger === null ? idlePosition(position, tip) : position)
    ).toString(),
    processedLedger: processedLedger(whole, nextLedger, tip),
    full: nextLedger !== null
  }
}

const byTransaction = (placed: ReadonlyArray<Placed>): ReadonlyArray<ReadonlyArray<Placed>> => {
  const groups: Array<Array<Placed>> = []
  for (const each of placed) {
    const group = groups.at(-1)
    const first = group?.[0]
    if (group !== undefined && first !== undefined && transactionOf(first.toid) === transactionOf(each.toid))
      group.push(each)
    else groups.push([each])
  }
  return groups
}

/** Nothing came: the position may follow the tip, at a distance no lagging instance has. */
const idlePosition = (position: bigint, tip: ClosedLedger | null): bigint =>
  tip !== null && tip.sequence - ledgerOf(position) > 2 * idleMargin
    ? endOfLedger(tip.sequence - idleMargin)
    : position

const processedLedger = (
  whole: ReadonlyArray<Placed>,
  nextLedger: number | null,
  tip: ClosedLedger | null
): ClosedLedger | null => {
  // The newest ledger with a record of ours that lies before the first record left out.
  const newest = whole.findLast(
    ({ record, toid }) => (nextLedger === null || ledgerOf(toid) < nextLedger) && closedAtOf(record) !== null
  )
  const closedAtMillis = closedAtOf(newest?.record)
  const seen =
    newest === undefined || closedAtMillis === null
      ? null
      : { sequence: ledgerOf(newest.toid), closedAtMillis }
  if (nextLedger !== null) return seen
  return seen === null || (tip !== null && tip.sequence > seen.sequence) ? tip : seen
}
