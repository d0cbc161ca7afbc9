// Groups of every kind, as data for fast-check, and how one is made concrete: versions and attempts are taken from what the
// reference storage holds at that moment, so that most steps are nearly right.
import { Effect } from "effect"
import fc from "fast-check"
import { amount } from "../../machines/domain/Amount.ts"
import { payoutId } from "../../machines/domain/Ids.ts"
import type { Leaf } from "../../machines/transaction/leaves.ts"
import type { Group, ParkReason, PayoutState, StepRow } from "../../src/ports/rows.ts"
import type { Storage } from "../../src/ports/Storage.ts"
import { asset, audit, change, fate, page } from "../../src/testing/storage/samples.ts"
import { refundChanges, refundShape, refundsOf } from "./storageRefundDeeds.ts"
import { at, type World } from "./storageWorld.ts"

type Service = Storage["Service"]

const slot = fc.nat(8)
export const seconds = fc.constantFrom(0, 5, 30, 100)
const leaves: ReadonlyArray<Leaf> = [
  "pending_receiver.checking",
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
  // Often one that owes a refund.
  slot: fc.oneof({ weight: 2, arbitrary: slot }, { weight: 1, arbitrary: fc.constantFrom(1, 2) }),
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
  repays: fc.option(refundShape, { freq: 1 }),
  hasRefund: fc.boolean(),
  hasNote: fc.boolean(),
  hasDestination: fc.boolean(),
  links: fc.array(fc.record({ isSender: fc.boolean(), customer: fc.nat(1) }), { maxLength: 2 })
})

export const groupShape = fc.record({
  births: fc.uniqueArray(fc.record({ slot, requires: fc.constantFrom("nothing", "current", "stale") }), {
    maxLength: 3,
    selector: (birth) => birth.slot
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

type GroupShape = typeof groupShape extends fc.Arbitrary<infer S> ? S : never
type StepShape = GroupShape["steps"][number]
const waiting = /^pending_customer|checking$/

export const groupOf = Effect.fnUntraced(function* (reference: Service, here: World, shape: GroupShape) {
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
  const refund = (yield* refundsOf(reference, here)).find((job) => job.actor?.id === birth.id) ?? null
  const repaid = shape.repays === null || reserved === null ? [] : refundChanges(here, refund, shape.repays)
  const reserving =
    shape.reserves ?? (repaid[0]?.to === "planned" ? { payout: "50", refund: "1.5", fee: "1.5" } : null)
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
        reserving === null || reserved === null
          ? null
          : {
              payment: reserved,
              payout: amount(reserving.payout),
              refund: amount(reserving.refund),
              fee: amount(reserving.fee)
            },
      refundChanges: repaid,
      refunds: shape.hasRefund ? [{ stellarTransactionId: "ab", amount: amount("1.5") }] : [],
      attention:
        shape.attention === null
          ? null
          : {
              kind: waiting.test(shape.leaf) ? "customer-info" : "held",
              dueInSeconds: shape.attention.dueIn,
              customerId:
                shape.attention.customer === null ? null : at(here.customers, shape.attention.customer),
              contested: [shape.attention.field]
            },
      links: shape.links.map(({ customer, isSender }) => ({
        party: isSender ? ("sender" as const) : ("receiver" as const),
        customerId: at(here.customers, customer),
        type: isSender ? "t" : null
      })),
      notes: shape.hasNote ? [rows.sealed("note")] : [],
      destination: shape.hasDestination ? rows.sealed("to") : null
    }
  )
  return step
})
