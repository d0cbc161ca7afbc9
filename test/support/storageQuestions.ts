// What is asked of a storage when a run of deeds is over: everything that was written, and every list.
import { Effect } from "effect"
import { payoutId } from "../../machines/domain/Ids.ts"
import type { Storage } from "../../src/ports/Storage.ts"
import { refundsOf } from "./storageRefundDeeds.ts"
import type { World } from "./storageWorld.ts"

type Service = Storage["Service"]
const plenty = 100_000

/** What is asked when a run is over: everything that was written, and every list. */
export const questions = (
  here: World
): Readonly<Record<string, (storage: Service) => Effect.Effect<unknown, unknown>>> => {
  const ids = here.births.map(({ id }) => id)
  return {
    transactions: (storage) => storage.transactions(ids),
    actorsByMemo: (storage) =>
      storage.actorsByMemo(here.births.map(({ account, memo }) => ({ account, memo }))),
    histories: (storage) =>
      Effect.forEach(ids, (id) =>
        Effect.map(storage.history(id), ({ attention, ...history }) => ({
          ...history,
          attention: attention === null ? null : { kind: attention.kind, dueAtMillis: attention.dueAtMillis }
        }))
      ),
    jobs: (storage) => storage.jobs(ids.flatMap((id) => [1, 2, 3, 4].map((n) => payoutId(id, n)))),
    list: (storage) => storage.list({ limit: plenty }),
    payments: (storage) => storage.payments(here.payments.map(({ id }) => id)),
    parked: (storage) => storage.parked({ limit: plenty, decided: true }),
    undecided: (storage) => storage.parked({ limit: plenty }),
    resolutions: (storage) => Effect.forEach(here.payments, ({ id }) => storage.resolutions(id)),
    recentResolutions: (storage) => storage.recentResolutions({ limit: plenty }),
    refunds: (storage) => refundsOf(storage, here),
    unfinishedRefunds: (storage) => storage.unfinishedRefunds({ limit: plenty }),
    openSources: (storage) => storage.openSources,
    books: (storage) => storage.books,
    deliveries: (storage) => storage.deliveries({ limit: plenty }),
    verifyAudit: (storage) => storage.verifyAudit,
    waitingPayments: (storage) => storage.waitingPayments({ olderThanSeconds: 5, limit: plenty }),
    quarantined: (storage) => storage.quarantined,
    cursors: (storage) => storage.cursors,
    customers: (storage) =>
      Effect.forEach(here.customers, (id) =>
        // The memory storage keeps the name of an erased customer; the port says no more than that it is free.
        Effect.map(storage.customer(id), (row) =>
          row?.erased === true ? { ...row, account: null, memo: null } : row
        )
      ),
    waitingOnCustomer: (storage) => Effect.forEach(here.customers, (id) => storage.waitingOnCustomer(id)),
    expirable: (storage) => storage.expirable({ limit: plenty }),
    callbacks: (storage) =>
      Effect.forEach(["pending", "delivered", "dead"] as const, (state) =>
        storage.callbacks({ state, limit: plenty })
      ),
    quotes: (storage) => Effect.forEach(here.quotes, ({ id }) => storage.quote(id)),
    repeated: (storage) =>
      Effect.forEach(here.births, ({ repeat, sendingAnchor }) =>
        repeat === null ? Effect.succeed(null) : storage.repeated(sendingAnchor, repeat.key)
      ),
    files: (storage) =>
      Effect.forEach(
        [...here.customers.map((customerId) => ({ customerId })), ...here.files.map(({ id }) => ({ id }))],
        (query) => storage.files({ owner: here.rows.account, ...query })
      ),
    bytes: (storage) => Effect.forEach(here.files, ({ id }) => storage.fileBytes(id)),
    unfinished: (storage) => Effect.forEach(here.customers, (id) => storage.unfinishedOf(id)),
    openRails: (storage) => storage.openRails,
    outcomes: (storage) => Effect.forEach(here.groups, (id) => storage.outcome(id)),
    nowMillis: (storage) => storage.nowMillis
  }
}
