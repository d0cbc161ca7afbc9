/**
 * POST /transactions: from a request of the right shape to a transaction that can be paid (SEP-31 §POST Transactions).
 *
 * Everything is asked before the commit, and the commit checks again what may have changed since: the memo is free for all
 * time, the customers have the version that was judged. Gotcha: nothing is stored on any refusal (S31-POST-23).
 */
import { Effect, type Result } from "effect"
import { type Amount, amount as canonical } from "../../machines/domain/Amount.ts"
import type { FeeTerms } from "../../machines/domain/Fee.ts"
import type { TransactionId } from "../../machines/domain/Ids.ts"
import { initialContext, type Terms } from "../../machines/transaction/context.ts"
import { storedContext } from "../../machines/transaction/snapshot.ts"
import { BadRequest } from "../http/errors.ts"
import { KedgeConfig } from "../KedgeConfig.ts"
import { BusinessHooks } from "../ports/BusinessHooks.ts"
import { Entropy } from "../ports/Entropy.ts"
import type { Birth } from "../ports/rows.ts"
import { Storage } from "../ports/Storage.ts"
import { Actors } from "../runtime/Actors.ts"
import { sealDestination } from "../runtime/Destination.ts"
import { Customers } from "../sep12/Customers.ts"
import { callHook } from "./callHook.ts"
import { checkCustomers, type Parties } from "./checkCustomers.ts"
import { type CheckedRequest, checkRequest, leavesSomething } from "./checkRequest.ts"
import { CustomersChanging, customerInfoNeeded, transactionInfoNeeded } from "./errors.ts"
import { type ValidationAnswer, ValidationAnswer as ValidationSchema } from "./hookAnswers.ts"
import { Info, type ReceivedAsset } from "./Info.ts"
import type { TransactionRequest } from "./parseRequest.ts"
import type { Reads } from "./reads.ts"
import { declaredValues, missingFields } from "./requiredFields.ts"
import type { CreatedWire } from "./wire.ts"

/** Who posts: the Sending Anchor's base account, and the full subject of the token for the audit (S31-AUTH-08). */
export interface Creator {
  readonly account: string
  readonly subject: string
}

/** A memo is one of 2^64; this many taken in a row means that they are not drawn at random. */
const memoDrawsMax = 5
/** A customer judged anew between the checks and the commit, again and again, is not for this request to sit out. */
const checksMax = 3

type Accepted = Extract<ValidationAnswer, { readonly _tag: "Accepted" }>

/** What every check let through. */
interface Admitted {
  readonly asset: ReceivedAsset
  readonly request: CheckedRequest
  readonly parties: Parties
  readonly fields: Readonly<Record<string, string>>
  readonly accepted: Accepted
  readonly fee: FeeTerms
}

const orRefuse = <A>(checked: Result.Result<A, string>): Effect.Effect<A, BadRequest> =>
  Effect.mapError(Effect.fromResult(checked), (error) => new BadRequest({ error }))

export const makeCreate = Effect.fnUntraced(function* (reads: Reads) {
  const settings = yield* KedgeConfig
  const hooks = yield* BusinessHooks
  const info = yield* Info
  const storage = yield* Storage
  const entropy = yield* Entropy
  const customers = yield* Customers
  const actors = yield* Actors
  const services = yield* Effect.context<Effect.Services<ReturnType<typeof sealDestination>>>()
  const source = { customer: storage.customer, forTransaction: customers.forTransaction }

  /** Customers, then fields, then the institution: S31-ERR-05 from its sixth step on. */
  const admit = Effect.fnUntraced(function* (
    id: TransactionId,
    creator: Creator,
    wanted: TransactionRequest,
    request: CheckedRequest,
    asset: ReceivedAsset
  ) {
    const parties = yield* checkCustomers(source, creator.account, wanted, asset)
    const missing = missingFields(asset.fields, wanted.fields)
    if (missing !== null) return yield* transactionInfoNeeded(missing)
    const fields = yield* orRefuse(declaredValues(asset.fields, wanted.fields))
    const { senderId, receiverId } = parties
    const { amount, fundingMethod } = request
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
          lang: wanted.lang
        }),
      answer: ValidationSchema,
      timeoutSeconds: settings.timing.hookTimeout
    })
    const accepted = yield* unlessRefused(validation)
    const fee = feeTerms(accepted, request)
    yield* orRefuse(leavesSomething(fee, amount))
    return { asset, request, parties, fields, accepted, fee } satisfies Admitted
  })

  /** The sealed snapshot of who gets the money; none where there is nothing to say about them. */
  const destinationOf = Effect.fnUntraced(function* ({ fields, parties }: Admitted) {
    const receiver = parties.receiverId === null ? {} : yield* customers.values(parties.receiverId)
    const isEmpty = Object.keys(receiver).length === 0 && Object.keys(fields).length === 0
    return isEmpty ? null : yield* Effect.provideContext(sealDestination({ receiver, fields }), services)
  })

  const birthOf = Effect.fnUntraced(function* (
    id: TransactionId,
    creator: Creator,
    lang: string,
    admitted: Admitted
  ) {
    const { accepted, asset, fee, parties, request } = admitted
    const nowMillis = yield* reads.nowMillis
    const terms: Terms = {
      expected: request.amount,
      minimum: asset.config.minimum,
      maximum: asset.config.maximum,
      fee,
      expiresAtMillis: nowMillis + settings.timing.transactionLifetime * 1000
    }
    return {
      id,
      terms,
      context: storedContext(initialContext({ id, terms })),
      asset: asset.id,
      account: asset.config.account,
      memo: { type: "id", value: yield* entropy.uint64 },
      fundingMethod: request.fundingMethod,
      ...parties,
      destination: yield* destinationOf(admitted),
      sendingAnchor: creator.account,
      creator: creator.subject,
      reference: accepted.reference ?? null,
      metadata: accepted.metadata ?? {},
      lang,
      refundMemo: request.refundMemo
    } satisfies Birth
  })

  /** Draws another memo while the drawn one is taken. */
  const bear = Effect.fnUntraced(function* (birth: Birth) {
    let drawn = birth
    for (let draws = 1; draws <= memoDrawsMax; draws++) {
      const answer = yield* actors.bear(drawn)
      if (answer._tag === "Born") return drawn
      if (answer.why === "customers") return null
      drawn = { ...birth, memo: { type: "id", value: yield* entropy.uint64 } }
    }
    return yield* Effect.die(
      new Error(`${memoDrawsMax} memos in a row are taken: they are not drawn at random`)
    )
  })

  return Effect.fnUntraced(function* (creator: Creator, wanted: TransactionRequest) {
    const request = yield* orRefuse(checkRequest(settings.assets, wanted))
    const asset = yield* info.of(request.asset, wanted.lang)
    const id = (yield* entropy.uuid) as TransactionId
    for (let checks = 1; checks <= checksMax; checks++) {
      const admitted = yield* admit(id, creator, wanted, request, asset)
      const born = yield* bear(yield* birthOf(id, creator, wanted.lang, admitted))
      if (born !== null) return created(born)
    }
    return yield* new CustomersChanging({
      message: `the customers of this request changed ${checksMax} times meanwhile`
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

const created = ({ account, id, memo }: Birth): CreatedWire => ({
  id,
  stellar_account_id: account,
  stellar_memo_type: memo.type,
  stellar_memo: memo.value
})
