/**
 * Judges a run by what must be true of it, over tables, ledger and rail's book together: nothing lost, nothing doubled.
 *
 * Gotcha: it uses no rule of Kedge's own code. Fees, moves and reasons to wait are written down here a second time, so that a
 * fault of the code cannot excuse itself.
 */
import { type BookFact, type Evidence, type InboxFact, stroops } from "./evidence.ts"
import { fee } from "./Field.ts"

export interface Verdict {
  readonly invariant: string
  /** What a breach of it means: money or a promise is gone, or has gone twice. */
  readonly means: "lost" | "doubled" | "wrong"
  /** Each breach, as a sentence. */
  readonly faults: ReadonlyArray<string>
}

type Check = (evidence: Evidence) => Iterable<string>

/** The only reason to rest, since Kedge has the rail, the ledger and the key for refunds: nobody has paid. */
const mayRest = new Set(["pending_sender.awaitingPayment"])
const isFinal = (status: string): boolean => ["completed", "refunded", "expired", "error"].includes(status)

/** The moves that SEP-31 and our own holds allow; a move within one status is always one. */
const moves = new Set(
  `pending_sender>pending_receiver pending_sender>expired pending_receiver>pending_external pending_receiver>completed
   pending_receiver>refunded pending_receiver>error pending_receiver>pending_stellar pending_external>completed
   pending_external>pending_receiver pending_external>pending_stellar pending_external>refunded pending_external>error
   pending_stellar>refunded pending_stellar>completed pending_stellar>pending_receiver pending_stellar>error`.split(
    /\s+/
  )
)
const statusOf = (state: string): string => state.split(".")[0] ?? state

const grouped = <A>(list: ReadonlyArray<A>, keyOf: (each: A) => string): Map<string, Array<A>> => {
  const groups = new Map<string, Array<A>>()
  for (const each of list) {
    const key = keyOf(each)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [each])
    else group.push(each)
  }
  return groups
}

/** Fixed and percentage, rounded up to a stroop. */
const feeOf = (received: bigint): bigint => fee.fixed + (received * fee.percent + 99n) / 100n

function* creditsAreKept({ credits, inbox }: Evidence): Generator<string> {
  const rows = grouped(inbox, (row) => row.operation_id)
  for (const credit of credits) {
    const [row, ...more] = rows.get(credit.id) ?? []
    if (row === undefined) {
      yield `the credit ${credit.id} of ${credit.amount} ${credit.asset_code} is not in the inbox`
      continue
    }
    if (more.length > 0) yield `the credit ${credit.id} is in the inbox ${more.length + 1} times`
    if (stroops(row.amount) !== stroops(credit.amount))
      yield `the credit ${credit.id} of ${credit.amount} is in the inbox with ${row.amount}`
    if (row.asset !== `stellar:${credit.asset_code}:${credit.asset_issuer}`)
      yield `the credit ${credit.id} of ${credit.asset_code} is in the inbox as ${row.asset}`
  }
}

function* creditsAreReal({ credits, inbox }: Evidence): Generator<string> {
  const known = new Set(credits.map(({ id }) => id))
  for (const { amount, operation_id: id } of inbox)
    if (!known.has(id)) yield `the inbox has ${amount} of operation ${id}, which the ledger has not`
}

function* paymentsAreSettled({ inbox }: Evidence): Generator<string> {
  for (const { id, reason, state, transaction_id: transaction } of inbox) {
    if (state === "waiting") yield `the payment ${id} still waits`
    else if (state === "applied" && transaction === null) yield `the payment ${id} is applied to nothing`
    else if (state === "parked" && (reason ?? "") === "") yield `the payment ${id} is parked without a reason`
  }
}

function* announcementsAreKept({ announced, transactions }: Evidence): Generator<string> {
  const memos = new Map(transactions.map(({ id, memo }) => [id, memo]))
  for (const { id, memo } of announced)
    if (memos.get(id) !== memo)
      yield `the transaction ${id} was promised with memo ${memo}; it has ${memos.get(id)}`
}

function* payoutsAreMade({ book, transactions }: Evidence): Generator<string> {
  const paid = new Set(book.map(({ transactionId }) => transactionId))
  for (const { id, status } of transactions)
    if (status === "completed" && !paid.has(id)) yield `${id} is completed, and the rail never took it`
}

function* payoutsAreSingle({ book }: Evidence): Generator<string> {
  for (const [id, entries] of grouped(book, ({ transactionId }) => transactionId))
    if (entries.length > 1)
      yield `${id} was paid ${entries.length} times: ${entries.map(({ payoutId }) => payoutId).join(", ")}`
}

function* payoutsHaveCause({ book, inbox, transactions }: Evidence): Generator<string> {
  const rows = new Map(transactions.map((row) => [row.id, row]))
  const payments = new Map(inbox.map((row) => [row.id, row]))
  for (const entry of book) {
    const row = rows.get(entry.transactionId)
    const payment = row === undefined || row.funded_by === null ? undefined : payments.get(row.funded_by)
    if (row === undefined || payment?.state !== "applied" || payment.transaction_id !== row.id) {
      yield `${entry.payoutId} was paid without a payment that funds it`
      continue
    }
    yield* amountsAgree(entry, payment)
    if (stroops(row.delivered) !== stroops(entry.amount))
      yield `${entry.payoutId}: the rail delivered ${entry.amount} and ${row.delivered} is shown`
    if (row.status !== "completed") yield `${entry.payoutId} was paid, and its transaction is in ${row.state}`
  }
}

function* amountsAgree(entry: BookFact, payment: InboxFact): Generator<string> {
  const received = stroops(payment.received)
  const taken = stroops(entry.amount) + stroops(entry.refusedAmount)
  if (taken !== received - feeOf(received))
    yield `${entry.payoutId}: the rail was given ${taken} stroops of ${received}; it should be ${received - feeOf(received)}`
}

function* reservationsHold({ inbox }: Evidence): Generator<string> {
  for (const row of inbox) {
    const held = stroops(row.reserved_payout) + stroops(row.reserved_refund) + stroops(row.fees)
    if (held > stroops(row.received)) yield `of the payment ${row.id} more is reserved than was received`
  }
}

function* auditIsWhole({ audits, transactions }: Evidence): Generator<string> {
  const trails = grouped(audits, (row) => row.transaction_id)
  for (const { id, state, status, version } of transactions) {
    const trail = trails.get(id) ?? []
    if (trail.length !== version) yield `${id} has version ${version} and ${trail.length} audit rows`
    let last: string | null = null
    for (const [index, row] of trail.entries()) {
      if (row.version !== index + 1)
        yield `the audit of ${id} has version ${row.version} at place ${index + 1}`
      if (last !== null && row.before !== last) yield `the audit of ${id} jumps from ${last} to ${row.before}`
      const [from, to] = [statusOf(row.before), statusOf(row.after)]
      if (index > 0 && from !== to && !moves.has(`${from}>${to}`)) yield `${id} moved from ${from} to ${to}`
      last = row.after
    }
    if (last !== state) yield `${id} is in ${state}; its audit ends in ${last}`
    if (statusOf(state) !== status) yield `${id} is in ${state} and shows ${status}`
  }
}

function* journalBalances({ book, debits, inbox, transfers }: Evidence): Generator<string> {
  const balances = new Map<string, bigint>()
  const add = (account: string, asset: string, amount: bigint) =>
    balances.set(`${account} ${asset}`, (balances.get(`${account} ${asset}`) ?? 0n) + amount)
  for (const { amount, asset, from_account: from, to_account: to } of transfers) {
    add(from, asset, -stroops(amount))
    add(to, asset, stroops(amount))
  }
  const sums = new Map<string, bigint>()
  for (const [name, balance] of balances) {
    const asset = name.split(" ")[1] ?? ""
    sums.set(asset, (sums.get(asset) ?? 0n) + balance)
    if (balance < 0n && !name.startsWith("ledger-in ")) yield `the account ${name} stands at ${balance}`
  }
  for (const [asset, sum] of sums) if (sum !== 0n) yield `the journal of ${asset} sums to ${sum}`
  for (const [asset, rows] of grouped(inbox, (row) => row.asset)) {
    const came = rows.reduce((sum, { amount }) => sum + stroops(amount), 0n)
    const booked = -(balances.get(`ledger-in ${asset}`) ?? 0n)
    if (came !== booked) yield `${came} stroops of ${asset} came and ${booked} are booked`
  }
  const out = [...balances].reduce((sum, [name, at]) => (name.startsWith("rail-out ") ? sum + at : sum), 0n)
  const paid = book.reduce((sum, { amount }) => sum + stroops(amount), 0n)
  if (out !== paid) yield `the rail's book has ${paid} stroops and the journal ${out}`
  const back = [...balances].reduce(
    (sum, [name, at]) => (name.startsWith("refund-out ") ? sum + at : sum),
    0n
  )
  const left = debits.reduce((sum, { amount }) => sum + stroops(amount), 0n)
  if (back !== left) yield `${left} stroops left the account and ${back} are booked as returned`
}

/** What must have gone back: all of a payment whose payout the rail rejected, the part that it refused of another. */
const owedOf = ({ book, inbox, transactions }: Evidence): ReadonlyMap<string, bigint> => {
  const owed = new Map(book.map((entry) => [entry.transactionId, stroops(entry.refusedAmount)]))
  const received = new Map(inbox.map((row) => [row.id, stroops(row.received)]))
  for (const { funded_by: payment, id, status } of transactions)
    if (status === "refunded") owed.set(id, received.get(payment ?? "") ?? 0n)
  return owed
}

function* refundsAreSingle(evidence: Evidence): Generator<string> {
  const { debits, refunds, transactions } = evidence
  const payers = new Map(transactions.map(({ id, payer }) => [id, payer]))
  const booked = grouped(refunds, (row) => row.stellar_transaction_id)
  for (const [hash, rows] of booked)
    if (rows.length > 1) yield `the refund ${hash} is booked ${rows.length} times`
  for (const debit of debits) {
    const [row] = booked.get(debit.transaction_hash) ?? []
    if (row === undefined)
      yield `${debit.amount} left the account in ${debit.transaction_hash}, and no refund says so`
    else if (stroops(row.amount) !== stroops(debit.amount) || payers.get(row.transaction_id) !== debit.to)
      yield `the refund ${debit.transaction_hash} of ${row.amount} is on the ledger as ${debit.amount} to ${debit.to}`
  }
  const gone = grouped(debits, (debit) => debit.transaction_hash)
  for (const hash of booked.keys())
    if (gone.get(hash)?.length !== 1)
      yield `the refund ${hash} is on the ledger ${gone.get(hash)?.length ?? 0} times`
}

function* debtsArePaid(evidence: Evidence): Generator<string> {
  const returned = grouped(evidence.refunds, (row) => row.transaction_id)
  for (const [id, owed] of owedOf(evidence)) {
    const back = (returned.get(id) ?? []).reduce((sum, { amount }) => sum + stroops(amount), 0n)
    if (back !== owed) yield `${owed} stroops of ${id} are owed back and ${back} were returned`
    returned.delete(id)
  }
  for (const id of returned.keys()) yield `a refund of ${id} was made, which owes nothing`
}

function* cursorIsHonest({ credits, cursor, quarantined }: Evidence): Generator<string> {
  const last = credits.at(-1)
  if (last !== undefined && (cursor === null || BigInt(cursor) < BigInt(last.paging_token)))
    yield `the cursor is at ${cursor} and the last credit at ${last.paging_token}`
  if (quarantined > 0) yield `${quarantined} records were set aside as unreadable`
}

function* nothingWaits({ payouts, transactions }: Evidence): Generator<string> {
  for (const { id, state, status } of transactions)
    if (!isFinal(status) && !mayRest.has(state)) yield `${id} is still in ${state}`
  for (const { is_open: isOpen, n, overdue, state, transaction_id: id } of payouts)
    if (isOpen)
      yield `the payout ${id}:${n} is still ${state}${overdue !== null && overdue > 0 ? `, due for ${overdue.toFixed(1)} s` : ""}`
}

const checks: ReadonlyArray<readonly [string, Verdict["means"], Check]> = [
  ["every credit to us is in the inbox once, as the ledger has it", "lost", creditsAreKept],
  ["the inbox has nothing that the ledger has not", "doubled", creditsAreReal],
  ["every payment is applied, or parked with a reason", "lost", paymentsAreSettled],
  ["every transaction that was promised is there", "lost", announcementsAreKept],
  ["every completed transaction is in the rail's book", "lost", payoutsAreMade],
  ["no transaction is in the rail's book twice", "doubled", payoutsAreSingle],
  ["every payout has the payment that funds it, and is that less the fee", "wrong", payoutsHaveCause],
  ["nothing reserved exceeds what was received", "wrong", reservationsHold],
  ["the audit is without a gap, lawful, and ends where the transaction is", "wrong", auditIsWhole],
  ["the journal balances, and equals what came and what was paid", "wrong", journalBalances],
  ["every refund is on the ledger once, and nothing else left", "doubled", refundsAreSingle],
  ["what is owed back was returned, and no more", "lost", debtsArePaid],
  ["the cursor is past every credit, and nothing was set aside", "wrong", cursorIsHonest],
  ["nothing waits without a reason, and no lease is held", "wrong", nothingWaits]
]

export const audit = (evidence: Evidence): ReadonlyArray<Verdict> =>
  checks.map(([invariant, means, check]) => ({ invariant, means, faults: [...check(evidence)] }))

/** What has not come to rest yet; while it is not empty, judging is too early. */
export const waitsStill = (evidence: Evidence): ReadonlyArray<string> => [
  ...nothingWaits(evidence),
  ...paymentsAreSettled(evidence),
  ...creditsAreKept(evidence),
  ...cursorIsHonest(evidence),
  ...paidButOpen(evidence)
]

/** A payment that was made rightly opens its transaction: seen from the inbox, which may be ahead of it. */
function* paidButOpen({ inbox, transactions }: Evidence): Generator<string> {
  const open = new Set(transactions.flatMap(({ id, status }) => (status === "pending_sender" ? [id] : [])))
  for (const { id, state, transaction_id: transaction } of inbox)
    if (state === "applied" && transaction !== null && open.has(transaction))
      yield `${id} is applied to an unpaid transaction`
}
