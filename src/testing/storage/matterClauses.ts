/** What the contract says of open matters, refunds, sealed rows, the list and the history of transactions. */
import { Effect } from "effect"
import { amount } from "../../../machines/domain/Amount.ts"
import { payoutId } from "../../../machines/domain/Ids.ts"
import type { AttentionRow } from "../../ports/rows.ts"
import { type Draft, draft, failsWith, holds, same, sameSet } from "./claims.ts"
import { all, asset, audit, fate } from "./samples.ts"

const matter = (parts: Partial<AttentionRow> = {}): AttentionRow => ({
  kind: "held",
  dueInSeconds: 10,
  customerId: null,
  contested: [],
  ...parts
})
const plenty = 10_000

export const matterDrafts: ReadonlyArray<Draft> = [
  draft(
    "an open matter is raised when it is due, and again after its pause, until a step ends it",
    function* ({ advance, rows, storage }) {
      const birth = rows.birth()
      yield* storage.commit(rows.group({ births: [birth] }))
      yield* storage.commit(
        rows.group({ steps: [rows.step(birth, { leaf: "pending_receiver.held", attention: matter() })] })
      )
      const due = Effect.map(storage.dueAttention({ limit: plenty, againInSeconds: 100 }), (found) =>
        found
          .filter(({ actor }) => actor.id === birth.id)
          .map(({ actor, customerId, kind }) => [kind, customerId, actor.version, actor.state])
      )
      yield* same("what is due before its time", yield* due, [])
      yield* advance(11)
      yield* same("what is due at its time", yield* due, [["held", null, 2, "pending_receiver.held"]])
      yield* same("what is due at once again", yield* due, [])
      yield* advance(101)
      yield* same("how many are due after the pause", (yield* due).length, 1)

      const replaced = matter({ kind: "refund-owed", dueInSeconds: 500 })
      yield* storage.commit(
        rows.group({
          steps: [
            rows.step(
              { id: birth.id, version: 2 },
              { leaf: "pending_receiver.refundOwed", attention: replaced }
            )
          ]
        })
      )
      yield* advance(101)
      yield* same("what is due of the old matter", yield* due, [])
      yield* same("the matter now", (yield* storage.history(birth.id)).attention?.kind, "refund-owed")
      yield* advance(400)
      yield* same("what is due of the new one", yield* due, [
        ["refund-owed", null, 3, "pending_receiver.refundOwed"]
      ])

      yield* storage.commit(
        rows.group({ steps: [rows.step({ id: birth.id, version: 3 }, { leaf: "refunded" })] })
      )
      yield* advance(1000)
      yield* same("what is due when nothing is open", yield* due, [])
      yield* same("the matter of the closed transaction", (yield* storage.history(birth.id)).attention, null)
    }
  ),

  draft(
    "a matter that is due is taken once, whoever asks at the same time",
    function* ({ advance, rows, storage }) {
      const births = [1, 2, 3, 4, 5, 6].map(() => rows.birth())
      yield* storage.commit(rows.group({ births }))
      yield* storage.commit(
        rows.group({
          steps: births.map((birth) =>
            rows.step(birth, { leaf: "pending_receiver.held", attention: matter({ dueInSeconds: 1 }) })
          )
        })
      )
      yield* advance(2)
      const found = yield* Effect.all(
        [1, 2, 3].map(() => storage.dueAttention({ limit: plenty, againInSeconds: 1_000_000 })),
        { concurrency: "unbounded" }
      )
      const mine = new Set(births.map(({ id }) => id))
      yield* sameSet(
        "what was taken",
        found.flat().flatMap(({ actor }) => (mine.has(actor.id) ? [actor.id] : [])),
        [...mine]
      )
    }
  ),

  draft("transactions that wait on a customer are found by either party", function* ({ rows, storage }) {
    const [sender, receiver, stranger] = [rows.customerId(), rows.customerId(), rows.customerId()]
    const asking = rows.birth({ senderId: sender, receiverId: receiver })
    const held = rows.birth({ senderId: sender, receiverId: receiver })
    const ended = rows.birth({ senderId: sender, receiverId: receiver })
    yield* storage.commit(rows.group({ births: [asking, held, ended] }))
    const asked = matter({ kind: "customer-info", customerId: receiver })
    const leaf = "pending_customer_info_update.awaitingCustomer"
    yield* storage.commit(
      rows.group({
        steps: [
          rows.step(asking, { leaf, attention: asked }),
          rows.step(held, { leaf: "pending_receiver.held", attention: matter() }),
          rows.step(ended, { leaf, attention: asked })
        ]
      })
    )
    yield* storage.commit(
      rows.group({ steps: [rows.step({ id: ended.id, version: 2 }, { leaf: "pending_receiver.payingOut" })] })
    )
    for (const id of [sender, receiver]) {
      const found = yield* storage.waitingOnCustomer(id)
      yield* same(
        "who waits",
        found.map(({ id: waiting, version }) => [waiting, version]),
        [[asking.id, 2]]
      )
    }
    yield* same("who waits on a stranger", yield* storage.waitingOnCustomer(stranger), [])
  }),

  draft(
    "fields a rail has bounced are contested with the customer, once each, and raise the version",
    function* ({ rows, storage }) {
      const customer = rows.customerId()
      yield* storage.createCustomer({ id: customer, owner: rows.account, account: null, memo: null })
      const births = [rows.birth({ receiverId: customer }), rows.birth({ receiverId: customer })]
      yield* storage.commit(rows.group({ births }))
      const leaf = "pending_customer_info_update.awaitingCustomer"
      const asked = (contested: ReadonlyArray<string>) =>
        matter({ kind: "customer-info", customerId: customer, contested })
      const [one, two] = births
      if (one === undefined || two === undefined) return
      const lost = rows.step({ id: one.id, version: 7 }, { leaf, attention: asked(["email_address"]) })
      yield* storage.commit(rows.group({ steps: [lost] }))
      yield* same("what a lost step contests", (yield* storage.customer(customer))?.contested, [])
      yield* storage.commit(
        rows.group({
          steps: [
            rows.step(one, { leaf, attention: asked(["last_name", "bank_account_number"]) }),
            rows.step(two, { leaf, attention: asked(["bank_account_number"]) })
          ]
        })
      )
      const row = yield* storage.customer(customer)
      yield* sameSet("the contested fields", row?.contested ?? [], ["bank_account_number", "last_name"])
      yield* holds("the version was raised", (row?.version ?? 0) > 1)
    }
  ),

  draft("refunds are shown in the order they were recorded", function* ({ rows, storage }) {
    const birth = rows.birth()
    yield* storage.commit(rows.group({ births: [birth] }))
    const [a, b, c] = ["a", "b", "c"].map((letter, at) => ({
      stellarTransactionId: letter.repeat(64),
      amount: amount(`${10 - at}.5`)
    }))
    if (a === undefined || b === undefined || c === undefined) return
    yield* storage.commit(rows.group({ steps: [rows.step(birth, { refunds: [b, a] })] }))
    yield* storage.commit(rows.group({ steps: [rows.step({ id: birth.id, version: 2 }, { refunds: [c] })] }))
    const [row] = yield* storage.transactions([birth.id])
    yield* same("the refunds", row?.refunds, [b, a, c])
  }),

  draft("sealed rows go with their step, byte for byte, and once", function* ({ rows, storage }) {
    const birth = rows.birth()
    yield* storage.commit(rows.group({ births: [birth] }))
    const every = { ...rows.sealed(), bytes: Uint8Array.from({ length: 256 }, (_, at) => at) }
    const empty = { ...rows.sealed(), bytes: new Uint8Array(0), keyId: 'key "2"' }
    const step = rows.step(birth, { notes: [every, empty] })
    yield* same("the answer", yield* storage.commit(rows.group({ steps: [step] })), all)
    yield* sameSet("the sealed rows", yield* storage.sealed([every.id, empty.id]), [every, empty])
    yield* storage.commit(
      rows.group({ steps: [rows.step({ id: birth.id, version: 2 }, { notes: [every] })] })
    )
    yield* same("the row after it was brought again", yield* storage.sealed([every.id]), [every])
  }),

  draft("the list is newest first, by status, and pages before an id", function* ({ rows, storage }) {
    const births = [1, 2, 3, 4, 5].map(() => rows.birth())
    yield* storage.commit(rows.group({ births }))
    const ids = births.map(({ id }) => id).reverse()
    const [, second, , fourth] = births
    if (second === undefined || fourth === undefined) return
    yield* storage.commit(
      rows.group({ steps: [rows.step(second, { leaf: "error" }), rows.step(fourth, { leaf: "error" })] })
    )
    const before = rows.transactionId()
    const listed = (query: {
      readonly status?: string
      readonly limit: number
      readonly before: typeof before
    }) => Effect.map(storage.list(query), (found) => found.map(({ id }) => id))
    yield* same("the first page", yield* listed({ before, limit: 2 }), ids.slice(0, 2))
    yield* same("the next page", yield* listed({ before: ids[1] ?? before, limit: 3 }), ids.slice(2))
    yield* same("those in error", yield* listed({ before, limit: 2, status: "error" }), [
      fourth.id,
      second.id
    ])
    const strange = "no uuid" as typeof before
    yield* same("a page before no id", yield* listed({ before: strange, limit: 1, status: "none" }), [])
    const [newest] = yield* storage.list({ limit: 1 })
    yield* holds("a list without a mark begins at the newest", (newest?.id ?? "") >= (ids[0] ?? ""))
  }),

  draft(
    "a history holds all that is known of one transaction, and nothing of another",
    function* ({ rows, storage }) {
      const [birth, other] = [rows.birth(), rows.birth()]
      const [payment, second] = [rows.payment(), rows.payment()]
      yield* storage.commit(rows.group({ births: [birth, other] }))
      yield* storage.commit(
        rows.group({
          steps: [rows.funding(birth, payment), rows.step(other)],
          payments: [fate(payment, "step", birth.id), fate(second, "second", birth.id)],
          refusals: [rows.refusal(other.id)]
        })
      )
      const history = yield* storage.history(birth.id)
      yield* same(
        "the audit",
        history.audits.map(({ event, version }) => [version, event]),
        [
          [1, "transaction.created"],
          [2, "payment.matched"]
        ]
      )
      yield* same("the transfers", history.transfers, [
        { from: "ledger-in", to: "payable", amount: amount("100"), asset, version: 2 }
      ])
      yield* same(
        "the payouts",
        history.payouts.map(({ id, state }) => [id, state]),
        [[payoutId(birth.id, 1), "planned"]]
      )
      yield* sameSet(
        "the payments",
        history.payments.map(({ payment: { id }, state }) => [id, state]),
        [
          [payment.id, "applied"],
          [second.id, "parked"]
        ]
      )
      yield* same("the rest", [history.refusals, history.attention], [[], null])
      const none = yield* storage.history(rows.transactionId())
      yield* same("the history of none", none, {
        audits: [],
        transfers: [],
        payouts: [],
        payments: [],
        refusals: [],
        attention: null
      })
    }
  ),

  draft(
    "a transition is audited once: a step that repeats a version is rejected whole",
    function* ({ rows, storage }) {
      const birth = rows.birth()
      yield* storage.commit(rows.group({ births: [birth] }))
      yield* failsWith(
        "GroupRejected",
        storage.commit(rows.group({ steps: [rows.step(birth, { audits: [audit(2), audit(1)] })] }))
      )
      const [row] = yield* storage.transactions([birth.id])
      yield* same("the transaction", [row?.version, (yield* storage.history(birth.id)).audits.length], [1, 1])
    }
  )
]
