/**
 * Parked payments and what a person decides about them. A decision is about a payment whole: its leader and all its credits.
 *
 * Gotcha: what was booked is never taken away; money that leaves suspense leaves it by a line of its own.
 */
import { zero } from "../../machines/domain/Amount.ts"
import type { PaymentId } from "../../machines/domain/Ids.ts"
import type { ResolutionRow } from "../../src/ports/bookRows.ts"
import type { Storage } from "../../src/ports/Storage.ts"
import { at } from "./at.ts"
import type { StoredInbox, Tables } from "./tables.ts"

const creditsOf = (tables: Tables, payment: PaymentId): ReadonlyArray<StoredInbox> =>
  [...tables.inbox.values()].filter((row) => row.payment.leader === payment && row.state === "parked")

/** Changes every parked credit of a payment. */
export const changeCredits = (
  tables: Tables,
  payment: PaymentId,
  change: (row: StoredInbox) => Partial<StoredInbox>
): void => {
  for (const row of creditsOf(tables, payment)) tables.inbox.set(row.payment.id, { ...row, ...change(row) })
}

/** Keeps a decision. */
export const decide = (tables: Tables, decision: Omit<ResolutionRow, "ordinal">): void => {
  tables.resolutions.push({ ...decision, ordinal: 1 + resolutionsOf(tables, decision.payment).length })
}

const resolutionsOf = (tables: Tables, payment: PaymentId): ReadonlyArray<ResolutionRow> =>
  tables.resolutions.filter((row) => row.payment === payment)

/** The leader of a parked payment about which no decision stands. */
const undecided = (tables: Tables, payment: PaymentId): StoredInbox | undefined => {
  const row = tables.inbox.get(payment)
  return row?.state === "parked" && row.payment.leader === payment && !row.resolved ? row : undefined
}

const byText = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1)

const newestFirst = (a: StoredInbox, b: StoredInbox): number =>
  b.payment.closedAtMillis - a.payment.closedAtMillis || byText(b.payment.id, a.payment.id)

const latestFirst = (a: ResolutionRow, b: ResolutionRow): number =>
  b.atMillis - a.atMillis || byText(b.payment, a.payment) || b.ordinal - a.ordinal

type Methods = Pick<
  Storage["Service"],
  "parked" | "resolutions" | "recentResolutions" | "releaseParked" | "keepParked"
>

export const parkedMethods = (tables: Tables): Methods => ({
  parked: ({ before, decided = false, limit }) =>
    at(() => {
      const mark = before === undefined ? null : tables.inbox.get(before)
      if (mark === undefined) return []
      return [...tables.inbox.values()]
        .filter((row) => row.state === "parked" && (decided || !row.resolved))
        .filter((row) => mark === null || newestFirst(mark, row) < 0)
        .sort(newestFirst)
        .slice(0, limit)
        .map((row) => ({ ...row, resolutions: resolutionsOf(tables, row.payment.leader) }))
    }),
  resolutions: (payment) => at(() => resolutionsOf(tables, payment)),
  recentResolutions: ({ before, limit }) =>
    at(() => {
      const mark =
        before === undefined
          ? null
          : tables.resolutions.find(
              ({ ordinal, payment }) => payment === before.payment && ordinal === before.ordinal
            )
      if (mark === undefined) return []
      return tables.resolutions
        .filter((row) => mark === null || latestFirst(mark, row) < 0)
        .sort(latestFirst)
        .slice(0, limit)
    }),
  releaseParked: (payment, transactionId, { by, why }) =>
    at((nowMillis) => {
      const leader = undecided(tables, payment)
      const transaction = tables.transactions.get(transactionId)
      if (leader === undefined || transaction?.asset !== leader.payment.asset) return false
      for (const { payment: credit } of creditsOf(tables, payment)) {
        if (credit.amount !== null && credit.amount !== zero)
          tables.journal.push({
            cause: credit.id,
            asset: credit.asset,
            from: "suspense",
            to: "ledger-in",
            amount: credit.amount
          })
      }
      changeCredits(tables, payment, () => ({ state: "waiting", reason: null, transactionId }))
      decide(tables, { payment, what: "match", transactionId, by, why, atMillis: nowMillis })
      return true
    }),
  keepParked: (payment, { by, why }) =>
    at((nowMillis) => {
      const leader = undecided(tables, payment)
      if (leader === undefined) return false
      const { asset, received } = leader.payment
      if (received !== zero)
        tables.journal.push({ cause: payment, asset, from: "suspense", to: "fee", amount: received })
      changeCredits(tables, payment, (row) => ({ resolved: true, fees: row.payment.received }))
      decide(tables, { payment, what: "keep", transactionId: null, by, why, atMillis: nowMillis })
      return true
    })
})
