/**
 * What an operator asks of status callbacks: which wait, which are dead, and to send a dead one again.
 *
 * Gotcha: only the newest status of a transaction is sent again. What it was before has been overtaken, and a receiver must
 * never hear an older status after a newer one.
 */
import { DateTime, Effect } from "effect"
import type { TransactionId } from "../../machines/domain/Ids.ts"
import type { CallbackRow, TransactionRow } from "../ports/rows.ts"
import { Storage } from "../ports/Storage.ts"

/** More dead ones than this are looked at in several goes. */
const deadMax = 1_000

const time = (millis: number): string => DateTime.formatIso(DateTime.makeUnsafe(millis))

const lineOf = ({ createdAtMillis, dueAtMillis, transaction, tries, url, version }: CallbackRow): string =>
  [
    transaction.id,
    String(version).padStart(3),
    transaction.status.padEnd(31),
    time(createdAtMillis),
    `tries ${tries}`,
    ...(dueAtMillis === null ? [] : [`due ${time(dueAtMillis)}`]),
    url
  ].join("  ")

const jsonOf = ({ transaction, ...row }: CallbackRow) => ({
  transactionId: transaction.id,
  status: transaction.status,
  sendingAnchor: transaction.sendingAnchor,
  ...row
})

/** One line each, newest first. */
export const listCallbacks = Effect.fnUntraced(function* (
  state: CallbackRow["state"],
  limit: number,
  json: boolean
) {
  const storage = yield* Storage
  const rows = yield* storage.callbacks({ state, limit })
  if (json) return JSON.stringify(rows.map(jsonOf), null, 2)
  return rows.length === 0 ? `no callback is ${state}` : rows.map(lineOf).join("\n")
})

/** The newest dead callback of each transaction. */
const newestDead = (rows: ReadonlyArray<CallbackRow>): ReadonlyArray<CallbackRow> => {
  const newest = new Map<TransactionId, CallbackRow>()
  for (const row of rows) {
    const known = newest.get(row.transaction.id)
    if (known === undefined || known.version < row.version) newest.set(row.transaction.id, row)
  }
  return [...newest.values()]
}

type Stood = Pick<TransactionRow, "status" | "statusAtMillis">

const isStill = (now: Stood, then: Stood): boolean =>
  now.status === then.status && now.statusAtMillis === then.statusAtMillis

const replayOne = Effect.fnUntraced(function* (row: CallbackRow) {
  const storage = yield* Storage
  const [now] = yield* storage.transactions([row.transaction.id])
  const about = `${row.transaction.id} ${row.transaction.status}`
  if (now === undefined || !isStill(now, row.transaction)) {
    return `${about}: not sent again, it is ${now?.status ?? "gone"} by now`
  }
  return (yield* storage.replayCallback(row.transaction.id, row.version))
    ? `${about}: is sent again`
    : `${about}: not sent again, it is not dead any more`
})

/** Sends the newest status again where it is dead: of one transaction, or of all with null. */
export const replayCallbacks = Effect.fnUntraced(function* (id: string | null) {
  const storage = yield* Storage
  const dead = newestDead(yield* storage.callbacks({ state: "dead", limit: deadMax }))
  const wanted = id === null ? dead : dead.filter(({ transaction }) => transaction.id === id)
  if (wanted.length === 0) {
    return {
      text: id === null ? "no callback is dead" : `no callback of the transaction ${id} is dead`,
      found: id === null
    }
  }
  const lines = yield* Effect.forEach(wanted, replayOne)
  return { text: lines.join("\n"), found: true }
})
