/**
 * The two outboxes: status changes of transactions and of customers, told one after another to whoever registered for them.
 *
 * Gotcha: behind a callback that is not told yet the later ones of the same transaction or customer wait, and their due time
 * moves with its own; so those that can be sent are not looked for among those that cannot.
 */
import type { CustomerId, TransactionId } from "../../machines/domain/Ids.ts"
import type { CallbackRow, CustomerCallbackRow, CustomerRow, TransactionRow } from "../../src/ports/rows.ts"
import type { Storage } from "../../src/ports/Storage.ts"
import { at } from "./at.ts"
import type { StoredCallback, StoredCustomerCallback, Tables } from "./tables.ts"

type Methods = Pick<
  Storage["Service"],
  | "setCallback"
  | "dueCallbacks"
  | "settleCallback"
  | "callbacks"
  | "replayCallback"
  | "setCustomerCallback"
  | "dueCustomerCallbacks"
  | "settleCustomerCallback"
>

const keyOf = (of: string, version: number): string => `${of}:${version}`

/** A step has changed the status: it is told where someone registered for it. */
export const leaveCallback = (tables: Tables, transaction: TransactionRow, nowMillis: number): void => {
  if (transaction.callbackUrl === null) return
  tables.callbacks.set(keyOf(transaction.id, transaction.version), {
    transaction,
    version: transaction.version,
    tries: 0,
    state: "pending",
    createdAtMillis: nowMillis,
    dueAtMillis: nowMillis
  })
}

/** A verdict that is shown as NEEDS_INFO while data is contested, and again as it is afterwards. Under "*" stands no verdict. */
export const givesWay = (type: string, status: string): boolean =>
  type !== "*" && (status === "ACCEPTED" || status === "PROCESSING")

/** The one of a customer's that is told of. */
export const givingWay = ({
  statuses
}: CustomerRow): { readonly type: string; readonly status: string } | null => {
  const [first] = Object.entries(statuses)
    .map(([type, { status }]) => ({ type, status }))
    .filter(({ status, type }) => givesWay(type, status))
    .sort((a, b) => (a.type < b.type ? -1 : 1))
  return first ?? null
}

/** A verdict has changed the status of a customer, or a rail contests its data. */
export const leaveCustomerCallback = (
  tables: Tables,
  told: Pick<CustomerCallbackRow, "customerId" | "version" | "type" | "status">,
  nowMillis: number
): void => {
  if (!tables.registrations.has(told.customerId)) return
  tables.customerCallbacks.set(keyOf(told.customerId, told.version), {
    ...told,
    tries: 0,
    createdAtMillis: nowMillis,
    state: "pending",
    dueAtMillis: nowMillis,
    sentTo: null
  })
}

/** Drops all that waits to be told of a customer. */
export const forgetCallbacks = (
  tables: Tables,
  id: CustomerId,
  isGone: (row: StoredCustomerCallback) => boolean
) => {
  for (const [key, row] of tables.customerCallbacks)
    if (row.customerId === id && isGone(row)) tables.customerCallbacks.delete(key)
}

export const isPending = ({ state }: { readonly state: CallbackRow["state"] }): boolean => state === "pending"

interface Told {
  readonly version: number
  readonly tries: number
  readonly state: CallbackRow["state"]
  readonly dueAtMillis: number | null
}
type As = Parameters<Storage["Service"]["settleCallback"]>[0]["as"]

/** One outbox of the two: rows by key, each of a subject whose rows are told in the order of their versions. */
const outbox = <Row extends Told>(rows: Map<string, Row>, subjectOf: (row: Row) => string) => {
  const pendingOf = (subject: string): ReadonlyArray<Row> =>
    [...rows.values()]
      .filter((row) => isPending(row) && subjectOf(row) === subject)
      .sort((a, b) => a.version - b.version)
  const change = (row: Row, changed: Partial<Told>): Row => {
    const next = { ...row, ...changed }
    rows.set(keyOf(subjectOf(row), row.version), next)
    return next
  }
  return {
    take: (limit: number, nowMillis: number, untilMillis: number, isSendable: (row: Row) => boolean) => {
      const heads = new Map<string, Row>()
      for (const row of rows.values()) {
        const head = heads.get(subjectOf(row))
        if (isPending(row) && (head === undefined || row.version < head.version))
          heads.set(subjectOf(row), row)
      }
      return [...heads.values()]
        .filter((row) => (row.dueAtMillis ?? 0) <= nowMillis && isSendable(row))
        .sort((a, b) => (a.dueAtMillis ?? 0) - (b.dueAtMillis ?? 0) || (subjectOf(a) < subjectOf(b) ? -1 : 1))
        .slice(0, limit)
        .map((head) => {
          const [first, ...later] = pendingOf(subjectOf(head))
          for (const row of later) change(row, { dueAtMillis: untilMillis })
          return change(first ?? head, { dueAtMillis: untilMillis })
        })
    },
    /** Null: there is no such row, or it is settled. */
    settle: (subject: string, version: number, as: As, nowMillis: number): Row | null => {
      const row = rows.get(keyOf(subject, version))
      if (row === undefined || !isPending(row)) return null
      const isSettled = typeof as === "string"
      const dueAtMillis = isSettled ? null : nowMillis + as.retryInSeconds * 1000
      const settled = change(row, {
        tries: row.tries + 1,
        state: isSettled ? as : "pending",
        dueAtMillis
      })
      for (const later of pendingOf(subject))
        if (later.version > version) change(later, { dueAtMillis: dueAtMillis ?? nowMillis })
      return settled
    }
  }
}

export const callbackMethods = (tables: Tables): Methods => {
  const ofTransactions = outbox<StoredCallback>(tables.callbacks, ({ transaction }) => transaction.id)
  const ofCustomers = outbox<StoredCustomerCallback>(tables.customerCallbacks, ({ customerId }) => customerId)
  const shown = (row: StoredCallback): CallbackRow => {
    const url = tables.transactions.get(row.transaction.id)?.callbackUrl ?? ""
    return { ...row, url, transaction: { ...row.transaction, callbackUrl: url } }
  }
  return {
    setCallback: (id, url) =>
      at(() => {
        const row = tables.transactions.get(id)
        if (row !== undefined) tables.transactions.set(id, { ...row, callbackUrl: url })
        return row !== undefined
      }),
    dueCallbacks: ({ leaseSeconds, limit }) =>
      at((nowMillis) =>
        ofTransactions.take(limit, nowMillis, nowMillis + leaseSeconds * 1000, () => true).map(shown)
      ),
    settleCallback: ({ as, transactionId, version }) =>
      at((nowMillis) => {
        ofTransactions.settle(transactionId, version, as, nowMillis)
      }),
    callbacks: ({ limit, state }) =>
      at(() =>
        [...tables.callbacks.values()]
          .filter((row) => row.state === state)
          .sort(
            (a, b) =>
              b.createdAtMillis - a.createdAtMillis ||
              (a.transaction.id === b.transaction.id
                ? b.version - a.version
                : a.transaction.id < b.transaction.id
                  ? 1
                  : -1)
          )
          .slice(0, limit)
          .map(shown)
      ),
    replayCallback: (transactionId: TransactionId, version) =>
      at((nowMillis) => {
        const row = tables.callbacks.get(keyOf(transactionId, version))
        if (row?.state !== "dead") return false
        const isOvertaken = [...tables.callbacks.values()].some(
          (other) => other.transaction.id === transactionId && other.version > version
        )
        if (isOvertaken) return false
        tables.callbacks.set(keyOf(transactionId, version), {
          ...row,
          state: "pending",
          dueAtMillis: nowMillis
        })
        return true
      }),

    setCustomerCallback: (id, url) =>
      at(() => {
        const customer = tables.customers.get(id)
        if (customer === undefined || customer.erased) return false
        tables.registrations.set(id, { url })
        return true
      }),
    dueCustomerCallbacks: ({ leaseSeconds, limit }) =>
      at((nowMillis) =>
        ofCustomers
          .take(limit, nowMillis, nowMillis + leaseSeconds * 1000, ({ customerId }) =>
            tables.registrations.has(customerId)
          )
          .flatMap((row) => {
            const registration = tables.registrations.get(row.customerId)
            if (registration === undefined) return []
            tables.customerCallbacks.set(keyOf(row.customerId, row.version), {
              ...row,
              sentTo: registration
            })
            const { customerId, createdAtMillis, status, tries, type, version } = row
            return [{ customerId, version, type, status, url: registration.url, tries, createdAtMillis }]
          })
      ),
    settleCustomerCallback: ({ as, customerId, version }) =>
      at((nowMillis) => {
        const settled = ofCustomers.settle(customerId, version, as, nowMillis)
        if (settled?.state !== "delivered" || !endings.has(settled.status)) return
        // Who registered again meanwhile has asked for more.
        if (tables.registrations.get(customerId) !== settled.sentTo) return
        tables.registrations.delete(customerId)
        forgetCallbacks(tables, customerId, isPending)
      })
  }
}

/** Told once, they end what was asked for (S12-CB-04). */
const endings: ReadonlySet<string> = new Set(["ACCEPTED", "REJECTED"])
