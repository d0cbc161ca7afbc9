/**
 * What an operator asks of refunds: which are not over and why, and to try a held one again.
 *
 * Gotcha: why one is held is told with its transaction (`tx show`); of a parked payment's only the log knows.
 */
import { Effect } from "effect"
import type { RefundId } from "../../machines/domain/Ids.ts"
import type { RefundJob } from "../ports/rows.ts"
import { Storage } from "../ports/Storage.ts"

const code = (asset: string): string => asset.split(":")[1] ?? asset

const lineOf = ({ actor, amount, envelope, id, lastEnd, payment, state, tries }: RefundJob): string =>
  [
    id,
    state.padEnd(7),
    `${amount} ${code(payment.asset)} to ${payment.from}`,
    actor === null ? "of a parked payment" : `of ${actor.id}`,
    `tries ${tries}`,
    ...(envelope === null ? [] : [`on its way as ${envelope.hash}`]),
    ...(lastEnd === null ? [] : [`before: ${lastEnd.as} as ${lastEnd.hash}`])
  ].join("  ")

const jsonOf = ({ actor, envelope, payment, ...job }: RefundJob) => ({
  ...job,
  transactionId: actor?.id ?? null,
  payment: payment.id,
  asset: payment.asset,
  to: payment.from,
  envelope:
    envelope === null ? null : { hash: envelope.hash, source: envelope.source, maxTime: envelope.maxTime }
})

/** One line each, in the order of their payments. */
export const listRefunds = Effect.fnUntraced(function* (limit: number, json: boolean) {
  const storage = yield* Storage
  const jobs = yield* storage.unfinishedRefunds({ limit })
  if (json) return JSON.stringify(jobs.map(jsonOf), null, 2)
  return jobs.length === 0 ? "every refund is over" : jobs.map(lineOf).join("\n")
})

/** Makes a held refund due again: for when what was in its way is gone. */
export const retryRefund = Effect.fnUntraced(function* (id: string) {
  const storage = yield* Storage
  const [job] = yield* storage.refundJobs([id as RefundId])
  if (job === undefined) return { text: `there is no refund ${id}`, found: false }
  return (yield* storage.retryRefund(job.id))
    ? { text: `${id}: is tried again`, found: true }
    : { text: `${id}: not tried again, it is ${job.state}`, found: true }
})
