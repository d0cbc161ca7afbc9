/** What the contract says of the books and of the audit's seals: sums of one moment, and a chain that fits itself. */
import { Effect } from "effect"
import { amount, zero } from "../../../machines/domain/Amount.ts"
import { payoutId, type PayoutId, type RefundId, refundId } from "../../../machines/domain/Ids.ts"
import { type Draft, draft, type Given, same, sameSet } from "./claims.ts"
import { parkedPayment, person } from "./parkedClauses.ts"
import { owing } from "./refundClauses.ts"
import { audit, change, fate, page } from "./samples.ts"

/** Seals all there is; answers how many rows that were. */
const sealAll = ({ storage }: Given, limit = 7) =>
  Effect.gen(function* () {
    let sealed = 0
    for (;;) {
      const count = yield* storage.sealAudits({ limit })
      sealed += count
      if (count < limit) return sealed
    }
  })

export const bookDrafts: ReadonlyArray<Draft> = [
  draft("the books are the sums of all that came, was delivered and was returned (I28)", function* (given) {
    const { rows, storage } = given
    const own = `stellar:OWN:${rows.account}`
    const other = "iso4217:XTS"
    const births = [rows.birth({ asset: own }), rows.birth({ asset: own })]
    const [plain, converted] = births
    if (plain === undefined || converted === undefined) return
    const conversion = { from: own, to: other, price: null }
    const all = [plain, { ...converted, terms: { ...converted.terms, conversion } }]
    yield* storage.commit(rows.group({ births: all }))
    yield* storage.openCursor({ account: rows.account, network: "n", tip: "1", epoch: 1 })
    const payments = [
      rows.payment({ asset: own }),
      rows.payment({ asset: own, received: amount("0.0000001"), amount: amount("0.0000001") })
    ]
    const [one, two] = payments
    if (one === undefined || two === undefined) return
    const transfers = (received: typeof one.received) => [
      { from: "ledger-in", to: "payable", amount: received, asset: own, version: 2 } as const
    ]
    yield* storage.commit(
      rows.group({
        steps: [
          rows.funding(plain, one, { transfers: transfers(one.received) }),
          rows.funding(converted, two, {
            transfers: transfers(two.received),
            reservation: { payment: two.id, payout: two.received, refund: zero, fee: zero }
          })
        ],
        payments: [fate(one, "step", plain.id), fate(two, "step", converted.id)],
        pages: [
          page(rows.account, "1", "2", {
            processedLedger: { sequence: 77, closedAtMillis: 1_700_000_000_000 }
          })
        ]
      })
    )
    yield* parkedPayment(given, { asset: own, amount: amount("3"), received: amount("3") })
    const waiting = rows.payment({ asset: own })
    yield* storage.commit(rows.group({ payments: [fate(waiting, "waiting", null)] }))
    const delivered = [
      {
        ...rows.step({ id: plain.id, version: 2 }),
        amounts: {
          received: one.received,
          accepted: one.received,
          fee: amount("1.5"),
          delivered: amount("90")
        }
      },
      rows.step({ id: converted.id, version: 2 })
    ].map((step) => ({
      ...step,
      audits: [audit(3)],
      changes: [change(payoutId(step.id, 1), { externalId: "bank-1" })]
    }))
    const [first, second] = delivered
    if (first === undefined || second === undefined) return
    yield* storage.commit(
      rows.group({
        steps: [
          {
            ...first,
            refunds: [{ stellarTransactionId: "ab", amount: amount("8.5") }],
            transfers: [{ from: "payable", to: "rail-out", amount: amount("90"), asset: own, version: 3 }]
          },
          second
        ]
      })
    )

    const books = yield* storage.books
    yield* sameSet(
      "the balances",
      books.balances.flatMap(({ account, asset, stroops }) => (asset === own ? [[account, stroops]] : [])),
      [
        ["ledger-in", -1_030_000_001n],
        ["payable", 100_000_001n],
        ["suspense", 30_000_000n],
        ["rail-out", 900_000_000n]
      ]
    )
    const none = { reservedPayout: 0n, reservedRefund: 0n, fees: 0n }
    const mine = { account: rows.account, asset: own }
    yield* sameSet(
      "the inbox",
      books.inbox.filter(({ account }) => account === rows.account),
      [
        {
          ...mine,
          ...none,
          state: "applied",
          count: 2,
          received: 1_000_000_001n,
          reservedPayout: 985_000_001n,
          fees: 15_000_000n
        },
        { ...mine, ...none, state: "parked", count: 1, received: 30_000_000n },
        { ...mine, ...none, state: "waiting", count: 1, received: 1_000_000_000n }
      ]
    )
    yield* sameSet(
      "what was delivered",
      books.delivered.filter(({ rail }) => rail === rows.rail),
      [
        { rail: rows.rail, asset: own, count: 1, amount: 900_000_000n },
        { rail: rows.rail, asset: other, count: 1, amount: 985_000_000n }
      ]
    )
    yield* same(
      "what was returned",
      books.returned.filter(({ asset }) => asset === own),
      [{ ...mine, count: 1, amount: 85_000_000n }]
    )
    yield* same(
      "how far the inbox goes",
      books.processed.filter(({ account }) => account === rows.account),
      [{ account: rows.account, ledger: 77 }]
    )
    yield* same("when that was", Math.abs((yield* storage.nowMillis) - books.atMillis) < 60_000, true)
  }),

  draft(
    "what was returned of parked money is in the books once its refund is confirmed (I28)",
    function* (given) {
      const { rows, storage } = given
      const own = `stellar:OWN:${rows.account}`
      const payment = yield* parkedPayment(given, { asset: own })
      const returned = Effect.map(storage.books, (books) =>
        books.returned.filter(({ asset }) => asset === own)
      )
      const id = refundId(payment.id, 1)
      yield* storage.planParkedRefund(payment.id, person)
      const envelope = rows.envelope()
      yield* storage.settleParkedRefund(id, { to: "open", envelope })
      yield* storage.closeEnvelope(envelope.hash, "included")
      yield* same("what was returned before that", yield* returned, [])
      yield* storage.settleParkedRefund(id, { to: "confirmed" })
      yield* same("what was returned", yield* returned, [
        { account: rows.account, asset: own, count: 1, amount: 1_000_000_000n }
      ])
    }
  ),

  draft(
    "delivered payouts are read page by page, to be found in the rail's own book (R22)",
    function* (given) {
      const { rows, storage } = given
      const births = [rows.birth(), rows.birth(), rows.birth()]
      yield* storage.commit(rows.group({ births }))
      const ids = births.map(({ id }) => payoutId(id, 1))
      yield* storage.commit(
        rows.group({
          steps: births.map((birth) => rows.step(birth, { payouts: [rows.payout(payoutId(birth.id, 1))] }))
        })
      )
      yield* storage.commit(
        rows.group({
          steps: births.map(({ id }, at) =>
            rows.step(
              { id, version: 2 },
              {
                audits: [audit(3)],
                changes: [
                  change(payoutId(id, 1), {
                    state: at === 1 ? "refused" : "delivered",
                    externalId: `b-${at}`
                  })
                ]
              }
            )
          )
        })
      )
      const found: Array<unknown> = []
      let after: PayoutId | undefined
      for (;;) {
        const rowsOfPage = yield* storage.deliveries({ limit: 3, ...(after === undefined ? {} : { after }) })
        found.push(...rowsOfPage.filter(({ rail }) => rail === rows.rail))
        after = rowsOfPage.at(-1)?.id
        if (rowsOfPage.length < 3) break
      }
      const delivery = { rail: rows.rail, asset: births[0]?.asset, amount: "98.5" }
      yield* same("the deliveries", found, [
        { ...delivery, id: ids[0], externalId: "b-0" },
        { ...delivery, id: ids[2], externalId: "b-2" }
      ])
      yield* same(
        "those behind no payout",
        yield* storage.deliveries({ limit: 9, after: "none" as PayoutId }),
        []
      )
    }
  ),

  draft("refunds that are not over are read page by page (S8, S31-REF-08)", function* (given) {
    const { rows, storage } = given
    const [planned, open, held, cancelled, made] = [
      yield* owing(given),
      yield* owing(given),
      yield* owing(given),
      yield* owing(given),
      yield* owing(given)
    ]
    const envelope = rows.envelope()
    yield* made.open(envelope)
    yield* made.close(envelope, "included")
    yield* made.change({ to: "confirmed" })
    yield* open.open(rows.envelope())
    yield* held.change({ to: "held" })
    yield* cancelled.change({ to: "cancelled" })
    const expected = [planned.id, open.id, held.id].sort()
    const found: Array<RefundId> = []
    let after: RefundId | undefined
    for (;;) {
      const jobs = yield* storage.unfinishedRefunds({ limit: 2, ...(after === undefined ? {} : { after }) })
      found.push(...jobs.flatMap(({ id, payment }) => (payment.account === rows.account ? [id] : [])))
      after = jobs.at(-1)?.id
      if (jobs.length < 2) break
    }
    yield* same("the refunds", found, expected)
    yield* same(
      "those behind none",
      yield* storage.unfinishedRefunds({ limit: 9, after: "none" as RefundId }),
      []
    )
  }),

  draft("every transition and decision is sealed once, and the chain fits (SEC-22)", function* (given) {
    const { rows, storage } = given
    yield* sealAll(given, 500)
    const before = yield* storage.verifyAudit
    yield* same("the chain before", [before.unsealed, before.broken], [0, null])
    const births = [rows.birth(), rows.birth(), rows.birth()]
    yield* storage.commit(rows.group({ births }))
    yield* storage.commit(
      rows.group({
        steps: births.map((birth) =>
          rows.step(birth, {
            audits: [audit(2, { detail: { b: { d: null, c: [1.5, "é\u0001"] }, a: true } }), audit(3)]
          })
        )
      })
    )
    const payment = yield* parkedPayment(given)
    yield* storage.keepParked(payment.id, person)
    const unsealed = yield* storage.verifyAudit
    yield* same("what has no seal yet", unsealed, { ...before, unsealed: 10 })
    yield* same("how many were sealed", yield* sealAll(given, 3), 10)
    yield* same("the chain", yield* storage.verifyAudit, {
      sealed: before.sealed + 10,
      unsealed: 0,
      broken: null
    })
    yield* same("how many are left to seal", yield* storage.sealAudits({ limit: 5 }), 0)
  }),

  draft("sealers that meet leave one chain (SEC-22)", function* (given) {
    const { rows, storage } = given
    yield* sealAll(given, 500)
    const { sealed } = yield* storage.verifyAudit
    for (const round of [1, 2, 3]) {
      yield* storage.commit(rows.group({ births: [rows.birth(), rows.birth(), rows.birth(), rows.birth()] }))
      yield* Effect.all(
        [1, 2, 3, 4].map((limit) => storage.sealAudits({ limit })),
        { concurrency: "unbounded" }
      )
      yield* sealAll(given)
      yield* same("the chain", yield* storage.verifyAudit, {
        sealed: sealed + 4 * round,
        unsealed: 0,
        broken: null
      })
    }
  })
]
