/** What the contract says of payments and pages: a fact is stored whatever is decided of it, and settled once. */
import { Effect } from "effect"
import { amount, zero } from "../../../machines/domain/Amount.ts"
import { paymentId } from "../../../machines/domain/Ids.ts"
import { type Draft, draft, failsWith, holds, same, sameSet } from "./claims.ts"
import { all, audit, fate, page } from "./samples.ts"

export const paymentDrafts: ReadonlyArray<Draft> = [
  draft(
    "a page moves its cursor, stores its payments and funds the steps in one commit",
    function* ({ rows, storage }) {
      const birth = rows.birth()
      yield* storage.commit(rows.group({ births: [birth] }))
      yield* storage.openCursor({ account: rows.account, network: "contract", tip: "10", epoch: 1 })
      const payment = rows.payment({
        muxedAccount: "M-1",
        memo: null,
        memoType: "none",
        closedAtMillis: 1_700_000_000_285
      })
      const ledger = { sequence: 5_000_000_000, closedAtMillis: 1_700_000_000_285 }
      const answer = yield* storage.commit(
        rows.group({
          steps: [rows.funding(birth, payment)],
          payments: [fate(payment, "step", birth.id, rows.account)],
          pages: [page(rows.account, "10", "20", { processedLedger: ledger })]
        })
      )
      yield* same("the answer", answer, all)
      const [row] = yield* storage.payments([payment.id])
      yield* same("the payment", row?.payment, payment)
      yield* same(
        "what became of it",
        [row?.state, row?.reason, row?.transactionId],
        ["applied", null, birth.id]
      )
      yield* same(
        "what is reserved of it",
        [row?.reservedPayout, row?.reservedRefund, row?.fees],
        ["98.5", "0", "1.5"]
      )
      const cursor = (yield* storage.cursors).find(({ account }) => account === rows.account)
      yield* same("the cursor", cursor, {
        account: rows.account,
        network: "contract",
        position: "20",
        epoch: 1,
        processedLedger: ledger
      })

      yield* storage.commit(rows.group({ pages: [page(rows.account, "20", "30")] }))
      const next = (yield* storage.cursors).find(({ account }) => account === rows.account)
      yield* same(
        "the cursor after a page without a ledger",
        [next?.position, next?.processedLedger],
        ["30", ledger]
      )
    }
  ),

  draft(
    "a page of another epoch or position is refused: its payments wait, its step is lost, its cursor stands",
    function* ({ rows, storage }) {
      const [birth, other] = [rows.birth(), rows.birth()]
      yield* storage.commit(rows.group({ births: [birth, other] }))
      yield* storage.openCursor({ account: rows.account, network: "contract", tip: "10", epoch: 2 })
      const stale = [
        page(rows.account, "10", "20", { epoch: 1 }),
        page(rows.account, "9", "20", { epoch: 2 })
      ]
      for (const [at, refused] of stale.entries()) {
        const payment = rows.payment()
        const parked = rows.payment()
        const to = at === 0 ? birth : other
        const answer = yield* storage.commit(
          rows.group({
            steps: [rows.funding(to, payment)],
            payments: [
              fate(payment, "step", to.id, rows.account),
              fate(parked, "no-memo", null, rows.account)
            ],
            pages: [refused]
          })
        )
        yield* same("the answer", answer, { ...all, lost: [to.id], refusedPages: [rows.account] })
        const inbox = yield* storage.payments([payment.id, parked.id])
        yield* sameSet(
          "the inbox",
          inbox.map(({ reason, state, transactionId }) => [state, reason, transactionId]),
          [
            ["waiting", null, to.id],
            ["waiting", null, null]
          ]
        )
      }
      const cursor = (yield* storage.cursors).find(({ account }) => account === rows.account)
      yield* same("the cursor", cursor?.position, "10")
      const unopened = rows.payment({ account: "nobody" })
      const answer = yield* storage.commit(
        rows.group({
          payments: [fate(unopened, "no-memo", null, "nobody")],
          pages: [page("nobody", "1", "2")]
        })
      )
      yield* same("the answer to a page without a cursor", answer.refusedPages, ["nobody"])
    }
  ),

  draft("pages of several accounts stand or fall each on its own", function* ({ rows, storage }) {
    const [a, b] = [`${rows.account}-a`, `${rows.account}-b`]
    for (const account of [a, b])
      yield* storage.openCursor({ account, network: "contract", tip: "1", epoch: 1 })
    const [ofA, ofB] = [rows.payment({ account: a }), rows.payment({ account: b })]
    const answer = yield* storage.commit(
      rows.group({
        payments: [fate(ofA, "no-memo", null, a), fate(ofB, "no-memo", null, b)],
        pages: [page(a, "1", "2"), page(b, "0", "2")]
      })
    )
    yield* same("the answer", answer, { ...all, refusedPages: [b] })
    yield* sameSet(
      "the inbox",
      (yield* storage.payments([ofA.id, ofB.id])).map(({ payment, state }) => [payment.account, state]),
      [
        [a, "parked"],
        [b, "waiting"]
      ]
    )
  }),

  draft("a settled payment is known and stays as it is", function* ({ rows, storage }) {
    const [birth, other] = [rows.birth(), rows.birth()]
    const [applied, parked] = [rows.payment(), rows.payment()]
    yield* storage.commit(rows.group({ births: [birth, other] }))
    yield* storage.commit(
      rows.group({
        steps: [rows.funding(birth, applied)],
        payments: [fate(applied, "step", birth.id), fate(parked, "unknown-memo", null)]
      })
    )
    const before = yield* storage.payments([applied.id, parked.id])
    const answer = yield* storage.commit(
      rows.group({ payments: [fate(applied, "late", null), fate(parked, "waiting", other.id)] })
    )
    yield* sameSet("the known", answer.known, [applied.id, parked.id])
    yield* sameSet("the inbox", yield* storage.payments([applied.id, parked.id]), before)
  }),

  draft(
    "a step that relies on a settled payment loses, however its version stands",
    function* ({ rows, storage }) {
      const [birth, other] = [rows.birth(), rows.birth()]
      const payment = rows.payment()
      yield* storage.commit(rows.group({ births: [birth, other] }))
      yield* storage.commit(
        rows.group({ steps: [rows.funding(birth, payment)], payments: [fate(payment, "step", birth.id)] })
      )
      const answer = yield* storage.commit(
        rows.group({ steps: [rows.funding(other, payment)], payments: [fate(payment, "step", other.id)] })
      )
      yield* same("the answer", answer, { ...all, lost: [other.id], known: [payment.id] })
      const [row] = yield* storage.payments([payment.id])
      yield* same("whose the payment is", row?.transactionId, birth.id)
      const unstored = yield* storage.commit(rows.group({ steps: [rows.funding(other, rows.payment())] }))
      yield* same("a step whose payment is not in the commit", unstored.lost, [other.id])
    }
  ),

  draft(
    "a payment whose step is lost waits, and may still be applied or parked, once",
    function* ({ rows, storage }) {
      const [birth, other] = [rows.birth(), rows.birth()]
      const [one, two] = [rows.payment(), rows.payment()]
      yield* storage.commit(rows.group({ births: [birth, other] }))
      yield* storage.commit(rows.group({ steps: [rows.step(birth), rows.step(other)] }))
      const lost = yield* storage.commit(
        rows.group({
          steps: [rows.funding(birth, one), rows.funding(other, two)],
          payments: [fate(one, "step", birth.id), fate(two, "step", other.id)]
        })
      )
      yield* sameSet("the lost", lost.lost, [birth.id, other.id])
      yield* same("the known", lost.known, [])
      const waiting = yield* storage.waitingPayments({ olderThanSeconds: 0, limit: 10_000 })
      const mine = waiting.filter(({ account }) => account === rows.account)
      yield* sameSet("what waits, and for which transaction", mine, [
        { ...one, transactionId: birth.id },
        { ...two, transactionId: other.id }
      ])

      const again = rows.funding(birth, one, { audits: [audit(3)], transfers: [] })
      const answer = yield* storage.commit(
        rows.group({
          steps: [{ ...again, version: 2 }],
          payments: [fate(one, "step", birth.id), fate(two, "second", other.id)]
        })
      )
      yield* same("the answer", answer, all)
      const settled = yield* storage.payments([one.id, two.id])
      yield* sameSet(
        "the inbox",
        settled.map(({ reason, reservedPayout, state, transactionId }) => [
          state,
          reason,
          transactionId,
          reservedPayout
        ]),
        [
          ["applied", null, birth.id, "98.5"],
          ["parked", "second", other.id, "0"]
        ]
      )
      const after = yield* storage.waitingPayments({ olderThanSeconds: 0, limit: 10_000 })
      yield* same(
        "what waits then",
        after.filter(({ account }) => account === rows.account),
        []
      )
    }
  ),

  draft("credits of one Stellar transaction are applied with their leader", function* ({ rows, storage }) {
    const birth = rows.birth()
    yield* storage.commit(rows.group({ births: [birth] }))
    const leader = rows.payment({ received: amount("100"), amount: amount("60") })
    const follower = rows.payment({
      id: paymentId("contract", leader.operationId, 1),
      leader: leader.id,
      received: zero,
      amount: amount("40"),
      index: 1
    })
    const answer = yield* storage.commit(
      rows.group({
        steps: [rows.funding(birth, leader)],
        payments: [fate(leader, "step", birth.id), fate(follower, "step", birth.id)]
      })
    )
    yield* same("the answer", answer, all)
    const inbox = yield* storage.payments([leader.id, follower.id])
    yield* sameSet(
      "the inbox",
      inbox.map(({ payment, reservedPayout, state }) => [payment, state, reservedPayout]),
      [
        [leader, "applied", "98.5"],
        [follower, "applied", "0"]
      ]
    )
    const history = yield* storage.history(birth.id)
    yield* sameSet(
      "the payments of its history",
      history.payments.map(({ payment }) => payment.id),
      [leader.id, follower.id]
    )
  }),

  draft(
    "a payment is parked with its reason and stays with the transaction it was meant for",
    function* ({ rows, storage }) {
      const birth = rows.birth()
      yield* storage.commit(rows.group({ births: [birth] }))
      const reasons = [
        "no-memo",
        "unknown-memo",
        "wrong-asset",
        "second",
        "late",
        "under",
        "over",
        "no-price",
        "merge",
        "created-account",
        "return-memo",
        "muxed-without-memo"
      ] as const
      const parked = reasons.map((reason, at) => ({
        reason,
        payment: rows.payment({
          amount: at === 0 ? null : amount("1"),
          closedAtMillis: 1_800_000_000_000 + at
        })
      }))
      const answer = yield* storage.commit(
        rows.group({
          payments: parked.map(({ payment, reason }) =>
            fate(payment, reason, reason === "late" ? birth.id : null)
          )
        })
      )
      yield* same("the answer", answer, all)
      const found = (yield* storage.parked({ limit: 10_000 })).filter(
        ({ payment }) => payment.account === rows.account
      )
      yield* sameSet(
        "the parked",
        found.map(({ payment, reason }) => [payment, reason]),
        parked.map(({ payment, reason }) => [payment, reason])
      )
      const late = parked.find(({ reason }) => reason === "late")
      yield* same(
        "the payments of the transaction",
        (yield* storage.history(birth.id)).payments.map(({ payment }) => payment.id),
        [late?.payment.id]
      )
      const few = yield* storage.parked({ limit: 3 })
      yield* same("how many of them when few are asked for", few.length, 3)
    }
  ),

  draft(
    "a payment that holds no amount is rejected, and nothing of the group is written",
    function* ({ rows, storage }) {
      const good = rows.payment()
      for (const wrong of ["NaN", "1.00000001", "1e3", "-1"] as ReadonlyArray<string>) {
        const bad = rows.payment({ received: wrong as typeof good.received })
        yield* failsWith(
          "GroupRejected",
          storage.commit(rows.group({ payments: [fate(good, "no-memo", null), fate(bad, "no-memo", null)] }))
        )
      }
      yield* same("the inbox", yield* storage.payments([good.id]), [])
    }
  ),

  draft("a waiting payment is told again only when it is old enough", function* ({ advance, rows, storage }) {
    const payment = rows.payment()
    yield* storage.commit(rows.group({ payments: [fate(payment, "waiting", null)] }))
    const mine = Effect.map(storage.waitingPayments({ olderThanSeconds: 30, limit: 10_000 }), (found) =>
      found.filter(({ account }) => account === rows.account)
    )
    yield* same("what waits at once", yield* mine, [])
    yield* advance(29)
    yield* storage.commit(rows.group({ payments: [fate(payment, "waiting", null)] }))
    yield* advance(2)
    yield* same("what waits when it has aged", yield* mine, [{ ...payment, transactionId: null }])
  }),

  draft(
    "records that could not be read are quarantined, page or no page, until they are released",
    function* ({ rows, storage }) {
      yield* storage.openCursor({ account: rows.account, network: "contract", tip: "1", epoch: 1 })
      const record = (position: string) => ({ position, reason: "no amount", raw: '{"id":"\\u0041"}' })
      yield* storage.commit(
        rows.group({ pages: [page(rows.account, "1", "2", { quarantined: [record("1"), record("2")] })] })
      )
      yield* storage.commit(
        rows.group({ pages: [page(rows.account, "1", "3", { quarantined: [record("2"), record("3")] })] })
      )
      const mine = Effect.map(storage.quarantined, (found) =>
        found.filter(({ account }) => account === rows.account)
      )
      yield* sameSet(
        "the quarantine",
        yield* mine,
        ["1", "2", "3"].map((position) => ({ account: rows.account, ...record(position) }))
      )
      const withNul = page(rows.account, "1", "3", {
        quarantined: [{ position: "4", reason: "a\0b", raw: "\0" }]
      })
      yield* storage.commit(rows.group({ pages: [withNul] }))
      yield* same("how many are kept when one holds a NUL", (yield* mine).length, 4)
      yield* storage.releaseQuarantined(rows.account, "4")
      yield* storage.releaseQuarantined(rows.account, "1")
      yield* storage.releaseQuarantined(rows.account, "1")
      yield* sameSet(
        "the quarantine after one was released",
        (yield* mine).map(({ position }) => position),
        ["2", "3"]
      )
    }
  ),

  draft("refusals are written whatever becomes of the rest", function* ({ rows, storage }) {
    const birth = rows.birth()
    yield* storage.commit(rows.group({ births: [birth] }))
    const refusal = rows.refusal(birth.id, { detail: { payoutId: "x", amount: "1.5" } })
    const never = rows.refusal(rows.transactionId(), { carriesMoney: false })
    const answer = yield* storage.commit(
      rows.group({ refusals: [refusal, never], steps: [rows.step({ id: birth.id, version: 9 })] })
    )
    yield* same("the answer", answer, { ...all, lost: [birth.id] })
    const { refusals } = yield* storage.history(birth.id)
    yield* same(
      "the refusals",
      refusals.map(({ atMillis: _, ...rest }) => rest),
      [refusal]
    )
    yield* holds("they have their time", (refusals[0]?.atMillis ?? 0) > 0)
    const ofNone = yield* storage.history(never.transactionId)
    yield* same(
      "the refusals of a transaction never had",
      ofNone.refusals.map(({ id }) => id),
      [never.id]
    )
  })
]
