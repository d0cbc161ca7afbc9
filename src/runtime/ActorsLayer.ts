/**
 * The runtime behind `Actors`: takes what waits, steps it, commits it as one group, answers the callers, wakes the executors.
 *
 * An event alone on an idle system goes at once; under load a group is whatever came while the commit before ran. There is
 * no timer and no added delay. Gotcha: the commit of a group is never interrupted but by the end of the process.
 */
import { Cause, Deferred, Effect, Latch, Layer, Queue, Schedule } from "effect"
import type { TransactionId } from "../../machines/domain/Ids.ts"
import { KedgeConfig } from "../KedgeConfig.ts"
import { Entropy } from "../ports/Entropy.ts"
import { Rails } from "../ports/Rails.ts"
import type { ActorRow, Committed, Group } from "../ports/rows.ts"
import { GroupRejected, Storage } from "../ports/Storage.ts"
import {
  Actors,
  ActorSetAside,
  type Brought,
  type Message,
  NoAnswer,
  Overloaded,
  type Page
} from "./Actors.ts"
import { Fence } from "./Fence.ts"
import { planGroup, unknownActors } from "./groupOf.ts"
import { birthItem, halves, type Item, type PageItem, pageItem, recordItem, tellItem } from "./items.ts"
import { Mailbox } from "./Mailbox.ts"
import { PayoutSlots } from "./PayoutSlots.ts"
import { runtimeMetrics } from "./runtimeMetrics.ts"
import { settle } from "./settle.ts"

/** Flat from 100 to 500 when measured; beyond, latency only. */
const groupMax = 256

/** Storage that does not answer is asked again for ever, at least every second: a group that was taken is never dropped. */
const patience = Schedule.min([Schedule.exponential("20 millis"), Schedule.spaced("1 second")]).pipe(
  Schedule.jittered
)

export const layer = Layer.effect(
  Actors,
  Effect.gen(function* () {
    const storage = yield* Storage
    const config = yield* KedgeConfig
    const entropy = yield* Entropy
    const rails = yield* Rails
    const slots = yield* PayoutSlots
    const fence = yield* Fence
    const mailbox = new Mailbox<Item>()
    const signal = yield* Queue.sliding<void>(1)
    const room = yield* Latch.make(true)
    /** Loops wait while the mailbox is this full; the last quarter is for requests. */
    const loopsMax = Math.floor((config.mailboxCapacity * 3) / 4)
    let inFlight = 0

    const updateRoom = (): void => {
      if (mailbox.size < loopsMax) room.openUnsafe()
      else room.closeUnsafe()
    }
    const put = (item: Item): void => {
      mailbox.put(item)
      updateRoom()
      Queue.offerUnsafe(signal, undefined)
    }

    const read = (items: ReadonlyArray<Item>): Effect.Effect<ReadonlyMap<TransactionId, ActorRow>> => {
      const ids = unknownActors(items)
      if (ids.length === 0) return Effect.succeed(new Map())
      return storage.actors(ids).pipe(
        Effect.tapError((error) => Effect.logWarning("actors cannot be read; trying again", error.message)),
        Effect.retry(patience),
        Effect.orDie,
        Effect.map((rows) => new Map(rows.map((row) => [row.id, row])))
      )
    }

    /** Commits until the storage has said what became of it; only a rejection is an answer of its own. */
    const commit = (group: Group): Effect.Effect<Committed, GroupRejected> =>
      storage.commit(group).pipe(
        Effect.catchTag("CommitUnknown", (error) =>
          Effect.logWarning("the answer to a commit was lost; asking what became of it", error.message).pipe(
            Effect.andThen(storage.outcome(group.id).pipe(Effect.retry(patience), Effect.orDie)),
            Effect.flatMap((outcome) =>
              outcome !== null
                ? Effect.succeed(outcome)
                : // The id is spent: the same rows go again under a new one.
                  entropy.uuid.pipe(Effect.flatMap((id) => commit({ ...group, id })))
            )
          )
        ),
        Effect.catchTag("StorageUnavailable", (error) =>
          Effect.logWarning("a commit was not taken; trying again", error.message).pipe(
            Effect.andThen(Effect.sleep("100 millis")),
            Effect.andThen(commit(group))
          )
        )
      )

    /** Answers what must be tried again; the caller puts it back. */
    const processItems: (items: ReadonlyArray<Item>) => Effect.Effect<ReadonlyArray<Item>> =
      Effect.fnUntraced(function* (items) {
        const known = yield* read(items)
        const groupId = yield* entropy.uuid
        let refusals = 0
        const plan = planGroup(items, known, {
          rails,
          slots,
          timing: config.timing,
          groupId,
          owner: fence.owner,
          refusalIds: () => derivedId(groupId, refusals++)
        })
        const { group } = plan
        const releaseSlots = (): void => {
          for (const { folded } of plan.actors) for (const { rail } of folded.started) slots.release(rail)
        }
        const isEmpty =
          group.births.length +
            group.steps.length +
            group.payments.length +
            group.pages.length +
            group.refusals.length ===
          0
        const committed = isEmpty
          ? { lost: [], unborn: [], known: [], refusedPages: [] }
          : yield* commit(group).pipe(
              Effect.catchTag("GroupRejected", (error) => Effect.succeed(error)),
              Effect.onError(() => Effect.sync(releaseSlots))
            )
        if (committed instanceof GroupRejected) {
          releaseSlots()
          return yield* takeApart(items, committed)
        }
        yield* runtimeMetrics.committed(group)
        for (const { id, why } of plan.unreadable) {
          yield* runtimeMetrics.setAside
          yield* Effect.logError("set aside: the transaction cannot be stepped", {
            transactionId: id,
            reason: why
          })
        }
        return settle(plan, committed, slots)
      })

    /** Halves a rejected group until the poisoned item stands alone; that one is set aside, the others go on. */
    const takeApart = (
      items: ReadonlyArray<Item>,
      error: GroupRejected
    ): Effect.Effect<ReadonlyArray<Item>> => {
      if (items.length > 1) return inTurn(halves(items))
      const [item] = items
      if (item === undefined) return Effect.succeed([])
      if (item._tag === "Page" && !item.withoutSteps) return storeThenTellOneByOne(item)
      return Effect.logError("set aside: the database will not take it", {
        keys: item.keys,
        reason: error.message
      }).pipe(
        Effect.andThen(runtimeMetrics.setAside),
        Effect.andThen(answerSetAside(item, error.message)),
        Effect.as([])
      )
    }

    /** One group after the other. What shares an actor with an item that goes back goes back behind it: order is kept. */
    const inTurn = Effect.fnUntraced(function* (groups: ReadonlyArray<ReadonlyArray<Item>>) {
      const back: Array<Item> = []
      for (const items of groups) {
        const keys = new Set(back.flatMap((item) => item.keys))
        const isBehind = (item: Item): boolean => {
          const behind = item.keys.some((key) => keys.has(key))
          if (behind) for (const key of item.keys) keys.add(key)
          return behind
        }
        const behind = items.filter(isBehind)
        const free = items.filter((item) => !behind.includes(item))
        if (free.length > 0) back.push(...(yield* processItems(free)))
        back.push(...behind)
      }
      return back
    })

    /** The facts of a page are stored and its cursor moves; then each arrival is told on its own, so that one cannot stop the rest. */
    const storeThenTellOneByOne = (item: PageItem): Effect.Effect<ReadonlyArray<Item>> => {
      if (item.page.cursor === null && item.page.arrivals.length === 1) {
        return Effect.logError("set aside: an arrival the database will not take stays waiting", {
          keys: item.keys
        }).pipe(
          Effect.andThen(runtimeMetrics.setAside),
          Effect.andThen(processItems([{ ...item, withoutSteps: true }]))
        )
      }
      const alone = item.page.arrivals.map((arrival) =>
        pageItem({ cursor: null, arrivals: [arrival] }, Deferred.makeUnsafe<Brought, ActorSetAside>())
      )
      return inTurn([[{ ...item, withoutSteps: true }], ...alone.map((one) => [one])])
    }

    const dispatch = Effect.gen(function* () {
      while (inFlight < storage.lanes) {
        const items = mailbox.take(groupMax)
        if (items.length === 0) return
        inFlight += 1
        yield* processItems(items).pipe(
          Effect.map((back) => mailbox.putBack(back)),
          Effect.catchCause((cause) =>
            Cause.hasInterruptsOnly(cause)
              ? Effect.void
              : Effect.logError("a group failed in a way it must not; its callers get no answer", cause).pipe(
                  Effect.andThen(
                    Effect.forEach(items, (item) => answerSetAside(item, "internal error"), { discard: true })
                  )
                )
          ),
          Effect.ensuring(
            Effect.sync(() => {
              inFlight -= 1
              mailbox.done(items)
              updateRoom()
              Queue.offerUnsafe(signal, undefined)
            })
          ),
          Effect.forkIn(scope)
        )
      }
    })

    const scope = yield* Effect.scope
    yield* Effect.forever(
      Queue.take(signal).pipe(Effect.andThen(Effect.yieldNow), Effect.andThen(dispatch))
    ).pipe(Effect.forkScoped)

    const answered = <A>(
      answer: Deferred.Deferred<A, ActorSetAside>
    ): Effect.Effect<A, ActorSetAside | NoAnswer> =>
      Deferred.await(answer).pipe(
        Effect.timeoutOrElse({
          duration: `${config.timing.requestTimeout} seconds`,
          orElse: () =>
            Effect.fail(
              new NoAnswer({ message: "the storage has not answered in time; the commit may still happen" })
            )
        })
      )

    const enqueueRequest = <A>(make: (answer: Deferred.Deferred<A, ActorSetAside>) => Item) =>
      Effect.gen(function* () {
        if (mailbox.size >= config.mailboxCapacity) {
          yield* runtimeMetrics.overloaded
          return yield* new Overloaded({
            message: "too many requests wait to be committed; try again shortly"
          })
        }
        const answer = Deferred.makeUnsafe<A, ActorSetAside>()
        put(make(answer))
        return yield* answered(answer)
      })
    /** Many may wait for the same room: each looks again when it comes through. */
    const waitForRoom: Effect.Effect<void> = Effect.suspend(() =>
      mailbox.size < loopsMax ? Effect.void : room.await.pipe(Effect.andThen(waitForRoom))
    )
    const enqueueFromLoop = <A>(make: (answer: Deferred.Deferred<A, ActorSetAside>) => Item) =>
      waitForRoom.pipe(
        Effect.andThen(
          Effect.suspend(() => {
            const answer = Deferred.makeUnsafe<A, ActorSetAside>()
            put(make(answer))
            return Deferred.await(answer)
          })
        )
      )

    return Actors.of({
      bear: (birth) => enqueueRequest((answer) => birthItem(birth, answer)),
      tell: (message: Message) =>
        message.cause === "sending-anchor"
          ? enqueueRequest((answer) => tellItem(message, answer))
          : enqueueFromLoop((answer) => tellItem(message, answer)),
      record: (fact) => enqueueFromLoop<void>((answer) => recordItem(fact, answer)),
      bring: (page: Page) =>
        enqueueFromLoop<Brought>((answer) => pageItem(page, answer)).pipe(
          Effect.mapError((error) => new NoAnswer({ message: error.message }))
        )
    })
  })
)

const answerSetAside = (item: Item, why: string): Effect.Effect<void> => {
  const error = new ActorSetAside({ message: why })
  switch (item._tag) {
    case "Birth":
      return Deferred.fail(item.answer, error).pipe(Effect.asVoid)
    case "Tell":
      return Deferred.fail(item.answer, error).pipe(Effect.asVoid)
    case "Record":
      return Deferred.fail(item.answer, error).pipe(Effect.asVoid)
    case "Page":
      return Deferred.fail(item.answer, error).pipe(Effect.asVoid)
  }
}

/**
 * Ids for refusals of one group: its own id with the ordinal in the upper digits of the last group, where neither random ids nor
 * ids that count up meet those of another group.
 */
const derivedId = (groupId: string, ordinal: number): string =>
  `${groupId.slice(0, 24)}${(BigInt(`0x${groupId.slice(24)}`) ^ (BigInt(ordinal + 1) << 32n)).toString(16).padStart(12, "0")}`
