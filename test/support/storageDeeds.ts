// Anything that can be done to a storage, as data for fast-check, and how it is made concrete: ids and versions are taken from
// what the reference storage holds at that moment, so that most deeds are nearly right.
import { Effect } from "effect"
import fc from "fast-check"
import { amount } from "../../machines/domain/Amount.ts"
import type { Storage } from "../../src/ports/Storage.ts"
import { groupOf, groupShape, seconds } from "./storageGroups.ts"
import { doingRefunds, type RefundDeed, refundDeed } from "./storageRefundDeeds.ts"
import { at, type World } from "./storageWorld.ts"

type Service = Storage["Service"]
const plenty = 100_000

const slot = fc.nat(8)
const few = fc.constantFrom(1, 2, plenty)
const outcome = fc.constantFrom<"delivered" | "dead" | { readonly retryInSeconds: number }>(
  "delivered",
  "delivered",
  "dead",
  { retryInSeconds: 30 }
)

const otherDeed = fc.oneof(
  { weight: 12, arbitrary: fc.record({ type: fc.constant("commit" as const), shape: groupShape }) },
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant("advance" as const), seconds: fc.constantFrom(1, 10, 40, 120) })
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("claim" as const) }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant("due" as const), againIn: seconds }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("attend" as const), againIn: seconds }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("open" as const),
      account: fc.nat(1),
      epoch: fc.integer({ min: 1, max: 3 })
    })
  },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant("lease" as const), owner: fc.constantFrom("a", "b"), seconds })
  },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant("create" as const), customer: fc.nat(1), isNamed: fc.boolean() })
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("judge" as const),
      customer: fc.nat(1),
      status: fc.constantFrom("ACCEPTED", "PROCESSING"),
      askAgain: fc.option(seconds),
      put: fc.constantFrom("a", "b", "c"),
      ifVersion: fc.option(fc.integer({ min: 0, max: 3 }).map((n) => n > 0))
    })
  },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant("register" as const), slot, url: fc.constantFrom("u", "v") })
  },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant("send" as const), limit: few, lease: seconds })
  },
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant("settle" as const), index: fc.nat(5), as: outcome })
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("replay" as const), index: fc.nat(2) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("quote" as const),
      quote: fc.nat(2),
      openMax: fc.integer({ min: 1, max: 3 }),
      capacity: fc.constantFrom(null, "400", "900")
    })
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("listen" as const),
      customer: fc.nat(1),
      url: fc.constantFrom("u", "v")
    })
  },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant("tell" as const), limit: few, lease: seconds })
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant("told" as const),
      customer: fc.nat(1),
      back: fc.nat(3),
      as: outcome
    })
  },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant("upload" as const), file: fc.nat(1), customer: fc.nat(1) })
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("defer" as const),
      customer: fc.nat(2),
      again: seconds,
      forgets: fc.boolean()
    })
  },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant("waiting" as const), limit: few, after: fc.nat(6) })
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("verdicts" as const), againIn: seconds }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("erase" as const), customer: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("outcome" as const), group: fc.nat(20) }) },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant("expirable" as const), limit: few, after: fc.option(slot) })
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("prune" as const) }) }
)
type OtherDeed = typeof otherDeed extends fc.Arbitrary<infer D> ? D : never
export type Deed = OtherDeed | RefundDeed
const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 1, arbitrary: otherDeed },
  { weight: 1, arbitrary: refundDeed }
)
export const deeds = fc.array(deed, { minLength: 30, maxLength: 100 })

/** A deed as a call: the same one for every storage, made of what the reference holds now. */
export const doing = (reference: Service, here: World, what: Exclude<Deed, { readonly type: "advance" }>) =>
  Effect.gen(function* (): Generator<
    Effect.Effect<unknown, unknown>,
    (storage: Service) => Effect.Effect<unknown, unknown>,
    never
  > {
    const { rows } = here
    switch (what.type) {
      case "commit": {
        const group = yield* groupOf(reference, here, what.shape)
        here.groups.push(group.id)
        return (storage) => storage.commit(group)
      }
      case "claim":
        return (storage) =>
          storage.claim({ rail: rows.rail, limit: plenty, owner: "claimer", leaseSeconds: 20 })
      case "due":
        return (storage) =>
          storage.due({
            rail: rows.rail,
            states: ["started", "pending", "unknown", "held"],
            limit: plenty,
            owner: "taker",
            againInSeconds: what.againIn
          })
      case "attend":
        return (storage) => storage.dueAttention({ limit: plenty, againInSeconds: what.againIn })
      case "open":
        return (storage) =>
          storage.openCursor({
            account: at(here.accounts, what.account),
            network: "n",
            tip: "1",
            epoch: what.epoch
          })
      case "lease":
        return (storage) => storage.lease(`role:${rows.account}`, what.owner, what.seconds)
      case "create": {
        const account = what.isNamed ? rows.account : null
        const id = what.isNamed ? rows.customerId() : at(here.customers, what.customer)
        return (storage) => storage.createCustomer({ id, owner: "o", account, memo: null })
      }
      case "judge": {
        const id = at(here.customers, what.customer)
        const version = (yield* reference.customer(id))?.version ?? 0
        return (storage) =>
          storage.recordVerdict({
            id,
            type: "t",
            status: what.status,
            message: null,
            askAgainInSeconds: what.askAgain,
            put: [what.put],
            ...(what.ifVersion === null ? {} : { ifVersion: what.ifVersion ? version : version - 1 })
          })
      }
      case "register":
        return (storage) => storage.setCallback(at(here.births, what.slot).id, what.url)
      case "send":
        return (storage) => storage.dueCallbacks({ limit: what.limit, leaseSeconds: what.lease })
      case "settle": {
        const pending = yield* reference.callbacks({ state: "pending", limit: plenty })
        const row = pending[what.index]
        return (storage) =>
          storage.settleCallback({
            transactionId: row?.transaction.id ?? at(here.births, what.index).id,
            version: row?.version ?? 1,
            as: what.as
          })
      }
      case "replay": {
        const row = (yield* reference.callbacks({ state: "dead", limit: plenty }))[what.index]
        return (storage) =>
          storage.replayCallback(row?.transaction.id ?? at(here.births, what.index).id, row?.version ?? 1)
      }
      case "quote":
        return (storage) =>
          storage.createQuote(at(here.quotes, what.quote), {
            openMax: what.openMax,
            capacity: what.capacity === null ? null : amount(what.capacity)
          })
      case "listen":
        return (storage) => storage.setCustomerCallback(at(here.customers, what.customer), what.url)
      case "tell":
        return (storage) => storage.dueCustomerCallbacks({ limit: what.limit, leaseSeconds: what.lease })
      case "told": {
        const id = at(here.customers, what.customer)
        const version = ((yield* reference.customer(id))?.version ?? 0) - what.back
        return (storage) => storage.settleCustomerCallback({ customerId: id, version, as: what.as })
      }
      case "upload": {
        const file = at(here.files, what.file)
        const sealed = rows.sealed()
        return (storage) =>
          Effect.andThen(
            storage.putFile(file, sealed),
            storage.attachFiles(at(here.customers, what.customer), [file.id])
          )
      }
      case "defer": {
        const id = at(here.customers, what.customer)
        return (storage) =>
          storage
            .deferErasure(id)
            .pipe(
              Effect.andThen(what.forgets ? storage.eraseCustomerValues(id) : Effect.void),
              Effect.andThen(storage.dueErasures({ limit: plenty, againInSeconds: what.again }))
            )
      }
      case "waiting":
        return (storage) =>
          storage.waitingPayments({
            olderThanSeconds: 0,
            limit: what.limit,
            ...(what.after === 0 ? {} : { after: at(here.payments, what.after).id })
          })
      case "verdicts":
        return (storage) => storage.dueVerdicts({ limit: plenty, againInSeconds: what.againIn })
      case "erase":
        return (storage) => storage.eraseCustomer(at(here.customers, what.customer))
      case "outcome": {
        const id = here.groups[what.group] ?? rows.uuid()
        return (storage) => storage.outcome(id)
      }
      case "expirable":
        return (storage) =>
          storage.expirable({
            limit: what.limit,
            ...(what.after === null ? {} : { after: at(here.births, what.after).id })
          })
      case "prune":
        return (storage) => storage.prune
      default:
        return yield* doingRefunds(reference, here, what)
    }
  })
