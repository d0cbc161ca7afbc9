/**
 * Storage in memory: the reference semantics that PostgreSQL and PGlite are held to, and the fastest for tests.
 *
 * Nothing survives the process. Its clock is Effect's, so TestClock moves leases, due times and expiry.
 */
import { Clock, Effect, Layer } from "effect"
import type { CustomerId, PayoutId, TransactionId } from "../../machines/domain/Ids.ts"
import type { ActorRow, CustomerRow, PayoutJob, TransactionRow } from "../../src/ports/rows.ts"
import { type Cursor, GroupRejected, Storage } from "../../src/ports/Storage.ts"
import { commitGroup, Rejected } from "./commitGroup.ts"
import { addressKey, emptyTables, isOpen, type StoredPayout, type Tables } from "./tables.ts"

/** Keeps group outcomes at least this long: a lost answer is asked for within seconds. */
const groupLifeMillis = 86_400_000

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
  /** One read or write: synchronous, so nothing else runs in between. */
  const at = <A>(work: (nowMillis: number) => A): Effect.Effect<A> => Effect.map(now, work)
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
  const changeCustomer = (
    id: CustomerId,
    change: (row: CustomerRow) => Partial<CustomerRow>
  ): CustomerRow | null => {
    const row = tables.customers.get(id)
    if (row === undefined) return null
    const changed = { ...row, ...change(row), version: row.version + 1 }
    tables.customers.set(id, changed)
    return changed
  }

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
          addresses.flatMap(({ account, memo }) => tables.memos.get(addressKey(account, memo)) ?? [])
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
        transfers: tables.journal.flatMap(({ asset: _, cause, ...transfer }) =>
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

    waitingPayments: ({ limit, olderThanSeconds }) =>
      at((nowMillis) =>
        [...tables.inbox.values()]
          .filter((row) => row.state === "waiting" && row.seenAtMillis <= nowMillis - olderThanSeconds * 1000)
          .slice(0, limit)
          .map((row) => row.payment)
      ),
    parked: ({ limit }) =>
      at(() => [...tables.inbox.values()].filter((row) => row.state === "parked").slice(0, limit)),
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
    expirable: ({ limit }) =>
      at(() => {
        const waited = new Set(
          [...tables.inbox.values()].flatMap((row) => (row.state === "waiting" ? [row.transactionId] : []))
        )
        return [...tables.transactions.values()]
          .filter((row) => {
            const processed = tables.cursors.get(row.account)?.processedLedger
            return (
              row.status === "pending_sender" &&
              processed !== null &&
              processed !== undefined &&
              row.terms.expiresAtMillis < processed.closedAtMillis &&
              !waited.has(row.id)
            )
          })
          .slice(0, limit)
          .map(actorOf)
      }),

    useChallenge: (hash, expiresAtMillis) =>
      at(() => {
        if (tables.challenges.has(hash)) return false
        tables.challenges.set(hash, expiresAtMillis)
        return true
      }),

    customer: (id) => at(() => tables.customers.get(id) ?? null),
    customerBy: (owner, account, memo) =>
      at(
        () =>
          [...tables.customers.values()].find(
            (row) => !row.erased && row.owner === owner && row.account === account && sameMemo(row.memo, memo)
          ) ?? null
      ),
    createCustomer: ({ account, id, memo, owner }) =>
      at(() => {
        const exists = [...tables.customers.values()].some(
          (row) =>
            account !== null &&
            !row.erased &&
            row.owner === owner &&
            row.account === account &&
            sameMemo(row.memo, memo)
        )
        if (exists || tables.customers.has(id)) return null
        const row: CustomerRow = {
          id,
          owner,
          account,
          memo,
          version: 1,
          erased: false,
          statuses: {},
          contested: []
        }
        tables.customers.set(id, row)
        return row
      }),
    recordVerdict: ({ askAgainInSeconds, id, message, put, status, type }) =>
      at((nowMillis) =>
        tables.customers.get(id)?.erased === true
          ? null
          : changeCustomer(id, (row) => ({
              statuses: {
                ...row.statuses,
                [type]: {
                  status,
                  message,
                  askAgainAtMillis: askAgainInSeconds === null ? null : nowMillis + askAgainInSeconds * 1000
                }
              },
              contested: row.contested.filter((name) => !put.includes(name))
            }))
      ),
    dueVerdicts: ({ againInSeconds, limit }) =>
      at((nowMillis) =>
        [...tables.customers.values()]
          .flatMap((row) => Object.entries(row.statuses).map(([type, status]) => ({ row, type, status })))
          .filter(
            ({ row, status }) =>
              !row.erased && status.askAgainAtMillis !== null && status.askAgainAtMillis <= nowMillis
          )
          .slice(0, limit)
          .map(({ row, status, type }) => {
            tables.customers.set(row.id, {
              ...row,
              statuses: {
                ...row.statuses,
                [type]: { ...status, askAgainAtMillis: nowMillis + againInSeconds * 1000 }
              }
            })
            return { id: row.id, type }
          })
      ),
    eraseCustomer: (id) =>
      at(() => {
        changeCustomer(id, () => ({ erased: true, statuses: {}, contested: [] }))
      }),

    putCustomerValues: (id, rows) =>
      at(() => {
        const values = new Map(tables.customerValues.get(id) ?? [])
        for (const { name, sealed } of rows) values.set(name, sealed)
        tables.customerValues.set(id, values)
      }),
    customerValues: (id) =>
      at(() => [...(tables.customerValues.get(id) ?? [])].map(([name, sealed]) => ({ name, sealed }))),
    eraseCustomerValues: (id) =>
      at(() => {
        tables.customerValues.delete(id)
      }),

    prune: at((nowMillis) => {
      for (const [hash, until] of tables.challenges) if (until < nowMillis) tables.challenges.delete(hash)
      for (const [id, group] of tables.groups)
        if (group.atMillis < nowMillis - groupLifeMillis) tables.groups.delete(id)
    })
  })
}

const sameMemo = (a: CustomerRow["memo"], b: CustomerRow["memo"]): boolean =>
  a?.type === b?.type && a?.value === b?.value

/** A storage of its own. */
export const layer: Layer.Layer<Storage> = Layer.sync(Storage, () => make(emptyTables()))
/** Over tables the caller keeps, to look into or to outlive a simulated crash. */
export const layerOver = (tables: Tables): Layer.Layer<Storage> => Layer.succeed(Storage, make(tables))
