/**
 * The way to a transaction: events are told to an address, stepped by the machine and committed in groups.
 *
 * Nothing else in Kedge changes a transaction. Gotcha: an interrupted caller stops waiting; the commit goes on, so an answer
 * that was not waited for must be read back.
 */
import { Context, type Effect, Schema } from "effect"
import type { TransactionId } from "../../machines/domain/Ids.ts"
import type { Price } from "../../machines/transaction/context.ts"
import type { TransactionEvent } from "../../machines/transaction/events.ts"
import type { Leaf } from "../../machines/transaction/leaves.ts"
import type { Refusal } from "../../machines/transaction/refusals.ts"
import type {
  ActorRow,
  Birth,
  EnvelopeRow,
  PageRow,
  ParkReason,
  PaymentRow,
  RefusalRow,
  SealedRow,
  Unborn
} from "../ports/rows.ts"
import type { NeverPriced } from "./PriceAtReceipt.ts"

/** The mailbox is full: HTTP answers 503 with Retry-After, loops pause. Nothing was taken. */
export class Overloaded extends Schema.TaggedError<Overloaded>()("Overloaded", { message: Schema.String }) {}
/** The actor cannot be stepped (unreadable snapshot, data the database will not take); it is set aside for a person. */
export class ActorSetAside extends Schema.TaggedError<ActorSetAside>()("ActorSetAside", {
  message: Schema.String
}) {}
/** The storage has not answered for too long; whether the event was committed is not known to the caller. */
export class NoAnswer extends Schema.TaggedError<NoAnswer>()("NoAnswer", { message: Schema.String }) {}

export interface Message {
  readonly to: TransactionId
  readonly event: TransactionEvent
  /** For the audit: `rail:<name>`, `sending-anchor`, `expiry`, `customer`, `integrator`, `watcher`. */
  readonly cause: string
  /** Sealed rows the event refers to; written only if its step is. */
  readonly notes?: ReadonlyArray<SealedRow>
  /** A new destination for the next payout attempt. */
  readonly destination?: SealedRow
  /** With `refund.submitted`: the envelope, committed with its step and submitted only then. */
  readonly envelope?: EnvelopeRow
  /** With `payout.notAccepted`: seconds before the attempt is made again. */
  readonly retryInSeconds?: number
  /** The actor as last seen: saves a read, and costs nothing when stale. */
  readonly known?: ActorRow
}

export type Told =
  | { readonly _tag: "Stepped"; readonly before: Leaf; readonly after: Leaf }
  | { readonly _tag: "Refused"; readonly reason: Refusal; readonly leaf: Leaf }
  | { readonly _tag: "NoSuchTransaction" }

/** Credits of one Stellar transaction to one memo in one asset: one event, an inbox row each. The first is the leader. */
export interface Arrival {
  readonly payments: readonly [PaymentRow, ...ReadonlyArray<PaymentRow>]
  /** The transaction they are for, as it was read; or why there is none. */
  readonly to: ActorRow | { readonly parked: ParkReason }
  /** Of this moment, where the transaction converts without a quote; without one such a payment waits. */
  readonly price?: Price
  /** Such a payment will never have one: parked so, where it is a price that it lacks. */
  readonly never?: NeverPriced["never"]
}

export interface Page {
  /** Null when the arrivals were read back from the inbox. */
  readonly cursor: PageRow | null
  readonly arrivals: ReadonlyArray<Arrival>
}

/** `moved` is false when the cursor was held by another epoch or stood elsewhere: the payments are stored and wait. */
export interface Brought {
  readonly moved: boolean
  readonly applied: number
  readonly parked: number
  readonly waiting: number
}

export class Actors extends Context.Service<
  Actors,
  {
    /** Creates a transaction, durable when it answers. `Unborn`: something it needs is taken, or a customer changed since it was read. */
    readonly bear: (
      birth: Birth
    ) => Effect.Effect<
      { readonly _tag: "Born" } | { readonly _tag: "Unborn"; readonly why: Unborn },
      Overloaded | ActorSetAside | NoAnswer
    >
    /** Tells an event; answers after the commit of its step or of its recorded refusal. Events to one actor keep their order. */
    readonly tell: (message: Message) => Effect.Effect<Told, Overloaded | ActorSetAside | NoAnswer>
    /** Keeps a fact that nobody asked for with the transaction it names; nothing is stepped. Durable when it answers. */
    readonly record: (fact: Omit<RefusalRow, "id">) => Effect.Effect<void, ActorSetAside>
    /** Brings a page of the ledger: inbox rows, cursor and steps in one commit. Waits for room rather than failing. */
    readonly bring: (page: Page) => Effect.Effect<Brought, NoAnswer>
  }
>()("kedge/runtime/Actors") {}
