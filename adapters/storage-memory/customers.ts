/** Customers, the verdicts on them, their values and files, and erasures that wait for a transaction to end. */
import type { CustomerId, FileId, SealedId, TransactionId } from "../../machines/domain/Ids.ts"
import { isFinal } from "../../machines/domain/Sep31Status.ts"
import type { CustomerRow, FileRow } from "../../src/ports/rows.ts"
import type { Storage } from "../../src/ports/Storage.ts"
import { at } from "./at.ts"
import { forgetCallbacks, givesWay, givingWay, leaveCustomerCallback } from "./callbacks.ts"
import type { Tables } from "./tables.ts"

type Methods = Pick<
  Storage["Service"],
  | "customer"
  | "customerBy"
  | "createCustomer"
  | "recordVerdict"
  | "dueVerdicts"
  | "eraseCustomer"
  | "unfinishedOf"
  | "forgetSealed"
  | "deferErasure"
  | "dueErasures"
  | "putFile"
  | "files"
  | "fileBytes"
  | "attachFiles"
  | "putCustomerValues"
  | "customerValues"
  | "eraseCustomerValues"
>

const sameMemo = (a: CustomerRow["memo"], b: CustomerRow["memo"]): boolean =>
  a?.type === b?.type && a?.value === b?.value

export const customerMethods = (tables: Tables): Methods => {
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
  const unfinishedOf = (id: CustomerId): ReadonlyArray<TransactionId> =>
    [...tables.transactions.values()].flatMap((row) =>
      (row.senderId === id || row.receiverId === id) && !isFinal(row.status) ? [row.id] : []
    )
  const deleteFilesOf = (id: CustomerId): void => {
    for (const [fileId, { row }] of tables.files) if (row.customerId === id) tables.files.delete(fileId)
  }
  const isKept = ({ expiresAtMillis }: FileRow, nowMillis: number): boolean =>
    expiresAtMillis === null || expiresAtMillis > nowMillis

  return {
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
    recordVerdict: ({ askAgainInSeconds, id, ifVersion, message, put, status, type }) =>
      at((nowMillis) => {
        const before = tables.customers.get(id)
        if (before === undefined || before.erased) return null
        if (ifVersion !== undefined && before.version !== ifVersion) return null
        const row = changeCustomer(id, ({ contested, statuses }) => ({
          statuses: {
            ...statuses,
            [type]: {
              status,
              message,
              askAgainAtMillis: askAgainInSeconds === null ? null : nowMillis + askAgainInSeconds * 1000
            }
          },
          contested: contested.filter((name) => !put.includes(name))
        }))
        if (row === null) return row
        const isCleared = before.contested.length > 0 && row.contested.length === 0
        const isNew = before.statuses[type]?.status !== status
        const told =
          (isNew || (isCleared && givesWay(type, status))) && type !== "*"
            ? { type, status }
            : isCleared
              ? givingWay(row)
              : null
        if (told !== null)
          leaveCustomerCallback(tables, { customerId: id, version: row.version, ...told }, nowMillis)
        return row
      }),
    dueVerdicts: ({ againInSeconds, limit }) =>
      at((nowMillis) =>
        [...tables.customers.values()]
          .flatMap((row) => Object.entries(row.statuses).map(([type, status]) => ({ row, type, status })))
          .filter(
            ({ row, status }) =>
              !row.erased && status.askAgainAtMillis !== null && status.askAgainAtMillis <= nowMillis
          )
          .slice(0, limit)
          .map(({ row: { id }, status, type }) => {
            const row = tables.customers.get(id)
            if (row !== undefined)
              tables.customers.set(id, {
                ...row,
                statuses: {
                  ...row.statuses,
                  [type]: { ...status, askAgainAtMillis: nowMillis + againInSeconds * 1000 }
                }
              })
            return { id, type }
          })
      ),
    eraseCustomer: (id) =>
      at(() => {
        const isFirst = tables.customers.get(id)?.erased === false
        changeCustomer(id, () => ({ erased: true, statuses: {}, contested: [] }))
        tables.registrations.delete(id)
        if (!isFirst && unfinishedOf(id).length === 0) tables.erasures.delete(id)
        forgetCallbacks(tables, id, () => true)
        deleteFilesOf(id)
      }),
    unfinishedOf: (id) => at(() => unfinishedOf(id)),
    forgetSealed: (id) =>
      at(() => {
        for (const row of tables.transactions.values()) {
          if ((row.senderId !== id && row.receiverId !== id) || !isFinal(row.status)) continue
          const said = (tables.audits.get(row.id) ?? []).flatMap(({ detail }) => [
            detail["note"],
            detail["replaced"]
          ])
          const sent = [...tables.payouts.values()].flatMap((payout) =>
            payout.transactionId === row.id ? [payout.destination] : []
          )
          for (const sealed of [row.destination, row.context.note, ...sent, ...said]) {
            if (typeof sealed === "string") tables.sealed.delete(sealed as SealedId)
          }
        }
      }),
    deferErasure: (id) =>
      at((nowMillis) => {
        if (!tables.erasures.has(id)) tables.erasures.set(id, nowMillis)
      }),
    dueErasures: ({ againInSeconds, limit }) =>
      at((nowMillis) =>
        [...tables.erasures]
          .filter(([, dueAtMillis]) => dueAtMillis <= nowMillis)
          .sort(([, a], [, b]) => a - b)
          .map(([id]) => id)
          .filter((id) => unfinishedOf(id).length === 0)
          .slice(0, limit)
          .map((id) => {
            tables.erasures.set(id, nowMillis + againInSeconds * 1000)
            return id
          })
      ),

    putFile: (row, sealed, looseMax = Infinity) =>
      at((nowMillis) => {
        if (tables.files.has(row.id)) return true
        const loose = [...tables.files.values()].filter(
          (file) =>
            file.row.owner === row.owner && file.row.customerId === null && isKept(file.row, nowMillis)
        )
        if (loose.length >= looseMax) return false
        tables.files.set(row.id, { row, sealed })
        return true
      }),
    files: ({ customerId, id, owner }) =>
      at((nowMillis) =>
        id === undefined && customerId === undefined
          ? []
          : [...tables.files.values()].flatMap(({ row }) =>
              row.owner === owner &&
              (id === undefined || row.id === id) &&
              (customerId === undefined || row.customerId === customerId) &&
              isKept(row, nowMillis)
                ? [row]
                : []
            )
      ),
    fileBytes: (id) =>
      at((nowMillis) => {
        const file = tables.files.get(id)
        return file !== undefined && isKept(file.row, nowMillis) ? file.sealed : null
      }),
    attachFiles: (customerId, ids: ReadonlyArray<FileId>) =>
      at((nowMillis) => {
        const customer = tables.customers.get(customerId)
        if (customer === undefined || customer.erased) return
        for (const id of ids) {
          const file = tables.files.get(id)
          if (file === undefined || file.row.owner !== customer.owner) continue
          if (file.row.customerId !== null || !isKept(file.row, nowMillis)) continue
          tables.files.set(id, { ...file, row: { ...file.row, customerId, expiresAtMillis: null } })
        }
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
        deleteFilesOf(id)
      })
  }
}
