/** What the watcher sees and does, by receiving account. Alarms are `stopped`, `unreadable` and the age of the processed ledger. */
import { Effect, Metric } from "effect"
import type { CreditPage } from "../ports/StellarNetwork.ts"
import type { Brought } from "../runtime/Actors.ts"

const payments = Metric.counter("kedge_watcher_payments_total", {
  description: "Payments brought, by what became of them at once: applied, parked or waiting",
  incremental: true
})
const pages = Metric.counter("kedge_watcher_pages_total", {
  description: "Pages committed",
  incremental: true
})
const unreadable = Metric.counter("kedge_watcher_unreadable_total", {
  description: "Stellar transactions put into quarantine: each is for a person",
  incremental: true
})
const failures = Metric.counter("kedge_watcher_failures_total", {
  description: "Reads of ledger or storage that failed and are made again",
  incremental: true
})
const lost = Metric.counter("kedge_watcher_cursor_lost_total", {
  description: "Times the cursor was found in other hands and opened again",
  incremental: true
})
const stopped = Metric.gauge("kedge_watcher_stopped", {
  description: "1 where the watcher of the account has stopped and waits for a person"
})
const processedLedger = Metric.gauge("kedge_watcher_processed_ledger", {
  description: "Newest ledger of which every payment to the account is in the inbox"
})
const processedTime = Metric.gauge("kedge_watcher_processed_ledger_time_seconds", {
  description: "When that ledger closed, seconds since 1970: now less this is the lag"
})
const expired = Metric.counter("kedge_watcher_expiries_total", {
  description: "Transactions told that their time to be paid is over",
  incremental: true
})
const claimable = Metric.gauge("kedge_watcher_claimable_balances", {
  description: "Claimable balances of received assets that lie for the account: each is for a person"
})

const results = ["applied", "parked", "waiting"] as const

export const watcherMetrics = {
  brought: (account: string, page: CreditPage, brought: Brought): Effect.Effect<void> =>
    Effect.gen(function* () {
      yield* Metric.update(Metric.withAttributes(pages, { account }), 1)
      if (page.unreadable.length > 0) {
        yield* Metric.update(Metric.withAttributes(unreadable, { account }), page.unreadable.length)
      }
      for (const result of results) {
        if (brought[result] > 0) {
          yield* Metric.update(Metric.withAttributes(payments, { account, result }), brought[result])
        }
      }
    }),
  processed: (account: string, ledger: { readonly sequence: number; readonly closedAtMillis: number }) =>
    Metric.update(Metric.withAttributes(processedLedger, { account }), ledger.sequence).pipe(
      Effect.andThen(
        Metric.update(Metric.withAttributes(processedTime, { account }), ledger.closedAtMillis / 1_000)
      )
    ),
  failed: (account: string, what: "ledger" | "storage" | "runtime" | "defect") =>
    Metric.update(Metric.withAttributes(failures, { account, what }), 1),
  lost: (account: string) => Metric.update(Metric.withAttributes(lost, { account }), 1),
  stopped: (account: string, isStopped: boolean) =>
    Metric.update(Metric.withAttributes(stopped, { account }), isStopped ? 1 : 0),
  claimable: (account: string, count: number) =>
    Metric.update(Metric.withAttributes(claimable, { account }), count),
  expired: (count: number) => Metric.update(expired, count)
}
