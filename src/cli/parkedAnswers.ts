/**
 * What an operator asks of parked money, and decides about it: give it to a transaction, return it, or keep it.
 *
 * Gotcha: a decision is about a payment whole, so it names the leader; whoever names another of its credits is told the leader.
 */
import { DateTime, Effect } from "effect"
import type { PaymentId, TransactionId } from "../../machines/domain/Ids.ts"
import type { Decision, ResolutionRow } from "../ports/bookRows.ts"
import type { InboxRow } from "../ports/paymentRows.ts"
import { Storage } from "../ports/Storage.ts"
import { inLine } from "./printable.ts"

const code = (asset: string): string => asset.split(":")[1] ?? asset
const time = (millis: number): string => DateTime.formatIso(DateTime.makeUnsafe(millis))

const decisionOf = ({ atMillis, by, transactionId, what, why }: ResolutionRow): string =>
  `  ${time(atMillis)}  ${what}${transactionId === null ? "" : ` ${transactionId}`} by ${by}: ${why}`

const linesOf = ({
  payment,
  reason,
  resolutions
}: InboxRow & { readonly resolutions: ReadonlyArray<ResolutionRow> }): ReadonlyArray<string> => [
  [
    payment.id,
    time(payment.closedAtMillis),
    (reason ?? "").padEnd(19),
    `${payment.amount ?? "?"} ${code(payment.asset)} from ${payment.from}`,
    ...(payment.memo === null ? [] : [`memo ${payment.memo}`]),
    ...(payment.leader === payment.id ? [] : [`part of ${payment.leader}`])
  ].join("  "),
  ...resolutions.map(decisionOf)
]

/** Newest first, each with what was decided about it before; `decided` lists those too that a decision stands about. */
export const listParked = Effect.fnUntraced(function* (limit: number, decided: boolean, json: boolean) {
  const storage = yield* Storage
  const rows = yield* storage.parked({ limit, decided })
  if (json) return JSON.stringify(rows, null, 2)
  return rows.length === 0 ? "no payment waits for a decision" : rows.flatMap(linesOf).map(inLine).join("\n")
})

/** Why nothing may be decided about a payment now; null where it may. */
const inTheWay = Effect.fnUntraced(function* (id: PaymentId) {
  const storage = yield* Storage
  const [row] = yield* storage.payments([id])
  if (row === undefined) return `there is no payment ${id}`
  if (row.state !== "parked") return `${id}: not decided, it is ${row.state} and not parked`
  if (row.payment.leader !== id) return `${id}: not decided, it is part of ${row.payment.leader}: name that`
  if (!row.resolved) return null
  const last = (yield* storage.resolutions(id)).at(-1)
  return `${id}: not decided, a decision stands about it${
    last === undefined ? "" : `: ${last.what} by ${last.by}, ${time(last.atMillis)}`
  }`
})

const refused = (text: string) => ({ text, found: false })
const done = (text: string) => ({ text, found: true })
const overtaken = (id: string) => refused(`${id}: not decided, somebody else was faster; look again`)

/** Whoever decides says why, and who it is. */
const decisionFault = ({ by, why }: Decision): string | null =>
  why.trim() === ""
    ? "--why is empty: say why, it is kept with the decision"
    : by.trim() === ""
      ? "--by is empty: say who decides, it is kept with the decision"
      : null

/** Gives a parked payment to a transaction in its asset, whatever its memo says. */
export const matchParked = Effect.fnUntraced(function* (
  payment: string,
  transaction: string,
  decision: Decision
) {
  const storage = yield* Storage
  const id = payment as PaymentId
  const fault = decisionFault(decision) ?? (yield* inTheWay(id))
  if (fault !== null) return refused(fault)
  const [row] = yield* storage.transactions([transaction as TransactionId])
  if (row === undefined) return refused(`there is no transaction ${transaction}`)
  const [inbox] = yield* storage.payments([id])
  if (inbox !== undefined && inbox.payment.asset !== row.asset)
    return refused(`${id}: not matched, it is in ${inbox.payment.asset} and ${row.id} in ${row.asset}`)
  return (yield* storage.releaseParked(id, row.id, decision))
    ? done(
        `${id}: is told to ${row.id} within a minute; where that does not take it, it is parked again (\`kedge parked list\`)`
      )
    : overtaken(id)
})

/** Has a parked payment returned to whoever paid it, whole. */
export const refundParked = Effect.fnUntraced(function* (payment: string, decision: Decision) {
  const storage = yield* Storage
  const id = payment as PaymentId
  const fault = decisionFault(decision) ?? (yield* inTheWay(id))
  if (fault !== null) return refused(fault)
  const refund = yield* storage.planParkedRefund(id, decision)
  return refund === null
    ? overtaken(id)
    : done(`${id}: goes back as ${refund}; \`kedge refunds list\` shows how far it is`)
})

/** The institution keeps a parked payment. */
export const keepParked = Effect.fnUntraced(function* (payment: string, decision: Decision) {
  const storage = yield* Storage
  const id = payment as PaymentId
  const fault = decisionFault(decision) ?? (yield* inTheWay(id))
  if (fault !== null) return refused(fault)
  return (yield* storage.keepParked(id, decision)) ? done(`${id}: is kept, and booked as fee`) : overtaken(id)
})
