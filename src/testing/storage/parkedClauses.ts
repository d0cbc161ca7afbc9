/** What the contract says of money that was parked and goes back: reserved at once, settled without a transaction. */
import { Effect } from "effect"
import { amount, zero } from "../../../machines/domain/Amount.ts"
import { type RefundId, refundId } from "../../../machines/domain/Ids.ts"
import type { PaymentRow } from "../../ports/rows.ts"
import { type Draft, draft, type Given, same } from "./claims.ts"
import { owing } from "./refundClauses.ts"
import { fate } from "./samples.ts"

export const parkedPayment = Effect.fnUntraced(function* (
  { rows, storage }: Given,
  parts: Partial<PaymentRow> = {}
) {
  const payment = rows.payment(parts)
  yield* storage.commit(rows.group({ payments: [fate(payment, "no-memo", null)] }))
  return payment
})

export const person = { by: "operator:ann", why: "the payer asked for it" }

export const parkedDrafts: ReadonlyArray<Draft> = [
  draft(
    "a parked payment's refund reserves its money in the commit that plans it (S8, S31-REF-06)",
    function* (given) {
      const { storage } = given
      const payment = yield* parkedPayment(given)
      const id = yield* storage.planParkedRefund(payment.id, person)
      yield* same("the refund's id", id, refundId(payment.id, 1))
      const [job] = yield* storage.refundJobs([refundId(payment.id, 1)])
      yield* same("the refund", job, {
        id,
        payment,
        state: "planned",
        amount: "100",
        tries: 0,
        envelope: null,
        lastEnd: null,
        refundMemo: null,
        actor: null
      })
      const [row] = yield* storage.payments([payment.id])
      yield* same("the payment", [row?.state, row?.reservedRefund], ["parked", "100"])
      yield* same("another refund", yield* storage.planParkedRefund(payment.id, person), null)
      const due = yield* storage.dueRefunds({ limit: 1000, leaseSeconds: 60 })
      yield* same("how many of it are due", due.filter((one) => one.id === id).length, 1)
    }
  ),

  draft("only the leader of a parked payment that brought money is returned (S31-REF-06)", function* (given) {
    const { rows, storage } = given
    const leader = rows.payment({ amount: amount("60") })
    const follower = rows.payment({ leader: leader.id, received: zero, amount: amount("40") })
    const [waiting, unknown] = [rows.payment(), rows.payment()]
    const empty = rows.payment({ received: zero, amount: null })
    const applied = (yield* owing(given)).payment
    yield* storage.commit(
      rows.group({
        payments: [
          ...[leader, follower, empty].map((payment) => fate(payment, "no-memo", null)),
          fate(waiting, "waiting", null)
        ]
      })
    )
    for (const payment of [follower, waiting, unknown, empty, applied])
      yield* same("a refund of it", yield* storage.planParkedRefund(payment.id, person), null)
    yield* storage.planParkedRefund(leader.id, person)
    const [job] = yield* storage.refundJobs([refundId(leader.id, 1)])
    yield* same("what is returned: all its credits", job?.amount, "100")
  }),

  draft(
    "a parked payment's refund is settled without a transaction, by the same rules (S3, S10, S31-REF-07)",
    function* (given) {
      const { rows, storage } = given
      const payment = yield* parkedPayment(given)
      const other = yield* owing(given)
      const busy = rows.envelope()
      yield* other.open(busy)
      const id = refundId(payment.id, 1)
      const settle = (to: Parameters<typeof storage.settleParkedRefund>[1]) =>
        storage.settleParkedRefund(id, to)
      yield* same("one that is not planned", yield* settle({ to: "held" }), false)
      yield* storage.planParkedRefund(payment.id, person)
      yield* same("one of a busy source", yield* settle({ to: "open", envelope: rows.envelope() }), false)
      const source = `${busy.source}-2`
      yield* same("one of a known hash", yield* settle({ to: "open", envelope: { ...busy, source } }), false)
      yield* same("one that was not included", yield* settle({ to: "confirmed" }), false)
      yield* same("holding it", yield* settle({ to: "held" }), true)
      yield* same(
        "opening one that is held",
        yield* settle({ to: "open", envelope: rows.envelope({ source }) }),
        false
      )
      yield* same("retrying it", yield* storage.retryRefund(id), true)
      const envelope = rows.envelope({ source })
      yield* same("opening it", yield* settle({ to: "open", envelope }), true)
      yield* same("its source is busy", (yield* storage.openSources).includes(source), true)
      for (const to of ["held", "cancelled", "confirmed"] as const)
        yield* same("a change while it is open", yield* settle({ to }), false)
      yield* storage.closeEnvelope(envelope.hash, "included")
      for (const to of ["held", "cancelled"] as const)
        yield* same("a change of one that was included", yield* settle({ to }), false)
      yield* same(
        "opening one that was included",
        yield* settle({ to: "open", envelope: rows.envelope({ source }) }),
        false
      )
      yield* same("confirming it", yield* settle({ to: "confirmed" }), true)
      yield* same("confirming it again", yield* settle({ to: "confirmed" }), false)
      const [job] = yield* storage.refundJobs([id])
      yield* same(
        "the refund",
        [job?.state, job?.envelope, job?.lastEnd],
        ["confirmed", null, { hash: envelope.hash, as: "included" }]
      )
      yield* same("a refund of what was returned", yield* storage.planParkedRefund(payment.id, person), null)
      yield* same("one of a transaction", yield* storage.settleParkedRefund(other.id, { to: "held" }), false)
      yield* same(
        "one that is none",
        yield* storage.settleParkedRefund("none" as RefundId, { to: "held" }),
        false
      )
    }
  ),

  draft("a cancelled refund of a parked payment gives its money back (S31-REF-06)", function* (given) {
    const { storage } = given
    const payment = yield* parkedPayment(given)
    yield* storage.planParkedRefund(payment.id, person)
    yield* same(
      "cancelling it",
      yield* storage.settleParkedRefund(refundId(payment.id, 1), { to: "cancelled" }),
      true
    )
    const [row] = yield* storage.payments([payment.id])
    yield* same("what is reserved of it", row?.reservedRefund, "0")
    yield* same("the next one", yield* storage.planParkedRefund(payment.id, person), refundId(payment.id, 2))
    const [second] = yield* storage.refundJobs([refundId(payment.id, 2)])
    yield* same("the next one's state", second?.state, "planned")
  })
]
