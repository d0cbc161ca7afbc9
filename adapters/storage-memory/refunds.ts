/**
 * Refunds and their envelopes: planned, opened and closed, by the step of an actor or, where a payment is parked, alone.
 *
 * Gotcha: an envelope is opened only where none of its refund and none of its source is open; what was included is never
 * followed by another. In a step everything else is a defect of the caller; of a parked payment it is answered with false.
 */
import { type Amount, isMore, zero } from "../../machines/domain/Amount.ts"
import { type PaymentId, refundId, type RefundId, type TransactionId } from "../../machines/domain/Ids.ts"
import { foldRefund, mayMove } from "../../src/ports/refundMoves.ts"
import type { ActorRow, EnvelopeRow, RefundChange, RefundJob, StepRow } from "../../src/ports/rows.ts"
import type { Storage } from "../../src/ports/Storage.ts"
import { at } from "./at.ts"
import { changeCredits, decide } from "./parked.ts"
import { Rejected } from "./Rejected.ts"
import type { StoredRefund, Tables } from "./tables.ts"

const envelopesOf = (tables: Tables, id: RefundId) =>
  [...tables.envelopes.values()].filter(({ refund }) => refund === id)

const isMade = (tables: Tables, id: RefundId): boolean =>
  envelopesOf(tables, id).some(({ state }) => state === "included")

const hasOpen = (tables: Tables, id: RefundId): boolean =>
  envelopesOf(tables, id).some(({ state }) => state === "open")

/** The refund of a transaction; it has one at most. */
const ofTransaction = (tables: Tables, id: TransactionId): StoredRefund | undefined =>
  [...tables.refundOrders.values()].find(({ transactionId }) => transactionId === id)

const nextOf = (tables: Tables, payment: PaymentId): number =>
  1 + [...tables.refundOrders.values()].filter((refund) => refund.payment === payment).length

/** Hashes and sources that no other envelope may have. */
interface Taken {
  readonly hashes: Set<string>
  readonly sources: Set<string>
}

const takenIn = (tables: Tables): Taken => ({
  hashes: new Set(tables.envelopes.keys()),
  sources: new Set(openSources(tables))
})

const openSources = (tables: Tables): ReadonlyArray<string> =>
  [...tables.envelopes.values()].flatMap(({ source, state }) => (state === "open" ? [source] : []))

const take = (taken: Taken, { hash, source }: EnvelopeRow): boolean => {
  if (taken.hashes.has(hash) || taken.sources.has(source)) return false
  taken.hashes.add(hash)
  taken.sources.add(source)
  return true
}

/** The payment that funded the transaction, by this step or before. */
const paidBy = (tables: Tables, { funding, id }: StepRow): PaymentId | null =>
  funding?.payment ?? tables.transactions.get(id)?.fundedBy ?? null

/** What steps say of their refunds is checked before anything of the group is written. */
export const checkRefunds = (tables: Tables, rows: ReadonlyArray<StepRow>): void => {
  const taken = takenIn(tables)
  for (const row of rows) {
    const folded = foldRefund(row.refundChanges)
    if (folded === null) continue
    const stored = ofTransaction(tables, row.id)
    const made = stored !== undefined && isMade(tables, stored.id)
    const blocked = stored !== undefined && hasOpen(tables, stored.id)
    if (
      blocked ||
      made !== (folded.to === "confirmed") ||
      !folded.from.includes(stored?.state ?? "none") ||
      (stored === undefined && paidBy(tables, row) === null)
    )
      throw new Rejected(`the refund of ${row.id} cannot become ${folded.to}`)
    if (folded.amount !== null && isMore(folded.amount, reservedFor(tables, row)))
      throw new Rejected(`${row.id} would return more than is reserved for it`)
    if (folded.envelope !== null && !take(taken, folded.envelope))
      throw new Rejected(`the envelope ${folded.envelope.hash}, or one of its source, is there already`)
  }
}

/** What is reserved once the step is written. */
const reservedFor = (tables: Tables, { id, reservation }: StepRow): Amount => {
  const payment = tables.transactions.get(id)?.fundedBy ?? null
  const stored = payment === null ? undefined : tables.inbox.get(payment)
  return reservation?.refund ?? stored?.reservedRefund ?? zero
}

export const writeRefunds = (tables: Tables, row: StepRow, nowMillis: number): void => {
  const payment = paidBy(tables, row)
  for (const change of row.refundChanges) {
    const stored = ofTransaction(tables, row.id)
    if (change.to !== "planned") {
      if (stored !== undefined) move(tables, stored, change, nowMillis)
    } else if (payment !== null) plan(tables, payment, row.id, change.amount, nowMillis)
  }
}

const plan = (
  tables: Tables,
  payment: PaymentId,
  transactionId: TransactionId | null,
  amount: StoredRefund["amount"],
  nowMillis: number
): RefundId => {
  const ordinal = nextOf(tables, payment)
  const id = refundId(payment, ordinal)
  tables.refundOrders.set(id, {
    id,
    payment,
    transactionId,
    ordinal,
    amount,
    state: "planned",
    dueAtMillis: nowMillis,
    tries: 0
  })
  return id
}

type Move = Exclude<RefundChange, { readonly to: "planned" }>

const move = (tables: Tables, stored: StoredRefund, change: Move, nowMillis: number): void => {
  const isDue = change.to === "open"
  tables.refundOrders.set(stored.id, {
    ...stored,
    state: change.to,
    dueAtMillis: isDue ? nowMillis : null
  })
  if (change.to === "open")
    tables.envelopes.set(change.envelope.hash, { ...change.envelope, refund: stored.id, state: "open" })
}

const byPayment = (a: StoredRefund, b: StoredRefund): number =>
  a.payment === b.payment ? a.ordinal - b.ordinal : a.payment < b.payment ? -1 : 1
const byDue = (a: StoredRefund, b: StoredRefund): number =>
  (a.dueAtMillis ?? 0) - (b.dueAtMillis ?? 0) || byPayment(a, b)

type Methods = Pick<
  Storage["Service"],
  | "dueRefunds"
  | "refundJobs"
  | "closeEnvelope"
  | "openSources"
  | "postponeRefund"
  | "retryRefund"
  | "planParkedRefund"
  | "settleParkedRefund"
  | "unfinishedRefunds"
>

export const refundMethods = (
  tables: Tables,
  actorOf: (row: NonNullable<ReturnType<Tables["transactions"]["get"]>>) => ActorRow
): Methods => {
  const jobOf = (refund: StoredRefund): ReadonlyArray<RefundJob> => {
    const inbox = tables.inbox.get(refund.payment)
    if (inbox === undefined) return []
    const row = refund.transactionId === null ? undefined : tables.transactions.get(refund.transactionId)
    const envelopes = envelopesOf(tables, refund.id)
    const open = envelopes.find(({ state }) => state === "open")
    const last = envelopes.findLast(({ state }) => state !== "open")
    return [
      {
        id: refund.id,
        payment: inbox.payment,
        state: refund.state,
        amount: refund.amount,
        tries: refund.tries,
        envelope:
          open === undefined
            ? null
            : {
                hash: open.hash,
                xdr: open.xdr,
                source: open.source,
                sequence: open.sequence,
                maxTime: open.maxTime
              },
        lastEnd: last === undefined || last.state === "open" ? null : { hash: last.hash, as: last.state },
        refundMemo: row?.refundMemo ?? null,
        actor: row === undefined ? null : actorOf(row)
      }
    ]
  }
  const change = (id: RefundId, over: Partial<StoredRefund>): boolean => {
    const stored = tables.refundOrders.get(id)
    if (stored === undefined) return false
    tables.refundOrders.set(id, { ...stored, ...over })
    return true
  }
  return {
    dueRefunds: ({ leaseSeconds, limit }) =>
      at((nowMillis) =>
        [...tables.refundOrders.values()]
          .filter(({ dueAtMillis }) => dueAtMillis !== null && dueAtMillis <= nowMillis)
          .sort(byDue)
          .slice(0, limit)
          .flatMap((refund) => {
            change(refund.id, { dueAtMillis: nowMillis + leaseSeconds * 1000 })
            return jobOf(refund)
          })
      ),
    refundJobs: (ids) =>
      at(() =>
        [...new Set(ids)].flatMap((id) => {
          const refund = tables.refundOrders.get(id)
          return refund === undefined ? [] : jobOf(refund)
        })
      ),
    closeEnvelope: (hash, as) =>
      at((nowMillis) => {
        const envelope = tables.envelopes.get(hash)
        if (envelope === undefined || envelope.state !== "open") return
        tables.envelopes.set(hash, { ...envelope, state: as })
        change(envelope.refund, { dueAtMillis: nowMillis })
      }),
    openSources: at(() => openSources(tables)),
    postponeRefund: (id, seconds) =>
      at((nowMillis) => {
        const stored = tables.refundOrders.get(id)
        if (stored?.state === "planned" || stored?.state === "open")
          change(id, { dueAtMillis: nowMillis + seconds * 1000, tries: stored.tries + 1 })
      }),
    retryRefund: (id) =>
      at((nowMillis) =>
        tables.refundOrders.get(id)?.state === "held"
          ? change(id, { state: "planned", dueAtMillis: nowMillis })
          : false
      ),
    unfinishedRefunds: ({ after, limit }) =>
      at(() => {
        const mark = after === undefined ? null : tables.refundOrders.get(after)
        if (mark === undefined) return []
        return [...tables.refundOrders.values()]
          .filter(({ state }) => state !== "confirmed" && state !== "cancelled")
          .filter((refund) => mark === null || byPayment(mark, refund) < 0)
          .sort(byPayment)
          .slice(0, limit)
          .flatMap(jobOf)
      }),
    planParkedRefund: (payment, { by, why }) =>
      at((nowMillis) => {
        const inbox = tables.inbox.get(payment)
        if (inbox === undefined || inbox.state !== "parked" || inbox.payment.leader !== payment) return null
        if (inbox.resolved || inbox.payment.received === zero) return null
        const id = plan(tables, payment, null, inbox.payment.received, nowMillis)
        changeCredits(tables, payment, (row) => ({ resolved: true, reservedRefund: row.payment.received }))
        decide(tables, { payment, what: "refund", transactionId: null, by, why, atMillis: nowMillis })
        return id
      }),
    settleParkedRefund: (id, to) =>
      at((nowMillis) => {
        const stored = tables.refundOrders.get(id)
        const inbox = stored === undefined ? undefined : tables.inbox.get(stored.payment)
        if (stored === undefined || inbox === undefined || stored.transactionId !== null) return false
        if (hasOpen(tables, id) || !mayMove(stored.state, to.to, isMade(tables, id))) return false
        if (to.to === "open" && !take(takenIn(tables), to.envelope)) return false
        move(tables, stored, to, nowMillis)
        if (to.to === "confirmed") {
          tables.journal.push({
            cause: id,
            asset: inbox.payment.asset,
            from: "suspense",
            to: "refund-out",
            amount: stored.amount
          })
        }
        if (to.to === "cancelled")
          changeCredits(tables, stored.payment, () => ({ resolved: false, reservedRefund: zero }))
        return true
      })
  }
}
