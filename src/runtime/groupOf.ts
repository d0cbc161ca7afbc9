/**
 * Builds the one group of rows for the items taken from the mailbox: reads in, rows out, nothing written yet.
 *
 * Pure but for payout slots. It also remembers which item each row came from, so that the answer of the commit can be turned
 * into answers to callers (./settle.ts).
 */
import { Result } from "effect"
import type { PaymentId, PayoutId, TransactionId } from "../../machines/domain/Ids.ts"
import type { PaymentMatched } from "../../machines/transaction/events.ts"
import type { ActorRow, Group, ParkReason, PaymentFate, RefusalRow } from "../ports/rows.ts"
import type { Arrival } from "./Actors.ts"
import { carriesMoney } from "../../machines/transaction/events.ts"
import {
  type BirthItem,
  type Item,
  isMatched,
  type PageItem,
  type RecordItem,
  type TellItem
} from "./items.ts"
import { type FoldContext, type Folded, fold, type Incoming } from "./stepRow.ts"

/** One event of an actor, and whose it is. */
type Source = { readonly item: TellItem } | { readonly item: PageItem; readonly arrival: Arrival }

export interface Plan {
  /** Tells that must wait for the next group, to be stepped on a fresh reading. */
  readonly later: ReadonlyArray<TellItem>
  readonly group: Group
  readonly births: ReadonlyArray<BirthItem>
  readonly pages: ReadonlyArray<PageItem>
  readonly records: ReadonlyArray<RecordItem>
  readonly actors: ReadonlyArray<{ readonly folded: Folded; readonly sources: ReadonlyArray<Source> }>
  /** Tells to ids that name no transaction. */
  readonly missing: ReadonlyArray<TellItem>
  /** Actors whose snapshot this process cannot read. */
  readonly unreadable: ReadonlyArray<{
    readonly id: TransactionId
    readonly why: string
    readonly sources: ReadonlyArray<Source>
  }>
}

export interface PlanContext extends FoldContext {
  readonly groupId: string
  readonly owner: string
  readonly refusalIds: () => string
}

/** Actors that must be read before a plan can be made: told without being known, or beaten in a race. */
export const unknownActors = (items: ReadonlyArray<Item>): ReadonlyArray<TransactionId> => [
  ...new Set(
    items.flatMap((item) => {
      if (item._tag === "Tell") return item.message.known === undefined ? [item.message.to] : []
      if (item._tag === "Page" && item.reread)
        return item.page.arrivals.filter(isMatched).map((arrival) => arrival.to.id)
      return []
    })
  )
]

export const planGroup = (
  items: ReadonlyArray<Item>,
  read: ReadonlyMap<TransactionId, ActorRow>,
  context: PlanContext
): Plan => {
  const sources = new Map<TransactionId, { actor: ActorRow; list: Array<Source> }>()
  const arrivalsOf = freshArrivals(items)
  const births: Array<BirthItem> = []
  const pages: Array<PageItem> = []
  const records: Array<RecordItem> = []
  const missing: Array<TellItem> = []
  const add = (actor: ActorRow, source: Source): void => {
    const known = sources.get(actor.id)
    if (known === undefined) sources.set(actor.id, { actor, list: [source] })
    else {
      known.list.push(source)
      if (actor.version > known.actor.version) known.actor = actor
    }
  }
  for (const item of items) {
    switch (item._tag) {
      case "Birth":
        births.push(item)
        break
      case "Tell": {
        const actor = item.message.known ?? read.get(item.message.to)
        if (actor === undefined) missing.push(item)
        else add(actor, { item })
        break
      }
      case "Record":
        records.push(item)
        break
      case "Page":
        pages.push(item)
        if (!item.withoutSteps) {
          for (const arrival of arrivalsOf.get(item) ?? []) {
            if (isMatched(arrival))
              add((item.reread ? read.get(arrival.to.id) : undefined) ?? arrival.to, { item, arrival })
          }
        }
    }
  }

  const actors: Array<Plan["actors"][number]> = []
  const unreadable: Array<Plan["unreadable"][number]> = []
  const refusals: Array<RefusalRow> = records.map(({ fact }) => ({ ...fact, id: context.refusalIds() }))
  const refusedArrivals = new Map<Arrival, ParkReason>()
  const later: Array<TellItem> = []
  for (const [id, { actor, list: all }] of sources) {
    const wasRead = (read.get(id)?.version ?? -1) >= actor.version
    const { folded, list, rest } = foldOneKind(actor, all, wasRead, context)
    later.push(...rest)
    if (Result.isFailure(folded)) {
      unreadable.push({ id, why: folded.failure, sources: list })
      continue
    }
    if (list.length === 0) continue
    actors.push({ folded: folded.success, sources: list })
    folded.success.told.forEach((told, index) => {
      const source = list[index]
      if (source === undefined || told._tag !== "Refused") return
      if ("arrival" in source) refusedArrivals.set(source.arrival, told.reason as ParkReason)
      else {
        const { cause, event } = source.item.message
        const { type, ...detail } = event
        refusals.push({
          id: context.refusalIds(),
          transactionId: id,
          event: type,
          cause,
          reason: told.reason,
          carriesMoney: carriesMoney(event),
          detail
        })
      }
    })
  }
  const unreadableIds = new Set(unreadable.map(({ id }) => id))

  return {
    births,
    later,
    pages,
    records,
    actors,
    missing,
    unreadable,
    group: {
      id: context.groupId,
      births: births.map(({ birth }) => birth),
      steps: actors.flatMap(({ folded }) => (folded.row === null ? [] : [folded.row])),
      payments: pages.flatMap((item) =>
        fatesOf(item, arrivalsOf.get(item) ?? [], refusedArrivals, unreadableIds)
      ),
      pages: pages.flatMap(({ page }) => (page.cursor === null ? [] : [page.cursor])),
      refusals,
      owner: context.owner,
      leaseSeconds: context.timing.payoutLease
    }
  }
}

/** The arrivals of each page but for payments that an earlier page of the group brings: one payment has one fate a commit. */
const freshArrivals = (items: ReadonlyArray<Item>): ReadonlyMap<PageItem, ReadonlyArray<Arrival>> => {
  const seen = new Set<PaymentId>()
  const arrivals = new Map<PageItem, ReadonlyArray<Arrival>>()
  for (const item of items) {
    if (item._tag !== "Page") continue
    const fresh = item.page.arrivals.filter(({ payments }) => {
      const isNew = payments.every(({ id }) => !seen.has(id))
      for (const { id } of payments) seen.add(id)
      return isNew
    })
    arrivals.set(item, fresh)
  }
  return arrivals
}

interface FoldedSources {
  readonly folded: Result.Result<Folded, string>
  /** The sources that were folded, one answer each. */
  readonly list: ReadonlyArray<Source>
  readonly rest: ReadonlyArray<TellItem>
}

/**
 * Folds as many of an actor's events as may be answered by one commit. A refusal of a tell is an answer without a row to hold a
 * version, so it counts only on an actor that was read for this group, and never goes along with a step that may be lost.
 */
const foldOneKind = (
  actor: ActorRow,
  all: ReadonlyArray<Source>,
  wasRead: boolean,
  context: FoldContext
): FoldedSources => {
  const arrivals = all.filter((source) => "arrival" in source)
  const list = arrivals.length > 0 ? arrivals : all
  const folded = fold(actor, list.map(incomingOf), context)
  const rest = arrivals.length > 0 ? tellsOf(all) : []
  if (Result.isFailure(folded) || arrivals.length > 0) return { folded, list, rest }
  const { row, started, told } = folded.success
  const first = told[0]?._tag
  const other = told.findIndex(({ _tag }) => _tag !== first)
  const alike = other < 0 ? list.length : other
  // An attempt is a row before anything is said of it: one commit cannot both plan it and change it.
  const planned = new Set(row?.payouts.map(({ id }) => id))
  const young = first === "Stepped" ? list.findIndex((source) => planned.has(attemptOf(source))) : -1
  const most = first === "Refused" && !wasRead ? 0 : young < 0 ? alike : Math.min(young, alike)
  if (most === list.length) return { folded, list, rest }
  for (const { rail } of started) context.slots.release(rail)
  const now = list.slice(0, most)
  return { folded: fold(actor, now.map(incomingOf), context), list: now, rest: tellsOf(list.slice(most)) }
}

/** The attempt an event speaks of; an id that is none where it speaks of none. */
const attemptOf = (source: Source): PayoutId => {
  const event = "arrival" in source ? null : source.item.message.event
  return event !== null && "payoutId" in event ? event.payoutId : ("" as PayoutId)
}

const tellsOf = (sources: ReadonlyArray<Source>): ReadonlyArray<TellItem> =>
  sources.flatMap((source) => ("arrival" in source ? [] : [source.item]))

const fatesOf = (
  item: PageItem,
  arrivals: ReadonlyArray<Arrival>,
  refused: ReadonlyMap<Arrival, ParkReason>,
  unreadable: ReadonlySet<TransactionId>
): ReadonlyArray<PaymentFate> =>
  arrivals.flatMap((arrival) => {
    const transactionId = isMatched(arrival) ? arrival.to.id : null
    const fate: PaymentFate["fate"] =
      "parked" in arrival.to
        ? arrival.to.parked
        : item.withoutSteps || unreadable.has(arrival.to.id)
          ? "waiting"
          : fateOfRefused(refused.get(arrival), arrival)
    return arrival.payments.map((payment) => ({
      payment,
      transactionId,
      fate,
      page: item.page.cursor?.account ?? null
    }))
  })

/** Without a price it cannot be applied yet, and is parked only if there will never be one: else it is told again with one. */
const fateOfRefused = (reason: ParkReason | undefined, { never }: Arrival): PaymentFate["fate"] =>
  reason === "no-price" ? (never ?? "waiting") : (reason ?? "step")

const incomingOf = (source: Source): Incoming => {
  if ("arrival" in source) {
    const [leader] = source.arrival.payments
    const event: PaymentMatched = {
      type: "payment.matched",
      paymentId: leader.id,
      amount: leader.received,
      stellarTransactionId: leader.stellarTransactionId,
      closedAtMillis: leader.closedAtMillis,
      price: source.arrival.price ?? null
    }
    return {
      event,
      cause: "watcher",
      notes: [],
      destination: null,
      envelope: null,
      retryInSeconds: 0,
      payer: leader.from
    }
  }
  const { message } = source.item
  return {
    event: message.event,
    cause: message.cause,
    notes: message.notes ?? [],
    destination: message.destination ?? null,
    envelope: message.envelope ?? null,
    retryInSeconds: message.retryInSeconds ?? 0,
    payer: null
  }
}
