/**
 * Tells the transactions that wait for corrected customer data what became of it.
 *
 * Both customers ACCEPTED for the transaction's types and nothing contested: the destination is read afresh, sealed, and the
 * payout goes on with it. One REJECTED: the money is owed back. Gotcha: the verdict is stored before this runs, so whatever
 * fails here is made good when the transaction's own due time asks again; nothing here fails its caller.
 */
import { Effect } from "effect"
import type { CustomerId, TransactionId } from "../../machines/domain/Ids.ts"
import type { Party } from "../../machines/transaction/context.ts"
import type { Entropy } from "../ports/Entropy.ts"
import type { ActorRow, CustomerRow, SealedRow, TransactionRow } from "../ports/rows.ts"
import type { Storage } from "../ports/Storage.ts"
import type { Vault } from "../ports/Vault.ts"
import type { Actors } from "../runtime/Actors.ts"
import { emptyDestination, openDestination, sealDestination } from "../runtime/Destination.ts"
import { sealNote } from "../runtime/Note.ts"
import type { Provider } from "./askProvider.ts"
import { recorded, standing, type Verdicts } from "./Verdicts.ts"

/** Customers judged anew again and again are told of by whoever judges them. */
const judgedMax = 3

interface Parts {
  readonly storage: Storage["Service"]
  readonly provider: Provider
  readonly verdicts: Verdicts
  readonly actors: Actors["Service"]
  /** What a customer is judged for where the transaction names no type. */
  readonly defaultType: string
}

interface Side {
  readonly party: Party
  readonly id: CustomerId
  readonly type: string
}

/** What the customers of a transaction come to. */
type Outcome =
  | { readonly _tag: "Accepted"; readonly judged: ReadonlyArray<CustomerRow> }
  | { readonly _tag: "Rejected"; readonly party: Party; readonly message: string | null }
  | { readonly _tag: "Open" }

export interface TellWaiting {
  /** After a verdict of this customer was recorded. */
  readonly after: (id: CustomerId) => Effect.Effect<void, never, Vault | Entropy>
  /** Judges one waiting transaction anew, by asking the provider about each side that is not settled. */
  readonly reconsider: (actor: ActorRow) => Effect.Effect<void, never, Vault | Entropy>
}

const waits = (row: ActorRow): boolean => row.state === "pending_customer_info_update.awaitingCustomer"

export const makeTellWaiting = ({ storage, provider, verdicts, actors, defaultType }: Parts): TellWaiting => {
  const sidesOf = (row: TransactionRow): ReadonlyArray<Side> => [
    ...(row.senderId === null
      ? []
      : [{ party: "sender" as const, id: row.senderId, type: row.senderType ?? defaultType }]),
    ...(row.receiverId === null
      ? []
      : [{ party: "receiver" as const, id: row.receiverId, type: row.receiverType ?? defaultType }])
  ]

  /** `changed` collects customers whose record became new, for others may wait on them too. */
  const outcomeOf = Effect.fnUntraced(function* (row: TransactionRow, changed: Set<CustomerId>) {
    const judged: Array<CustomerRow> = []
    let isOpen = false
    for (const { id, party, type } of sidesOf(row)) {
      let customer = yield* verdicts.find(id)
      // Contested data waits for a PUT, whatever the provider says; only a rejection goes before it.
      if (standing(customer, type) === "open" && recorded(customer, type)?.status !== "ACCEPTED") {
        const asked = yield* verdicts.ask(customer, type, row.lang)
        customer = asked.row
        if (asked.changed) changed.add(id)
      }
      const now = standing(customer, type)
      if (now === "REJECTED") {
        return {
          _tag: "Rejected",
          party,
          message: recorded(customer, type)?.message ?? null
        } satisfies Outcome
      }
      if (now === "open") isOpen = true
      judged.push(customer)
    }
    return isOpen ? ({ _tag: "Open" } satisfies Outcome) : ({ _tag: "Accepted", judged } satisfies Outcome)
  })

  /** The receiver's data as it is now, beside the transaction's own fields as they were sealed. */
  const freshDestination = Effect.fnUntraced(function* (row: TransactionRow) {
    const sealed = row.destination === null ? [] : yield* storage.sealed([row.destination])
    const before = sealed[0] === undefined ? emptyDestination : yield* openDestination(sealed[0])
    const receiver = row.receiverId === null ? {} : yield* provider.values(row.receiverId)
    return yield* sealDestination({ receiver, fields: before.fields })
  })

  /** Nobody was judged anew since: what was read of them in between is what was judged. */
  const stillStand = Effect.fnUntraced(function* (judged: ReadonlyArray<CustomerRow>) {
    for (const { id, version } of judged) if ((yield* verdicts.find(id)).version !== version) return false
    return true
  })

  const settle = Effect.fnUntraced(function* (row: TransactionRow, changed: Set<CustomerId>) {
    for (let times = 0; times < judgedMax; times += 1) {
      const outcome: Outcome = yield* outcomeOf(row, changed)
      const destination = outcome._tag === "Accepted" ? yield* freshDestination(row) : null
      // Values put meanwhile are not judged yet, and no payout goes to them; whoever puts them tells again.
      if (outcome._tag !== "Accepted" || (yield* stillStand(outcome.judged))) {
        yield* tellOutcome(row, outcome, destination)
        return
      }
    }
  })

  const tellOutcome = Effect.fnUntraced(function* (
    row: TransactionRow,
    outcome: Outcome,
    destination: SealedRow | null
  ) {
    switch (outcome._tag) {
      case "Open":
        return
      case "Accepted":
        return yield* actors.tell({
          to: row.id,
          event: { type: "customers.accepted" },
          cause: "customer",
          ...(destination === null ? {} : { destination })
        })
      case "Rejected": {
        const note = outcome.message === null ? null : yield* sealNote({ message: outcome.message })
        return yield* actors.tell({
          to: row.id,
          event: { type: "customer.rejected", party: outcome.party, note: note?.id ?? null },
          cause: "customer",
          notes: note === null ? [] : [note]
        })
      }
    }
  })

  const settleEach = Effect.fnUntraced(function* (
    ids: ReadonlyArray<TransactionId>,
    changed: Set<CustomerId>
  ) {
    if (ids.length === 0) return
    const rows = yield* storage.transactions(ids)
    for (const row of rows.filter(waits)) {
      yield* settle(row, changed).pipe(
        Effect.catch((error) =>
          Effect.logWarning(
            "a waiting transaction could not be told of its customers; it asks again when due",
            { transactionId: row.id },
            error.message
          )
        )
      )
    }
  })

  /** Works through customers until no record is new: one verdict may show that another has changed. */
  const through = Effect.fnUntraced(function* (
    first: ReadonlyArray<CustomerId>,
    told: Set<TransactionId>,
    changed: Set<CustomerId>
  ) {
    const done = new Set<CustomerId>()
    const open = [...first]
    for (let id = open.shift(); id !== undefined; id = open.shift()) {
      if (done.has(id)) continue
      done.add(id)
      const waiting = (yield* storage.waitingOnCustomer(id)).map((actor) => actor.id)
      const fresh = waiting.filter((actor) => !told.has(actor))
      for (const actor of fresh) told.add(actor)
      yield* settleEach(fresh, changed)
      open.push(...[...changed].filter((other) => !done.has(other)))
    }
  })

  const keepsGoing = (about: Readonly<Record<string, string>>) =>
    Effect.catch((error: { readonly message: string }) =>
      Effect.logWarning(
        "waiting transactions could not be read; they ask again when due",
        about,
        error.message
      )
    )

  return {
    after: (id) => through([id], new Set(), new Set()).pipe(keepsGoing({ customerId: id })),
    reconsider: (actor) =>
      Effect.gen(function* () {
        const changed = new Set<CustomerId>()
        yield* settleEach([actor.id], changed)
        yield* through([...changed], new Set([actor.id]), changed)
      }).pipe(keepsGoing({ transactionId: actor.id }))
  }
}
