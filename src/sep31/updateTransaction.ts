/**
 * PATCH /transactions/:id: the fields a rail sent back, corrected; then the payout is tried again (SEP-31 §PATCH Transaction).
 *
 * The machine decides whether an update is awaited, so of two PATCHes at once the second finds the state changed and is
 * refused (S31-PATCH-09). Gotcha: the next attempt reads a new sealed snapshot, never the request.
 */
import { Effect } from "effect"
import { type CustomerId, payoutId } from "../../machines/domain/Ids.ts"
import type { Refusal } from "../../machines/transaction/refusals.ts"
import { BadRequest } from "../http/errors.ts"
import { orRefuse, refuse } from "../http/Language.ts"
import { say, type Sentence } from "../http/Sentence.ts"
import { KedgeConfig } from "../KedgeConfig.ts"
import { BusinessHooks } from "../ports/BusinessHooks.ts"
import type { TransactionRow } from "../ports/rows.ts"
import { Actors } from "../runtime/Actors.ts"
import {
  type Destination,
  emptyDestination,
  openDestination,
  sealDestination
} from "../runtime/Destination.ts"
import type { Note } from "../runtime/Note.ts"
import { Customers } from "../sep12/Customers.ts"
import { aboutOf } from "../sep12/sides.ts"
import { callHook } from "./callHook.ts"
import { rejectedSides } from "./checkCustomers.ts"
import { noSuchTransaction } from "./errors.ts"
import { UpdateAnswer } from "./hookAnswers.ts"
import type { FieldValues } from "./parseRequest.ts"
import { wantedFields } from "./presentTransaction.ts"
import type { Reads } from "./reads.ts"
import { checkUpdate } from "./requiredFields.ts"

export const makeUpdate = Effect.fnUntraced(function* (reads: Reads) {
  const settings = yield* KedgeConfig
  const hooks = yield* BusinessHooks
  const customers = yield* Customers
  const actors = yield* Actors
  const services = yield* Effect.context<Effect.Services<ReturnType<typeof sealDestination>>>()

  /** What the last attempt was to use; a snapshot that cannot be opened is a defect, for nothing may be paid without it. */
  const lastDestination = Effect.fnUntraced(function* (row: TransactionRow) {
    const sealed = row.destination === null ? null : yield* reads.sealed(row.destination)
    return sealed === null
      ? emptyDestination
      : yield* Effect.provideContext(openDestination(sealed), services).pipe(Effect.orDie)
  })

  /** What is thought of a customer now, in the tier of this transaction (S31-KYC-05); null where it was erased. */
  const verdictOf = (row: TransactionRow, id: CustomerId, type: string) =>
    customers
      .forTransaction({ sendingAnchor: row.sendingAnchor, id, type, about: aboutOf(row) })
      .pipe(Effect.catchTag("CustomerNotFound", () => Effect.succeed(null)))

  /** The version under which a customer is ACCEPTED; null while it is not, or when it was erased. */
  const acceptedVersion = (row: TransactionRow, id: CustomerId, type: string) =>
    Effect.map(verdictOf(row, id, type), (found) =>
      found?.verdict.status === "ACCEPTED" ? found.row.version : null
    )

  /** A side that was rejected since the payout was first made: no new one is begun for it (S31-KYC-07). */
  const rejectedSide = Effect.fnUntraced(function* (row: TransactionRow) {
    for (const [name, id, type] of [
      ["sender", row.senderId, row.senderType],
      ["receiver", row.receiverId, row.receiverType]
    ] as const) {
      const found = id === null || type === null ? null : yield* verdictOf(row, id, type)
      if (found?.verdict.status === "REJECTED") return name
    }
    return null
  })

  /** The update is refused, and the payment goes back: nothing else is left to wait for. */
  const giveBack = Effect.fnUntraced(function* (row: TransactionRow, side: "sender" | "receiver") {
    const newest = payoutId(row.id, row.context.attempt ?? 0)
    yield* actors.tell({
      to: row.id,
      event: { type: "payout.rejected", payoutId: newest, note: null },
      cause: "customer",
      known: row
    })
    return yield* refuse(BadRequest, rejectedSides[side])
  })

  /**
   * The customer's values as they are now, where they are the judged ones; those of the last attempt where the customer is not
   * ACCEPTED, was judged anew while they were read, or was erased.
   */
  const receiverValues = Effect.fnUntraced(function* (row: TransactionRow, last: Destination) {
    const { receiverId: id, receiverType: type } = row
    if (id === null) return last.receiver
    const version = type === null ? null : yield* acceptedVersion(row, id, type)
    if (type !== null && version === null) return last.receiver
    const values = yield* customers.values(id)
    if (type !== null && (yield* acceptedVersion(row, id, type)) !== version) return last.receiver
    return Object.keys(values).length === 0 ? last.receiver : values
  })

  return Effect.fnUntraced(function* (row: TransactionRow, values: FieldValues, note: Note | null) {
    if (row.status !== "pending_transaction_info_update") return yield* notAwaited(row.status)
    const fields = yield* orRefuse(BadRequest, checkUpdate(wantedFields(row, note), values))
    const rejected = yield* rejectedSide(row)
    if (rejected !== null) return yield* giveBack(row, rejected)
    const verdict = yield* callHook({
      hook: "acceptUpdate",
      ask: () =>
        hooks.acceptUpdate({
          transactionId: row.id,
          sendingAnchor: row.sendingAnchor,
          fields,
          reference: row.reference,
          metadata: row.metadata,
          lang: row.lang
        }),
      answer: UpdateAnswer,
      timeoutSeconds: settings.timing.hookTimeout
    })
    if (verdict._tag === "Refused") return yield* new BadRequest({ error: verdict.error })
    const last = yield* lastDestination(row)
    const receiver = yield* receiverValues(row, last)
    const destination = yield* Effect.provideContext(
      sealDestination({ receiver, fields: { ...last.fields, ...fields } }),
      services
    )
    const told = yield* actors.tell({
      to: row.id,
      event: { type: "transaction.updated", fields: Object.keys(fields) },
      cause: "sending-anchor",
      destination,
      known: row
    })
    if (told._tag === "Refused") return yield* refuse(BadRequest, refusalText(told.reason))
    if (told._tag === "NoSuchTransaction") return yield* noSuchTransaction()
  })
})

const notAwaited = (status: string) =>
  refuse(BadRequest, say`the transaction waits for no update: its status is ${status}`)

/** A refusal here means that another PATCH, or the institution, came first. */
const refusalText = (reason: Refusal): Sentence =>
  reason === "fields-missing"
    ? say`other fields are asked for by now: read the transaction again`
    : say`the transaction waits for no update any more: read it again`
