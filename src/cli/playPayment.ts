/**
 * Plays a Sending Anchor: one payment from the stellar.toml to its end, with a line for each step as it happens.
 *
 * All of it goes over HTTP and the ledger, as it would from another company. Gotcha: it ends where a Sending Anchor would act
 * or a person must, too: a transaction that asks for corrections or makes no progress is left as it is and told.
 */
import { Clock, Effect, Redacted, Schedule } from "effect"
import { amount as exactAmount, parseAmount } from "../../machines/domain/Amount.ts"
import { isFinal } from "../../machines/domain/Sep31Status.ts"
import { AnswerRefused } from "../client/ask.ts"
import { payOnLedger } from "../client/payOnLedger.ts"
import {
  readHome,
  type SeenTransaction,
  type SignedIn,
  signChallenge,
  signedIn,
  signIn,
  type WhereToPay,
  whereToPay
} from "../client/SendingAnchor.ts"
import { accountOfSeed } from "../stellar/seeds.ts"

export interface Play {
  /** Where stellar.toml is found. */
  readonly home: URL
  readonly horizon: URL
  readonly seed: Redacted.Redacted<string>
  readonly amount: string
  readonly asset: { readonly code: string; readonly issuer: string }
  /** The Receiving Client's bank_account_number and last_name. */
  readonly account: string
  readonly name: string
  readonly withoutMemo: boolean
  readonly followSeconds: number
}

/** What is told while it plays. */
export type Step =
  | { readonly _tag: "Done"; readonly text: string }
  | { readonly _tag: "Created"; readonly id: string; readonly receiver: Receiver; readonly text: string }
  | { readonly _tag: "Paid"; readonly ledger: number; readonly text: string }
  | { readonly _tag: "Status"; readonly text: string }

/** Who is to be corrected when the rail asks for it. */
export interface Receiver {
  readonly memo: string
  readonly type: string
}

export type Say<R = never> = (step: Step) => Effect.Effect<void, never, R>

const kycPause = "500 millis"
/** Milliseconds between looks at a transaction that does not say yet where to pay. */
const readyPause = 500
const statusPause = "25 millis"
/** After so long without a change, nothing is going to happen by itself soon. */
const stillMillis = 15_000

const seconds = (value: number) => value * 1000
const memoText = ({ memo }: WhereToPay) => `memo ${memo.type} ${memo.value}`
const short = (account: string) => `${account.slice(0, 6)}…${account.slice(-4)}`

/** Asks until the customer is judged for good, telling each change; answers whether it is accepted. */
const untilJudged = Effect.fnUntraced(function* <R>(
  anchor: SignedIn,
  id: string,
  type: string,
  deadline: number,
  say: (text: string) => Effect.Effect<void, never, R>
) {
  let before = ""
  for (;;) {
    const { fields, message, status } = yield* anchor.customer(id, type)
    if (status === "ACCEPTED") return true
    const wanted = Object.keys(fields ?? {}).join(", ")
    const text = [
      `customer ${id} is ${status}`,
      ...(message === undefined ? [] : [message]),
      ...(wanted === "" ? [] : [`wanted: ${wanted}`])
    ].join(", ")
    if (text !== before) yield* say(text)
    before = text
    if (status !== "PROCESSING" || (yield* Clock.currentTimeMillis) > deadline) return false
    yield* Effect.sleep(kycPause)
  }
})

const describe = (seen: SeenTransaction): string => {
  const wanted = Object.entries(seen.required_info_updates?.transaction ?? {})
  return [
    seen.status,
    ...(seen.status === "completed"
      ? [`${seen.amount_out ?? "?"} delivered, fee ${seen.amount_fee ?? "0"}`]
      : []),
    ...(seen.refunds === undefined ? [] : [`${seen.refunds.amount_refunded} returned`]),
    ...(seen.external_transaction_id === undefined ? [] : [`rail's id ${seen.external_transaction_id}`]),
    ...(seen.status_message === undefined ? [] : [seen.status_message]),
    ...wanted.map(([field, { description }]) => `wanted: ${field} (${description})`)
  ].join(", ")
}

const asksUs = (status: SeenTransaction["status"]): boolean =>
  status === "pending_transaction_info_update" || status === "pending_customer_info_update"

/** Follows a transaction, telling each change, until it ends, asks us for something, or stands still. */
export const follow = Effect.fnUntraced(function* <R>(
  anchor: SignedIn,
  id: string,
  followSeconds: number,
  say: Say<R>
) {
  const begun = yield* Clock.currentTimeMillis
  let changed = begun
  let before = ""
  for (;;) {
    const seen = yield* anchor.transaction(id)
    const now = yield* Clock.currentTimeMillis
    const text = describe(seen)
    if (text !== before) {
      changed = now
      yield* say({ _tag: "Status", text })
    }
    before = text
    const isOver = now - begun > seconds(followSeconds) || now - changed > stillMillis
    if (isFinal(seen.status) || asksUs(seen.status) || isOver) return seen
    yield* Effect.sleep(statusPause)
  }
})

/** Plays one payment. Answers the transaction as it stands at the end; null where a customer was not accepted. */
export const playPayment = Effect.fnUntraced(function* <R>(play: Play, say: Say<R>) {
  const done = (text: string) => say({ _tag: "Done", text })
  if (parseAmount(play.amount)._tag === "Failure") {
    return yield* new AnswerRefused({ message: `${play.amount} is not a decimal amount`, status: null })
  }
  const toml = yield* readHome(play.home)
  yield* done(`stellar.toml read: ${toml.DIRECT_PAYMENT_SERVER}`)
  const signed = yield* signChallenge(play, toml)
  yield* done(`challenge signed by ${short(accountOfSeed(Redacted.value(play.seed)))}`)
  const anchor = signedIn(toml, yield* signIn(toml, signed))
  yield* done("token received")

  const info = yield* anchor.info
  const asset = info.receive[play.asset.code]
  if (asset === undefined) {
    const received = Object.keys(info.receive).join(", ")
    return yield* new AnswerRefused({
      message: `${play.asset.code} is not received there; ${received} are`,
      status: null
    })
  }
  const memo = String(yield* Clock.currentTimeMillis)
  const senderType = asset.sender_sep12_type ?? "sep31-sender"
  const receiverType = asset.receiver_sep12_type ?? "sep31-receiver"
  const senderId = yield* anchor.putCustomer({
    type: senderType,
    memo: "1",
    values: { first_name: "Ada", last_name: "Sender" }
  })
  const receiverId = yield* anchor.putCustomer({
    type: receiverType,
    memo,
    values: { first_name: "Grace", last_name: play.name, bank_account_number: play.account }
  })
  const deadline = (yield* Clock.currentTimeMillis) + seconds(play.followSeconds)
  if (!(yield* untilJudged(anchor, senderId, senderType, deadline, done))) return null
  if (!(yield* untilJudged(anchor, receiverId, receiverType, deadline, done))) return null
  yield* done("customers accepted")

  const [fundingMethod] = asset.funding_methods ?? []
  const created = yield* anchor.announce({
    amount: play.amount,
    assetCode: play.asset.code,
    senderId,
    receiverId,
    ...(fundingMethod === undefined ? {} : { fundingMethod })
  })
  const told = whereToPay(created)
  yield* say({
    _tag: "Created",
    id: created.id,
    receiver: { memo, type: receiverType },
    text: `transaction ${created.id} created${told === null ? "" : `, ${memoText(told)}`}`
  })
  const asks = Math.ceil(seconds(play.followSeconds) / readyPause)
  const where = yield* anchor.awaitReady(
    created,
    Schedule.max([Schedule.spaced(readyPause), Schedule.recurs(asks)])
  )
  if (told === null) yield* done(`it may be paid now, ${memoText(where)}`)
  const included = yield* payOnLedger({
    horizon: play.horizon,
    passphrase: toml.NETWORK_PASSPHRASE,
    seed: play.seed,
    destination: where.account,
    asset: play.asset,
    amount: exactAmount(play.amount),
    memo: play.withoutMemo ? null : where.memo
  })
  yield* say({
    _tag: "Paid",
    ledger: included.ledger,
    text: `payment in ledger ${included.ledger}`
  })
  return yield* follow(anchor, created.id, play.followSeconds, say)
})
