/** What the books add up to. Sums are made anew from every row each time. */
import { toStroops } from "../../machines/domain/Amount.ts"
import { ordinalOf, transactionOf } from "../../machines/domain/Ids.ts"
import type { Books } from "../../src/ports/bookRows.ts"
import type { Storage } from "../../src/ports/Storage.ts"
import { at } from "./at.ts"
import type { StoredPayout, Tables } from "./tables.ts"

/** Adds rows up by their key. */
const grouped = <Row, Sum>(
  rows: ReadonlyArray<Row>,
  keyOf: (row: Row) => ReadonlyArray<string>,
  sumOf: (sum: Sum | undefined, row: Row) => Sum
): ReadonlyArray<Sum> => {
  const sums = new Map<string, Sum>()
  for (const row of rows) {
    const key = JSON.stringify(keyOf(row))
    sums.set(key, sumOf(sums.get(key), row))
  }
  return [...sums.values()]
}

const balances = (tables: Tables): Books["balances"] =>
  grouped(
    tables.journal.flatMap(({ amount, asset, from, to }) => [
      { account: from, asset, stroops: -toStroops(amount) },
      { account: to, asset, stroops: toStroops(amount) }
    ]),
    ({ account, asset }) => [account, asset],
    (sum, row) => ({ ...row, stroops: (sum?.stroops ?? 0n) + row.stroops })
  )

const inbox = (tables: Tables): Books["inbox"] =>
  grouped(
    [...tables.inbox.values()],
    ({ payment, state }) => [payment.account, payment.asset, state],
    (sum, { fees, payment, reservedPayout, reservedRefund, state }) => ({
      account: payment.account,
      asset: payment.asset,
      state,
      count: (sum?.count ?? 0) + 1,
      received: (sum?.received ?? 0n) + toStroops(payment.received),
      reservedPayout: (sum?.reservedPayout ?? 0n) + toStroops(reservedPayout),
      reservedRefund: (sum?.reservedRefund ?? 0n) + toStroops(reservedRefund),
      fees: (sum?.fees ?? 0n) + toStroops(fees)
    })
  )

const deliveriesOf = (tables: Tables) =>
  [...tables.payouts.values()]
    .filter(({ state }) => state === "delivered")
    .sort(byId)
    .flatMap(({ amount, externalId, id, rail, transactionId }) => {
      const row = tables.transactions.get(transactionId)
      if (row === undefined) return []
      const asset = row.terms.conversion?.to ?? row.asset
      return [{ id, rail, asset, amount: row.amounts.delivered ?? amount, externalId }]
    })

const isPayoutId = (text: string): boolean => /^[^:]+:[1-9][0-9]*$/.test(text)

const byId = (a: Pick<StoredPayout, "id">, b: Pick<StoredPayout, "id">): number => {
  const [x, y] = [transactionOf(a.id), transactionOf(b.id)]
  return x === y ? ordinalOf(a.id) - ordinalOf(b.id) : x < y ? -1 : 1
}

const delivered = (tables: Tables): Books["delivered"] =>
  grouped(
    deliveriesOf(tables),
    ({ asset, rail }) => [rail, asset],
    (sum, { amount, asset, rail }) => ({
      rail,
      asset,
      count: (sum?.count ?? 0) + 1,
      amount: (sum?.amount ?? 0n) + toStroops(amount)
    })
  )

const returned = (tables: Tables): Books["returned"] => {
  const ofTransactions = [...tables.transactions.values()].flatMap(({ fundedBy, refunds }) => {
    const paid = fundedBy === null ? undefined : tables.inbox.get(fundedBy)?.payment
    return paid === undefined ? [] : refunds.map(({ amount }) => ({ paid, amount }))
  })
  const ofParked = [...tables.refundOrders.values()].flatMap(({ amount, payment, state, transactionId }) => {
    const paid = tables.inbox.get(payment)?.payment
    return paid === undefined || state !== "confirmed" || transactionId !== null ? [] : [{ paid, amount }]
  })
  return grouped(
    [...ofTransactions, ...ofParked],
    ({ paid }) => [paid.account, paid.asset],
    (sum, { amount, paid }) => ({
      account: paid.account,
      asset: paid.asset,
      count: (sum?.count ?? 0) + 1,
      amount: (sum?.amount ?? 0n) + toStroops(amount)
    })
  )
}

export const bookMethods = (tables: Tables): Pick<Storage["Service"], "books" | "deliveries"> => ({
  books: at((atMillis) => ({
    atMillis,
    balances: balances(tables),
    inbox: inbox(tables),
    delivered: delivered(tables),
    returned: returned(tables),
    processed: [...tables.cursors.values()].map(({ account, processedLedger }) => ({
      account,
      ledger: processedLedger?.sequence ?? null
    }))
  })),
  deliveries: ({ after, limit }) =>
    at(() =>
      deliveriesOf(tables)
        .filter((row) => after === undefined || (isPayoutId(after) && byId({ id: after }, row) < 0))
        .slice(0, limit)
    )
})
