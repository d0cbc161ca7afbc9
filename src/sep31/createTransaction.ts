/**
 * POST /transactions: from a request of the right shape to a transaction that can be paid, or that waits for its customers
 * (SEP-31 §POST Transactions).
 *
 * Everything is asked before the commit, and the commit checks again what may have changed since: the memo is free for all
 * time, the quote unused, the customers have the version that was judged. Gotcha: nothing is stored on any refusal (S31-POST-23).
 */
import { Effect } from "effect"
import { type Amount, amount as canonical } from "../../machines/domain/Amount.ts"
import type { FeeTerms } from "../../machines/domain/Fee.ts"
import type { TransactionId } from "../../machines/domain/Ids.ts"
import { BadRequest } from "../http/errors.ts"
import { orRefuse, refuse } from "../http/Language.ts"
import { say } from "../http/Sentence.ts"
import { KedgeConfig, type Profile } from "../KedgeConfig.ts"
import { BusinessHooks } from "../ports/BusinessHooks.ts"
import { Entropy } from "../ports/Entropy.ts"
import type { Birth, RepeatKey, Unborn } from "../ports/rows.ts"
import { Storage } from "../ports/Storage.ts"
import { Actors } from "../runtime/Actors.ts"
import { sealDestination } from "../runtime/Destination.ts"
import { Customers } from "../sep12/Customers.ts"
import { Quotes } from "../sep38/Quotes.ts"
import { type Accepted, actorOf, type Admitted, birthOf, type Creator, isReady } from "./birthOf.ts"
import { callHook } from "./callHook.ts"
import { checkCustomers } from "./checkCustomers.ts"
import { type CheckedRequest, checkRequest, leavesSomething } from "./checkRequest.ts"
import { CustomersChanging, customerInfoNeeded, transactionInfoNeeded } from "./errors.ts"
import { type ValidationAnswer, ValidationAnswer as ValidationSchema } from "./hookAnswers.ts"
import { Info, type ReceivedAsset } from "./Info.ts"
import type { TransactionRequest } from "./parseRequest.ts"
import { profileOf } from "./profileOf.ts"
import type { Reads } from "./reads.ts"
import { fingerprintOf } from "./repeatKey.ts"
import { declaredValues, missingFields } from "./requiredFields.ts"
import type { CreatedWire } from "./wire.ts"

/** A memo is one of 2^64; this many taken in a row means that they are not drawn at random. */
const memoDrawsMax = 5
/** What a request relies on changes between the checks and the commit, again and again: not for this request to sit out. */
const checksMax = 3

export const makeCreate = Effect.fnUntraced(function* (reads: Reads) {
  const settings = yield* KedgeConfig
  const hooks = yield* BusinessHooks
  const info = yield* Info
  const storage = yield* Storage
  const entropy = yield* Entropy
  const customers = yield* Customers
  const quotes = yield* Quotes
  const actors = yield* Actors
  const scope = yield* Effect.scope
  const services = yield* Effect.context<Effect.Services<ReturnType<typeof sealDestination>>>()
  const source = { customer: storage.customer, forTransaction: customers.forTransaction }
  const profiles = profileOf(settings)

  /** Customers, then fields, then the institution: S31-ERR-05 from its sixth step on. */
  const admit = Effect.fnUntraced(function* (
    id: TransactionId,
    creator: Creator,
    wanted: TransactionRequest,
    request: CheckedRequest,
    asset: ReceivedAsset
  ) {
    const about = {
      transactionId: id,
      amount: request.amount,
      asset: asset.id,
      fundingMethod: request.fundingMethod,
      destinationAsset: request.conversion?.to ?? null
    }
    const poster = { account: creator.account, profile: profiles(creator.account), about }
    const parties = yield* checkCustomers(source, poster, wanted, asset)
    const missing = missingFields(asset.fields, wanted.fields)
    if (missing !== null) return yield* transactionInfoNeeded(missing)
    const fields = yield* orRefuse(BadRequest, declaredValues(asset.fields, wanted.fields))
    const { senderId, receiverId } = parties
    const { amount, conversion, fundingMethod, quote } = request
    const validation = yield* callHook({
      hook: "validateTransaction",
      ask: () =>
        hooks.validateTransaction({
          transactionId: id,
          sendingAnchor: creator.account,
          asset: asset.id,
          amount,
          fundingMethod,
          senderId,
          receiverId,
          fields,
          conversion: conversion === null ? null : { to: conversion.to, quoteId: quote?.id ?? null },
          lang: wanted.lang
        }),
      answer: ValidationSchema,
      timeoutSeconds: settings.timing.hookTimeout
    })
    const accepted = yield* unlessRefused(validation)
    const fee = feeTerms(accepted, request)
    if (conversion === null) yield* orRefuse(BadRequest, leavesSomething(fee, amount))
    return { asset, request, parties, fields, accepted, fee } satisfies Admitted
  })

  /**
   * The sealed snapshot of who gets the money; none where there is nothing to say about them. Data that nobody has accepted yet is
   * not in it: it is read when they are.
   */
  const destinationOf = Effect.fnUntraced(function* ({ fields, parties }: Admitted) {
    const { areAccepted, receiverId } = parties
    const receiver = receiverId === null || !areAccepted ? {} : yield* customers.values(receiverId)
    const isEmpty = Object.keys(receiver).length === 0 && Object.keys(fields).length === 0
    return isEmpty ? null : yield* Effect.provideContext(sealDestination({ receiver, fields }), services)
  })

  /** When the payment must have come: with a quote its end, and the clock need not be read (S31-ST-10). */
  const endOf = ({ asset, quote }: CheckedRequest) => {
    const seconds = asset.lifetime ?? settings.timing.transactionLifetime
    return quote === null
      ? Effect.map(reads.nowMillis, (now) => now + seconds * 1000)
      : Effect.succeed(quote.expiresAtMillis)
  }

  /** Draws another memo while the drawn one is taken. */
  const bear = Effect.fnUntraced(function* (birth: Birth) {
    let drawn = birth
    for (let draws = 1; draws <= memoDrawsMax; draws++) {
      const answer = yield* actors.bear(drawn)
      if (answer._tag === "Born") return { birth: drawn, why: null }
      if (answer.why !== "memo") return { birth: null, why: answer.why satisfies Unborn }
      drawn = { ...birth, memo: { type: "id", value: yield* entropy.uint64 } }
    }
    return yield* Effect.die(
      new Error(`${memoDrawsMax} memos in a row are taken: they are not drawn at random`)
    )
  })

  /** What the first request under this key was answered; null where it is the first, refused where that was another one. */
  const answerBefore = Effect.fnUntraced(function* (creator: Creator, repeat: RepeatKey) {
    const before = yield* storage.repeated(creator.account, repeat.key)
    if (before === null) return null
    if (before.fingerprint !== repeat.fingerprint) {
      return yield* refuse(
        BadRequest,
        say`Idempotency-Key was used for another request before: give this one a key of its own`
      )
    }
    const { audits } = yield* storage.history(before.transaction.id)
    const isBornReady = audits.some(
      ({ after, version }) => version === 1 && after === "pending_sender.awaitingPayment"
    )
    return created(before.transaction, isBornReady, profiles(creator.account))
  })

  /** A transaction that waits asks for its customers at once, and the answer to the request does not wait for that. */
  const askForCustomers = (birth: Birth) =>
    isReady(birth) ? Effect.void : Effect.forkIn(customers.askAgain(actorOf(birth)), scope)

  return Effect.fnUntraced(function* (
    creator: Creator,
    wanted: TransactionRequest,
    repeatKey: string | null
  ) {
    const repeat: RepeatKey | null =
      repeatKey === null ? null : { key: repeatKey, fingerprint: fingerprintOf(settings.dataKey, wanted) }
    const before = repeat === null ? null : yield* answerBefore(creator, repeat)
    if (before !== null) return before
    const request = yield* checkRequest(settings.assets, quotes, creator.account, wanted)
    const asset = yield* info.of(request.asset, wanted.lang)
    const id = (yield* entropy.uuid) as TransactionId
    for (let checks = 1; checks <= checksMax; checks++) {
      const admitted = yield* admit(id, creator, wanted, request, asset)
      const { birth, why } = yield* bear(
        birthOf({
          id,
          creator,
          admitted,
          repeat,
          lang: wanted.lang,
          memo: { type: "id", value: yield* entropy.uint64 },
          destination: yield* destinationOf(admitted),
          expiresAtMillis: yield* endOf(request)
        })
      )
      if (birth !== null) {
        yield* askForCustomers(birth)
        return created(birth, isReady(birth), profiles(creator.account))
      }
      if (why === "repeat" && repeat !== null) {
        // The same request is being answered elsewhere, and was first.
        const first = yield* answerBefore(creator, repeat)
        if (first !== null) return first
      }
      // Redeemed meanwhile by another: refused in the same words as at first (S31-POST-21).
      if (why === "quote" && request.quote !== null) yield* quotes.usable(creator.account, request.quote.id)
    }
    return yield* new CustomersChanging({
      message: `what this request relies on changed ${checksMax} times meanwhile`
    })
  })
})

const unlessRefused = (validation: ValidationAnswer) => {
  switch (validation._tag) {
    case "Accepted":
      return Effect.succeed(validation)
    case "CustomerInfoNeeded":
      return Effect.fail(customerInfoNeeded(validation.type ?? null))
    case "TransactionInfoNeeded":
      return Effect.fail(transactionInfoNeeded(validation.fields))
    case "Refused":
      return Effect.fail(new BadRequest({ error: validation.error }))
  }
}

/** The fee frozen with the transaction: the institution's for this one, else the configured (S31-AMT-04). */
const feeTerms = ({ fee }: Accepted, { asset }: CheckedRequest): FeeTerms => {
  const exact = (text: string): Amount => canonical(text)
  return fee === undefined ? asset.fee : { fixed: exact(fee.fixed), percent: exact(fee.percent) }
}

/** Where to pay is told once nothing stands in the way; a v1 client cannot do without (S31-DUAL-05, S31-RESP-03). */
const created = (
  { account, id, memo }: Pick<Birth, "account" | "id" | "memo">,
  isReady: boolean,
  profile: Profile
): CreatedWire => ({
  id,
  ...(isReady || profile === "v1"
    ? { stellar_account_id: account, stellar_memo_type: memo.type, stellar_memo: memo.value }
    : {})
})
