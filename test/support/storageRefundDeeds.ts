// What can be done to refunds, parked money and the audit, as data for fast-check; and the refunds of steps, nearly right.
import { Effect } from "effect"
import fc from "fast-check"
import { amount } from "../../machines/domain/Amount.ts"
import { type RefundId, refundId } from "../../machines/domain/Ids.ts"
import type { EnvelopeEnd, RefundChange, RefundJob } from "../../src/ports/rows.ts"
import type { Storage } from "../../src/ports/Storage.ts"
import { audit } from "../../src/testing/storage/samples.ts"
import { at, type World } from "./storageWorld.ts"

type Service = Storage["Service"]
const plenty = 100_000

const index = fc.nat(6)
const seconds = fc.constantFrom(0, 5, 30, 100)
const few = fc.constantFrom(1, 2, plenty)

/** Which of the changes that may come next, or whatever else. */
export const refundShape = fc.record({
  choice: fc.nat(5),
  source: fc.nat(1),
  isWild: fc.integer({ min: 0, max: 7 }).map((n) => n === 0)
})
export type RefundShape = typeof refundShape extends fc.Arbitrary<infer S> ? S : never

export const refundDeed = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      type: fc.constant("repay" as const),
      slot: fc.constantFrom(1, 2),
      shape: refundShape
    })
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant("refunds" as const), limit: few, lease: seconds }) },
  {
    weight: 10,
    arbitrary: fc.record({
      type: fc.constant("close" as const),
      index,
      as: fc.constantFrom<EnvelopeEnd>("included", "included", "failed", "expired")
    })
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("postpone" as const), index, seconds }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("retry" as const), index }) },
  { weight: 8, arbitrary: fc.record({ type: fc.constant("return" as const), payment: index }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("keep" as const), payment: index }) },
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant("give" as const), payment: index, slot: fc.nat(8) })
  },
  {
    weight: 12,
    arbitrary: fc.record({ type: fc.constant("settleParked" as const), index, shape: refundShape })
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("seal" as const), limit: few }) }
)
export type RefundDeed = typeof refundDeed extends fc.Arbitrary<infer D> ? D : never

const person = { by: "operator", why: "because" }

/** What may come next of a refund, by what it is now; null: there is none yet. */
const nextOf = (
  job: RefundJob | null,
  envelope: RefundChange & { readonly to: "open" }
): ReadonlyArray<ReadonlyArray<RefundChange>> => {
  const planned: RefundChange = { to: "planned", amount: amount("1.5") }
  const [held, cancelled, confirmed]: ReadonlyArray<RefundChange> = [
    { to: "held" },
    { to: "cancelled" },
    { to: "confirmed" }
  ]
  if (held === undefined || cancelled === undefined || confirmed === undefined) return []
  if (job === null) return [[planned], [planned], [planned, envelope], [planned, cancelled], [planned, held]]
  if (job.state === "planned") return [[envelope], [envelope], [held], [cancelled], [held, cancelled]]
  if (job.state === "held") return [[cancelled], [held]]
  if (job.state !== "open" || job.envelope !== null) return []
  return job.lastEnd?.as === "included" ? [[confirmed]] : [[envelope], [held]]
}

/** The changes of a step, or of a parked payment's refund. */
export const refundChanges = (
  here: World,
  job: RefundJob | null,
  { choice, isWild, source }: RefundShape
): ReadonlyArray<RefundChange> => {
  const open = {
    to: "open" as const,
    envelope: here.rows.envelope({ source: `${here.rows.account}-source-${source}` })
  }
  const wild: ReadonlyArray<RefundChange> = [
    { to: "planned", amount: amount("1.5") },
    open,
    { to: "held" },
    { to: "cancelled" },
    { to: "confirmed" }
  ]
  const all = isWild ? wild.map((change) => [change]) : nextOf(job, open)
  return all[choice % Math.max(1, all.length)] ?? []
}

/** The refunds of this world that there are now. */
export const refundsOf = (reference: Service, here: World) =>
  reference.refundJobs(here.payments.flatMap(({ id }) => [1, 2, 3, 4].map((n) => refundId(id, n))))

const none = "none/1" as RefundId

const chosen = <A>(members: ReadonlyArray<A>, index: number): A | undefined =>
  members[index % Math.max(1, members.length)]

export const doingRefunds = (reference: Service, here: World, what: RefundDeed) =>
  Effect.gen(function* (): Generator<
    Effect.Effect<unknown, unknown>,
    (storage: Service) => Effect.Effect<unknown, unknown>,
    never
  > {
    const jobs = yield* refundsOf(reference, here)
    const open = jobs.filter(({ envelope }) => envelope !== null)
    const undecided = (yield* reference.payments(here.payments.map(({ id }) => id))).filter(
      ({ resolved, state }) => state === "parked" && !resolved
    )
    /** Mostly one that can be decided about. */
    const payment = (index: number) => (chosen(undecided, index)?.payment ?? at(here.payments, index)).id
    switch (what.type) {
      case "repay": {
        const { id } = at(here.births, what.slot)
        const [actor] = yield* reference.actors([id])
        const version = actor?.version ?? 1
        const job = jobs.find((one) => one.actor?.id === id) ?? null
        const step = here.rows.step(
          { id, version },
          { audits: [audit(version + 1)], refundChanges: refundChanges(here, job, what.shape) }
        )
        const group = here.rows.group({ steps: [step] })
        return (storage) => storage.commit(group)
      }
      case "refunds":
        return (storage) => storage.dueRefunds({ limit: what.limit, leaseSeconds: what.lease })
      case "close": {
        const hash = chosen(open, what.index)?.envelope?.hash ?? "none"
        return (storage) => storage.closeEnvelope(hash, what.as)
      }
      case "postpone":
        return (storage) => storage.postponeRefund(jobs[what.index]?.id ?? none, what.seconds)
      case "retry": {
        const held = jobs.filter(({ state }) => state === "held")
        return (storage) => storage.retryRefund((chosen(held, what.index) ?? jobs[what.index])?.id ?? none)
      }
      case "return":
        return (storage) => storage.planParkedRefund(payment(what.payment), person)
      case "keep":
        return (storage) => storage.keepParked(payment(what.payment), person)
      case "give":
        return (storage) =>
          storage.releaseParked(payment(what.payment), at(here.births, what.slot).id, person)
      case "settleParked": {
        const parked = jobs.filter(({ actor }) => actor === null)
        const job = chosen(parked, what.index) ?? jobs[what.index]
        const [change] = refundChanges(here, job ?? null, what.shape)
        const to = change === undefined || change.to === "planned" ? ({ to: "held" } as const) : change
        return (storage) => storage.settleParkedRefund(job?.id ?? none, to)
      }
      case "seal":
        return (storage) => storage.sealAudits({ limit: what.limit })
    }
  })
