/**
 * Which births of a group are written, why the others are not, and what a birth writes.
 *
 * A birth takes its memo, its quote and its repeat key for all time. Gotcha: births are taken in order of account and memo, as
 * the database writes them so that groups do not lock each other out; of twins the first in that order is born.
 */
import type { TransactionId } from "../../machines/domain/Ids.ts"
import { memoKey } from "../../machines/domain/Memo.ts"
import { statusOf } from "../../machines/transaction/leaves.ts"
import type { Birth, Committed, Unborn } from "../../src/ports/rows.ts"
import { Rejected } from "./Rejected.ts"
import type { Tables } from "./tables.ts"

export const repeatKey = (sendingAnchor: string, key: string): string => `repeat ${sendingAnchor} ${key}`
export const quoteKey = (id: string): string => `quote ${id}`

/** What a birth takes, in the order in which it is told that it was taken. */
const keysOf = ({
  account,
  memo,
  quoteId,
  repeat,
  sendingAnchor
}: Birth): Readonly<Record<"repeat" | "quote" | "memo", string | null>> => ({
  repeat: repeat === null ? null : repeatKey(sendingAnchor, repeat.key),
  quote: quoteId === null ? null : quoteKey(quoteId),
  memo: memoKey(account, memo)
})

export const unbornOf = (
  tables: Tables,
  births: ReadonlyArray<Birth>,
  nowMillis: number
): Committed["unborn"] => {
  const ids = new Set<string>()
  for (const { id } of births) {
    if (tables.transactions.has(id) || ids.has(id)) throw new Rejected(`the transaction ${id} exists`)
    ids.add(id)
  }
  const here = new Set<string>()
  const isTaken = (key: string | null) =>
    key !== null && (tables.memos.has(key) || tables.taken.has(key) || here.has(key))
  const unborn = inOrder(births).filter((birth) => {
    const keys = Object.values(keysOf(birth))
    if (keys.some(isTaken) || !quoteHolds(tables, birth, nowMillis) || !customersHold(tables, birth))
      return true
    for (const key of keys) if (key !== null) here.add(key)
    return false
  })
  const whyOf = (birth: Birth): Unborn => {
    const { memo, quote, repeat } = keysOf(birth)
    if (isTaken(repeat)) return "repeat"
    if (isTaken(quote) || !quoteHolds(tables, birth, nowMillis)) return "quote"
    return isTaken(memo) ? "memo" : "customers"
  }
  return unborn.map((birth) => ({ id: birth.id, why: whyOf(birth) }))
}

const inOrder = (births: ReadonlyArray<Birth>): ReadonlyArray<Birth> =>
  births
    .map((birth) => ({ birth, order: [birth.account, birth.memo.type, birth.memo.value] }))
    .sort((a, b) => {
      const at = a.order.findIndex((part, index) => part !== b.order[index])
      return at < 0 ? 0 : (a.order[at] ?? "") < (b.order[at] ?? "") ? -1 : 1
    })
    .map(({ birth }) => birth)

const quoteHolds = (tables: Tables, { quoteId, sendingAnchor }: Birth, nowMillis: number): boolean => {
  if (quoteId === null) return true
  const quote = tables.quotes.get(quoteId)
  return quote !== undefined && quote.owner === sendingAnchor && quote.expiresAtMillis > nowMillis
}

const customersHold = (tables: Tables, { requires }: Birth): boolean =>
  requires.every(({ id, version }) => tables.customers.get(id)?.version === version)

export const writeBirth = (tables: Tables, birth: Birth, nowMillis: number): void => {
  const { destination, dueInSeconds, leaf, repeat, requires: _, ...rest } = birth
  if (destination !== null) tables.sealed.set(destination.id, destination)
  const { memo, quote, repeat: repeated } = keysOf(birth)
  if (memo !== null) tables.memos.set(memo, birth.id)
  for (const key of [quote, repeated]) if (key !== null) tables.taken.set(key, birth.id)
  if (repeat !== null) tables.fingerprints.set(birth.id, repeat.fingerprint)
  tables.transactions.set(birth.id, {
    ...rest,
    version: 1,
    state: leaf,
    status: statusOf(leaf),
    amounts: { received: null, accepted: null, fee: null, delivered: null },
    callbackUrl: null,
    fundedBy: null,
    destination: destination?.id ?? null,
    stellarTransactionId: null,
    payer: null,
    externalTransactionId: null,
    createdAtMillis: nowMillis,
    statusAtMillis: nowMillis,
    completedAtMillis: null,
    refunds: []
  })
  tables.audits.set(birth.id, [
    {
      version: 1,
      event: "transaction.created",
      cause: birth.creator,
      before: leaf,
      after: leaf,
      detail: {},
      atMillis: nowMillis
    }
  ])
  if (leaf === "pending_receiver.checking") {
    const due = dueInSeconds ?? 0
    tables.attention.set(birth.id, {
      kind: "customer-info",
      dueInSeconds: due,
      customerId: null,
      contested: [],
      dueAtMillis: nowMillis + due * 1000
    })
  }
}

/** The transaction that holds a quote or a repeat key. */
export const holderOf = (tables: Tables, key: string): TransactionId | null => tables.taken.get(key) ?? null
