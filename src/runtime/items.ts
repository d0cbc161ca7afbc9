/** What the mailbox holds: births, messages and pages, each with the caller that waits for its answer. */
import type { Deferred } from "effect"
import type { Birth, RefusalRow, Unborn } from "../ports/rows.ts"
import type { ActorSetAside, Arrival, Brought, Message, Page, Told } from "./Actors.ts"
import type { Waiting } from "./Mailbox.ts"

export type Born = { readonly _tag: "Born" } | { readonly _tag: "Unborn"; readonly why: Unborn }

export interface BirthItem extends Waiting {
  readonly _tag: "Birth"
  readonly birth: Birth
  readonly answer: Deferred.Deferred<Born, ActorSetAside>
}
export interface TellItem extends Waiting {
  readonly _tag: "Tell"
  readonly message: Message
  readonly answer: Deferred.Deferred<Told, ActorSetAside>
}
export interface PageItem extends Waiting {
  readonly _tag: "Page"
  readonly page: Page
  /** Arrivals whose step was refused by the database: their payments are stored waiting and nothing is stepped. */
  readonly withoutSteps: boolean
  /** Its actors are read again before they are stepped: they lost a race. */
  readonly reread: boolean
  readonly answer: Deferred.Deferred<Brought, ActorSetAside>
}
/** A fact to be kept, for which nothing is stepped. */
export interface RecordItem extends Waiting {
  readonly _tag: "Record"
  readonly fact: Omit<RefusalRow, "id">
  readonly answer: Deferred.Deferred<void, ActorSetAside>
}
export type Item = BirthItem | TellItem | PageItem | RecordItem

export const birthItem = (birth: Birth, answer: BirthItem["answer"]): BirthItem => ({
  _tag: "Birth",
  birth,
  answer,
  keys: [birth.id],
  weight: 1
})
export const tellItem = (message: Message, answer: TellItem["answer"]): TellItem => ({
  _tag: "Tell",
  message,
  answer,
  keys: [message.to],
  weight: 1
})
export const recordItem = (fact: RecordItem["fact"], answer: RecordItem["answer"]): RecordItem => ({
  _tag: "Record",
  fact,
  answer,
  keys: [],
  weight: 1
})
export const pageItem = (page: Page, answer: PageItem["answer"], reread = false): PageItem => ({
  _tag: "Page",
  page,
  withoutSteps: false,
  reread,
  answer,
  keys: [
    ...(page.cursor === null ? [] : [`account:${page.cursor.account}`]),
    ...new Set(page.arrivals.flatMap((arrival) => ("parked" in arrival.to ? [] : [arrival.to.id])))
  ],
  weight: Math.max(1, page.arrivals.length)
})

/** A group that was refused is taken apart; the page of one arrival, or a single message, is as small as it gets. */
export const halves = (items: ReadonlyArray<Item>): readonly [ReadonlyArray<Item>, ReadonlyArray<Item>] => [
  items.slice(0, items.length >> 1),
  items.slice(items.length >> 1)
]

export const isMatched = (
  arrival: Arrival
): arrival is Arrival & { readonly to: Exclude<Arrival["to"], { readonly parked: unknown }> } =>
  !("parked" in arrival.to)
