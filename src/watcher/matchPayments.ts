/**
 * Which transaction is a payment for? Pure: credits and the actors that own their memos in, arrivals out.
 *
 * Account, memo type and memo value find the transaction, and nothing else does: not the payer, not the amount
 * (S31-PAY-01, S31-PAY-02), unless an operator has given a payment to a transaction. Operations of one Stellar transaction to one memo in one asset are one arrival, led by the first.
 * Gotcha: late, under, over and second are not decided here but by the machine, on the row as it stands at the commit.
 */
import { type Amount, sum, zero } from "../../machines/domain/Amount.ts"
import { assetId } from "../../machines/domain/Asset.ts"
import { type PaymentId, paymentId, type TransactionId } from "../../machines/domain/Ids.ts"
import { type Memo, memoKey } from "../../machines/domain/Memo.ts"
import { acceptedOf, fundingFault, lacksPrice } from "../../machines/transaction/guards.ts"
import type { ActorRow, ParkReason, PaymentRow } from "../ports/rows.ts"
import type { Credit, OddCredit } from "../ports/StellarNetwork.ts"
import type { MemoAddress, WaitingPayment } from "../ports/Storage.ts"
import type { Arrival } from "../runtime/Actors.ts"

/** Credits that are one payment: the rows for the inbox, leader first. */
export interface PaymentGroup {
  readonly payments: Arrival["payments"]
  readonly odd: OddCredit | null
  /** The transaction it is told to, whatever its memo says: it is known from before, or an operator has decided so. */
  readonly meantFor: TransactionId | null
}

/** Credits in ledger order to groups, in the order of their leaders. `network` is the short name in payment ids. */
export const groupCredits = (
  network: string,
  credits: ReadonlyArray<Credit>
): ReadonlyArray<PaymentGroup> => {
  const groups = new Map<string, [Credit, ...Array<Credit>]>()
  for (const credit of credits) {
    const key = JSON.stringify([
      credit.stellarTransactionId,
      credit.account,
      credit.memo.type,
      credit.memo.value,
      assetId(credit.asset),
      credit.odd
    ])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [credit])
    else group.push(credit)
  }
  return [...groups.values()].map((group) => {
    const [first, ...followers] = group
    const leader = idOf(network, first)
    const received = sum(group.map(({ amount }) => amount ?? zero))
    return {
      payments: [
        rowOf(network, first, leader, received),
        ...followers.map((credit) => rowOf(network, credit, leader, zero))
      ],
      odd: first.odd,
      meantFor: null
    }
  })
}

/** Rows read back from the inbox to the groups they came in. A group that is not all there is left out. */
export const groupWaiting = (rows: ReadonlyArray<WaitingPayment>): ReadonlyArray<PaymentGroup> => {
  const followers = new Map<PaymentId, Array<PaymentRow>>()
  for (const row of rows) {
    if (row.id === row.leader) continue
    const known = followers.get(row.leader)
    if (known === undefined) followers.set(row.leader, [row])
    else known.push(row)
  }
  return rows.flatMap((row): ReadonlyArray<PaymentGroup> => {
    if (row.id !== row.leader) return []
    const payments: Arrival["payments"] = [row, ...(followers.get(row.id) ?? [])]
    return sum(payments.map(({ amount }) => amount ?? zero)) === row.received
      ? [{ payments, odd: row.odd, meantFor: row.transactionId }]
      : []
  })
}

/** Where the transactions of the groups are to be looked for; each address once. */
export const addressesOf = (groups: ReadonlyArray<PaymentGroup>): ReadonlyArray<MemoAddress> => {
  const addresses = new Map<string, MemoAddress>()
  for (const { meantFor, odd, payments } of groups) {
    const [{ account, memo: value, memoType }] = payments
    const memo = odd === null && meantFor === null ? memoOf(memoType, value) : null
    if (memo !== null) addresses.set(memoKey(account, memo), { account, memo })
  }
  return [...addresses.values()]
}

/** The transactions that groups are told to by their id; each once. */
export const meantFor = (groups: ReadonlyArray<PaymentGroup>): ReadonlyArray<TransactionId> => [
  ...new Set(groups.flatMap((group) => group.meantFor ?? []))
]

/** Every group gets its transaction or the reason why it has none: nothing is left over. */
export const matchGroups = (
  groups: ReadonlyArray<PaymentGroup>,
  actors: ReadonlyArray<ActorRow>
): ReadonlyArray<Arrival> => {
  const byMemo = new Map(actors.map((actor) => [memoKey(actor.account, actor.memo), actor]))
  const byId = new Map(actors.map((actor) => [actor.id, actor]))
  return groups.map(({ meantFor: id, odd, payments }) => ({
    payments,
    to: id === null ? destinationOf(payments[0], odd, byMemo) : inItsAsset(payments[0], byId.get(id))
  }))
}

/**
 * What price a payment needs before it can be told: only one that would fund a transaction which converts without a quote. What
 * is parked anyway, being dust, late or a second one, buys no question to the institution.
 */
export const priceWanted = ({ payments: [leader], to }: Arrival) => {
  if ("parked" in to || to.state !== "pending_sender.awaitingPayment" || to.terms.conversion === null)
    return null
  const paid = { amount: leader.received, closedAtMillis: leader.closedAtMillis, price: null }
  if (fundingFault(to, paid) !== null || !lacksPrice(to, paid)) return null
  const { from, to: wanted } = to.terms.conversion
  const amount = acceptedOf(to.terms, leader.received)
  return { from, to: wanted, amount, fundingMethod: to.fundingMethod }
}

/** The whole way at once, where the actors are at hand. */
export const matchPayments = (
  network: string,
  credits: ReadonlyArray<Credit>,
  actors: ReadonlyArray<ActorRow>
): ReadonlyArray<Arrival> => matchGroups(groupCredits(network, credits), actors)

const destinationOf = (
  leader: PaymentRow,
  odd: OddCredit | null,
  byMemo: ReadonlyMap<string, ActorRow>
): Arrival["to"] => {
  const park = (parked: ParkReason) => ({ parked })
  if (odd !== null) return park(odd)
  const memo = memoOf(leader.memoType, leader.memo)
  if (memo === null) return park("no-memo")
  return inItsAsset(leader, byMemo.get(memoKey(leader.account, memo)))
}

/** Code and issuer: another asset of the same name is another asset (S31-PAY-05). */
const inItsAsset = (leader: PaymentRow, actor: ActorRow | undefined): Arrival["to"] => {
  if (actor === undefined) return { parked: "unknown-memo" }
  return actor.asset === leader.asset ? actor : { parked: "wrong-asset" }
}

/** A memo that can be one of ours; `return` memos are not (S31-MEMO-05). */
const memoOf = (type: string, value: string | null): Memo | null =>
  (type === "id" || type === "text" || type === "hash") && value !== null ? { type, value } : null

const idOf = (network: string, credit: Credit): PaymentId =>
  paymentId(network, credit.operationId, credit.index)

const rowOf = (network: string, credit: Credit, leader: PaymentId, received: Amount): PaymentRow => ({
  id: idOf(network, credit),
  leader,
  received,
  operationId: credit.operationId,
  index: credit.index,
  stellarTransactionId: credit.stellarTransactionId,
  account: credit.account,
  muxedAccount: credit.muxedAccount,
  from: credit.from,
  asset: assetId(credit.asset),
  amount: credit.amount,
  memoType: credit.memo.type,
  memo: credit.memo.value,
  odd: credit.odd,
  closedAtMillis: credit.closedAtMillis,
  ledger: credit.ledger
})
