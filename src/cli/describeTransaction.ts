/**
 * A transaction as text for an operator: where it stands, why, and all that happened to it.
 *
 * Gotcha: what a rail or a person said in words may hold customer data. It is opened for the operator who asks for one
 * transaction by its id, and never for a list.
 */
import { DateTime } from "effect"
import type { Amount } from "../../machines/domain/Amount.ts"
import type { InboxRow, TransactionHistory } from "../ports/Storage.ts"
import type { TransactionRow } from "../ports/rows.ts"
import type { Note } from "../runtime/Note.ts"
import { inLine } from "./printable.ts"

const time = (millis: number): string => DateTime.formatIso(DateTime.makeUnsafe(millis))
const code = (asset: string): string => asset.split(":")[1] ?? asset

/** Why it stands where it stands, in one sentence. */
const reasonOf = (row: TransactionRow): string | null => {
  switch (row.state) {
    case "pending_sender.awaitingPayment":
      return `waits for ${row.terms.expected} ${code(row.asset)} until ${time(row.terms.expiresAtMillis)}`
    case "pending_receiver.payingOut":
      return "the payout is planned or on its way to the rail"
    case "pending_receiver.lookingUp":
      return "nobody knows whether the rail took the payout; the rail is asked"
    case "pending_receiver.held":
      return "the rail cannot tell whether it paid: a person must find out"
    case "pending_receiver.refundOwed":
      return `a refund of ${row.context.owed ?? "the received amount"} ${code(row.asset)} is owed to the payer`
    case "pending_receiver.partRefundOwed":
      return `a refund of ${row.context.owed ?? "a part"} ${code(row.asset)} is owed to the payer; the rest is delivered`
    case "pending_stellar.refunding":
      return `a refund of ${row.context.owed ?? "the received amount"} ${code(row.asset)} is on its way; the ledger is asked about it`
    case "pending_external.confirming":
      return "the rail has taken the payout and has not confirmed it"
    case "pending_transaction_info_update.awaitingUpdate":
      return `the Sending Anchor is asked to correct ${(row.context.fields ?? []).join(", ")} (PATCH)`
    case "pending_customer_info_update.awaitingCustomer":
      return `the Sending Anchor is asked to correct ${(row.context.fields ?? []).join(", ")} of the ${
        row.context.party ?? "customer"
      } (SEP-12)`
    default:
      return null
  }
}

const listLine = (row: TransactionRow): string =>
  [
    row.id,
    time(row.createdAtMillis),
    row.state.padEnd(30),
    `${row.amounts.received ?? row.terms.expected} ${code(row.asset)}`
  ].join("  ")

/** One line each, newest first. */
export const describeList = (rows: ReadonlyArray<TransactionRow>): string =>
  rows.length === 0 ? "no transactions" : rows.map(listLine).join("\n")

const section = (title: string, lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  lines.length === 0 ? [] : ["", title, ...lines.map((line) => `  ${inLine(line)}`)]

const pair = (name: string, value: string | null | undefined): ReadonlyArray<string> =>
  value === null || value === undefined || value === "" ? [] : [`${name.padEnd(14)} ${inLine(value)}`]

const inAsset = (amount: Amount | null, asset: string) =>
  amount === null ? null : `${amount} ${code(asset)}`

const headLines = (row: TransactionRow, note: Note | null): ReadonlyArray<string> => [
  ...pair("transaction", row.id),
  ...pair("status", row.status),
  ...pair("state", row.state),
  ...pair("why", reasonOf(row)),
  ...pair("said", note?.message),
  ...pair("for you", note?.internal),
  ...pair("expected", inAsset(row.terms.expected, row.asset)),
  ...pair("received", inAsset(row.amounts.received, row.asset)),
  ...pair("fee", inAsset(row.amounts.fee, row.asset)),
  ...pair("delivered", inAsset(row.amounts.delivered, row.asset)),
  ...pair("owed back", inAsset(row.context.owed ?? null, row.asset)),
  ...pair("asset", row.asset),
  ...pair("method", row.fundingMethod),
  ...pair("paid to", `${row.account} memo ${row.memo.type} ${row.memo.value}`),
  ...pair("paid from", row.payer),
  ...pair("paid in", row.stellarTransactionId),
  ...pair("rail's id", row.externalTransactionId),
  ...pair("sent by", row.sendingAnchor),
  ...pair("sender", row.senderId),
  ...pair("receiver", row.receiverId),
  ...pair("reference", row.reference),
  ...pair("created", time(row.createdAtMillis)),
  ...pair("since", time(row.statusAtMillis)),
  ...pair("completed", row.completedAtMillis === null ? null : time(row.completedAtMillis))
]

const payoutLine = (payout: TransactionHistory["payouts"][number]): string =>
  [
    payout.id,
    payout.state,
    `${payout.amount} by ${payout.rail}`,
    `tries ${payout.tries}`,
    ...(payout.externalId === null ? [] : [`rail's id ${payout.externalId}`]),
    ...(payout.dueAtMillis === null ? [] : [`due ${time(payout.dueAtMillis)}`])
  ].join("  ")

const refundLine =
  (asset: string) =>
  ({ amount, stellarTransactionId }: TransactionRow["refunds"][number]): string =>
    `${amount} ${code(asset)} in ${stellarTransactionId}`

const paymentLine = ({ payment, reason, state }: InboxRow): string =>
  [
    payment.id,
    reason === null ? state : `${state} (${reason})`,
    `${payment.amount ?? "unknown amount"} ${code(payment.asset)}`,
    `from ${payment.from}`,
    `ledger ${payment.ledger}`
  ].join("  ")

/** Everything known of one transaction. */
export const describeTransaction = (
  row: TransactionRow,
  history: TransactionHistory,
  note: Note | null
): string =>
  [
    ...headLines(row, note),
    ...section(
      "what happened",
      history.audits.map(
        ({ after, atMillis, before, cause, event, version }) =>
          `${String(version).padStart(3)}  ${time(atMillis)}  ${event} by ${cause}: ${before} → ${after}`
      )
    ),
    ...section("payouts", history.payouts.map(payoutLine)),
    ...section("refunds", row.refunds.map(refundLine(row.asset))),
    ...section("payments", history.payments.map(paymentLine)),
    ...section(
      "money",
      history.transfers.map(
        ({ amount, from, to, version }) => `${String(version).padStart(3)}  ${amount}  ${from} → ${to}`
      )
    ),
    ...section(
      "not taken",
      history.refusals.map(
        ({ atMillis, cause, event, reason }) => `${time(atMillis)}  ${event} by ${cause}: ${reason}`
      )
    ),
    ...section(
      "open matter",
      history.attention === null
        ? []
        : [`${history.attention.kind}, raised again ${time(history.attention.dueAtMillis)}`]
    )
  ].join("\n")

/** The same as a value for JSON: without sealed bytes. */
export const transactionJson = (row: TransactionRow, history: TransactionHistory, note: Note | null) => ({
  ...row,
  why: reasonOf(row),
  note,
  history: {
    ...history,
    payouts: history.payouts.map(({ actor: _, sealed: __, ...payout }) => payout)
  }
})

export interface Unplaced {
  readonly parked: ReadonlyArray<InboxRow>
  readonly quarantined: ReadonlyArray<{
    readonly account: string
    readonly position: string
    readonly reason: string
  }>
}

/** What came from the ledger and is with no transaction. */
export const describeInbox = ({ parked, quarantined }: Unplaced): string =>
  [
    ...(parked.length === 0 ? ["no payment is parked"] : parked.map(paymentLine)),
    ...section(
      "records that could not be read",
      quarantined.map(({ account, position, reason }) => `${account}  ${position}  ${reason}`)
    )
  ].join("\n")
