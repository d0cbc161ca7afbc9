// Anything that can be done to a storage, as data for fast-check, and how it is made concrete: ids, versions and
// attempts are taken from what the reference storage holds at that moment, so that most deeds are nearly right.
import { Effect } from "effect"
import fc from "fast-check"
import { amount, zero } from "../../machines/domain/Amount.ts"
import { type CustomerId, payoutId } from "../../machines/domain/Ids.ts"
import type { Leaf } from "../../machines/transaction/leaves.ts"
import type { Birth, Group, ParkReason, PaymentRow, PayoutState, StepRow } from "../../src/ports/rows.ts"
import type { Storage } from "../../src/ports/Storage.ts"
import { asset, audit, change, fate, page, type Samples, samples } from "../../src/testing/storage/samples.ts"

type Service = Storage["Service"]

/** The few things that the deeds of one run are about. */
export interface World {
  readonly rows: Samples
  readonly accounts: readonly [string, string]
  readonly births: ReadonlyArray<Birth>
  readonly payments: ReadonlyArray<PaymentRow>
  readonly customers: ReadonlyArray<CustomerId>
  readonly groups: Array<string>
}

const at = <A>(members: ReadonlyArray<A>, index: number): A => {
  const member = members[index % members.length]
  if (member === undefined) throw new Error("nothing to choose from")
  return member
}

export const world = (run: number): World => {
  const rows = samples(run)
  const accounts = [`${rows.account}-a`, `${rows.account}-b`] as const
  const customers = [rows.customerId(), rows.customerId()]
  const births = Array.from({ length: 6 }, (_, slot) => {
    const birth = rows.birth({
      account: at(accounts, slot),
      memo: { type: "id", value: String(slot % 4) },
      senderId: at(customers, slot),
      receiverId: at(customers, slot + 1),
      destination: slot === 0 ? rows.sealed() : null
    })
    // 2026 begins with the run; the first ones are soon past their time.
    return { ...birth, terms: { ...birth.terms, expiresAtMillis: Date.UTC(2026, 0, 1) + slot * 40_000 } }
  })
  const payments = Array.from({ length: 6 }, (_, slot) =>
    rows.payment({ account: at(accounts, slot), memo: "none" })
  )
  const leader = at(payments, 0)
  const follower = rows.payment({ account: at(accounts, 0), memo: "none", leader: leader.id, received: zero })
  return { rows, accounts, customers, births, payments: [...payments, follower], groups: [] }
}

const slot = fc.nat(5)
const seconds = fc.constantFrom(0, 5, 30, 100)
const leaves: ReadonlyArray<Leaf> = [
  "pending_receiver.payingOut",
  "pending_receiver.held",
  "pending_external.confirming",
  "pending_customer_info_update.awaitingCustomer",
  "completed",
  "expired"
]
const states: ReadonlyArray<PayoutState> = [
  "planned",
  "started",
  "pending",
  "unknown",
  "held",
  "delivered",
  "voided"
]

const stepShape = fc.record({
  slot,
  isStale: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
  leaf: fc.constantFrom(...leaves),
  audits: fc.integer({ min: 1, max: 2 }),
  funding: fc.option(fc.nat(6), { freq: 1 }),
  plans: fc.option(fc.record({ isStarted: fc.boolean(), closes: fc.boolean(), dueIn: seconds })),
  changes: fc.option(
    fc.record({ state: fc.constantFrom(...states), dueIn: fc.option(seconds), tried: fc.boolean() })
  ),
  reserves: fc.option(
    fc.record({
      payout: fc.constantFrom("0", "50", "98.5", "150"),
      refund: fc.constantFrom("0", "1.5"),
      fee: fc.constantFrom("0", "1.5")
    })
  ),
  attention: fc.option(
    fc.record({ dueIn: seconds, customer: fc.option(fc.nat(1)), field: fc.constantFrom("a", "b", "c") })
  ),
  hasRefund: fc.boolean(),
  hasNote: fc.boolean(),
  hasDestination: fc.boolean()
})

const groupShape = fc.record({
  births: fc.uniqueArray(fc.record({ slot, requires: fc.constantFrom("nothing", "current", "stale") }), {
    maxLength: 2,
    selector: (birth) => birth.slot % 4
  }),
  steps: fc.uniqueArray(stepShape, { maxLength: 3, selector: (step) => step.slot }),
  payments: fc.uniqueArray(
    fc.record({
      payment: fc.nat(6),
      to: slot,
      kind: fc.constantFrom<"step" | "waiting" | ParkReason>(
        "step",
        "step",
        "waiting",
        "second",
        "late",
        "no-memo"
      ),
      isOfPage: fc.boolean()
    }),
    { maxLength: 4, selector: (payment) => payment.payment }
  ),
  pages: fc.uniqueArray(
    fc.record({
      account: fc.nat(1),
      isRight: fc.integer({ min: 0, max: 3 }).map((n) => n > 0),
      hasLedger: fc.boolean()
    }),
    { maxLength: 2, selector: ({ account }) => account }
  ),
  refuses: fc.boolean()
})

const deed = fc.oneof(
  { weight: 12, arbitrary: fc.record({ type: fc.constant("commit" as const), shape: groupShape }) },
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant("advance" as const), seconds: fc.constantFrom(1, 10, 40, 120) })
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("claim" as const) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("due" as const), againIn: seconds }) },
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
      put: fc.constantFrom("a", "b", "c")
    })
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("verdicts" as const), againIn: seconds }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("erase" as const), customer: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("outcome" as const), group: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("expirable" as const) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("prune" as const) }) }
)
export type Deed = typeof deed extends fc.Arbitrary<infer D> ? D : never
export const deeds = fc.array(deed, { minLength: 8, maxLength: 30 })

const plenty = 100_000

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
      case "judge":
        return (storage) =>
          storage.recordVerdict({
            id: at(here.customers, what.customer),
            type: "t",
            status: what.status,
            message: null,
            askAgainInSeconds: what.askAgain,
            put: [what.put]
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
        return (storage) => storage.expirable({ limit: plenty })
      case "prune":
        return (storage) => storage.prune
    }
  })

type GroupShape = Extract<Deed, { readonly type: "commit" }>["shape"]
type StepShape = GroupShape["steps"][number]

const groupOf = Effect.fnUntraced(function* (reference: Service, here: World, shape: GroupShape) {
  const { rows } = here
  const there = new Set((yield* reference.actors(here.births.map(({ id }) => id))).map(({ id }) => id))
  const births = yield* Effect.forEach(
    shape.births.filter((birth) => !there.has(at(here.births, birth.slot).id)),
    Effect.fnUntraced(function* (birth) {
      const made = at(here.births, birth.slot)
      if (birth.requires === "nothing" || made.senderId === null) return made
      const version = (yield* reference.customer(made.senderId))?.version ?? 1
      return {
        ...made,
        requires: [{ id: made.senderId, version: birth.requires === "current" ? version : version + 1 }]
      }
    })
  )
  const steps = yield* Effect.forEach(shape.steps, (step) => stepOf(reference, here, step))
  const cursors = yield* reference.cursors
  const pages = shape.pages.map(({ account: index, hasLedger, isRight }) => {
    const account = at(here.accounts, index)
    const cursor = cursors.find((stored) => stored.account === account)
    const position = cursor?.position ?? "1"
    return page(account, isRight ? position : `${position}0`, `${position}1`, {
      epoch: cursor?.epoch ?? 1,
      processedLedger: hasLedger
        ? { sequence: 7, closedAtMillis: Date.UTC(2026, 0, 1) + position.length * 30_000 }
        : null,
      quarantined: [{ position, reason: "unreadable", raw: "{}" }]
    })
  })
  const paged = new Set(pages.map(({ account }) => account))
  const payments = shape.payments.map(({ isOfPage, kind, payment: index, to }) => {
    const payment = at(here.payments, index)
    return fate(
      payment,
      kind,
      kind === "no-memo" ? null : at(here.births, to).id,
      isOfPage && paged.has(payment.account) ? payment.account : null
    )
  })
  const refusals = shape.refuses ? [rows.refusal(at(here.births, 0).id)] : []
  const group: Group = rows.group({ births, steps, payments, pages, refusals })
  return group
})

const stepOf = Effect.fnUntraced(function* (reference: Service, here: World, shape: StepShape) {
  const { rows } = here
  const birth = at(here.births, shape.slot)
  const [actor] = yield* reference.actors([birth.id])
  const { payouts } = yield* reference.history(birth.id)
  const version = Math.max(1, (actor?.version ?? 1) - (shape.isStale ? 1 : 0))
  const newest = payouts.length
  const payment = shape.funding === null ? null : at(here.payments, shape.funding)
  const reserved = payment?.id ?? actor?.fundedBy ?? null
  const closing = shape.plans?.closes === true && newest > 0
  const step: StepRow = rows.step(
    { id: birth.id, version },
    {
      leaf: shape.leaf,
      amounts: { received: amount("100"), accepted: null, fee: null, delivered: null },
      funding:
        payment === null
          ? null
          : { payment: payment.id, stellarTransactionId: payment.stellarTransactionId, payer: payment.from },
      audits: Array.from({ length: shape.audits }, (_, n) => audit(version + 1 + n, { detail: { n } })),
      transfers: [{ from: "ledger-in", to: "payable", amount: amount("100"), asset, version: version + 1 }],
      payouts:
        shape.plans === null
          ? []
          : [
              rows.payout(payoutId(birth.id, newest + 1), {
                state: shape.plans.isStarted ? "started" : "planned",
                dueInSeconds: shape.plans.dueIn
              })
            ],
      changes:
        newest === 0 || (shape.changes === null && !closing)
          ? []
          : [
              change(payoutId(birth.id, newest), {
                state: closing ? "voided" : (shape.changes?.state ?? "held"),
                dueInSeconds: closing ? null : (shape.changes?.dueIn ?? null),
                tried: shape.changes?.tried ?? false
              })
            ],
      reservation:
        shape.reserves === null || reserved === null
          ? null
          : {
              payment: reserved,
              payout: amount(shape.reserves.payout),
              refund: amount(shape.reserves.refund),
              fee: amount(shape.reserves.fee)
            },
      refunds: shape.hasRefund ? [{ stellarTransactionId: "ab", amount: amount("1.5") }] : [],
      attention:
        shape.attention === null
          ? null
          : {
              kind: shape.leaf.startsWith("pending_customer") ? "customer-info" : "held",
              dueInSeconds: shape.attention.dueIn,
              customerId:
                shape.attention.customer === null ? null : at(here.customers, shape.attention.customer),
              contested: [shape.attention.field]
            },
      notes: shape.hasNote ? [rows.sealed("note")] : [],
      destination: shape.hasDestination ? rows.sealed("to") : null
    }
  )
  return step
})

/** What is asked when a run is over: everything that was written, and every list. */
export const questions = (
  here: World
): Readonly<Record<string, (storage: Service) => Effect.Effect<unknown, unknown>>> => {
  const ids = here.births.map(({ id }) => id)
  return {
    transactions: (storage) => storage.transactions(ids),
    actorsByMemo: (storage) =>
      storage.actorsByMemo(here.births.map(({ account, memo }) => ({ account, memo }))),
    histories: (storage) =>
      Effect.forEach(ids, (id) =>
        Effect.map(storage.history(id), ({ attention, ...history }) => ({
          ...history,
          attention: attention === null ? null : { kind: attention.kind, dueAtMillis: attention.dueAtMillis }
        }))
      ),
    jobs: (storage) => storage.jobs(ids.flatMap((id) => [1, 2, 3, 4].map((n) => payoutId(id, n)))),
    list: (storage) => storage.list({ limit: plenty }),
    payments: (storage) => storage.payments(here.payments.map(({ id }) => id)),
    parked: (storage) => storage.parked({ limit: plenty }),
    waitingPayments: (storage) => storage.waitingPayments({ olderThanSeconds: 5, limit: plenty }),
    quarantined: (storage) => storage.quarantined,
    cursors: (storage) => storage.cursors,
    customers: (storage) =>
      Effect.forEach(here.customers, (id) =>
        // The memory storage keeps the name of an erased customer; the port says no more than that it is free.
        Effect.map(storage.customer(id), (row) =>
          row?.erased === true ? { ...row, account: null, memo: null } : row
        )
      ),
    waitingOnCustomer: (storage) => Effect.forEach(here.customers, (id) => storage.waitingOnCustomer(id)),
    expirable: (storage) => storage.expirable({ limit: plenty }),
    outcomes: (storage) => Effect.forEach(here.groups, (id) => storage.outcome(id)),
    nowMillis: (storage) => storage.nowMillis
  }
}
