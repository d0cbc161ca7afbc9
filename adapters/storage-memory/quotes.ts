/** Firm quotes and repeat keys: what a later birth redeems or repeats. */
import { toStroops } from "../../machines/domain/Amount.ts"
import { deliverableLeaves, unfundedLeaves } from "../../machines/transaction/leaves.ts"
import type { QuoteRow, TransactionRow } from "../../src/ports/rows.ts"
import type { Storage } from "../../src/ports/Storage.ts"
import { at } from "./at.ts"
import { holderOf, quoteKey, repeatKey } from "./births.ts"
import { isOpen as isOpenAttempt, type Tables } from "./tables.ts"

const isIn = (states: ReadonlyArray<string>, { state }: TransactionRow): boolean => states.includes(state)

type StoredQuote = Omit<QuoteRow, "transactionId">

export const quoteMethods = (
  tables: Tables
): Pick<Storage["Service"], "createQuote" | "quote" | "repeated"> => {
  /** Who redeemed a quote; undefined where nobody has. */
  const redeemedBy = ({ id }: StoredQuote): TransactionRow | undefined => {
    const holder = holderOf(tables, quoteKey(id))
    return holder === null ? undefined : tables.transactions.get(holder)
  }
  /** Not expired, and nobody has paid for it. */
  const isOpen = (row: StoredQuote, nowMillis: number): boolean => {
    const transaction = redeemedBy(row)
    return row.expiresAtMillis > nowMillis && (transaction === undefined || isIn(unfundedLeaves, transaction))
  }
  /** Paid for and not delivered: an attempt is open, or somebody has a matter with it. */
  const isOwed = (row: StoredQuote): boolean => {
    const transaction = redeemedBy(row)
    if (transaction === undefined || !isIn(deliverableLeaves, transaction)) return false
    const attempts = tables.payoutsOf.get(transaction.id) ?? []
    return (
      tables.attention.has(transaction.id) ||
      attempts.some((id) => {
        const attempt = tables.payouts.get(id)
        return attempt !== undefined && isOpenAttempt(attempt.state)
      })
    )
  }
  return {
    createQuote: (row, { capacity, openMax }) =>
      at((nowMillis) => {
        if (tables.quotes.has(row.id)) return "created"
        const others = [...tables.quotes.values()]
        const open = others.filter((other) => isOpen(other, nowMillis))
        if (open.filter(({ owner }) => owner === row.owner).length >= openMax) return "too-many"
        const standing = [...open, ...others.filter(isOwed)].filter(
          ({ buyAsset }) => buyAsset === row.buyAsset
        )
        const promised = [...standing, row].reduce((total, { buyAmount }) => total + toStroops(buyAmount), 0n)
        if (capacity !== null && promised > toStroops(capacity)) return "no-capacity"
        tables.quotes.set(row.id, { ...row, createdAtMillis: nowMillis })
        return "created"
      }),
    quote: (id) =>
      at((): QuoteRow | null => {
        const row = tables.quotes.get(id)
        return row === undefined ? null : { ...row, transactionId: holderOf(tables, quoteKey(id)) }
      }),
    repeated: (sendingAnchor, key) =>
      at(() => {
        const id = holderOf(tables, repeatKey(sendingAnchor, key))
        const transaction = id === null ? undefined : tables.transactions.get(id)
        const fingerprint = id === null ? undefined : tables.fingerprints.get(id)
        return transaction === undefined || fingerprint === undefined ? null : { fingerprint, transaction }
      })
  }
}
