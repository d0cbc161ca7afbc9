/**
 * Whether the customers a transaction names may take part in it, and under which SEP-12 type (S31-POST-10, S31-ERR-02).
 *
 * An unknown customer, another's and an erased one are the same to the caller. Gotcha: the versions answered here are checked
 * again by the commit, so a verdict that changes in between makes the checks run once more.
 */
import { Effect } from "effect"
import type { CustomerId } from "../../machines/domain/Ids.ts"
import { BadRequest } from "../http/errors.ts"
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
}

/** One side: who, under which type; null where nobody is named and nobody is needed. */
interface Party {
  readonly row: CustomerRow
  readonly type: string | null
}

type Refusal = CustomerInfoNeeded | BadRequest
type Failure = StorageUnavailable | CustomersUnavailable

export interface CustomerSource {
  readonly customer: Storage["Service"]["customer"]
  readonly forTransaction: Customers["Service"]["forTransaction"]
}

/**
 * Checks both sides; the sender's fault is told first. Every Sending Anchor registers its customers before it posts (profile
 * v1), so a missing id or a customer not ACCEPTED yet is `customer_info_needed`; REJECTED is a plain refusal without its reason
 * (S31-ERR-04).
 */
export const checkCustomers = Effect.fnUntraced(function* (
  source: CustomerSource,
  sendingAnchor: string,
  named: { readonly senderId: string | null; readonly receiverId: string | null },
  asset: Pick<ReceivedAsset, "sender" | "receiver">
): Effect.fn.Return<Parties, Refusal | Failure> {
  const side = (name: "sender" | "receiver", id: string | null) =>
    Effect.result(
      asset[name].usual === null
        ? unjudged(source, sendingAnchor, id)
        : judged(source, sendingAnchor, id, name, asset[name], asset[name].usual)
    )
  const results = yield* Effect.all([side("sender", named.senderId), side("receiver", named.receiverId)], {
    concurrency: "unbounded"
  })
  const sender = yield* Effect.fromResult(results[0])
  const receiver = yield* Effect.fromResult(results[1])
  return {
    senderId: sender?.row.id ?? null,
    receiverId: receiver?.row.id ?? null,
    senderType: sender?.type ?? null,
    receiverType: receiver?.type ?? null,
    requires: requirements([sender, receiver])
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
  return { row, type: null }
})

/** The first published type under which the customer is ACCEPTED, the usual one before the others. */
const judged = Effect.fnUntraced(function* (
  source: CustomerSource,
  sendingAnchor: string,
  id: string | null,
  name: "sender" | "receiver",
  side: CustomerSide,
  usual: string
): Effect.fn.Return<Party, Refusal | Failure> {
  if (id === null) return yield* customerInfoNeeded(usual)
  let isRejected = false
  for (const type of new Set([usual, ...Object.keys(side.types)])) {
    const { row, verdict } = yield* source
      .forTransaction({ sendingAnchor, id, type })
      .pipe(Effect.catchTag("CustomerNotFound", () => Effect.fail(customerInfoNeeded(usual))))
    if (verdict.status === "ACCEPTED") return { row, type }
    isRejected ||= verdict.status === "REJECTED"
  }
  return yield* isRejected
    ? new BadRequest({ error: `the ${name} cannot take part in payments here` })
    : customerInfoNeeded(usual)
})

/** One customer may stand on both sides; what counts then is the newer reading. */
const requirements = (parties: ReadonlyArray<Party | null>): ReadonlyArray<RequiredCustomer> => {
  const newest = new Map<CustomerId, number>()
  for (const party of parties) {
    if (party !== null) newest.set(party.row.id, Math.max(party.row.version, newest.get(party.row.id) ?? 0))
  }
  return [...newest].map(([id, version]) => ({ id, version }))
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** A text as an id, or null: what cannot be one is unknown, and no database is asked (S31-GET-02). */
export const idOf = <Id extends string>(text: string): Id | null => (uuid.test(text) ? (text as Id) : null)
