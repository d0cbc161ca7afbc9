/** What the contract says of erasures: how long one waits, what keeps it through a crash, and what it takes with it. */
import { Effect } from "effect"
import { finalStatuses } from "../../../machines/domain/Sep31Status.ts"
import { type CustomerId, payoutId } from "../../../machines/domain/Ids.ts"
import { type Draft, draft, type Given, holds, same, sameSet } from "./claims.ts"
import { audit, change } from "./samples.ts"

const plenty = 10_000

const customerOf = ({ rows, storage }: Given) =>
  Effect.gen(function* () {
    const id = rows.customerId()
    yield* storage.createCustomer({ id, owner: rows.account, account: null, memo: null })
    return id
  })

export const erasureDrafts: ReadonlyArray<Draft> = [
  draft(
    "an erasure waits until no transaction of the customer is unfinished (S12-DEL-05)",
    function* (given) {
      const { advance, rows, storage } = given
      const [customer, free] = [yield* customerOf(given), yield* customerOf(given)]
      const births = [
        rows.birth({ senderId: customer }),
        rows.birth({ receiverId: customer, senderId: free }),
        rows.birth({ leaf: "pending_receiver.checking", dueInSeconds: 1000 })
      ]
      yield* storage.commit(rows.group({ births }))
      const [one, two, linked] = births
      if (one === undefined || two === undefined || linked === undefined) return
      const link = { party: "sender", customerId: customer, type: null } as const
      yield* storage.commit(
        rows.group({ steps: [rows.step(linked, { leaf: "pending_receiver.checking", links: [link] })] })
      )
      yield* sameSet(
        "the unfinished",
        yield* storage.unfinishedOf(customer),
        births.map(({ id }) => id)
      )
      yield* same("the unfinished of a stranger", yield* storage.unfinishedOf(rows.customerId()), [])
      yield* same("the unfinished of no id", yield* storage.unfinishedOf("no uuid" as CustomerId), [])

      for (const id of [customer, customer, rows.customerId()]) yield* storage.deferErasure(id)
      const mine = Effect.map(storage.dueErasures({ limit: plenty, againInSeconds: 50 }), (found) =>
        found.filter((id) => id === customer || id === free)
      )
      yield* same("what is due at first", yield* mine, [])
      const end = (id: typeof one.id, version: number, at: number) =>
        storage.commit(
          rows.group({ steps: [rows.step({ id, version }, { leaf: finalStatuses[at] ?? "error" })] })
        )
      yield* end(one.id, 1, 0)
      yield* end(linked.id, 2, 1)
      yield* same("what is due while one is unfinished", yield* mine, [])
      yield* end(two.id, 1, 2)
      const asked = yield* Effect.all([mine, mine], { concurrency: "unbounded" })
      yield* same("what is due when all are final", asked.flat(), [customer])
      yield* advance(51)
      yield* same("what is due again after the pause", yield* mine, [customer])
      yield* storage.eraseCustomer(customer)
      yield* advance(51)
      yield* same("what is due when it was closed alone", yield* mine, [customer])
      yield* storage.eraseCustomer(customer)
      yield* advance(51)
      yield* same("what is due when it was erased", yield* mine, [])
      yield* holds("it was erased", (yield* storage.customer(customer))?.erased === true)
    }
  ),

  draft(
    "a customer closed while a transaction is unfinished keeps its erasure, closed once or twice (S12-DEL-05)",
    function* (given) {
      const { advance, rows, storage } = given
      const customer = yield* customerOf(given)
      const one = rows.birth({ senderId: customer })
      yield* storage.commit(rows.group({ births: [one] }))
      yield* storage.deferErasure(customer)
      yield* storage.eraseCustomer(customer)
      yield* storage.eraseCustomer(customer)
      yield* storage.commit(
        rows.group({ steps: [rows.step({ id: one.id, version: 1 }, { leaf: "expired" })] })
      )
      yield* advance(51)
      const due = yield* storage.dueErasures({ limit: plenty, againInSeconds: 50 })
      yield* holds("its erasure is due", due.includes(customer))
    }
  ),

  draft(
    "what was sealed for the final transactions of a customer is forgotten, and nothing else (S12-DEL-04, SEC-22)",
    function* (given) {
      const { rows, storage } = given
      const [customer, other] = [yield* customerOf(given), yield* customerOf(given)]
      const [replaced, first, second, said, kept, theirs] = [
        rows.sealed("replaced"),
        rows.sealed("of the first attempt"),
        rows.sealed("destination"),
        rows.sealed("words"),
        rows.sealed("under way"),
        rows.sealed("another's")
      ]
      const births = [
        rows.birth({ receiverId: customer, destination: replaced }),
        rows.birth({ senderId: customer, receiverId: other, destination: kept }),
        rows.birth({ senderId: other, receiverId: other, destination: theirs })
      ] as const
      yield* storage.commit(rows.group({ births }))
      const [ended, , foreign] = births
      const attempt = payoutId(ended.id, 1)
      const steps = [
        rows.step(ended, {
          destination: first,
          payouts: [rows.payout(attempt)],
          audits: [audit(2, { detail: { replaced: replaced.id } })]
        }),
        rows.step(
          { id: ended.id, version: 2 },
          {
            destination: second,
            changes: [change(attempt, { state: "refused" })],
            notes: [said],
            audits: [audit(3, { detail: { note: said.id } })]
          }
        )
      ]
      for (const step of steps) yield* storage.commit(rows.group({ steps: [step] }))
      yield* storage.commit(
        rows.group({
          steps: [
            rows.step({ id: ended.id, version: 3 }, { leaf: "completed" }),
            rows.step({ id: foreign.id, version: 1 }, { leaf: "completed" })
          ]
        })
      )
      const left = Effect.map(
        storage.sealed([replaced, first, second, said, kept, theirs].map(({ id }) => id)),
        (found) => found.map(({ id }) => id)
      )
      yield* storage.forgetSealed(rows.customerId())
      yield* storage.forgetSealed("no uuid" as CustomerId)
      yield* same("what a stranger's leave", (yield* left).length, 6)
      yield* storage.forgetSealed(customer)
      yield* storage.forgetSealed(customer)
      yield* sameSet("what is left", yield* left, [kept.id, theirs.id])
      yield* same("the audit", (yield* storage.history(ended.id)).audits.length, 4)
    }
  )
]
