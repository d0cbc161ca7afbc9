/** What the contract says of refunds: planned with what is reserved, made by one envelope at a time, and never again once made. */
import { Effect } from "effect"
import { amount, zero } from "../../../machines/domain/Amount.ts"
import { type RefundId, refundId } from "../../../machines/domain/Ids.ts"
import type { Birth, EnvelopeEnd, EnvelopeRow, RefundChange } from "../../ports/rows.ts"
import { type Draft, draft, failsWith, type Given, same, sameSet } from "./claims.ts"
import { audit, fate, type StepParts } from "./samples.ts"

const owed = "pending_receiver.refundOwed"
const refunding = "pending_stellar.refunding"

/** A transaction whose payment is owed back, and what moves its refund on. */
export const owing = Effect.fnUntraced(function* ({ rows, storage }: Given, parts: Partial<Birth> = {}) {
  const birth = rows.birth(parts)
  const payment = rows.payment()
  yield* storage.commit(rows.group({ births: [birth] }))
  const first = rows.funding(birth, payment, {
    leaf: owed,
    payouts: [],
    reservation: { payment: payment.id, payout: zero, refund: amount("100"), fee: zero },
    refundChanges: [{ to: "planned", amount: amount("100") }]
  })
  yield* storage.commit(rows.group({ steps: [first], payments: [fate(payment, "step", birth.id)] }))
  let version = 2
  const stepOf = (refundChanges: ReadonlyArray<RefundChange>, more: StepParts = {}) =>
    rows.step(
      { id: birth.id, version },
      { leaf: refunding, audits: [audit(version + 1)], refundChanges, ...more }
    )
  /** Writes a step with these changes. */
  const change = (...changes: ReadonlyArray<RefundChange>) =>
    Effect.tap(storage.commit(rows.group({ steps: [stepOf(changes)] })), () => {
      version += 1
      return Effect.void
    })
  const id = refundId(payment.id, 1)
  const job = Effect.map(storage.refundJobs([id]), ([found]) => found)
  const due = Effect.map(storage.dueRefunds({ limit: 1000, leaseSeconds: 60 }), (jobs) =>
    jobs.filter((one) => one.id === id)
  )
  const open = (envelope: EnvelopeRow) => change({ to: "open", envelope })
  const close = (envelope: EnvelopeRow, as: EnvelopeEnd) => storage.closeEnvelope(envelope.hash, as)
  return { birth, payment, id, change, stepOf, job, due, open, close }
})

export const refundDrafts: ReadonlyArray<Draft> = [
  draft(
    "a step plans a refund: due at once, with its payment, its transaction and the memo it was born with (S31-REF-06)",
    function* (given) {
      const refundMemo = { type: "text", value: "back to 7" } as const
      const { birth, due, id, job, payment } = yield* owing(given, { refundMemo })
      const [actor] = yield* given.storage.actors([birth.id])
      const expected = {
        id,
        payment,
        state: "planned",
        amount: "100",
        tries: 0,
        envelope: null,
        lastEnd: null,
        refundMemo,
        actor
      }
      yield* same("the refund by its id", yield* job, expected)
      yield* same("what is due", yield* due, [expected])
      yield* same("what is due at once again", yield* due, [])
      yield* given.advance(61)
      yield* same("how many are due when the lease is over", (yield* due).length, 1)
      const none = ["no refund", `${payment.id}/2`, `${payment.id}/0`, payment.id]
      yield* same("refunds that are none", yield* given.storage.refundJobs(none as Array<RefundId>), [])
    }
  ),

  draft("a refund that is due is taken once, whoever asks at the same time (S8)", function* (given) {
    const all = yield* Effect.forEach([1, 2, 3, 4, 5], () => owing(given))
    const mine = new Set<string>(all.map(({ id }) => id))
    const taken = yield* Effect.all(
      [1, 2, 3].map(() => given.storage.dueRefunds({ limit: 2, leaseSeconds: 60 })),
      { concurrency: "unbounded" }
    )
    const rest = yield* given.storage.dueRefunds({ limit: 1000, leaseSeconds: 60 })
    yield* sameSet(
      "what was taken",
      [...taken.flat(), ...rest].flatMap(({ id }) => (mine.has(id) ? [id] : [])),
      [...mine]
    )
  }),

  draft(
    "an envelope is committed with the step that opens it, before anyone submits it (S10, S31-REF-07)",
    function* (given) {
      const { due, job, open } = yield* owing(given)
      yield* due
      const envelope = given.rows.envelope()
      yield* open(envelope)
      const found = yield* job
      yield* same("the refund", [found?.state, found?.envelope, found?.lastEnd], ["open", envelope, null])
      yield* same("when it is due: at once", (yield* due).length, 1)
      const sources = yield* given.storage.openSources
      yield* same("its source is busy", sources.includes(envelope.source), true)
    }
  ),

  draft("a lost step leaves its refund as it is (S31-REF-06)", function* (given) {
    const { job, stepOf } = yield* owing(given)
    const stale = { ...stepOf([{ to: "cancelled" }]), version: 1 }
    const answer = yield* given.storage.commit(given.rows.group({ steps: [stale] }))
    yield* same("the steps that were lost", answer.lost, [stale.id])
    yield* same("the refund", (yield* job)?.state, "planned")
  }),

  draft("of a refund at most one envelope is open (S8, S31-REF-06)", function* (given) {
    const { change, job, open } = yield* owing(given)
    const envelope = given.rows.envelope()
    yield* open(envelope)
    const second = given.rows.envelope({ source: `${envelope.source}-2` })
    yield* failsWith("GroupRejected", open(second))
    for (const to of ["held", "cancelled", "confirmed"] as const)
      yield* failsWith("GroupRejected", change({ to }))
    const found = yield* job
    yield* same("the refund", [found?.state, found?.envelope], ["open", envelope])
  }),

  draft("of a source account at most one envelope is open (S3)", function* (given) {
    const [one, two, three] = [yield* owing(given), yield* owing(given), yield* owing(given)]
    const [first, second] = [given.rows.envelope(), given.rows.envelope()]
    const both = given.rows.group({
      steps: [one.stepOf([{ to: "open", envelope: first }]), two.stepOf([{ to: "open", envelope: second }])]
    })
    yield* failsWith("GroupRejected", given.storage.commit(both))
    yield* same(
      "the refunds of a rejected group",
      [(yield* one.job)?.state, (yield* two.job)?.state],
      ["planned", "planned"]
    )
    yield* one.open(first)
    yield* failsWith("GroupRejected", two.open(second))
    yield* two.open(given.rows.envelope({ source: `${first.source}-2` }))
    yield* one.close(first, "expired")
    yield* three.open(given.rows.envelope())
  }),

  draft("an envelope is known by its hash for all time (S1)", function* (given) {
    const { close, open } = yield* owing(given)
    const envelope = given.rows.envelope()
    yield* open(envelope)
    yield* close(envelope, "failed")
    yield* failsWith("GroupRejected", open(envelope))
    yield* open(given.rows.envelope({ sequence: envelope.sequence }))
  }),

  draft(
    "when the ledger has shown that an envelope moved nothing, the refund is due and another may be opened (S1, S31-REF-07)",
    function* (given) {
      const { close, due, job, open } = yield* owing(given)
      for (const as of ["expired", "failed"] as const) {
        const envelope = given.rows.envelope()
        yield* open(envelope)
        yield* due
        yield* close(envelope, as)
        const found = yield* job
        yield* same(
          "the refund",
          [found?.state, found?.envelope, found?.lastEnd],
          ["open", null, { hash: envelope.hash, as }]
        )
        yield* same("how many are due", (yield* due).length, 1)
        yield* close(envelope, "included")
        yield* same("an envelope that was closed stays so", (yield* job)?.lastEnd?.as, as)
      }
      yield* given.storage.closeEnvelope("no envelope", "failed")
    }
  ),

  draft(
    "a refund that was included is never opened, held or cancelled again, only confirmed (S8, S31-REF-06)",
    function* (given) {
      const { change, close, due, id, job, open } = yield* owing(given)
      const envelope = given.rows.envelope()
      yield* open(envelope)
      yield* close(envelope, "included")
      yield* failsWith("GroupRejected", open(given.rows.envelope()))
      for (const to of ["held", "cancelled"] as const) yield* failsWith("GroupRejected", change({ to }))
      yield* same("a retry", yield* given.storage.retryRefund(id), false)
      yield* same("how it ended", (yield* job)?.lastEnd, { hash: envelope.hash, as: "included" })
      yield* change({ to: "confirmed" })
      yield* same("the refund", (yield* job)?.state, "confirmed")
      yield* given.advance(3600)
      yield* same("what is due of it", yield* due, [])
      yield* failsWith("GroupRejected", change({ to: "confirmed" }))
      yield* failsWith("GroupRejected", open(given.rows.envelope()))
    }
  ),

  draft("a refund is confirmed only once an envelope of it was included (S31-REF-08)", function* (given) {
    const { change, close, open } = yield* owing(given)
    yield* failsWith("GroupRejected", change({ to: "confirmed" }))
    const envelope = given.rows.envelope()
    yield* open(envelope)
    yield* failsWith("GroupRejected", change({ to: "confirmed" }))
    yield* close(envelope, "failed")
    yield* failsWith("GroupRejected", change({ to: "confirmed" }))
  }),

  draft("a held refund waits for a person, who may have it tried again (S31-REF-05, S9)", function* (given) {
    const { change, due, id, job, open } = yield* owing(given)
    yield* same("a retry of one that is planned", yield* given.storage.retryRefund(id), false)
    yield* change({ to: "held" })
    yield* given.advance(3600)
    yield* same("what is due of it", yield* due, [])
    yield* given.storage.postponeRefund(id, 0)
    yield* same("a held one cannot be put off", [(yield* job)?.tries, yield* due], [0, []])
    yield* failsWith("GroupRejected", open(given.rows.envelope()))
    yield* same("a retry", yield* given.storage.retryRefund(id), true)
    yield* same(
      "what is due of it then",
      (yield* due).map(({ state }) => state),
      ["planned"]
    )
    yield* same("a second retry", yield* given.storage.retryRefund(id), false)
    yield* same("a retry of none", yield* given.storage.retryRefund("none" as RefundId), false)
    yield* open(given.rows.envelope())
  }),

  draft("a refund that is put off counts its tries (S9)", function* (given) {
    const { due, id, job } = yield* owing(given)
    yield* given.storage.postponeRefund(id, 30)
    yield* same("what is due of it at once", yield* due, [])
    yield* given.advance(31)
    yield* same(
      "its tries when it is due",
      (yield* due).map(({ tries }) => tries),
      [1]
    )
    yield* given.storage.postponeRefund(id, 0)
    yield* same("its tries", (yield* job)?.tries, 2)
    yield* given.storage.postponeRefund("none" as RefundId, 0)
  }),

  draft("a fold may make several changes, in their order (S31-REF-06)", function* (given) {
    const { rows, storage } = given
    const [one, two] = [yield* owing(given), yield* owing(given)]
    yield* failsWith("GroupRejected", one.change({ to: "cancelled" }, { to: "held" }))
    yield* failsWith(
      "GroupRejected",
      one.change({ to: "open", envelope: rows.envelope() }, { to: "cancelled" })
    )
    yield* failsWith("GroupRejected", one.change({ to: "planned", amount: amount("100") }))
    yield* one.change({ to: "held" }, { to: "cancelled" })
    yield* same("a refund that was cancelled", (yield* one.job)?.state, "cancelled")
    yield* failsWith("GroupRejected", one.change({ to: "planned", amount: amount("100") }))
    yield* two.change({ to: "held" }, { to: "held" })
    yield* same("a refund that is held", (yield* two.job)?.state, "held")

    const endings: ReadonlyArray<readonly [RefundChange, string]> = [
      [{ to: "cancelled" }, "cancelled"],
      [{ to: "held" }, "held"],
      [{ to: "open", envelope: rows.envelope() }, "open"]
    ]
    for (const [ending, state] of endings) {
      const birth = rows.birth()
      const payment = rows.payment()
      yield* storage.commit(rows.group({ births: [birth] }))
      const step = rows.funding(birth, payment, {
        leaf: owed,
        payouts: [],
        reservation: { payment: payment.id, payout: zero, refund: amount("100"), fee: zero },
        refundChanges: [{ to: "planned", amount: amount("100") }, ending]
      })
      yield* storage.commit(rows.group({ steps: [step], payments: [fate(payment, "step", birth.id)] }))
      const [found] = yield* storage.refundJobs([refundId(payment.id, 1)])
      yield* same("the refund", found?.state, state)
    }
  }),

  draft(
    "no refund returns more than is reserved for it, or what never came (S8, S31-REF-06)",
    function* (given) {
      const { rows, storage } = given
      const birth = rows.birth()
      const payment = rows.payment()
      yield* storage.commit(rows.group({ births: [birth] }))
      const planned = [{ to: "planned", amount: amount("40.0000001") }] as const
      const reservation = { payment: payment.id, payout: zero, refund: amount("40"), fee: zero }
      const payments = [fate(payment, "step", birth.id)]
      const funding = (parts: StepParts) => rows.funding(birth, payment, { payouts: [], ...parts })
      yield* failsWith(
        "GroupRejected",
        storage.commit(rows.group({ steps: [rows.step(birth, { refundChanges: planned })] }))
      )
      yield* failsWith(
        "GroupRejected",
        storage.commit(rows.group({ steps: [funding({ reservation, refundChanges: planned })], payments }))
      )
      yield* storage.commit(rows.group({ steps: [funding({ reservation })], payments }))
      const later = (refundChanges: ReadonlyArray<RefundChange>) =>
        storage.commit(
          rows.group({
            steps: [rows.step({ id: birth.id, version: 2 }, { audits: [audit(3)], refundChanges })]
          })
        )
      yield* failsWith("GroupRejected", later(planned))
      yield* later([{ to: "planned", amount: amount("40") }])
    }
  )
]
