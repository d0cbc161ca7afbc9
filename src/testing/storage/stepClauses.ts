/** What the contract says of steps: written where the version matches and nothing is final, with all that depends on them. */
import { Effect } from "effect"
import { amount, zero } from "../../../machines/domain/Amount.ts"
import { payoutId } from "../../../machines/domain/Ids.ts"
import { finalStatuses } from "../../../machines/domain/Sep31Status.ts"
import { type Draft, draft, failsWith, holds, same, sameSet } from "./claims.ts"
import { all, asset, audit, awaiting, change, fate, payingOut } from "./samples.ts"

export const stepDrafts: ReadonlyArray<Draft> = [
  draft(
    "a step writes state, amounts, context and payer, and raises the version",
    function* ({ rows, storage }) {
      const birth = rows.birth()
      const payment = rows.payment({ received: amount("100.0000001"), amount: amount("100.0000001") })
      yield* storage.commit(rows.group({ births: [birth] }))
      const step = rows.funding(birth, payment, {
        context: { v: 1, attempt: 1, fields: ["a"], party: "sender" },
        amounts: {
          received: amount("100.0000001"),
          accepted: amount("90"),
          fee: zero,
          delivered: amount("0.5")
        },
        externalTransactionId: "bank-1"
      })
      const answer = yield* storage.commit(
        rows.group({ steps: [step], payments: [fate(payment, "step", birth.id)] })
      )
      yield* same("the answer", answer, all)
      const [row] = yield* storage.transactions([birth.id])
      yield* same(
        "the transaction",
        [
          row?.version,
          row?.state,
          row?.status,
          row?.amounts,
          row?.context,
          row?.fundedBy,
          row?.stellarTransactionId,
          row?.payer,
          row?.externalTransactionId
        ],
        [
          2,
          payingOut,
          "pending_receiver",
          step.amounts,
          step.context,
          payment.id,
          payment.stellarTransactionId,
          "G-PAYER",
          "bank-1"
        ]
      )

      // A later step that says nothing of payer and external id leaves them.
      yield* storage.commit(
        rows.group({ steps: [rows.step({ id: birth.id, version: 2 }, { amounts: step.amounts })] })
      )
      const [later] = yield* storage.transactions([birth.id])
      yield* same(
        "what a later step leaves",
        [
          later?.version,
          later?.fundedBy,
          later?.stellarTransactionId,
          later?.payer,
          later?.externalTransactionId
        ],
        [3, payment.id, payment.stellarTransactionId, "G-PAYER", "bank-1"]
      )
    }
  ),

  draft(
    "a step of another version is lost, with everything that depends on it (SEC-36)",
    function* ({ advance, rows, storage }) {
      const [birth, other] = [rows.birth(), rows.birth()]
      yield* storage.commit(rows.group({ births: [birth, other] }))
      const note = rows.sealed("note")
      const destination = rows.sealed("where")
      const stale = rows.step(
        { id: birth.id, version: 2 },
        {
          audits: [audit(3)],
          transfers: [{ from: "payable", to: "fee", amount: amount("1"), asset, version: 3 }],
          payouts: [rows.payout(payoutId(birth.id, 1))],
          refunds: [{ stellarTransactionId: "ab", amount: amount("1") }],
          attention: { kind: "held", dueInSeconds: 0, customerId: null, contested: [] },
          destination,
          notes: [note]
        }
      )
      const gone = rows.step({ id: rows.transactionId() })
      const answer = yield* storage.commit(rows.group({ steps: [stale, rows.step(other), gone] }))
      yield* sameSet("the lost", answer.lost, [birth.id, gone.id])
      yield* advance(1)
      const history = yield* storage.history(birth.id)
      yield* same(
        "what is there of it",
        [
          history.audits.length,
          history.transfers,
          history.payouts,
          history.attention,
          yield* storage.sealed([note.id, destination.id])
        ],
        [1, [], [], null, []]
      )
      yield* same(
        "the jobs of the lost payout",
        yield* storage.claim({ rail: rows.rail, limit: 10, owner: "x", leaseSeconds: 1 }),
        []
      )
      const [row] = yield* storage.transactions([birth.id])
      yield* same("the transaction", [row?.version, row?.state, row?.refunds], [1, awaiting, []])
      const [written] = yield* storage.actors([other.id])
      yield* same("the other step of the group", written?.version, 2)
    }
  ),

  draft("of two commits over one version one is written", function* ({ rows, storage }) {
    const birth = rows.birth()
    yield* storage.commit(rows.group({ births: [birth] }))
    const answers = yield* Effect.all(
      [1, 2, 3].map(() => storage.commit(rows.group({ steps: [rows.step(birth)] }))),
      { concurrency: "unbounded" }
    )
    yield* same(
      "how often it lost",
      answers.flatMap(({ lost }) => lost),
      [birth.id, birth.id]
    )
    yield* same(
      "its audit",
      (yield* storage.history(birth.id)).audits.map(({ version }) => version),
      [1, 2]
    )
  }),

  draft("several transitions of one actor are one step with several audits", function* ({ rows, storage }) {
    const birth = rows.birth()
    yield* storage.commit(rows.group({ births: [birth] }))
    const audits = [
      audit(2, { event: "payment.matched", cause: "watcher", detail: { paymentId: "p", amount: "1.5" } }),
      audit(3, {
        event: "payout.unknown",
        before: payingOut,
        after: "pending_receiver.held",
        detail: { next: "hold", note: null }
      }),
      audit(4, { event: "payout.delivered", before: "pending_receiver.held", after: "completed" })
    ]
    yield* storage.commit(rows.group({ steps: [rows.step(birth, { leaf: "completed", audits })] }))
    const [row] = yield* storage.transactions([birth.id])
    yield* same("the transaction", [row?.version, row?.state, row?.status], [4, "completed", "completed"])
    yield* holds(
      "it has the time of its completion",
      row?.completedAtMillis === row?.statusAtMillis && row?.completedAtMillis !== null
    )
    const history = yield* storage.history(birth.id)
    yield* same(
      "the audit",
      history.audits.slice(1).map(({ atMillis: _, ...rest }) => rest),
      audits
    )
  }),

  draft("the time of a status stays while the status does", function* ({ advance, rows, storage }) {
    const birth = rows.birth()
    yield* storage.commit(rows.group({ births: [birth] }))
    yield* advance(10)
    yield* storage.commit(rows.group({ steps: [rows.step(birth)] }))
    const [first] = yield* storage.transactions([birth.id])
    yield* advance(10)
    yield* storage.commit(
      rows.group({ steps: [rows.step({ id: birth.id, version: 2 }, { leaf: "pending_receiver.held" })] })
    )
    const [second] = yield* storage.transactions([birth.id])
    yield* holds(
      "a new status has a new time",
      (first?.statusAtMillis ?? 0) >= (first?.createdAtMillis ?? 0) + 10_000
    )
    yield* same("the time of the same status", second?.statusAtMillis, first?.statusAtMillis)
  }),

  draft("a final status is never left (SEC-36)", function* ({ rows, storage }) {
    const births = finalStatuses.map(() => rows.birth())
    yield* storage.commit(rows.group({ births }))
    const ends = births.map((birth, at) => rows.step(birth, { leaf: finalStatuses[at] ?? "error" }))
    yield* same("the end", yield* storage.commit(rows.group({ steps: ends })), all)
    const answer = yield* storage.commit(
      rows.group({ steps: births.map(({ id }) => rows.step({ id, version: 2 })) })
    )
    yield* sameSet(
      "the lost",
      answer.lost,
      births.map(({ id }) => id)
    )
    const after = yield* storage.transactions(births.map(({ id }) => id))
    yield* sameSet(
      "the statuses",
      after.map(({ status, version }) => [status, version]),
      finalStatuses.map((status) => [status, 2])
    )
  }),

  draft("one attempt may close and the next open in one step", function* ({ rows, storage }) {
    const birth = rows.birth()
    yield* storage.commit(rows.group({ births: [birth] }))
    const [one, two] = [payoutId(birth.id, 1), payoutId(birth.id, 2)]
    yield* storage.commit(rows.group({ steps: [rows.step(birth, { payouts: [rows.payout(one)] })] }))
    const next = rows.step(
      { id: birth.id, version: 2 },
      { changes: [change(one, { state: "voided" })], payouts: [rows.payout(two, { amount: amount("90") })] }
    )
    yield* same("the answer", yield* storage.commit(rows.group({ steps: [next] })), all)
    const jobs = yield* storage.jobs([one, two])
    yield* sameSet(
      "the attempts",
      jobs.map(({ amount: sent, id, state }) => [id, state, sent]),
      [
        [one, "voided", "98.5"],
        [two, "planned", "90"]
      ]
    )
  }),

  draft(
    "two open attempts of one transaction are rejected, and nothing of the group is written",
    function* ({ rows, storage }) {
      const [birth, other] = [rows.birth(), rows.birth()]
      yield* storage.commit(rows.group({ births: [birth, other] }))
      const [one, two] = [payoutId(birth.id, 1), payoutId(birth.id, 2)]
      yield* storage.commit(rows.group({ steps: [rows.step(birth, { payouts: [rows.payout(one)] })] }))
      const second = rows.step({ id: birth.id, version: 2 }, { payouts: [rows.payout(two)] })
      const group = rows.group({ steps: [second, rows.step(other)] })
      yield* failsWith("GroupRejected", storage.commit(group))
      yield* sameSet(
        "the versions",
        (yield* storage.actors([birth.id, other.id])).map(({ version }) => version),
        [2, 1]
      )
      yield* same("what became of the group", yield* storage.outcome(group.id), null)
    }
  ),

  draft("more than was received cannot be reserved", function* ({ rows, storage }) {
    const birth = rows.birth()
    const payment = rows.payment()
    yield* storage.commit(rows.group({ births: [birth] }))
    const fund = (payout: string, version = 1) =>
      rows.funding(birth, payment, {
        reservation: { payment: payment.id, payout: amount(payout), refund: amount("1"), fee: amount("1.5") },
        ...(version === 1 ? {} : { funding: null, payouts: [], audits: [audit(version + 1)], transfers: [] })
      })
    const payments = [fate(payment, "step", birth.id)]
    yield* failsWith("GroupRejected", storage.commit(rows.group({ steps: [fund("97.5000001")], payments })))
    yield* same("the inbox", yield* storage.payments([payment.id]), [])
    yield* storage.commit(rows.group({ steps: [fund("97.5")], payments }))
    const [row] = yield* storage.payments([payment.id])
    yield* same(
      "the reservation",
      [row?.reservedPayout, row?.reservedRefund, row?.fees],
      ["97.5", "1", "1.5"]
    )

    const later = (payout: string) => ({ ...fund(payout, 2), version: 2 })
    yield* failsWith("GroupRejected", storage.commit(rows.group({ steps: [later("98")] })))
    yield* storage.commit(rows.group({ steps: [later("0")] }))
    const [released] = yield* storage.payments([payment.id])
    yield* same(
      "the reservation after it was moved",
      [released?.reservedPayout, released?.reservedRefund],
      ["0", "1"]
    )
  }),

  draft(
    "transfers are booked under the version that caused them, each in its own asset (S31-AMT-08)",
    function* ({ rows, storage }) {
      const birth = rows.birth()
      yield* storage.commit(rows.group({ births: [birth] }))
      const transfers = [
        { from: "ledger-in", to: "payable", amount: amount("100"), asset, version: 2 },
        { from: "payable", to: "exchange", amount: amount("98.5"), asset, version: 3 },
        { from: "exchange", to: "rail-out", amount: amount("500"), asset: "iso4217:BRL", version: 3 },
        { from: "payable", to: "fee", amount: amount("1.5"), asset, version: 3 }
      ] as const
      yield* storage.commit(
        rows.group({ steps: [rows.step(birth, { audits: [audit(2), audit(3)], transfers })] })
      )
      yield* same("the transfers", (yield* storage.history(birth.id)).transfers, transfers)
    }
  ),

  draft("a group that is empty is a commit too", function* ({ rows, storage }) {
    const group = rows.group({})
    yield* same("the answer", yield* storage.commit(group), all)
    yield* same("the outcome", yield* storage.outcome(group.id), all)
  })
]
