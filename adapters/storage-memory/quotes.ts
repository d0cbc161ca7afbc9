/** Firm quotes and repeat keys: what a later birth redeems or repeats. */
import { toStroops } from "../../machines/domain/Amount.ts"
import type { QuoteRow } from "../../src/ports/rows.ts"
import type { Storage } from "../../src/ports/Storage.ts"
import { at } from "./at.ts"
import { holderOf, quoteKey, repeatKey } from "./births.ts"
import type { Tables } from "./tables.ts"

export const quoteMethods = (
  tables: Tables
): Pick<Storage["Service"], "createQuote" | "quote" | "repeated"> => {
  /** Neither used nor expired. */
  const open = (nowMillis: number) =>
    [...tables.quotes.values()].filter(
      (row) => row.expiresAtMillis > nowMillis && holderOf(tables, quoteKey(row.id)) === null
    )
  return {
    createQuote: (row, { capacity, openMax }) =>
      at((nowMillis) => {
        if (tables.quotes.has(row.id)) return "created"
        const others = open(nowMillis)
        if (others.filter(({ owner }) => owner === row.owner).length >= openMax) return "too-many"
        const promised = [...others.filter(({ buyAsset }) => buyAsset === row.buyAsset), row].reduce(
          (total, { buyAmount }) => total + toStroops(buyAmount),
          0n
        )
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
