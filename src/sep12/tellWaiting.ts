/**
 * Tells the transactions that wait for their customers what became of them: before the payment (S31-KYC-04) and after a rail
 * has contested data (S31-ST-08).
 *
 * Those that wait for money alone are told of a rejection by `tellUnpaid.ts`.
 *
 * Both customers ACCEPTED and nothing contested: the destination is read afresh, sealed, and goes along. One REJECTED: the money,
 * where there is any, is owed back. Gotcha: the verdict is stored before this runs, so whatever fails here, or dies before it, is
 * made good by the due time that was stored with the verdict, or the transaction's own; nothing here fails its caller.
 */
import { Effect } from "effect"
import type { CustomerId, TransactionId } from "../../machines/domain/Ids.ts"
import type { Party } from "../../machines/transaction/context.ts"
import type { Entropy } from "../ports/Entropy.ts"
import type { Verdict } from "../ports/KycProvider.ts"
import type { ActorRow, CustomerRow, SealedRow, TransactionRow } from "../ports/rows.ts"
import type { Storage } from "../ports/Storage.ts"
import type { Vault } from "../ports/Vault.ts"
import type { Actors } from "../runtime/Actors.ts"
import { emptyDestination, openDestination, sealDestination } from "../runtime/Destination.ts"
import { sealNote } from "../runtime/Note.ts"
import type { Provider } from "./askProvider.ts"
import type { CustomersUnavailable } from "./errors.ts"
import { recorded, standing, typeOf } from "./judgedAs.ts"
import { aboutOf, type AwaitedSide, sidesAfter, sidesBefore } from "./sides.ts"
import { makeTellUnpaid } from "./tellUnpaid.ts"
import type { Verdicts } from "./Verdicts.ts"

/** Customers judged anew again and again are told of by whoever judges them. */
const judgedMax = 3

interface Parts {
  readonly storage: Storage["Service"]
  readonly provider: Provider
  readonly verdicts: Verdicts
  readonly actors: Actors["Service"]
  /** What a customer is judged as where the transaction names no type. */
  readonly defaultType: string
}

/** What the customers of a transaction come to. */
type Outcome =
  | { readonly _tag: "Accepted"; readonly judged: ReadonlyArray<CustomerRow> }
  | { readonly _tag: "Rejected"; readonly party: Party; readonly message: string | null }
  | { readonly _tag: "NeedInfo" }
  | { readonly _tag: "Processing" }

export interface TellWaiting {
  /** After a verdict of this customer was recorded, or the customer erased. False: somebody could not be told. */
  readonly after: (id: CustomerId) => Effect.Effect<boolean, never, Vault | Entropy>
  /** Judges one waiting transaction anew, by asking the provider about each side that is not settled. */
  readonly reconsider: (id: TransactionId) => Effect.Effect<void, never, Vault | Entropy>
}

/** The states that wait for customers, and what each takes beside an acceptance and a rejection. */
const waiting: ReadonlyMap<string, "customers.needInfo" | "customers.processing" | null> = new Map([
  ["pending_receiver.checking", "customers.needInfo"],
  ["pending_customer_info_update.awaitingData", "customers.processing"],
  ["pending_customer_info_update.awaitingCustomer", null]
])
const isFunded = (row: ActorRow): boolean => row.state === "pending_customer_info_update.awaitingCustomer"

type SideStatus =
  | { readonly status: "ACCEPTED"; readonly row: CustomerRow }
  | { readonly status: "REJECTED"; readonly message: string | null }
  | { readonly status: "NEEDS_INFO" | "PROCESSING" }

export const makeTellWaiting = ({ storage, provider, verdicts, actors, defaultType }: Parts): TellWaiting => {
  const tellUnpaid = makeTellUnpaid({ storage, provider, actors })

  const statusOf = Effect.fnUntraced(function* (
    transaction: TransactionRow,
    { id, type }: AwaitedSide,
    changed: Set<CustomerId>
  ): Effect.fn.Return<SideStatus, CustomersUnavailable> {
    if (id === null) return { status: "NEEDS_INFO" }
    const found = yield* verdicts
      .find(id)
      .pipe(Effect.catchTag("CustomerNotFound", () => Effect.succeed(null)))
    // Erased: nobody can give what is missing any more. Money that waits for it goes back; without money, time ends it.
    if (found === null)
      return isFunded(transaction) ? { status: "REJECTED", message: null } : { status: "NEEDS_INFO" }
    const as = yield* provider.judgedFor(type, aboutOf(transaction))
    let row = found
    let status: Verdict["status"] = recorded(row, as)?.status === "ACCEPTED" ? "ACCEPTED" : "PROCESSING"
    // Contested data waits for a PUT, whatever the provider says; only a rejection goes before it.
    if (standing(row, as) === "open" && status !== "ACCEPTED") {
      const asked = yield* verdicts
        .ask(row, as, transaction.lang)
        .pipe(Effect.catchTag("CustomerNotFound", () => Effect.succeed(null)))
      if (asked === null) return { status: "NEEDS_INFO" }
      row = asked.row
      status = asked.verdict.status
      if (asked.changed) changed.add(id)
    }
    const now = standing(row, as)
    if (now === "REJECTED") {
      const said = recorded(row, as)?.status === "REJECTED" ? as : typeOf(as)
      return { status: "REJECTED", message: recorded(row, said)?.message ?? null }
    }
    if (now === "ACCEPTED") return { status: "ACCEPTED", row }
    if (row.contested.length > 0) return { status: "NEEDS_INFO" }
    return { status: status === "NEEDS_INFO" ? "NEEDS_INFO" : "PROCESSING" }
  })

  /** `changed` collects customers whose record became new, for others may wait on them too. */
  const outcomeOf = Effect.fnUntraced(function* (
    row: TransactionRow,
    changed: Set<CustomerId>
  ): Effect.fn.Return<Outcome, CustomersUnavailable> {
    const judged: Array<CustomerRow> = []
    const open = new Set<"NEEDS_INFO" | "PROCESSING">()
    for (const side of isFunded(row) ? sidesAfter(row, defaultType) : sidesBefore(row)) {
      const now = yield* statusOf(row, side, changed)
      if (now.status === "REJECTED") return { _tag: "Rejected", party: side.party, message: now.message }
      if (now.status === "ACCEPTED") judged.push(now.row)
      else open.add(now.status)
    }
    if (open.has("NEEDS_INFO")) return { _tag: "NeedInfo" }
    return open.size === 0 ? { _tag: "Accepted", judged } : { _tag: "Processing" }
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
    for (const { id, version } of judged) {
      const row = yield* storage.customer(id)
      if (row === null || row.version !== version) return false
    }
    return true
  })

  const settle = Effect.fnUntraced(function* (row: TransactionRow, changed: Set<CustomerId>) {
    for (let times = 0; times < judgedMax; times += 1) {
      const outcome = yield* outcomeOf(row, changed)
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
      case "NeedInfo":
      case "Processing": {
        const type = outcome._tag === "NeedInfo" ? "customers.needInfo" : "customers.processing"
        if (waiting.get(row.state) !== type) return
        return yield* actors.tell({ to: row.id, event: { type }, cause: "customer" })
      }
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
    if (ids.length === 0) return true
    const rows = yield* storage.transactions(ids)
    let areTold = true
    for (const row of rows.filter(({ state }) => waiting.has(state))) {
      const isTold = yield* settle(row, changed).pipe(
        Effect.as(true),
        Effect.catch((error) =>
          Effect.logWarning(
            "a waiting transaction could not be told of its customers; it asks again when due",
            { transactionId: row.id },
            error.message
          ).pipe(Effect.as(false))
        )
      )
      areTold &&= isTold
    }
    return areTold
  })

  /** Works through customers until no record is new: one verdict may show that another has changed. True: all were told. */
  const through = Effect.fnUntraced(function* (
    first: ReadonlyArray<CustomerId>,
    told: Set<TransactionId>,
    changed: Set<CustomerId>
  ) {
    const done = new Set<CustomerId>()
    const open = [...first]
    let areTold = true
    for (let id = open.shift(); id !== undefined; id = open.shift()) {
      if (done.has(id)) continue
      done.add(id)
      const waiting = (yield* storage.waitingOnCustomer(id)).map((actor) => actor.id)
      const fresh = waiting.filter((actor) => !told.has(actor))
      for (const actor of fresh) told.add(actor)
      areTold = (yield* settleEach(fresh, changed)) && areTold
      areTold = (yield* tellUnpaid(id)) && areTold
      open.push(...[...changed].filter((other) => !done.has(other)))
    }
    return areTold
  })

  const keepsGoing = (about: Readonly<Record<string, string>>) =>
    Effect.catch((error: { readonly message: string }) =>
      Effect.logWarning(
        "waiting transactions could not be read; they ask again when due",
        about,
        error.message
      ).pipe(Effect.as(false))
    )

  return {
    after: (id) => through([id], new Set(), new Set()).pipe(keepsGoing({ customerId: id })),
    reconsider: (id) =>
      Effect.gen(function* () {
        const changed = new Set<CustomerId>()
        yield* settleEach([id], changed)
        return yield* through([...changed], new Set([id]), changed)
      }).pipe(keepsGoing({ transactionId: id }), Effect.asVoid)
  }
}
