// Judges a world after every step by what must always be true, and by what must be true once it is quiet. It reads the tables,
// the bank's book and the ledger, and none of the code that made them.
import { type Amount, toStroops, zero } from "../../machines/domain/Amount.ts"
import { type PayoutId, type TransactionId, transactionOf } from "../../machines/domain/Ids.ts"
import { memoKey } from "../../machines/domain/Memo.ts"
import { isFinal } from "../../machines/domain/Sep31Status.ts"
import type { TransactionRow } from "../../src/ports/rows.ts"
import { us } from "./parties.ts"
import type { World } from "./World.ts"

const of = (amount: Amount | string | null): bigint => toStroops((amount ?? zero) as Amount)

/** The moves between statuses that SEP-31 and our own holds allow; written down here and taken from no machine. */
const moves = new Set(
  `pending_sender>pending_receiver pending_sender>expired pending_sender>error pending_receiver>pending_external pending_receiver>completed
   pending_receiver>pending_transaction_info_update pending_receiver>pending_customer_info_update
   pending_receiver>error pending_receiver>refunded pending_receiver>pending_sender pending_receiver>expired
   pending_transaction_info_update>pending_receiver pending_transaction_info_update>error
   pending_transaction_info_update>refunded pending_customer_info_update>pending_receiver
   pending_customer_info_update>error pending_customer_info_update>refunded pending_customer_info_update>pending_sender
   pending_customer_info_update>expired pending_external>completed pending_external>pending_receiver
   pending_external>pending_transaction_info_update pending_external>pending_customer_info_update
   pending_external>error pending_external>refunded pending_receiver>pending_stellar pending_stellar>refunded
   pending_stellar>pending_receiver`.split(/\s+/)
)

const statusOf = (leaf: string): string => leaf.split(".")[0] ?? leaf

/** What no longer moves by itself, and says why. */
const explained = new Set([
  "pending_receiver.held",
  "pending_transaction_info_update.awaitingUpdate",
  "pending_customer_info_update.awaitingCustomer"
])

export class Auditor {
  private readonly world: World
  private readonly terms = new Map<TransactionId, string>()
  private readonly seenFinal = new Map<TransactionId, string>()
  private cursor = 0
  private audited = new Map<TransactionId, number>()

  constructor(world: World) {
    this.world = world
  }

  /** What is wrong at this moment, as sentences; nothing is right. */
  safety(): ReadonlyArray<string> {
    return [...this.inbox(), ...this.bank(), ...this.transactions(), ...this.journal(), ...this.refunds()]
  }

  /** The inbox holds every credit up to the cursor once, as the ledger has it; the cursor only moves on. */
  private *inbox(): Generator<string> {
    const { chain, tables } = this.world
    const position = Number(tables.cursors.get(us)?.position ?? 0)
    if (position < this.cursor) yield `the cursor went back from ${this.cursor} to ${position}`
    this.cursor = Math.max(position, this.cursor)
    const rows = new Map([...tables.inbox.values()].map((row) => [row.payment.operationId, row]))
    if (rows.size !== tables.inbox.size) yield "an operation has two inbox rows"
    for (const credit of chain.credits) {
      const row = rows.get(credit.operationId)
      if (row === undefined) {
        if (chain.placeOf(credit) < position)
          yield `the credit ${credit.operationId} is lost: the cursor is past it`
        continue
      }
      rows.delete(credit.operationId)
      const { payment } = row
      if (payment.amount !== credit.amount)
        yield `the credit ${credit.operationId} is of ${credit.amount} and was stored as ${payment.amount}`
      const asset =
        credit.asset.issuer === null
          ? "stellar:native"
          : `stellar:${credit.asset.code}:${credit.asset.issuer}`
      if (payment.asset !== asset)
        yield `the credit ${credit.operationId} is of ${asset}, stored as ${payment.asset}`
      if (payment.memoType !== credit.memo.type || payment.memo !== credit.memo.value)
        yield `the credit ${credit.operationId} has another memo in the inbox`
      if (of(row.reservedPayout) + of(row.reservedRefund) + of(row.fees) > of(payment.received))
        yield `more is reserved of the payment ${payment.id} than was received`
    }
    for (const [operation] of rows) yield `the inbox has ${operation}, which the ledger never had`
  }

  /** Nothing was paid twice, without cause, or beyond what came. */
  private *bank(): Generator<string> {
    const { bank, tables } = this.world
    const paid = new Map<TransactionId, { times: number; total: bigint; keys: Array<PayoutId> }>()
    for (const [id, entry] of bank.book) {
      const transaction = transactionOf(id)
      const sum = paid.get(transaction) ?? { times: 0, total: 0n, keys: [] }
      sum.times += entry.times
      sum.total += of(entry.amount) * BigInt(entry.times)
      sum.keys.push(id)
      paid.set(transaction, sum)
    }
    for (const [id, { keys, times, total }] of paid) {
      if (times > 1) yield `${id} was paid ${times} times, under ${keys.join(", ")}`
      const row = tables.transactions.get(id)
      const fundedBy = row?.fundedBy ?? null
      const funding = fundedBy === null ? undefined : tables.inbox.get(fundedBy)
      if (row === undefined || funding === undefined || funding.state !== "applied") {
        yield `${id} was paid without a payment that funds it`
        continue
      }
      if (funding.payment.asset !== row.asset)
        yield `${id} was paid for a payment in ${funding.payment.asset}`
      if (total > of(funding.payment.received)) yield `${id} was paid ${total} stroops, more than came`
      const true_ = this.world.chain.credits
        .filter(({ stellarTransactionId }) => stellarTransactionId === funding.payment.stellarTransactionId)
        .reduce((sum, credit) => sum + of(credit.amount), 0n)
      if (of(funding.payment.received) > true_) yield `${id} was credited with more than the ledger shows`
      if (row.status === "refunded" || row.refunds.length > 0)
        if (row.context.refunded === true) yield `${id} was paid and refunded whole`
    }
  }

  private *transactions(): Generator<string> {
    const { tables } = this.world
    const memos = new Map<string, TransactionId>()
    for (const row of tables.transactions.values()) {
      const key = memoKey(row.account, row.memo)
      if (memos.has(key)) yield `${row.id} and ${memos.get(key)} have one memo`
      memos.set(key, row.id)
      const terms = JSON.stringify(row.terms)
      if ((this.terms.get(row.id) ?? terms) !== terms) yield `the terms of ${row.id} changed`
      this.terms.set(row.id, terms)
      const final = this.seenFinal.get(row.id)
      if (final !== undefined && final !== row.state)
        yield `${row.id} left the final state ${final} for ${row.state}`
      if (isFinal(row.status)) this.seenFinal.set(row.id, row.state)
      if (statusOf(row.state) !== row.status) yield `${row.id} is in ${row.state} and shows ${row.status}`
      yield* this.audit(row)
    }
  }

  /** One row a transition, each where the one before ended, and the last where the transaction is. */
  private *audit(row: TransactionRow): Generator<string> {
    const audits = this.world.tables.audits.get(row.id) ?? []
    if (audits.length < (this.audited.get(row.id) ?? 0)) yield `audit rows of ${row.id} are gone`
    this.audited.set(row.id, audits.length)
    if (audits.length !== row.version)
      yield `${row.id} has version ${row.version} and ${audits.length} audit rows`
    let last: string | null = null
    for (const [index, audit] of audits.entries()) {
      if (audit.version !== index + 1)
        yield `the audit of ${row.id} has version ${audit.version} at ${index + 1}`
      if (index > 0 && audit.before !== last)
        yield `the audit of ${row.id} jumps from ${last} to ${audit.before}`
      const [from, to] = [statusOf(audit.before), statusOf(audit.after)]
      if (index > 0 && from !== to && !moves.has(`${from}>${to}`))
        yield `${row.id} moved from ${from} to ${to}`
      last = audit.after
    }
    if (last !== null && last !== row.state) yield `${row.id} is in ${row.state}; its audit ends in ${last}`
  }

  /** Money that came is with the client, kept, returned, owed or in suspense: to the stroop. */
  private *journal(): Generator<string> {
    const { tables } = this.world
    const balances = new Map<string, bigint>()
    const move = (account: string, asset: string, amount: bigint) =>
      balances.set(`${account} ${asset}`, (balances.get(`${account} ${asset}`) ?? 0n) + amount)
    for (const { amount, asset, from, to } of tables.journal) {
      move(from, asset, -of(amount))
      move(to, asset, of(amount))
    }
    const came = new Map<string, bigint>()
    for (const { payment, state } of tables.inbox.values()) {
      if (state === "waiting") continue
      came.set(payment.asset, (came.get(payment.asset) ?? 0n) + of(payment.amount))
    }
    for (const [asset, amount] of came) {
      const booked = -(balances.get(`ledger-in ${asset}`) ?? 0n)
      if (booked !== amount) yield `${amount} stroops of ${asset} came and ${booked} are booked`
    }
    for (const [name, balance] of balances)
      if (balance < 0n && !name.startsWith("ledger-in ")) yield `the account ${name} is at ${balance}`
    const delivered = [...tables.transactions.values()].reduce(
      (sum, { amounts }) => sum + of(amounts.delivered),
      0n
    )
    const out = [...balances].reduce(
      (sum, [name, value]) => (name.startsWith("rail-out ") ? sum + value : sum),
      0n
    )
    if (delivered !== out) yield `${delivered} stroops were delivered and ${out} are booked as paid out`
  }

  /** Every refund at most once on the ledger, for what is owed, and never for money that was delivered. */
  private *refunds(): Generator<string> {
    const { bank, refundLedger, tables } = this.world
    const made = new Map<string, number>()
    for (const { amount, hash } of refundLedger.paid) {
      const envelope = tables.envelopes.get(hash)
      if (envelope === undefined) {
        yield `the ledger has the refund ${hash}, which was never committed`
        continue
      }
      made.set(envelope.refund, (made.get(envelope.refund) ?? 0) + 1)
      const order = tables.refundOrders.get(envelope.refund)
      if (order === undefined || of(order.amount) !== of(amount))
        yield `the refund ${envelope.refund} is of ${order?.amount} and the ledger paid ${amount}`
    }
    for (const [refund, times] of made) if (times > 1) yield `the refund ${refund} was paid ${times} times`
    for (const order of tables.refundOrders.values()) {
      if (order.state === "confirmed" && !made.has(order.id))
        yield `the refund ${order.id} is confirmed and was not paid`
      const payment = tables.inbox.get(order.payment)?.payment
      const row = order.transactionId === null ? undefined : tables.transactions.get(order.transactionId)
      if (payment === undefined || !made.has(order.id)) continue
      const paidOut = [...bank.book].reduce(
        (sum, [id, entry]) =>
          transactionOf(id) === row?.id
            ? sum + (of(entry.amount) - of(entry.refused)) * BigInt(entry.times)
            : sum,
        0n
      )
      if (of(order.amount) + paidOut > of(payment.received))
        yield `of ${payment.id} more was paid out and returned than came`
    }
  }

  /** Once faults have ended and time has passed: nothing waits without a reason. */
  quiet(): ReadonlyArray<string> {
    return [...this.settled()]
  }

  private *settled(): Generator<string> {
    const { bank, chain, tables } = this.world
    const position = tables.cursors.get(us)?.position
    if (position !== chain.position) yield `the cursor is at ${position} and the ledger at ${chain.position}`
    for (const { payment, state } of tables.inbox.values())
      if (state === "waiting") yield `the payment ${payment.id} still waits`
    for (const row of tables.transactions.values()) {
      if (isFinal(row.status) || explained.has(row.state)) continue
      // Owed, and nobody on the ledger can be paid: a person was told.
      if (
        [...tables.refundOrders.values()].some(
          ({ state, transactionId }) => transactionId === row.id && state === "held"
        )
      )
        continue
      yield `${row.id} is still in ${row.state}`
    }
    for (const order of tables.refundOrders.values())
      if (order.state === "planned" || order.state === "open")
        yield `the refund ${order.id} is still ${order.state}`
    for (const payout of tables.payouts.values()) {
      if (["planned", "started", "unknown", "pending"].includes(payout.state))
        yield `the payout ${payout.id} is still ${payout.state}`
    }
    for (const row of tables.transactions.values()) {
      if (row.status !== "completed") continue
      const taken = [...bank.book].some(([id, { times }]) => transactionOf(id) === row.id && times > 0)
      if (!taken) yield `${row.id} is completed and the bank never took a payout of it`
    }
    for (const [id, { times }] of bank.book) {
      const row = tables.transactions.get(transactionOf(id))
      const isKnown =
        row?.status === "completed" ||
        row?.state === "pending_receiver.held" ||
        row?.state === "pending_receiver.partRefundOwed"
      if (times > 0 && !isKnown) yield `the bank paid ${id}, and the transaction is in ${row?.state}`
    }
  }
}
