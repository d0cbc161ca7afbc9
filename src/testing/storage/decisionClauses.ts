/** What the contract says of decisions about parked money: one at a time, booked by lines of their own, and kept for good. */
import { Effect } from "effect"
import { amount, zero } from "../../../machines/domain/Amount.ts"
import { type PaymentId, refundId, type TransactionId } from "../../../machines/domain/Ids.ts"
import { type Draft, draft, type Given, same, sameSet } from "./claims.ts"
import { parkedPayment, person } from "./parkedClauses.ts"
import { asset, fate } from "./samples.ts"

/** An asset of this clause alone, so that its balances are. */
const ownAsset = ({ rows }: Given): string => `stellar:OWN:${rows.account}`

/** What the journal's accounts hold in an asset, those that hold nothing left out. */
const held = ({ storage }: Given, of: string) =>
  Effect.map(storage.books, ({ balances }) =>
    Object.fromEntries(
      balances.flatMap((row) =>
        row.asset === of && row.stroops !== 0n ? [[row.account, row.stroops] as const] : []
      )
    )
  )

const stateOf = ({ storage }: Given, id: PaymentId) =>
  Effect.map(storage.payments([id]), ([row]) => [row?.state, row?.reason, row?.transactionId, row?.resolved])

export const decisionDrafts: ReadonlyArray<Draft> = [
  draft(
    "a parked payment is given to a transaction with all its credits, and its suspense is booked back (I29)",
    function* (given) {
      const { rows, storage } = given
      const own = ownAsset(given)
      const birth = rows.birth({ asset: own })
      const other = rows.birth()
      yield* storage.commit(rows.group({ births: [birth, other] }))
      const leader = rows.payment({ asset: own, amount: amount("60") })
      const follower = rows.payment({
        asset: own,
        leader: leader.id,
        received: zero,
        amount: amount("40"),
        operationId: leader.operationId,
        index: 1
      })
      yield* storage.commit(
        rows.group({ payments: [leader, follower].map((payment) => fate(payment, "no-memo", null)) })
      )
      yield* same("what is in suspense", yield* held(given, own), {
        "ledger-in": -1_000_000_000n,
        suspense: 1_000_000_000n
      })
      const give = (payment: PaymentId, to: TransactionId) => storage.releaseParked(payment, to, person)
      yield* same("giving a follower", yield* give(follower.id, birth.id), false)
      yield* same("giving to none", yield* give(leader.id, rows.transactionId()), false)
      yield* same("giving to no id", yield* give(leader.id, "none" as TransactionId), false)
      yield* same("giving to one in another asset", yield* give(leader.id, other.id), false)
      yield* same("what was decided by none of these", yield* storage.resolutions(leader.id), [])

      yield* same("giving it", yield* give(leader.id, birth.id), true)
      yield* same("the leader", yield* stateOf(given, leader.id), ["waiting", null, birth.id, false])
      yield* same("the follower", yield* stateOf(given, follower.id), ["waiting", null, birth.id, false])
      yield* same("what is in suspense then", yield* held(given, own), {})
      const waiting = yield* storage.waitingPayments({ olderThanSeconds: 0, limit: 100_000 })
      yield* sameSet(
        "what waits, and for which transaction",
        waiting.flatMap((row) => (row.leader === leader.id ? [[row.id, row.transactionId]] : [])),
        [
          [leader.id, birth.id],
          [follower.id, birth.id]
        ]
      )
      yield* same("giving it again", yield* give(leader.id, birth.id), false)
      yield* same("keeping it now", yield* storage.keepParked(leader.id, person), false)
      yield* same("returning it now", yield* storage.planParkedRefund(leader.id, person), null)

      const told = [leader, follower].map((payment) => fate(payment, "step", birth.id))
      yield* storage.commit(rows.group({ steps: [rows.funding(birth, leader)], payments: told }))
      yield* same("the payment when it was told", yield* stateOf(given, leader.id), [
        "applied",
        null,
        birth.id,
        false
      ])
      const [decision, ...more] = yield* storage.resolutions(leader.id)
      yield* same("how many decisions there are", more, [])
      yield* same("the decision", decision, {
        payment: leader.id,
        ordinal: 1,
        what: "match",
        transactionId: birth.id,
        ...person,
        atMillis: decision?.atMillis
      })
    }
  ),

  draft(
    "what its transaction refuses is parked again with the reason, and may be decided about again (I29)",
    function* (given) {
      const { rows, storage } = given
      const own = ownAsset(given)
      const birth = rows.birth({ asset: own })
      yield* storage.commit(rows.group({ births: [birth] }))
      const payment = yield* parkedPayment(given, { asset: own })
      for (const round of [1, 2]) {
        yield* same(
          `giving it, round ${round}`,
          yield* storage.releaseParked(payment.id, birth.id, person),
          true
        )
        yield* storage.commit(rows.group({ payments: [fate(payment, "late", birth.id)] }))
        yield* same("the payment", yield* stateOf(given, payment.id), ["parked", "late", birth.id, false])
        yield* same("what is in suspense", yield* held(given, own), {
          "ledger-in": -1_000_000_000n,
          suspense: 1_000_000_000n
        })
      }
      yield* same("keeping it", yield* storage.keepParked(payment.id, person), true)
      yield* same(
        "what was decided",
        (yield* storage.resolutions(payment.id)).map(({ ordinal, what }) => [ordinal, what]),
        [
          [1, "match"],
          [2, "match"],
          [3, "keep"]
        ]
      )
    }
  ),

  draft("a payment that waits for a transaction keeps it from expiring (S31-ST-11, I29)", function* (given) {
    const { rows, storage } = given
    const early = rows.birth()
    const birth = {
      ...early,
      terms: { ...early.terms, expiresAtMillis: (yield* storage.nowMillis) - 1_000 }
    }
    yield* storage.commit(rows.group({ births: [birth] }))
    const cursor = { account: rows.account, network: "n", tip: "1", epoch: 1 }
    yield* storage.openCursor(cursor)
    const payment = yield* parkedPayment(given, { account: `${rows.account}-other` })
    yield* storage.releaseParked(payment.id, birth.id, person)
    const closedAtMillis = (yield* storage.nowMillis) + 1_000
    yield* storage.commit(
      rows.group({
        pages: [
          {
            account: rows.account,
            epoch: 1,
            from: "1",
            to: "2",
            processedLedger: { sequence: 9, closedAtMillis },
            quarantined: []
          }
        ]
      })
    )
    const expirable = (yield* storage.expirable({ limit: 100_000 })).map(({ id }) => id)
    yield* same("whether it may expire", expirable.includes(birth.id), false)
  }),

  draft("what the institution keeps of a parked payment is booked as a fee, once (I29)", function* (given) {
    const { storage } = given
    const own = ownAsset(given)
    const payment = yield* parkedPayment(given, { asset: own })
    yield* same("keeping it", yield* storage.keepParked(payment.id, person), true)
    yield* same("the books", yield* held(given, own), { "ledger-in": -1_000_000_000n, fee: 1_000_000_000n })
    const [row] = yield* storage.payments([payment.id])
    yield* same("the payment", [row?.state, row?.fees, row?.resolved], ["parked", "100", true])
    yield* same("keeping it again", yield* storage.keepParked(payment.id, person), false)
    yield* same("returning it", yield* storage.planParkedRefund(payment.id, person), null)
    yield* same("keeping one that is none", yield* storage.keepParked("none" as PaymentId, person), false)
    yield* same("the books after that", yield* held(given, own), {
      "ledger-in": -1_000_000_000n,
      fee: 1_000_000_000n
    })
  }),

  draft("a returned payment leaves suspense when its refund is confirmed (S8, I29)", function* (given) {
    const { rows, storage } = given
    const own = ownAsset(given)
    const payment = yield* parkedPayment(given, { asset: own })
    yield* storage.planParkedRefund(payment.id, person)
    yield* same("keeping what is being returned", yield* storage.keepParked(payment.id, person), false)
    const id = refundId(payment.id, 1)
    const envelope = rows.envelope()
    yield* storage.settleParkedRefund(id, { to: "open", envelope })
    yield* storage.closeEnvelope(envelope.hash, "included")
    yield* same("the books before that", yield* held(given, own), {
      "ledger-in": -1_000_000_000n,
      suspense: 1_000_000_000n
    })
    yield* storage.settleParkedRefund(id, { to: "confirmed" })
    yield* same("the books", yield* held(given, own), {
      "ledger-in": -1_000_000_000n,
      "refund-out": 1_000_000_000n
    })
  }),

  draft("two who decide about a payment at once decide once (S8, I29)", function* (given) {
    const { rows, storage } = given
    const birth = rows.birth()
    yield* storage.commit(rows.group({ births: [birth] }))
    for (const _ of [1, 2, 3, 4, 5]) {
      const payment = yield* parkedPayment(given)
      const decided = yield* Effect.all(
        [
          storage.keepParked(payment.id, person),
          Effect.map(storage.planParkedRefund(payment.id, person), (id) => id !== null),
          storage.releaseParked(payment.id, birth.id, person),
          storage.keepParked(payment.id, person)
        ],
        { concurrency: "unbounded" }
      )
      yield* same("how many decided", decided.filter(Boolean).length, 1)
      yield* same("how many decisions there are", (yield* storage.resolutions(payment.id)).length, 1)
    }
  }),

  draft(
    "parked payments are listed newest first, page by page, without those a decision stands about (I29)",
    function* (given) {
      const { rows, storage } = given
      const at = (closedAtMillis: number) => parkedPayment(given, { closedAtMillis })
      const base = 4_000_000_000_000
      const [first, second, kept, returned, third] = [
        yield* at(base),
        yield* at(base + 2),
        yield* at(base + 1),
        yield* at(base + 3),
        yield* at(base)
      ]
      yield* storage.keepParked(kept.id, person)
      yield* storage.planParkedRefund(returned.id, person)
      const list = (query: Omit<Parameters<typeof storage.parked>[0], "limit">, limit = 100_000) =>
        Effect.map(storage.parked({ limit, ...query }), (found) =>
          found.flatMap(({ payment, resolutions }) =>
            payment.account === rows.account ? [[payment.id, resolutions.map(({ what }) => what)]] : []
          )
        )
      const ties = [first, third].map(({ id }) => id).sort((a, b) => (a < b ? 1 : -1))
      const undecided = [second.id, ...ties].map((id) => [id, []])
      yield* same("those to decide about", yield* list({}), undecided)
      yield* same("the page behind the first of them", yield* list({ before: second.id }, 1), [undecided[1]])
      yield* same("all of them", yield* list({ decided: true }), [
        [returned.id, ["refund"]],
        undecided[0],
        [kept.id, ["keep"]],
        ...undecided.slice(1)
      ])
      yield* storage.settleParkedRefund(refundId(returned.id, 1), { to: "cancelled" })
      yield* same("one that is not returned after all", (yield* list({}))[0], [returned.id, ["refund"]])
    }
  ),

  draft("all decisions can be read, newest first, page by page (SEC-22)", function* (given) {
    const { advance, storage } = given
    const decided: Array<PaymentId> = []
    for (const _ of [1, 2, 3]) {
      yield* advance(1)
      const payment = yield* parkedPayment(given, { asset })
      yield* storage.keepParked(payment.id, person)
      decided.unshift(payment.id)
    }
    const two = yield* storage.recentResolutions({ limit: 2 })
    yield* same(
      "the newest",
      two.map(({ payment }) => payment),
      decided.slice(0, 2)
    )
    const [, last] = two
    if (last === undefined) return
    const [next] = yield* storage.recentResolutions({ limit: 1, before: last })
    yield* same("the one behind them", next?.payment, decided[2])
    yield* same("the second", last, {
      payment: decided[1],
      ordinal: 1,
      what: "keep",
      transactionId: null,
      ...person,
      atMillis: last.atMillis
    })
  })
]
