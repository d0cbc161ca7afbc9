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
import type { StorageUnavailable } from "../ports/Storage.ts"
import { type CustomerInfoNeeded, customerInfoNeeded } from "./errors.ts"
import type { CustomerSide, ReceivedAsset } from "./Info.ts"

export interface Parties {
  readonly senderId: CustomerId | null
  readonly receiverId: CustomerId | null
  readonly senderType: string | null
  readonly receiverType: string | null
  readonly requires: ReadonlyArray<RequiredCustomer>
}

type Refusal = CustomerInfoNeeded | BadRequest
type ReadCustomer = (id: CustomerId) => Effect.Effect<CustomerRow | null, StorageUnavailable>

/**
 * Checks both sides, the sender first. Every Sending Anchor registers its customers before it posts (profile v1), so a missing
 * id or a customer not ACCEPTED yet is `customer_info_needed`; REJECTED is a plain refusal without its reason (S31-ERR-04).
 */
export const checkCustomers = Effect.fnUntraced(function* (
  read: ReadCustomer,
  owner: string,
  named: { readonly senderId: string | null; readonly receiverId: string | null },
  asset: Pick<ReceivedAsset, "sender" | "receiver">
): Effect.fn.Return<Parties, Refusal | StorageUnavailable> {
  const find = (text: string | null) => {
    const id = text === null ? null : idOf<CustomerId>(text)
    return id === null ? Effect.succeed(null) : read(id)
  }
  const [sender, receiver] = yield* Effect.all([find(named.senderId), find(named.receiverId)], {
    concurrency: "unbounded"
  })
  const senderType = yield* acceptedType("sender", named.senderId, sender, owner, asset.sender)
  const receiverType = yield* acceptedType("receiver", named.receiverId, receiver, owner, asset.receiver)
  const rows = [sender, receiver].filter((row) => row !== null)
  return {
    senderId: sender?.id ?? null,
    receiverId: receiver?.id ?? null,
    senderType,
    receiverType,
    requires: [...new Map(rows.map(({ id, version }) => [id, { id, version }])).values()]
  }
})

/** The first published type under which the customer is ACCEPTED, the usual one before the others. */
const acceptedType = (
  party: "sender" | "receiver",
  id: string | null,
  row: CustomerRow | null,
  owner: string,
  side: CustomerSide
): Effect.Effect<string | null, Refusal> => {
  if (id === null && side.usual === null) return Effect.succeed(null)
  if (row === null || row.erased || row.owner !== owner) return Effect.fail(customerInfoNeeded(side.usual))
  const types = Object.keys(side.types)
  const statusOf = (type: string) =>
    Object.hasOwn(row.statuses, type) ? row.statuses[type]?.status : undefined
  const accepted = row.contested.length > 0 ? undefined : types.find((type) => statusOf(type) === "ACCEPTED")
  if (accepted !== undefined || side.usual === null) return Effect.succeed(accepted ?? null)
  return types.some((type) => statusOf(type) === "REJECTED")
    ? Effect.fail(new BadRequest({ error: `the ${party} cannot take part in payments here` }))
    : Effect.fail(customerInfoNeeded(side.usual))
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** A text as an id, or null: what cannot be one is unknown, and no database is asked (S31-GET-02). */
export const idOf = <Id extends string>(text: string): Id | null => (uuid.test(text) ? (text as Id) : null)
