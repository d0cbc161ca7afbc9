/**
 * Tells the transactions that are ready for funds and not paid yet that one of their customers was rejected meanwhile (S31-KYC-07).
 *
 * They wait for money and not for a customer, and have no due time that asks: the rejection has one of its own, until it was told
 * (`Verdicts.ts`). Only a tier that was judged apart needs the provider. Gotcha: a payment may come first; then the machine
 * refuses the news, and the payout is under way.
 */
import { Effect } from "effect"
import type { CustomerId, TransactionId } from "../../machines/domain/Ids.ts"
import type { Leaf } from "../../machines/transaction/leaves.ts"
import type { CustomerRow, TransactionRow } from "../ports/rows.ts"
import type { Storage } from "../ports/Storage.ts"
import type { Actors } from "../runtime/Actors.ts"
import { sealNote } from "../runtime/Note.ts"
import type { Provider } from "./askProvider.ts"
import { judgedAs, judgedOf, recorded, standing, typeOf } from "./judgedAs.ts"
import { aboutOf, sidesBefore } from "./sides.ts"

const pageSize = 100
/** As many as share a commit with ease; the mailbox is there for others too. */
const toldAtOnce = 16

const unpaid: Leaf = "pending_sender.awaitingPayment"

const isRejected = (row: CustomerRow, type?: string): boolean =>
  judgedOf(row).some(
    (as) => (type === undefined || typeOf(as) === type) && recorded(row, as)?.status === "REJECTED"
  )

export const makeTellUnpaid = ({
  actors,
  provider,
  storage
}: {
  readonly storage: Storage["Service"]
  readonly provider: Provider
  readonly actors: Actors["Service"]
}) => {
  /** The words of the rejection that counts for this side; undefined where none does. */
  const rejection = Effect.fnUntraced(function* (
    customer: CustomerRow,
    transaction: TransactionRow,
    type: string
  ) {
    if (!isRejected(customer, type)) return
    const whole = judgedAs(type, null)
    if (standing(customer, whole) === "REJECTED") return recorded(customer, whole)?.message ?? null
    const as = yield* provider.judgedFor(type, aboutOf(transaction))
    return standing(customer, as) === "REJECTED" ? (recorded(customer, as)?.message ?? null) : undefined
  })

  const tellOne = Effect.fnUntraced(function* (customer: CustomerRow, transaction: TransactionRow) {
    for (const { id, party, type } of sidesBefore(transaction)) {
      if (id !== customer.id) continue
      const message = yield* rejection(customer, transaction, type)
      if (message === undefined) continue
      const note = message === null ? null : yield* sealNote({ message })
      yield* actors.tell({
        to: transaction.id,
        event: { type: "customer.rejected", party, note: note?.id ?? null },
        cause: "customer",
        notes: note === null ? [] : [note],
        known: transaction
      })
      return
    }
  })

  const tellPage = Effect.fnUntraced(function* (customer: CustomerRow, ids: ReadonlyArray<TransactionId>) {
    const rows = yield* storage.transactions(ids)
    const told = yield* Effect.forEach(
      rows.filter(({ state }) => state === unpaid),
      (transaction) =>
        tellOne(customer, transaction).pipe(
          Effect.as(true),
          Effect.catch((error) =>
            Effect.logWarning(
              "an unpaid transaction could not be told that its customer was rejected",
              { transactionId: transaction.id },
              error.message
            ).pipe(Effect.as(false))
          )
        ),
      { concurrency: toldAtOnce }
    )
    return told.every(Boolean)
  })

  /** Does nothing for a customer of whom no rejection is on record. True: all were told. */
  return Effect.fnUntraced(function* (id: CustomerId) {
    const customer = yield* storage.customer(id)
    if (customer === null || !isRejected(customer)) return true
    const ids = yield* storage.unfinishedOf(id)
    let areTold = true
    for (let from = 0; from < ids.length; from += pageSize) {
      areTold = (yield* tellPage(customer, ids.slice(from, from + pageSize))) && areTold
    }
    return areTold
  })
}
