/** What the contract says of payout attempts: claimed once, leased, taken again when the lease is over, closed for good. */
import { Effect } from "effect"
import { amount } from "../../../machines/domain/Amount.ts"
import { type PayoutId, payoutId } from "../../../machines/domain/Ids.ts"
import type { Birth, PayoutBirth, SealedRow } from "../../ports/rows.ts"
import { type Draft, draft, type Given, same, sameSet } from "./claims.ts"
import { audit, change, leaseSeconds, owner, payingOut } from "./samples.ts"

/** Transactions with one attempt each. */
const planned = Effect.fnUntraced(function* (
  { rows, storage }: Given,
  count: number,
  parts: Partial<PayoutBirth> = {},
  birthParts: Partial<Birth> = {}
) {
  const births = Array.from({ length: count }, () => rows.birth(birthParts))
  yield* storage.commit(rows.group({ births }))
  const steps = births.map((birth) =>
    rows.step(birth, { payouts: [rows.payout(payoutId(birth.id, 1), parts)] })
  )
  yield* storage.commit(rows.group({ steps }))
  return births.map(({ id }) => ({ id, payout: payoutId(id, 1) }))
})

export const payoutDrafts: ReadonlyArray<Draft> = [
  draft(
    "a job carries the attempt, its sealed destination and the transaction as it stands",
    function* (given) {
      const { rows, storage } = given
      const destination: SealedRow = rows.sealed("iban")
      const [one] = yield* planned(
        given,
        1,
        { amount: amount("97.25"), fee: amount("2.75"), amountIn: amount("100") },
        { destination, reference: "INV-1", metadata: { a: "b" } }
      )
      if (one === undefined) return
      const [job, ...more] = yield* storage.jobs([
        one.payout,
        payoutId(one.id, 2),
        payoutId(rows.transactionId(), 1),
        "no payout" as PayoutId
      ])
      yield* same("jobs of ids that are none", more, [])
      const [actor] = yield* storage.actors([one.id])
      yield* same("the job", job, {
        id: one.payout,
        rail: rows.rail,
        state: "planned",
        amount: "97.25",
        fee: "2.75",
        amountIn: "100",
        tries: 0,
        externalId: null,
        sealed: destination,
        reference: "INV-1",
        metadata: { a: "b" },
        actor
      })
    }
  ),

  draft("an attempt keeps the destination it was planned with", function* ({ rows, storage }) {
    const [first, second] = [rows.sealed("first"), rows.sealed("second")]
    const birth = rows.birth({ destination: first })
    yield* storage.commit(rows.group({ births: [birth] }))
    const [one, two] = [payoutId(birth.id, 1), payoutId(birth.id, 2)]
    yield* storage.commit(rows.group({ steps: [rows.step(birth, { payouts: [rows.payout(one)] })] }))
    const next = rows.step(
      { id: birth.id, version: 2 },
      { changes: [change(one, { state: "refused" })], payouts: [rows.payout(two)], destination: second }
    )
    yield* storage.commit(rows.group({ steps: [next] }))
    const jobs = yield* storage.jobs([one, two])
    yield* sameSet(
      "the destinations",
      jobs.map(({ id, sealed }) => [id, sealed?.id]),
      [
        [one, first.id],
        [two, second.id]
      ]
    )
    const [actor] = yield* storage.actors([birth.id])
    yield* same("the transaction's destination", actor?.destination, second.id)
  }),

  draft("a planned attempt is claimed once, whoever asks at the same time", function* (given) {
    const { rows, storage } = given
    const all = yield* planned(given, 12)
    const claims = yield* Effect.all(
      ["a", "b", "c", "d"].map((name) =>
        storage.claim({ rail: rows.rail, limit: 5, owner: name, leaseSeconds: 30 })
      ),
      { concurrency: "unbounded" }
    )
    const rest = yield* storage.claim({ rail: rows.rail, limit: 50, owner: "e", leaseSeconds: 30 })
    const claimed = [...claims.flat(), ...rest]
    yield* sameSet(
      "what was claimed",
      claimed.map(({ id, state }) => [id, state]),
      all.map(({ payout }) => [payout, "started"])
    )
    yield* same(
      "what a claim of another rail gets",
      yield* storage.claim({ rail: "another", limit: 5, owner: "a", leaseSeconds: 1 }),
      []
    )
    yield* same(
      "what is left",
      yield* storage.claim({ rail: rows.rail, limit: 5, owner: "a", leaseSeconds: 1 }),
      []
    )
  }),

  draft("a claim takes what was due first, and no more than asked for", function* (given) {
    const { advance, rows, storage } = given
    const order: Array<PayoutId> = []
    for (const _ of [1, 2, 3]) {
      const [one] = yield* planned(given, 1)
      if (one !== undefined) order.push(one.payout)
      yield* advance(1)
    }
    const first = yield* storage.claim({ rail: rows.rail, limit: 2, owner: "a", leaseSeconds: 30 })
    yield* same(
      "the first claim",
      first.map(({ id }) => id),
      order.slice(0, 2)
    )
    const second = yield* storage.claim({ rail: rows.rail, limit: 2, owner: "a", leaseSeconds: 30 })
    yield* same(
      "the second claim",
      second.map(({ id }) => id),
      order.slice(2)
    )
  }),

  draft("an attempt planned for later is not claimed before its time", function* (given) {
    const { advance, rows, storage } = given
    const [one] = yield* planned(given, 1, { dueInSeconds: 30 })
    const claim = storage.claim({ rail: rows.rail, limit: 5, owner: "a", leaseSeconds: 60 })
    yield* advance(29)
    yield* same("a claim before its time", yield* claim, [])
    yield* advance(2)
    yield* same(
      "a claim after it",
      (yield* claim).map(({ id }) => id),
      [one?.payout]
    )
  }),

  draft("an attempt born started has the group's owner and lease, and nobody claims it", function* (given) {
    const { advance, rows, storage } = given
    const [one] = yield* planned(given, 1, { state: "started" })
    if (one === undefined) return
    const now = yield* storage.nowMillis
    yield* same(
      "a claim",
      yield* storage.claim({ rail: rows.rail, limit: 5, owner: "b", leaseSeconds: 5 }),
      []
    )
    const [attempt] = (yield* storage.history(one.id)).payouts
    yield* same("its owner", [attempt?.state, attempt?.owner], ["started", owner])
    const lease = (attempt?.dueAtMillis ?? 0) - now
    yield* same("its lease, to ten seconds", Math.round(lease / 10_000), Math.round(leaseSeconds / 10))
    const due = storage.due({
      rail: rows.rail,
      states: ["started"],
      limit: 5,
      owner: "b",
      againInSeconds: 30
    })
    yield* same("what is due before the lease is over", yield* due, [])
    yield* advance(leaseSeconds + 1)
    const taken = yield* due
    yield* same(
      "what is due after it",
      taken.map(({ id, state }) => [id, state]),
      [[one.payout, "started"]]
    )
    yield* same("what is due again at once", yield* due, [])
    const [after] = (yield* storage.history(one.id)).payouts
    yield* same("its new owner", after?.owner, "b")
    yield* advance(31)
    yield* same("how many are due when that lease is over", (yield* due).length, 1)
  }),

  draft("a claim whose process died is not claimed again, but due when its lease is over", function* (given) {
    const { advance, rows, storage } = given
    const [one] = yield* planned(given, 1)
    yield* storage.claim({ rail: rows.rail, limit: 5, owner: "a", leaseSeconds: 20 })
    yield* advance(21)
    yield* same(
      "a claim",
      yield* storage.claim({ rail: rows.rail, limit: 5, owner: "b", leaseSeconds: 5 }),
      []
    )
    const due = yield* storage.due({
      rail: rows.rail,
      states: ["started"],
      limit: 5,
      owner: "b",
      againInSeconds: 30
    })
    yield* same(
      "what is due",
      due.map(({ id }) => id),
      [one?.payout]
    )
  }),

  draft(
    "unknown, held and pending attempts are due at the time their step gave, and only when asked for",
    function* (given) {
      const { advance, rows, storage } = given
      const all = yield* planned(given, 4)
      const states = ["unknown", "held", "pending", "unknown"] as const
      const dues = [10, 10, 20, null]
      yield* storage.commit(
        rows.group({
          steps: all.map(({ id, payout }, at) =>
            rows.step(
              { id, version: 2 },
              {
                changes: [
                  change(payout, {
                    state: states[at] ?? "held",
                    dueInSeconds: dues[at] ?? null,
                    externalId: "bank-1",
                    tried: true
                  })
                ]
              }
            )
          )
        })
      )
      const due = (asked: ReadonlyArray<"unknown" | "held" | "pending" | "started">) =>
        Effect.map(
          storage.due({ rail: rows.rail, states: asked, limit: 10, owner: "a", againInSeconds: 100 }),
          (jobs) => jobs.map(({ externalId, id, tries }) => [id, externalId, tries])
        )
      yield* same("what is due before its time", yield* due(["unknown", "held", "pending", "started"]), [])
      yield* advance(11)
      yield* same("what is due of those that are unknown", yield* due(["unknown"]), [
        [all[0]?.payout, "bank-1", 1]
      ])
      yield* advance(10)
      yield* sameSet("what is due of the rest", yield* due(["held", "pending"]), [
        [all[1]?.payout, "bank-1", 1],
        [all[2]?.payout, "bank-1", 1]
      ])
      yield* same("what is due at once again", yield* due(["unknown", "held", "pending", "started"]), [])
      yield* same(
        "what a claim gets of them",
        yield* storage.claim({ rail: rows.rail, limit: 5, owner: "b", leaseSeconds: 5 }),
        []
      )
    }
  ),

  draft("a due attempt is taken once, whoever asks at the same time", function* (given) {
    const { advance, rows, storage } = given
    const all = yield* planned(given, 9, { state: "started" })
    yield* advance(leaseSeconds + 1)
    const taken = yield* Effect.all(
      ["a", "b", "c"].map((name) =>
        storage.due({ rail: rows.rail, states: ["started"], limit: 5, owner: name, againInSeconds: 60 })
      ),
      { concurrency: "unbounded" }
    )
    const rest = yield* storage.due({
      rail: rows.rail,
      states: ["started"],
      limit: 50,
      owner: "d",
      againInSeconds: 60
    })
    yield* sameSet(
      "what was taken",
      [...taken.flat(), ...rest].map(({ id }) => id),
      all.map(({ payout }) => payout)
    )
  }),

  draft(
    "an attempt that was not accepted is planned again after its pause, under the same id",
    function* (given) {
      const { advance, rows, storage } = given
      const [one] = yield* planned(given, 1, { state: "started" })
      if (one === undefined) return
      const retry = change(one.payout, { state: "planned", dueInSeconds: 5, tried: true })
      yield* storage.commit(
        rows.group({ steps: [rows.step({ id: one.id, version: 2 }, { changes: [retry] })] })
      )
      const claim = storage.claim({ rail: rows.rail, limit: 5, owner: "b", leaseSeconds: 60 })
      yield* same("a claim before its time", yield* claim, [])
      yield* advance(6)
      yield* same(
        "a claim after it",
        (yield* claim).map(({ id, state, tries }) => [id, state, tries]),
        [[one.payout, "started", 1]]
      )
    }
  ),

  draft("a closed attempt is never due, and keeps what it knew", function* (given) {
    const { advance, rows, storage } = given
    const ends = ["delivered", "refused", "voided", "failed"] as const
    const all = yield* planned(given, ends.length, { state: "started" })
    yield* storage.commit(
      rows.group({
        steps: all.map(({ id, payout }, at) =>
          rows.step(
            { id, version: 2 },
            {
              audits: [audit(3, { before: payingOut })],
              changes: [change(payout, { state: ends[at] ?? "failed", externalId: `bank-${at}` })]
            }
          )
        )
      })
    )
    yield* advance(10 * leaseSeconds)
    const due = storage.due({
      rail: rows.rail,
      states: ["started", ...ends],
      limit: 10,
      owner: "a",
      againInSeconds: 1
    })
    yield* same("what is due", yield* due, [])
    yield* same(
      "what is claimed",
      yield* storage.claim({ rail: rows.rail, limit: 5, owner: "b", leaseSeconds: 5 }),
      []
    )
    const jobs = yield* storage.jobs(all.map(({ payout }) => payout))
    yield* sameSet(
      "the attempts",
      jobs.map(({ externalId, id, state }) => [id, state, externalId]),
      all.map(({ payout }, at) => [payout, ends[at], `bank-${at}`])
    )
    const [first] = all
    if (first === undefined) return
    const [attempt] = (yield* storage.history(first.id)).payouts
    yield* same("its due time and owner", [attempt?.dueAtMillis, attempt?.owner], [null, null])
  })
]
