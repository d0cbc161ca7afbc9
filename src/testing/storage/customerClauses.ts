/** What the contract says of customers, the verdicts on them and their values. */
import { Effect } from "effect"
import type { CustomerId } from "../../../machines/domain/Ids.ts"
import { type Draft, draft, holds, same, sameSet } from "./claims.ts"

const verdict = (
  id: CustomerId,
  status: string,
  parts: {
    readonly askAgainInSeconds?: number
    readonly put?: ReadonlyArray<string>
    readonly type?: string
    readonly message?: string
  } = {}
) => ({
  id,
  type: parts.type ?? "sep31-receiver",
  status,
  message: parts.message ?? null,
  askAgainInSeconds: parts.askAgainInSeconds ?? null,
  put: parts.put ?? []
})

export const customerDrafts: ReadonlyArray<Draft> = [
  draft(
    "a customer is named once by owner, account and memo, and any number of times by nothing",
    function* ({ rows, storage }) {
      const owner = rows.account
      const create = (
        account: string | null,
        memo: { readonly type: "id" | "text"; readonly value: string } | null,
        of = owner
      ) => {
        const id = rows.customerId()
        return Effect.map(storage.createCustomer({ id, owner: of, account, memo }), (row) => ({ id, row }))
      }
      const first = yield* create("G-1", null)
      yield* same("a new customer", first.row, {
        id: first.id,
        owner,
        account: "G-1",
        memo: null,
        version: 1,
        erased: false,
        statuses: {},
        contested: []
      })
      yield* same("the same name again", (yield* create("G-1", null)).row, null)
      const withMemo = yield* create("G-1", { type: "id", value: "1" })
      const withText = yield* create("G-1", { type: "text", value: "1" })
      const ofAnother = yield* create("G-1", null, `${owner}-2`)
      yield* same("the name with a memo again", (yield* create("G-1", { type: "id", value: "1" })).row, null)
      const nameless = [yield* create(null, null), yield* create(null, null)]
      yield* holds(
        "names that differ are free",
        [withMemo, withText, ofAnother, ...nameless].every(({ row }) => row !== null)
      )
      yield* same(
        "who is found without a memo",
        (yield* storage.customerBy(owner, "G-1", null))?.id,
        first.id
      )
      yield* same(
        "who is found by a text memo",
        (yield* storage.customerBy(owner, "G-1", { type: "text", value: "1" }))?.id,
        withText.id
      )
      yield* same(
        "who is found by another memo",
        yield* storage.customerBy(owner, "G-1", { type: "id", value: "2" }),
        null
      )
      yield* same("who is found by id", (yield* storage.customer(ofAnother.id))?.owner, `${owner}-2`)
      yield* same("who is found by an unknown id", yield* storage.customer(rows.customerId()), null)
    }
  ),

  draft(
    "of those who create a customer of one name at the same time one does",
    function* ({ rows, storage }) {
      const made = yield* Effect.all(
        [1, 2, 3].map(() =>
          storage.createCustomer({ id: rows.customerId(), owner: rows.account, account: "G-1", memo: null })
        ),
        { concurrency: "unbounded" }
      )
      yield* same("how many did", made.filter((row) => row !== null).length, 1)
    }
  ),

  draft(
    "a verdict is kept by type, raises the version, and settles the fields that were put",
    function* ({ rows, storage }) {
      const id = rows.customerId()
      yield* storage.createCustomer({ id, owner: rows.account, account: null, memo: null })
      const before = yield* storage.nowMillis
      const first = yield* storage.recordVerdict(
        verdict(id, "PROCESSING", { askAgainInSeconds: 60, message: 'we "look"' })
      )
      const askAgain = first?.statuses["sep31-receiver"]?.askAgainAtMillis ?? 0
      yield* same(
        "the status",
        [first?.statuses["sep31-receiver"]?.status, first?.statuses["sep31-receiver"]?.message],
        ["PROCESSING", 'we "look"']
      )
      yield* holds(
        "it is asked again in a minute",
        askAgain >= before + 60_000 && askAgain < before + 120_000
      )
      yield* storage.recordVerdict(verdict(id, "NEEDS_INFO", { type: "sep31-sender" }))

      const birth = rows.birth({ receiverId: id })
      yield* storage.commit(rows.group({ births: [birth] }))
      const attention = {
        kind: "customer-info" as const,
        dueInSeconds: 1,
        customerId: id,
        contested: ["a", "b", "c"]
      }
      yield* storage.commit(
        rows.group({
          steps: [rows.step(birth, { leaf: "pending_customer_info_update.awaitingCustomer", attention })]
        })
      )
      const contested = yield* storage.customer(id)
      const second = yield* storage.recordVerdict(verdict(id, "ACCEPTED", { put: ["c", "a", "z"] }))
      yield* same("the statuses", second?.statuses, {
        "sep31-receiver": { status: "ACCEPTED", message: null, askAgainAtMillis: null },
        "sep31-sender": { status: "NEEDS_INFO", message: null, askAgainAtMillis: null }
      })
      yield* same("what is still contested", second?.contested, ["b"])
      yield* holds("the version was raised", (second?.version ?? 0) > (contested?.version ?? 0))
      yield* same("the customer as read", yield* storage.customer(id), second)
      yield* same(
        "a verdict on nobody",
        yield* storage.recordVerdict(verdict(rows.customerId(), "ACCEPTED")),
        null
      )
    }
  ),

  draft(
    "a verdict that is to be asked again is due at its time, once a pause",
    function* ({ advance, rows, storage }) {
      const id = rows.customerId()
      yield* storage.createCustomer({ id, owner: rows.account, account: null, memo: null })
      yield* storage.recordVerdict(verdict(id, "PROCESSING", { askAgainInSeconds: 10 }))
      yield* storage.recordVerdict(verdict(id, "ACCEPTED", { type: "other" }))
      const due = Effect.map(storage.dueVerdicts({ limit: 10_000, againInSeconds: 50 }), (found) =>
        found.filter((row) => row.id === id)
      )
      yield* same("what is due before its time", yield* due, [])
      yield* advance(11)
      const [first, second] = yield* Effect.all([due, due], { concurrency: "unbounded" })
      yield* same("what is due at its time", [...first, ...second], [{ id, type: "sep31-receiver" }])
      yield* advance(51)
      yield* same("what is due after the pause", yield* due, [{ id, type: "sep31-receiver" }])
      yield* storage.recordVerdict(verdict(id, "ACCEPTED"))
      yield* advance(51)
      yield* same("what is due of a settled verdict", yield* due, [])
    }
  ),

  draft(
    "an erased customer has no statuses, is asked of no more, and its name is free",
    function* ({ advance, rows, storage }) {
      const id = rows.customerId()
      const memo = { type: "id", value: "5" } as const
      yield* storage.createCustomer({ id, owner: rows.account, account: "G-1", memo })
      const judged = yield* storage.recordVerdict(verdict(id, "PROCESSING", { askAgainInSeconds: 1 }))
      yield* storage.eraseCustomer(id)
      const erased = yield* storage.customer(id)
      yield* same(
        "the erased customer",
        [erased?.erased, erased?.statuses, erased?.contested],
        [true, {}, []]
      )
      yield* holds("the version was raised", (erased?.version ?? 0) > (judged?.version ?? 0))
      yield* storage.eraseCustomer(id)
      yield* storage.eraseCustomer(rows.customerId())
      yield* advance(2)
      const due = yield* storage.dueVerdicts({ limit: 10_000, againInSeconds: 1_000_000 })
      yield* same(
        "what is due of it",
        due.filter((row) => row.id === id),
        []
      )
      yield* same("a verdict that comes late", yield* storage.recordVerdict(verdict(id, "ACCEPTED")), null)
      yield* same("the statuses after it", (yield* storage.customer(id))?.statuses, {})
      yield* same("who is found by its name", yield* storage.customerBy(rows.account, "G-1", memo), null)
      const next = yield* storage.createCustomer({
        id: rows.customerId(),
        owner: rows.account,
        account: "G-1",
        memo
      })
      yield* holds("its name is free", next !== null)
    }
  ),

  draft(
    "values of a customer are put over those of the same name, and erased for good",
    function* ({ rows, storage }) {
      const id = rows.customerId()
      const [one, two, three] = [rows.sealed("1"), rows.sealed("2"), rows.sealed("3")]
      yield* storage.putCustomerValues(id, [
        { name: "last_name", sealed: one },
        { name: "email_address", sealed: two }
      ])
      yield* storage.putCustomerValues(id, [{ name: "last_name", sealed: three }])
      yield* storage.putCustomerValues(id, [])
      yield* sameSet("the values", yield* storage.customerValues(id), [
        { name: "last_name", sealed: three },
        { name: "email_address", sealed: two }
      ])
      yield* same("the values of another", yield* storage.customerValues(rows.customerId()), [])
      yield* storage.eraseCustomerValues(id)
      yield* storage.eraseCustomerValues(id)
      yield* same("the values after erasure", yield* storage.customerValues(id), [])
    }
  )
]
