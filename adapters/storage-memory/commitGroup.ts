/**
 * The reference meaning of `Storage.commit`, in the order in which the rules depend on each other.
 *
 * Everything is checked before anything is written, so a rejected group leaves no trace. Gotcha: what one row of a group does
 * is seen by the next (two births with one memo), as it is in the database.
 */
import { Result } from "effect"
import { add, amount, isMore, parseAmount, toStroops, zero } from "../../machines/domain/Amount.ts"
import type { PaymentId, TransactionId } from "../../machines/domain/Ids.ts"
import { isFinal } from "../../machines/domain/Sep31Status.ts"
import { statusOf } from "../../machines/transaction/leaves.ts"
import type {
  Committed,
  Group,
  Link,
  PaymentFate,
  PayoutChange,
  StepRow,
  TransactionRow
} from "../../src/ports/rows.ts"
import { unbornOf, writeBirth } from "./births.ts"
import { givingWay, leaveCallback, leaveCustomerCallback } from "./callbacks.ts"
import { checkRefunds, writeRefunds } from "./refunds.ts"
import { Rejected } from "./Rejected.ts"
import { isOpen, type StoredInbox, type StoredPayout, type Tables } from "./tables.ts"

export const commitGroup = (tables: Tables, group: Group, nowMillis: number): Committed => {
  if (tables.groups.has(group.id))
    throw new Rejected(`the group ${group.id} was committed or given up before`)
  const refusedPages = new Set(
    group.pages.flatMap((page) => {
      const cursor = tables.cursors.get(page.account)
      return cursor !== undefined && cursor.epoch === page.epoch && cursor.position === page.from
        ? []
        : [page.account]
    })
  )
  const matching = new Map(
    group.steps.filter((row) => versionMatches(tables, row)).map((row) => [row.id, row])
  )
  const alone = group.payments.map((fate) => ({ fate, state: stateOf(tables, fate, matching, refusedPages) }))
  const leaders = new Set(alone.flatMap(({ fate, state }) => (state === "applied" ? [fate.payment.id] : [])))
  // A credit is applied with the leader of its payment, or not.
  const fates = alone.map(({ fate, state }) => ({
    fate,
    state: state === "applied" && !leaders.has(fate.payment.leader) ? ("waiting" as const) : state
  }))
  const known = fates.flatMap(({ fate, state }) => (state === "known" ? [fate.payment.id] : []))
  const appliedNow = new Set(
    fates.flatMap(({ fate, state }) => (state === "applied" ? [fate.payment.id] : []))
  )
  const applied = [...matching.values()].filter(
    (row) => row.funding === null || appliedNow.has(row.funding.payment)
  )
  checkPayments(group.payments)
  checkSteps(
    tables,
    applied,
    fates.map(({ fate }) => fate)
  )
  const unborn = unbornOf(tables, group.births, nowMillis)
  const notBorn = new Set(unborn.map(({ id }) => id))

  for (const page of group.pages) {
    for (const record of page.quarantined)
      tables.quarantine.set(`${page.account} ${record.position}`, { account: page.account, ...record })
    const cursor = tables.cursors.get(page.account)
    if (refusedPages.has(page.account) || cursor === undefined) continue
    tables.cursors.set(page.account, {
      ...cursor,
      position: page.to,
      processedLedger: page.processedLedger ?? cursor.processedLedger
    })
  }
  for (const { fate, state } of fates) if (state !== "known") writePayment(tables, fate, state, nowMillis)
  for (const birth of group.births) if (!notBorn.has(birth.id)) writeBirth(tables, birth, nowMillis)
  for (const row of applied) writeStep(tables, row, group, nowMillis)
  for (const refusal of group.refusals) tables.refusals.push({ ...refusal, atMillis: nowMillis })
  const appliedIds = new Set(applied.map(({ id }) => id))
  const committed: Committed = {
    lost: group.steps.flatMap(({ id }) => (appliedIds.has(id) ? [] : [id])),
    unborn,
    known,
    refusedPages: [...refusedPages]
  }
  tables.groups.set(group.id, { committed, atMillis: nowMillis })
  return committed
}

const versionMatches = (tables: Tables, row: StepRow): boolean => {
  const stored = tables.transactions.get(row.id)
  return stored !== undefined && stored.version === row.version && !isFinal(stored.status)
}

type PaymentState = "applied" | "waiting" | "parked" | "known"

const stateOf = (
  tables: Tables,
  { fate, page, payment, transactionId }: PaymentFate,
  matching: ReadonlyMap<TransactionId, StepRow>,
  refusedPages: ReadonlySet<string>
): PaymentState => {
  const stored = tables.inbox.get(payment.id)
  if (stored !== undefined && stored.state !== "waiting") return "known"
  if (fate === "waiting" || (page !== null && refusedPages.has(page))) return "waiting"
  if (fate !== "step") return "parked"
  return transactionId !== null && matching.get(transactionId)?.funding?.payment === payment.leader
    ? "applied"
    : "waiting"
}

/** Amounts are what their type says: a database column would not take anything else. */
const checkPayments = (fates: ReadonlyArray<PaymentFate>): void => {
  for (const { payment } of fates) {
    for (const value of [payment.received, payment.amount]) {
      if (value !== null && Result.isFailure(parseAmount(value)))
        throw new Rejected(`the payment ${payment.id} holds no amount: ${JSON.stringify(value)}`)
    }
  }
}

/** The constraints of the database: a version audited once, one open attempt a transaction, nothing reserved beyond what was received. */
const checkSteps = (
  tables: Tables,
  steps: ReadonlyArray<StepRow>,
  fates: ReadonlyArray<PaymentFate>
): void => {
  const received = new Map<PaymentId, PaymentFate["payment"]["received"]>(
    fates.map(({ payment }) => [payment.id, payment.received])
  )
  for (const row of steps) {
    const versions = [...(tables.audits.get(row.id) ?? []), ...row.audits].map(({ version }) => version)
    if (new Set(versions).size !== versions.length)
      throw new Rejected(`the transaction ${row.id} would have two audits of one version`)
    const states = new Map(
      (tables.payoutsOf.get(row.id) ?? []).flatMap((id) => {
        const payout = tables.payouts.get(id)
        return payout === undefined ? [] : [[id, payout.state] as const]
      })
    )
    for (const change of row.changes) if (states.has(change.id)) states.set(change.id, change.state)
    for (const birth of row.payouts) {
      if (states.has(birth.id)) throw new Rejected(`the payout ${birth.id} exists`)
      states.set(birth.id, birth.state)
    }
    const openIds = [...states].filter(([, state]) => isOpen(state)).map(([id]) => id)
    if (openIds.length > 1)
      throw new Rejected(`the transaction ${row.id} would have two open payouts: ${openIds.join(", ")}`)
    if (row.reservation === null) continue
    const { payment, payout, refund, fee } = row.reservation
    const limit = received.get(payment) ?? tables.inbox.get(payment)?.payment.received
    if (limit === undefined)
      throw new Rejected(`the reservation names a payment that is not in the inbox: ${payment}`)
    if (isMore(add(add(payout, refund), fee), limit))
      throw new Rejected(`more is reserved of ${payment} than was received`)
  }
  checkRefunds(tables, steps)
}

const writePayment = (
  tables: Tables,
  { fate, payment, transactionId }: PaymentFate,
  state: Exclude<PaymentState, "known">,
  nowMillis: number
): void => {
  const stored = tables.inbox.get(payment.id)
  const row: StoredInbox = {
    // As it was seen first; what a payment is does not change.
    payment: stored?.payment ?? payment,
    state,
    resolved: false,
    reason: state === "parked" && fate !== "step" && fate !== "waiting" ? fate : null,
    transactionId,
    reservedPayout: zero,
    reservedRefund: zero,
    fees: zero,
    seenAtMillis: stored?.seenAtMillis ?? nowMillis
  }
  tables.inbox.set(payment.id, row)
  if (state === "parked" && payment.amount !== null && toStroops(payment.amount) > 0n) {
    tables.journal.push({
      cause: payment.id,
      asset: payment.asset,
      from: "ledger-in",
      to: "suspense",
      amount: payment.amount
    })
  }
}

const writeStep = (tables: Tables, row: StepRow, group: Group, nowMillis: number): void => {
  const stored = tables.transactions.get(row.id)
  if (stored === undefined) return
  const status = statusOf(row.leaf)
  if (row.destination !== null) tables.sealed.set(row.destination.id, row.destination)
  for (const note of row.notes) tables.sealed.set(note.id, note)
  const now: TransactionRow = {
    ...stored,
    ...linked(stored, row.links),
    version: row.version + row.audits.length,
    state: row.leaf,
    status,
    amounts: row.amounts,
    context: row.context,
    fundedBy: row.funding?.payment ?? stored.fundedBy,
    stellarTransactionId: row.funding?.stellarTransactionId ?? stored.stellarTransactionId,
    payer: row.funding?.payer ?? stored.payer,
    destination: row.destination?.id ?? stored.destination,
    externalTransactionId: row.externalTransactionId ?? stored.externalTransactionId,
    statusAtMillis: status === stored.status ? stored.statusAtMillis : nowMillis,
    completedAtMillis: status === "completed" ? nowMillis : stored.completedAtMillis,
    refunds: [...stored.refunds, ...row.refunds]
  }
  tables.transactions.set(row.id, now)
  if (status !== stored.status) leaveCallback(tables, now, nowMillis)
  tables.audits.set(row.id, [
    ...(tables.audits.get(row.id) ?? []),
    ...row.audits.map((audit) => ({ ...audit, atMillis: nowMillis }))
  ])
  for (const { version, ...transfer } of row.transfers) {
    tables.journal.push({ ...transfer, cause: `${row.id}:${version}` })
  }
  for (const change of row.changes) changePayout(tables, change, nowMillis)
  for (const { dueInSeconds = 0, ...birth } of row.payouts) {
    tables.payoutsOf.set(row.id, [...(tables.payoutsOf.get(row.id) ?? []), birth.id])
    tables.payouts.set(birth.id, {
      ...birth,
      transactionId: row.id,
      destination: row.destination?.id ?? stored.destination,
      owner: birth.state === "started" ? group.owner : null,
      dueAtMillis: nowMillis + (birth.state === "started" ? group.leaseSeconds : dueInSeconds) * 1000,
      tries: 0,
      externalId: null
    })
  }
  writeRefunds(tables, row, nowMillis)
  if (row.attention === null) tables.attention.delete(row.id)
  else
    tables.attention.set(row.id, {
      ...row.attention,
      dueAtMillis: nowMillis + row.attention.dueInSeconds * 1000
    })
  if (row.attention !== null && row.attention.customerId !== null && row.attention.contested.length > 0) {
    const customer = tables.customers.get(row.attention.customerId)
    if (customer !== undefined && !customer.erased) {
      const contested = [...new Set([...customer.contested, ...row.attention.contested])]
      const version = customer.version + 1
      tables.customers.set(customer.id, { ...customer, contested, version })
      const told = givingWay(customer)
      if (told !== null) {
        const { type } = told
        const news = { customerId: customer.id, version, type, status: "NEEDS_INFO" }
        leaveCustomerCallback(tables, news, nowMillis)
      }
    }
  }
  if (row.reservation !== null) {
    const inbox = tables.inbox.get(row.reservation.payment)
    if (inbox !== undefined) {
      const { payout, refund, fee } = row.reservation
      tables.inbox.set(row.reservation.payment, {
        ...inbox,
        reservedPayout: payout,
        reservedRefund: refund,
        fees: fee
      })
    }
  }
}

/** A side that has its customer keeps it, and of several that come at once the first is taken. */
const linked = (stored: TransactionRow, links: ReadonlyArray<Link>) => {
  const sender = stored.senderId === null ? links.find(({ party }) => party === "sender") : undefined
  const receiver = stored.receiverId === null ? links.find(({ party }) => party === "receiver") : undefined
  return {
    senderId: sender?.customerId ?? stored.senderId,
    senderType: sender?.type ?? stored.senderType,
    receiverId: receiver?.customerId ?? stored.receiverId,
    receiverType: receiver?.type ?? stored.receiverType
  }
}

const changePayout = (tables: Tables, change: PayoutChange, nowMillis: number): void => {
  const stored = tables.payouts.get(change.id)
  if (stored === undefined) return
  const row: StoredPayout = {
    ...stored,
    state: change.state,
    owner: null,
    dueAtMillis: change.dueInSeconds === null ? null : nowMillis + change.dueInSeconds * 1000,
    tries: stored.tries + (change.tried ? 1 : 0),
    externalId: change.externalId ?? stored.externalId
  }
  tables.payouts.set(change.id, row)
}

/** Sum of a journal account in one asset, in stroops: what came in less what went out. */
export const balanceOf = (tables: Tables, account: string, asset: string): bigint =>
  tables.journal.reduce((total, line) => {
    if (line.asset !== asset) return total
    const value = toStroops(amount(line.amount))
    return total + (line.to === account ? value : 0n) - (line.from === account ? value : 0n)
  }, 0n)
