/**
 * Storage in memory: the reference semantics that PostgreSQL and PGlite are held to, and the fastest for tests.
 *
 * Nothing survives the process. Its clock is Effect's, so TestClock moves leases, due times and expiry.
 */
import { Clock, Effect, Layer } from "effect"
import type { PayoutId, TransactionId } from "../../machines/domain/Ids.ts"
import { memoKey } from "../../machines/domain/Memo.ts"
import { unfundedLeaves } from "../../machines/transaction/leaves.ts"
import type { ActorRow, PayoutJob, TransactionRow } from "../../src/ports/rows.ts"
import { type Cursor, GroupRejected, Storage } from "../../src/ports/Storage.ts"
import { at } from "./at.ts"
import { callbackMethods, isPending } from "./callbacks.ts"
import { commitGroup } from "./commitGroup.ts"
import { customerMethods } from "./customers.ts"
import { auditMethods } from "./auditSeals.ts"
import { bookMethods } from "./books.ts"
import { parkedMethods } from "./parked.ts"
import { quoteMethods } from "./quotes.ts"
import { refundMethods } from "./refunds.ts"
import { Rejected } from "./Rejected.ts"
import { emptyTables, isOpen, type StoredInbox, type StoredPayout, type Tables } from "./tables.ts"

/** Keeps group outcomes at least this long: a lost answer is asked for within seconds. */
const groupLifeMillis = 86_400_000
const deliveredLifeMillis = 7 * 86_400_000

const actorOf = (row: TransactionRow): ActorRow => ({
  id: row.id,
  version: row.version,
  state: row.state,
  terms: row.terms,
  amounts: row.amounts,
  context: row.context,
  asset: row.asset,
  account: row.account,
  memo: row.memo,
  fundingMethod: row.fundingMethod,
  senderId: row.senderId,
  receiverId: row.receiverId,
  fundedBy: row.fundedBy,
  destination: row.destination
})

export const make = (tables: Tables): Storage["Service"] => {
  const now = Clock.currentTimeMillis
  const transactions = (ids: ReadonlyArray<TransactionId>): ReadonlyArray<TransactionRow> =>
    [...new Set(ids)].flatMap((id) => {
      const row = tables.transactions.get(id)
      return row === undefined ? [] : [row]
    })
  const jobOf = (payout: StoredPayout): ReadonlyArray<PayoutJob> => {
    const row = tables.transactions.get(payout.transactionId)
    if (row === undefined) return []
    return [
      {
        id: payout.id,
        rail: payout.rail,
        state: payout.state,
        amount: payout.amount,
        fee: payout.fee,
        amountIn: payout.amountIn,
        tries: payout.tries,
        externalId: payout.externalId,
        sealed: payout.destination === null ? null : (tables.sealed.get(payout.destination) ?? null),
        reference: row.reference,
        metadata: row.metadata,
        actor: actorOf(row)
      }
    ]
  }
  const takeDue = (
    nowMillis: number,
    wanted: (payout: StoredPayout) => boolean,
    limit: number,
    change: (payout: StoredPayout) => Partial<StoredPayout>
  ): ReadonlyArray<PayoutJob> =>
    [...tables.payouts.values()]
      .filter(
        (payout) =>
          isOpen(payout.state) &&
          (payout.dueAtMillis ?? Number.POSITIVE_INFINITY) <= nowMillis &&
          wanted(payout)
      )
      .sort((a, b) => (a.dueAtMillis ?? 0) - (b.dueAtMillis ?? 0))
      .slice(0, limit)
      .flatMap((payout) => {
        const changed = { ...payout, ...change(payout) }
        tables.payouts.set(payout.id, changed)
        return jobOf(changed)
      })
  return Storage.of({
    kind: "memory",
    lanes: 2,
    nowMillis: now,
    ping: Effect.void,
    checkSchema: Effect.void,
    migrate: Effect.succeed([]),

    commit: (group) =>
      Effect.flatMap(now, (nowMillis) =>
        Effect.try({
          try: () => commitGroup(tables, group, nowMillis),
          catch: (error) =>
            new GroupRejected({ message: error instanceof Rejected ? error.message : String(error) })
        })
      ),
    outcome: (groupId) =>
      at((nowMillis) => {
        const stored = tables.groups.get(groupId)
        // A tombstone: the commit, should it still be on its way, is refused from now on.
        if (stored === undefined) tables.groups.set(groupId, { committed: null, atMillis: nowMillis })
        return stored?.committed ?? null
      }),

    actors: (ids) => at(() => transactions(ids).map(actorOf)),
    actorsByMemo: (addresses) =>
      at(() =>
        transactions(
          addresses.flatMap(({ account, memo }) => tables.memos.get(memoKey(account, memo)) ?? [])
        ).map(actorOf)
      ),
    transactions: (ids) => at(() => transactions(ids)),
    list: ({ before, limit, status }) =>
      at(() =>
        [...tables.transactions.values()]
          .filter(
            (row) =>
              (status === undefined || row.status === status) && (before === undefined || row.id < before)
          )
          .sort((a, b) => (a.id < b.id ? 1 : -1))
          .slice(0, limit)
      ),
    history: (id) =>
      at(() => ({
        audits: tables.audits.get(id) ?? [],
        transfers: tables.journal.flatMap(({ cause, ...transfer }) =>
          cause.startsWith(`${id}:`)
            ? [{ ...transfer, version: Number.parseInt(cause.slice(id.length + 1), 10) }]
            : []
        ),
        payouts: [...tables.payouts.values()]
          .filter((payout) => payout.transactionId === id)
          .flatMap((payout) =>
            jobOf(payout).map((job) => ({ ...job, dueAtMillis: payout.dueAtMillis, owner: payout.owner }))
          ),
        payments: [...tables.inbox.values()].filter((row) => row.transactionId === id),
        refusals: tables.refusals.filter((row) => row.transactionId === id),
        attention: tables.attention.get(id) ?? null
      })),
    sealed: (ids) =>
      at(() =>
        [...new Set(ids)].flatMap((id) => {
          const row = tables.sealed.get(id)
          return row === undefined ? [] : [row]
        })
      ),

    jobs: (ids: ReadonlyArray<PayoutId>) =>
      at(() =>
        [...new Set(ids)].flatMap((id) => {
          const payout = tables.payouts.get(id)
          return payout === undefined ? [] : jobOf(payout)
        })
      ),
    claim: ({ leaseSeconds, limit, owner, rail }) =>
      at((nowMillis) =>
        takeDue(
          nowMillis,
          (payout) => payout.rail === rail && payout.state === "planned",
          limit,
          () => ({
            state: "started",
            owner,
            dueAtMillis: nowMillis + leaseSeconds * 1000
          })
        )
      ),
    due: ({ againInSeconds, limit, owner, rail, states }) =>
      at((nowMillis) =>
        takeDue(
          nowMillis,
          (payout) => payout.rail === rail && (states as ReadonlyArray<string>).includes(payout.state),
          limit,
          (payout) => ({
            dueAtMillis: nowMillis + againInSeconds * 1000,
            owner: payout.state === "started" ? owner : payout.owner
          })
        )
      ),

    dueAttention: ({ againInSeconds, limit }) =>
      at((nowMillis) =>
        [...tables.attention]
          .filter(([, row]) => row.dueAtMillis <= nowMillis)
          .sort(([, a], [, b]) => a.dueAtMillis - b.dueAtMillis)
          .slice(0, limit)
          .flatMap(([id, row]) => {
            tables.attention.set(id, { ...row, dueAtMillis: nowMillis + againInSeconds * 1000 })
            return transactions([id]).map((transaction) => ({
              kind: row.kind,
              customerId: row.customerId,
              actor: actorOf(transaction)
            }))
          })
      ),
    waitingOnCustomer: (id) =>
      at(() =>
        transactions(
          [...tables.attention].flatMap(([transactionId, row]) =>
            row.kind === "customer-info" ? [transactionId] : []
          )
        )
          .filter((row) => row.senderId === id || row.receiverId === id)
          .map(actorOf)
      ),

    openRails: at(() => [
      ...new Set([...tables.payouts.values()].flatMap((row) => (isOpen(row.state) ? [row.rail] : [])))
    ]),

    waitingPayments: ({ after, limit, olderThanSeconds }) =>
      at((nowMillis) => {
        const mark = after === undefined ? null : tables.inbox.get(after)
        if (mark === undefined) return []
        const waiting = [...tables.inbox.values()]
          .filter(
            (row) =>
              row.state === "waiting" &&
              row.seenAtMillis <= nowMillis - olderThanSeconds * 1000 &&
              (mark === null || byAge(mark, row) < 0)
          )
          .sort((a, b) => byAge(a, b) || (a.payment.id < b.payment.id ? -1 : 1))
        const last = waiting[limit - 1]
        return waiting
          .filter((row, index) => index < limit || (last !== undefined && byAge(last, row) === 0))
          .map(({ payment, transactionId }) => ({ ...payment, transactionId }))
      }),
    payments: (ids) =>
      at(() =>
        [...new Set(ids)].flatMap((id) => {
          const row = tables.inbox.get(id)
          return row === undefined ? [] : [row]
        })
      ),
    quarantined: at(() => [...tables.quarantine.values()]),
    releaseQuarantined: (account, position) =>
      at(() => {
        tables.quarantine.delete(`${account} ${position}`)
      }),

    lease: (role, owner, seconds) =>
      at((nowMillis) => {
        const held = tables.leases.get(role)
        if (held !== undefined && held.owner !== owner && held.untilMillis > nowMillis) return null
        const epoch = held === undefined ? 1 : held.owner === owner ? held.epoch : held.epoch + 1
        tables.leases.set(role, { owner, epoch, untilMillis: nowMillis + seconds * 1000 })
        return { epoch }
      }),
    cursors: at(() => [...tables.cursors.values()]),
    openCursor: ({ account, epoch, network, tip }) =>
      at(() => {
        const stored = tables.cursors.get(account)
        const cursor: Cursor =
          stored === undefined
            ? { account, network, position: tip, epoch, processedLedger: null }
            : { ...stored, epoch: Math.max(stored.epoch, epoch) }
        tables.cursors.set(account, cursor)
        return cursor
      }),
    expirable: ({ after, limit }) =>
      at(() => {
        const mark = after === undefined ? null : tables.transactions.get(after)
        if (mark === undefined) return []
        const waited = new Set(
          [...tables.inbox.values()].flatMap((row) => (row.state === "waiting" ? [row.transactionId] : []))
        )
        return [...tables.transactions.values()]
          .filter((row) => {
            const processed = tables.cursors.get(row.account)?.processedLedger
            return (
              unfunded.has(row.state) &&
              processed !== null &&
              processed !== undefined &&
              row.terms.expiresAtMillis < processed.closedAtMillis &&
              (mark === null || byExpiry(mark, row) < 0) &&
              !waited.has(row.id)
            )
          })
          .sort(byExpiry)
          .slice(0, limit)
          .map(actorOf)
      }),

    ...quoteMethods(tables),
    ...refundMethods(tables, actorOf),
    ...parkedMethods(tables),
    ...bookMethods(tables),
    ...auditMethods(tables),
    ...callbackMethods(tables),

    useChallenge: (hash, expiresAtMillis) =>
      at(() => {
        if (tables.challenges.has(hash)) return false
        tables.challenges.set(hash, expiresAtMillis)
        return true
      }),

    ...customerMethods(tables),

    prune: at((nowMillis) => {
      for (const [hash, until] of tables.challenges) if (until < nowMillis) tables.challenges.delete(hash)
      for (const [id, group] of tables.groups)
        if (group.atMillis < nowMillis - groupLifeMillis) tables.groups.delete(id)
      for (const [id, { row }] of tables.files)
        if (row.expiresAtMillis !== null && row.expiresAtMillis <= nowMillis) tables.files.delete(id)
      const isPast = (row: { readonly state: string; readonly createdAtMillis: number }) =>
        row.state === "delivered" && row.createdAtMillis < nowMillis - deliveredLifeMillis
      for (const [key, row] of tables.callbacks) if (isPast(row)) tables.callbacks.delete(key)
      for (const [key, row] of tables.customerCallbacks)
        if (isPast(row) || (isPending(row) && !tables.registrations.has(row.customerId)))
          tables.customerCallbacks.delete(key)
    })
  })
}

const unfunded: ReadonlySet<string> = new Set(unfundedLeaves)

/** When it was seen and with which payment: the order in which waiting credits are told again. */
const byAge = (a: StoredInbox, b: StoredInbox): number =>
  a.seenAtMillis - b.seenAtMillis ||
  (a.payment.leader === b.payment.leader ? 0 : a.payment.leader < b.payment.leader ? -1 : 1)
const byExpiry = (a: TransactionRow, b: TransactionRow): number =>
  a.terms.expiresAtMillis - b.terms.expiresAtMillis || (a.id === b.id ? 0 : a.id < b.id ? -1 : 1)

/** A storage of its own. */
export const layer: Layer.Layer<Storage> = Layer.sync(Storage, () => make(emptyTables()))
/** Over tables the caller keeps, to look into or to outlive a simulated crash. */
export const layerOver = (tables: Tables): Layer.Layer<Storage> => Layer.succeed(Storage, make(tables))
