/**
 * What a commit means for those who wait: answers for what was written, a next try for what lost its race.
 *
 * Gotcha: an arrival whose step was lost is in the inbox as `waiting`, so it comes back without its page.
 */
import { Deferred, Effect, Queue } from "effect"
import type { TransactionId } from "../../machines/domain/Ids.ts"
import type { Committed } from "../ports/rows.ts"
import { ActorSetAside, type Arrival, type Brought, type Told } from "./Actors.ts"
import type { Plan } from "./groupOf.ts"
import { type Born, type Item, isMatched, type PageItem, pageItem, type TellItem, tellItem } from "./items.ts"
import type { PayoutSlots } from "./PayoutSlots.ts"
import type { Folded } from "./stepRow.ts"

/** Answers the callers, gives back slots of lost steps, feeds the executor; returns what must be tried again. */
export const settle = (
  plan: Plan,
  committed: Committed,
  slots: PayoutSlots["Service"]
): ReadonlyArray<Item> => {
  const lost = new Set<TransactionId>(committed.lost)
  const settled = new Set<string>(committed.known)
  const refused = new Set(committed.refusedPages)
  const again: Array<Item> = []
  const started: Array<Folded["started"][number]> = []
  const planned = new Set<string>()
  const relost = new Map<PageItem, Array<Arrival>>()

  const unborn = new Map(committed.unborn.map(({ id, why }) => [id, why]))
  for (const item of plan.births) {
    const why = unborn.get(item.birth.id)
    done<Born>(item.answer, why === undefined ? { _tag: "Born" } : { _tag: "Unborn", why })
  }
  for (const item of plan.records) done(item.answer, undefined)
  for (const item of plan.missing) done<Told>(item.answer, { _tag: "NoSuchTransaction" })

  for (const { folded, sources } of plan.actors) {
    const isLost = folded.row !== null && lost.has(folded.actor.id)
    if (isLost) for (const { rail } of folded.started) slots.release(rail)
    else {
      started.push(...folded.started)
      for (const rail of folded.planned) planned.add(rail)
    }
    sources.forEach((source, index) => {
      if (isLost) {
        if ("arrival" in source) {
          if (!settled.has(source.arrival.payments[0].id))
            relost.set(source.item, [...(relost.get(source.item) ?? []), source.arrival])
        } else again.push(readAfresh(source.item))
        return
      }
      const told = folded.told[index]
      if (told !== undefined && !("arrival" in source)) done<Told>(source.item.answer, told)
    })
  }
  again.push(...plan.later.map(readAfresh))
  for (const { sources, why } of plan.unreadable) {
    for (const source of sources) {
      if (!("arrival" in source))
        Deferred.doneUnsafe(source.item.answer, Effect.fail(new ActorSetAside({ message: why })))
    }
  }
  for (const item of plan.pages) {
    const moved = item.page.cursor === null || !refused.has(item.page.cursor.account)
    const back = moved ? (relost.get(item) ?? []) : []
    for (const arrival of back) again.push(alone(arrival))
    done(item.answer, { moved, ...countsOf(item, plan, lost, moved) })
  }
  if (started.length > 0) Queue.offerUnsafe(slots.feed, { _tag: "Started", payouts: started })
  for (const rail of planned) Queue.offerUnsafe(slots.feed, { _tag: "Planned", rail })
  return again
}

/** What the teller knew of the actor has been overtaken, or was not enough to refuse upon. */
const readAfresh = (item: TellItem): TellItem => {
  const { known: _, ...message } = item.message
  return tellItem(message, item.answer)
}

/** The payments are in the inbox already: the arrival comes back alone, and nobody waits for its answer. */
const alone = (arrival: Arrival): PageItem =>
  pageItem({ cursor: null, arrivals: [arrival] }, Deferred.makeUnsafe<Brought, ActorSetAside>(), true)

const countsOf = (item: PageItem, plan: Plan, lost: ReadonlySet<TransactionId>, moved: boolean) => {
  let applied = 0
  let parked = 0
  let waiting = 0
  const fates = new Map(plan.group.payments.map((fate) => [fate.payment.id, fate.fate]))
  for (const arrival of item.page.arrivals) {
    const fate = fates.get(arrival.payments[0].id)
    if (!moved || fate === "waiting" || fate === undefined) waiting += 1
    else if (fate !== "step") parked += 1
    else if (isMatched(arrival) && lost.has(arrival.to.id)) waiting += 1
    else applied += 1
  }
  return { applied, parked, waiting }
}

const done = <A>(answer: Deferred.Deferred<A, ActorSetAside>, value: A): void => {
  Deferred.doneUnsafe(answer, Effect.succeed(value))
}
