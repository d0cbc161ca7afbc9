/**
 * Whether the customers a transaction names may take part in it, and under which SEP-12 type (S31-POST-10, S31-ERR-02).
 *
 * Clients of SEP-31 1.x and 2.x register first and are told at once what is missing; those of 3.x may post first, and the
 * transaction waits (S31-DUAL-04, S31-DUAL-05). An unknown customer, another's and an erased one are the same to the caller.
 * Gotcha: the versions answered here are checked again by the commit, so a verdict that changes in between makes the checks
 * run once more.
 */
import { Effect } from "effect"
import type { CustomerId } from "../../machines/domain/Ids.ts"
import { BadRequest } from "../http/errors.ts"
import { refuse } from "../http/Language.ts"
import { say } from "../http/Sentence.ts"
import type { Profile } from "../KedgeConfig.ts"
import type { AboutTransaction } from "../ports/KycProvider.ts"
import type { CustomerRow, RequiredCustomer } from "../ports/rows.ts"
import type { Storage, StorageUnavailable } from "../ports/Storage.ts"
import type { Customers } from "../sep12/Customers.ts"
import type { CustomersUnavailable } from "../sep12/errors.ts"
import { type CustomerInfoNeeded, customerInfoNeeded } from "./errors.ts"
import type { CustomerSide, ReceivedAsset } from "./Info.ts"

export interface Parties {
  readonly senderId: CustomerId | null
  readonly receiverId: CustomerId | null
  readonly senderType: string | null
  readonly receiverType: string | null
  readonly requires: ReadonlyArray<RequiredCustomer>
  /** Both are accepted, or need not be: the transaction may be paid. */
  readonly areAccepted: boolean
}

/** One side: who, if anybody yet, and under which type; null where nobody is named and nobody is needed. */
interface Party {
  readonly row: CustomerRow | null
  readonly type: string | null
  readonly isAccepted: boolean
}

type Refusal = CustomerInfoNeeded | BadRequest
type Failure = StorageUnavailable | CustomersUnavailable

export interface CustomerSource {
  readonly customer: Storage["Service"]["customer"]
  readonly forTransaction: Customers["Service"]["forTransaction"]
}

/** Who posts: the base account that must own the customers, and the generation it speaks. */
export interface Poster {
  readonly account: string
  readonly profile: Profile
  /** The transaction to be: requirements may depend on it (S31-KYC-05). */
  readonly about: AboutTransaction
}

/**
 * Checks both sides; the sender's fault is told first. A customer that is missing or NEEDS_INFO is `customer_info_needed` for
 * profiles v1 and v2; where one is PROCESSING, or v3 posts first, the transaction waits for them. REJECTED is a plain refusal
 * without its reason (S31-ERR-04).
 */
export const checkCustomers = Effect.fnUntraced(function* (
  source: CustomerSource,
  poster: Poster,
  named: { readonly senderId: string | null; readonly receiverId: string | null },
  asset: Pick<ReceivedAsset, "sender" | "receiver">
): Effect.fn.Return<Parties, Refusal | Failure> {
  const side = (name: "sender" | "receiver", id: string | null) =>
    Effect.result(
      asset[name].usual === null
        ? unjudged(source, poster.account, id)
        : judged(source, poster, id, name, asset[name], asset[name].usual)
    )
  const results = yield* Effect.all([side("sender", named.senderId), side("receiver", named.receiverId)], {
    concurrency: "unbounded"
  })
  const sender = yield* Effect.fromResult(results[0])
  const receiver = yield* Effect.fromResult(results[1])
  return {
    senderId: sender?.row?.id ?? null,
    receiverId: receiver?.row?.id ?? null,
    senderType: sender?.type ?? null,
    receiverType: receiver?.type ?? null,
    requires: requirements([sender, receiver]),
    areAccepted: sender?.isAccepted !== false && receiver?.isAccepted !== false
  }
})

/** A side without KYC: nobody need be named, but whoever is must be the caller's own. */
const unjudged = Effect.fnUntraced(function* (
  source: CustomerSource,
  owner: string,
  text: string | null
): Effect.fn.Return<Party | null, Refusal | Failure> {
  if (text === null) return null
  const id = idOf<CustomerId>(text)
  const row = id === null ? null : yield* source.customer(id)
  if (row === null || row.erased || row.owner !== owner) return yield* customerInfoNeeded(null)
  return { row, type: null, isAccepted: true }
})

/** No reason is told: it may be one that must not be (S31-ERR-04). */
export const rejectedSides = {
  sender: say`the sender cannot take part in payments here`,
  receiver: say`the receiver cannot take part in payments here`
}

/**
 * The first published type under which the customer is ACCEPTED, the usual one before the others; else the first under which it
 * is PROCESSING; else the usual one.
 */
const judged = Effect.fnUntraced(function* (
  source: CustomerSource,
  { about, account: sendingAnchor, profile }: Poster,
  id: string | null,
  name: "sender" | "receiver",
  side: CustomerSide,
  usual: string
): Effect.fn.Return<Party, Refusal | Failure> {
  const mayFollow = profile === "v3"
  if (id === null) {
    return mayFollow ? { row: null, type: usual, isAccepted: false } : yield* customerInfoNeeded(usual)
  }
  let first: CustomerRow | null = null
  let processing: Party | null = null
  let isRejected = false
  for (const type of new Set([usual, ...Object.keys(side.types)])) {
    const { row, verdict } = yield* source
      .forTransaction({ sendingAnchor, id, type, about })
      .pipe(Effect.catchTag("CustomerNotFound", () => Effect.fail(customerInfoNeeded(usual))))
    if (verdict.status === "ACCEPTED") return { row, type, isAccepted: true }
    if (verdict.status === "PROCESSING") processing ??= { row, type, isAccepted: false }
    isRejected ||= verdict.status === "REJECTED"
    first ??= row
  }
  if (isRejected) return yield* refuse(BadRequest, rejectedSides[name])
  if (processing !== null) return processing
  return mayFollow ? { row: first, type: usual, isAccepted: false } : yield* customerInfoNeeded(usual)
})

/** One customer may stand on both sides; what counts then is the newer reading. */
const requirements = (parties: ReadonlyArray<Party | null>): ReadonlyArray<RequiredCustomer> => {
  const newest = new Map<CustomerId, number>()
  for (const party of parties) {
    const row = party?.row ?? null
    if (row !== null) newest.set(row.id, Math.max(row.version, newest.get(row.id) ?? 0))
  }
  return [...newest].map(([id, version]) => ({ id, version }))
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** A text as an id, or null: what cannot be one is unknown, and no database is asked (S31-GET-02). */
export const idOf = <Id extends string>(text: string): Id | null => (uuid.test(text) ? (text as Id) : null)
