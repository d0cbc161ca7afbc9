/**
 * The questions an operator asks from a command line, answered from the storage as text.
 *
 * They are answered where the storage is: in the command's own process on PostgreSQL, in the running process on an embedded
 * database, which only one process may open. So the answer is text, and the asker only prints it.
 */
import { Effect, Schema } from "effect"
import type { TransactionId } from "../../machines/domain/Ids.ts"
import type { StellarSubmission } from "../ports/StellarSubmission.ts"
import { Storage, type StorageUnavailable } from "../ports/Storage.ts"
import type { Vault } from "../ports/Vault.ts"
import type { TransactionRow } from "../ports/rows.ts"
import { openNote } from "../runtime/Note.ts"
import { verifyAudit } from "./auditAnswers.ts"
import { listCallbacks, replayCallbacks } from "./callbackAnswers.ts"
import { describeInbox, describeList, describeTransaction, transactionJson } from "./describeTransaction.ts"
import { keepParked, listParked, matchParked, refundParked } from "./parkedAnswers.ts"
import { reconcile } from "./reconcileAnswers.ts"
import { listRefunds, retryRefund } from "./refundAnswers.ts"
import { printable } from "./printable.ts"

/** As the outbox has them. */
export const callbackStates = ["pending", "dead", "delivered"] as const

export const Question = Schema.Union([
  Schema.TaggedStruct("ListTransactions", {
    status: Schema.NullOr(Schema.String),
    before: Schema.NullOr(Schema.String),
    limit: Schema.Int,
    json: Schema.Boolean
  }),
  Schema.TaggedStruct("ShowTransaction", { id: Schema.String, json: Schema.Boolean }),
  Schema.TaggedStruct("ListInbox", { json: Schema.Boolean }),
  Schema.TaggedStruct("ReplayInbox", {}),
  Schema.TaggedStruct("ListCallbacks", {
    state: Schema.Literals(callbackStates),
    limit: Schema.Int,
    json: Schema.Boolean
  }),
  Schema.TaggedStruct("ListRefunds", { limit: Schema.Int, json: Schema.Boolean }),
  Schema.TaggedStruct("RetryRefund", { id: Schema.String }),
  Schema.TaggedStruct("ReplayCallbacks", { id: Schema.NullOr(Schema.String) }),
  Schema.TaggedStruct("VerifyAudit", {}),
  Schema.TaggedStruct("ListParked", { limit: Schema.Int, decided: Schema.Boolean, json: Schema.Boolean }),
  Schema.TaggedStruct("MatchParked", {
    payment: Schema.String,
    transaction: Schema.String,
    by: Schema.String,
    why: Schema.String
  }),
  Schema.TaggedStruct("RefundParked", { payment: Schema.String, by: Schema.String, why: Schema.String }),
  Schema.TaggedStruct("KeepParked", { payment: Schema.String, by: Schema.String, why: Schema.String }),
  Schema.TaggedStruct("Reconcile", { json: Schema.Boolean })
])
export type Question = typeof Question.Type

/** What the command prints, and whether it found what was asked for; `mismatch` says what of it does not agree. */
export const Reply = Schema.Struct({
  text: Schema.String,
  found: Schema.Boolean,
  mismatch: Schema.optionalKey(Schema.String)
})
export type Reply = typeof Reply.Type

const found = (text: string): Reply => ({ text: printable(text), found: true })
/** Rows hold what strangers wrote: nothing of it may steer a terminal. */
const printed = (reply: Reply): Reply => ({
  ...reply,
  text: printable(reply.text),
  ...(reply.mismatch === undefined ? {} : { mismatch: printable(reply.mismatch) })
})
const pretty = (value: unknown): string => JSON.stringify(value, null, 2)
const parkedMax = 200

const isId = Schema.is(
  Schema.String.check(Schema.isPattern(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/))
)

const noteOf = Effect.fnUntraced(function* (row: TransactionRow) {
  const storage = yield* Storage
  if (row.context.note === undefined) return null
  const [sealed] = yield* storage.sealed([row.context.note])
  if (sealed === undefined) return null
  return yield* openNote(sealed).pipe(
    Effect.catchTag("Unsealable", ({ message }) =>
      Effect.succeed({ message: `(cannot be opened: ${message})` })
    )
  )
})

const show = Effect.fnUntraced(function* (id: string, json: boolean) {
  const storage = yield* Storage
  const [row] = isId(id) ? yield* storage.transactions([id as TransactionId]) : []
  if (row === undefined) return { text: `there is no transaction ${id}`, found: false }
  const history = yield* storage.history(row.id)
  const note = yield* noteOf(row)
  return found(json ? pretty(transactionJson(row, history, note)) : describeTransaction(row, history, note))
})

const list = Effect.fnUntraced(function* (
  question: Extract<Question, { readonly _tag: "ListTransactions" }>
) {
  const storage = yield* Storage
  const rows = yield* storage.list({
    limit: question.limit,
    ...(question.status === null ? {} : { status: question.status }),
    ...(question.before === null ? {} : { before: question.before as TransactionId })
  })
  return found(question.json ? pretty(rows) : describeList(rows))
})

const inbox = Effect.fnUntraced(function* (json: boolean) {
  const storage = yield* Storage
  const parked = yield* storage.parked({ limit: parkedMax })
  const quarantined = (yield* storage.quarantined).map(({ account, position, reason }) => ({
    account,
    position,
    reason
  }))
  return found(json ? pretty({ parked, quarantined }) : describeInbox({ parked, quarantined }))
})

/** Answers a question from the storage; `ReplayInbox` is the watcher's and answered by `replay`. */
export const answer = <E, R>(
  question: Question,
  replay: Effect.Effect<string, E, R>
): Effect.Effect<Reply, E | StorageUnavailable, R | StellarSubmission | Storage | Vault> => {
  switch (question._tag) {
    case "ListTransactions":
      return list(question)
    case "ShowTransaction":
      return show(question.id, question.json)
    case "ListInbox":
      return inbox(question.json)
    case "ReplayInbox":
      return Effect.map(replay, found)
    case "ListCallbacks":
      return Effect.map(listCallbacks(question.state, question.limit, question.json), found)
    case "ListRefunds":
      return Effect.map(listRefunds(question.limit, question.json), found)
    case "RetryRefund":
      return Effect.map(retryRefund(question.id), (reply) => ({ ...reply, text: printable(reply.text) }))
    case "ReplayCallbacks":
      return replayCallbacks(question.id)
    case "VerifyAudit":
      return Effect.map(verifyAudit, printed)
    case "ListParked":
      return Effect.map(listParked(question.limit, question.decided, question.json), found)
    case "MatchParked": {
      const id: string = question.transaction
      return isId(question.transaction)
        ? Effect.map(matchParked(question.payment, question.transaction, question), printed)
        : Effect.succeed(printed({ text: `there is no transaction ${id}`, found: false }))
    }
    case "RefundParked":
      return Effect.map(refundParked(question.payment, question), printed)
    case "KeepParked":
      return Effect.map(keepParked(question.payment, question), printed)
    case "Reconcile":
      return Effect.map(reconcile(question.json), printed)
  }
}
