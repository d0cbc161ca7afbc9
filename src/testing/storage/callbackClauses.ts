/** What the contract says of the outbox of status changes: what was told of, when it is due, and in which order. */
import { Effect } from "effect"
import { amount } from "../../../machines/domain/Amount.ts"
import type { TransactionId } from "../../../machines/domain/Ids.ts"
import type { Leaf } from "../../../machines/transaction/leaves.ts"
import { type Draft, draft, type Given, holds, same, sameSet } from "./claims.ts"
import { all, audit, fate, payingOut } from "./samples.ts"

const url = "https://anchor.example/callback"
const plenty = 10_000
const confirming: Leaf = "pending_external.confirming"

/** A transaction that is told of, moved through some statuses: versions 2, 3, … */
const told = (given: Given, leaves: ReadonlyArray<Leaf>, to = url) =>
  Effect.gen(function* () {
    const { rows, storage } = given
    const birth = rows.birth()
    yield* storage.commit(rows.group({ births: [birth] }))
    yield* same("the registration", yield* storage.setCallback(birth.id, to), true)
    for (const [at, leaf] of leaves.entries()) yield* move(given, birth.id, at + 1, leaf)
    return birth
  })

const move = ({ rows, storage }: Given, id: TransactionId, version: number, leaf: Leaf) =>
  storage.commit(rows.group({ steps: [rows.step({ id, version }, { leaf })] }))

/** Those of one transaction that are due, and taken by asking: version and tries. */
const due = ({ storage }: Given, id: TransactionId, leaseSeconds = 60) =>
  Effect.map(storage.dueCallbacks({ limit: plenty, leaseSeconds }), (found) =>
    found.flatMap(({ transaction, tries, version }) => (transaction.id === id ? [[version, tries]] : []))
  )

export const callbackDrafts: ReadonlyArray<Draft> = [
  draft(
    "a step that changes the status leaves what the transaction then was to be told (S31-CB-05, S31-CB-13)",
    function* (given) {
      const { rows, storage } = given
      const birth = rows.birth({ senderId: rows.customerId(), reference: "r" })
      const payment = rows.payment({ received: amount("99.5"), amount: amount("99.5") })
      yield* storage.commit(rows.group({ births: [birth] }))
      yield* storage.setCallback(birth.id, url)
      const refund = { stellarTransactionId: "a".repeat(64), amount: amount("1.5") }
      const funded = rows.funding(birth, payment, {
        refunds: [refund],
        destination: rows.sealed("where"),
        reservation: null
      })
      yield* storage.commit(rows.group({ steps: [funded], payments: [fate(payment, "step", birth.id)] }))
      const [then] = yield* storage.transactions([birth.id])
      const now = yield* storage.nowMillis
      yield* storage.commit(
        rows.group({
          steps: [
            rows.step(
              { id: birth.id, version: 2 },
              {
                leaf: "completed",
                refunds: [{ ...refund, amount: amount("2") }],
                amounts: { ...funded.amounts, delivered: amount("90") },
                externalTransactionId: "bank-1",
                destination: rows.sealed("elsewhere")
              }
            )
          ]
        })
      )
      const [last] = yield* storage.transactions([birth.id])
      const mine = Effect.map(storage.callbacks({ state: "pending", limit: plenty }), (found) =>
        found.filter(({ transaction }) => transaction.id === birth.id)
      )
      const found = yield* mine
      yield* same(
        "the transactions told of, newest first",
        found.map(({ transaction }) => transaction),
        [last, then]
      )
      yield* same(
        "the callbacks",
        found.map(({ state, tries, url: to, version }) => [version, state, tries, to]),
        [
          [3, "pending", 0, url],
          [2, "pending", 0, url]
        ]
      )
      yield* holds(
        "they are due at once",
        found.every(
          ({ createdAtMillis, dueAtMillis }) =>
            dueAtMillis === createdAtMillis && Math.abs(createdAtMillis - now) < 60_000
        )
      )
      const [taken] = (yield* storage.dueCallbacks({ limit: plenty, leaseSeconds: 60 })).filter(
        ({ transaction }) => transaction.id === birth.id
      )
      yield* same("the transaction as it is to be told first", taken?.transaction, then)
    }
  ),

  draft(
    "nothing is told of a birth, of a status that stays, of a step that is lost, or to nobody (S31-CB-05)",
    function* (given) {
      const { rows, storage } = given
      const silent = rows.birth()
      yield* storage.commit(rows.group({ births: [silent] }))
      yield* move(given, silent.id, 1, payingOut)
      const birth = yield* told(given, [])
      yield* storage.setCallback(silent.id, url)
      yield* same(
        "what is told of a birth and of what was before a registration",
        [...(yield* due(given, birth.id)), ...(yield* due(given, silent.id))],
        []
      )
      yield* move(given, birth.id, 1, payingOut)
      yield* move(given, birth.id, 2, "pending_receiver.held")
      yield* same("what the lost step says", (yield* move(given, birth.id, 2, "error")).lost, [birth.id])
      const fold = rows.step(
        { id: birth.id, version: 3 },
        {
          leaf: "pending_receiver.held",
          audits: [audit(4, { after: confirming }), audit(5, { before: confirming })]
        }
      )
      yield* storage.commit(rows.group({ steps: [fold] }))
      yield* same("the only one", yield* due(given, birth.id), [[2, 0]])
      const several = rows.step(
        { id: birth.id, version: 5 },
        { leaf: "completed", audits: [audit(6, { after: confirming }), audit(7, { after: "completed" })] }
      )
      yield* storage.commit(rows.group({ steps: [several] }))
      const versions = (yield* storage.callbacks({ state: "pending", limit: plenty })).flatMap((row) =>
        row.transaction.id === birth.id ? [row.version] : []
      )
      yield* same("with one of several events at the last of them", versions, [7, 2])
      yield* same("a callback of nobody", yield* storage.setCallback(rows.transactionId(), url), false)
      yield* same("a callback of no id", yield* storage.setCallback("no uuid" as TransactionId, url), false)
    }
  ),

  draft("the newest address is told, also of what was left before it (S31-CB-02)", function* (given) {
    const { storage } = given
    const birth = yield* told(given, [payingOut])
    yield* storage.setCallback(birth.id, `${url}/2`)
    const [found] = (yield* storage.dueCallbacks({ limit: plenty, leaseSeconds: 1 })).filter(
      ({ transaction }) => transaction.id === birth.id
    )
    yield* same("where it goes", [found?.url, found?.transaction.callbackUrl], [`${url}/2`, `${url}/2`])
  }),

  draft(
    "callbacks of a transaction are told in order: a later one waits until the earlier is settled (S31-CB-11)",
    function* (given) {
      const { advance, storage } = given
      const { id } = yield* told(given, [payingOut, confirming, "completed"])
      const settle = (version: number, as: "delivered" | "dead" | { readonly retryInSeconds: number }) =>
        storage.settleCallback({ transactionId: id, version, as })
      yield* same("what is due first", yield* due(given, id), [[2, 0]])
      yield* same("what is due while it is sent", yield* due(given, id), [])
      yield* advance(61)
      yield* same("what is due when its lease is over", yield* due(given, id), [[2, 0]])
      yield* settle(2, { retryInSeconds: 100 })
      yield* advance(99)
      yield* same("what is due before the next try", yield* due(given, id), [])
      yield* advance(2)
      yield* same("what is due then", yield* due(given, id), [[2, 1]])
      yield* settle(2, "delivered")
      yield* settle(2, { retryInSeconds: 0 })
      yield* same("what is due after it was delivered", yield* due(given, id), [[3, 0]])
      yield* settle(3, "dead")
      yield* same("what is due after that was given up", yield* due(given, id), [[4, 0]])
      yield* settle(4, "delivered")
      yield* advance(1000)
      yield* same("what is due in the end", yield* due(given, id), [])
      yield* settle(9, "delivered")
      const states = yield* Effect.forEach(["pending", "delivered", "dead"] as const, (state) =>
        Effect.map(storage.callbacks({ state, limit: plenty }), (found) =>
          found.flatMap(({ dueAtMillis, transaction, tries, version }) =>
            transaction.id === id ? [[version, tries, dueAtMillis]] : []
          )
        )
      )
      yield* same("what became of each", states, [
        [],
        [
          [4, 1, null],
          [2, 2, null]
        ],
        [[3, 1, null]]
      ])
    }
  ),

  draft("a callback that is left while an earlier one is sent waits for it (S31-CB-11)", function* (given) {
    const { storage } = given
    const { id } = yield* told(given, [payingOut])
    yield* same("what is due", yield* due(given, id), [[2, 0]])
    yield* move(given, id, 2, confirming)
    yield* same("what is due while it is sent", yield* due(given, id), [])
    yield* storage.settleCallback({ transactionId: id, version: 2, as: { retryInSeconds: 0 } })
    yield* same("what is due when it failed", yield* due(given, id), [[2, 1]])
    yield* storage.settleCallback({ transactionId: id, version: 2, as: "delivered" })
    yield* same("what is due when it was delivered", yield* due(given, id), [[3, 0]])
  }),

  draft(
    "a callback that is due is taken once, whoever asks at the same time, and the oldest first (S31-CB-11)",
    function* (given) {
      const { advance, storage } = given
      yield* storage.dueCallbacks({ limit: plenty, leaseSeconds: 1_000_000 })
      const births = [yield* told(given, [payingOut, confirming])]
      for (const _ of [1, 2, 3, 4, 5]) {
        yield* advance(1)
        births.push(yield* told(given, [payingOut, confirming]))
      }
      const few = yield* storage.dueCallbacks({ limit: 2, leaseSeconds: 1_000_000 })
      const taken = yield* Effect.all(
        [1, 2, 3].map(() => storage.dueCallbacks({ limit: plenty, leaseSeconds: 1_000_000 })),
        { concurrency: "unbounded" }
      )
      const ids = births.map(({ id }) => id)
      yield* same(
        "the oldest two",
        few.map(({ transaction }) => transaction.id),
        ids.slice(0, 2)
      )
      yield* sameSet(
        "the rest",
        taken
          .flat()
          .flatMap(({ transaction, version }) =>
            ids.includes(transaction.id) ? [[transaction.id, version]] : []
          ),
        ids.slice(2).map((id) => [id, 2])
      )
    }
  ),

  draft("a dead callback is due again when a person says so, and no other (S31-CB-11)", function* (given) {
    const { rows, storage } = given
    const { id } = yield* told(given, [payingOut])
    const replay = storage.replayCallback(id, 2)
    yield* same("one that is pending", yield* replay, false)
    yield* storage.settleCallback({ transactionId: id, version: 2, as: "dead" })
    yield* same("one that is dead", yield* replay, true)
    yield* same("what is due", yield* due(given, id), [[2, 1]])
    yield* storage.settleCallback({ transactionId: id, version: 2, as: "delivered" })
    yield* same("one that was delivered", yield* replay, false)
    yield* same("one that never was", yield* storage.replayCallback(rows.transactionId(), 2), false)
    yield* same("one of no id", yield* storage.replayCallback("no uuid" as TransactionId, 2), false)
  }),

  draft(
    "a dead callback is not sent again once the status has changed, whatever became of the newer one (S31-CB-11)",
    function* (given) {
      const { storage } = given
      for (const newer of ["pending", "delivered", "dead"] as const) {
        const { id } = yield* told(given, [payingOut])
        yield* storage.settleCallback({ transactionId: id, version: 2, as: "dead" })
        yield* move(given, id, 2, confirming)
        if (newer !== "pending") yield* storage.settleCallback({ transactionId: id, version: 3, as: newer })
        yield* same(`behind one that is ${newer}`, yield* storage.replayCallback(id, 2), false)
        yield* same("what is due", yield* due(given, id), newer === "pending" ? [[3, 0]] : [])
        yield* same("the newer itself", yield* storage.replayCallback(id, 3), newer === "dead")
      }
    }
  ),

  draft("delivered callbacks are forgotten after a week, the others never", function* (given) {
    const { advance, storage } = given
    const { id } = yield* told(given, [payingOut, confirming, "completed"])
    yield* storage.settleCallback({ transactionId: id, version: 2, as: "delivered" })
    yield* storage.settleCallback({ transactionId: id, version: 3, as: "dead" })
    const kept = Effect.map(
      Effect.forEach(["delivered", "dead", "pending"] as const, (state) =>
        storage.callbacks({ state, limit: plenty })
      ),
      (found) => found.flat().flatMap((row) => (row.transaction.id === id ? [row.version] : []))
    )
    yield* advance(7 * 86_400 - 10)
    yield* storage.prune
    yield* same("what is kept within the week", yield* kept, [2, 3, 4])
    yield* advance(20)
    yield* storage.prune
    yield* same("what is kept after it", yield* kept, [3, 4])
    yield* same(
      "how many when one is asked for",
      (yield* storage.callbacks({ state: "dead", limit: 1 })).length,
      1
    )
  }),

  draft(
    "a step that only links a customer tells of no change, and keeps the customer a side has (S31-KYC-03, S12-PUT-12)",
    function* (given) {
      const { rows, storage } = given
      const [first, second, third] = [rows.customerId(), rows.customerId(), rows.customerId()]
      const birth = rows.birth({
        leaf: "pending_receiver.checking",
        dueInSeconds: 1000,
        senderType: "sep31-sender",
        receiverType: "sep31-receiver"
      })
      yield* storage.commit(rows.group({ births: [birth] }))
      yield* storage.setCallback(birth.id, url)
      const link = (party: "sender" | "receiver", customerId: typeof first, type: string | null) => ({
        party,
        customerId,
        type
      })
      const attention = {
        kind: "customer-info",
        dueInSeconds: 1000,
        customerId: null,
        contested: []
      } as const
      const step = (version: number, links: ReadonlyArray<ReturnType<typeof link>>) =>
        storage.commit(
          rows.group({
            steps: [
              rows.step({ id: birth.id, version }, { leaf: "pending_receiver.checking", attention, links })
            ]
          })
        )
      yield* same(
        "the answer",
        yield* step(1, [link("receiver", first, null), link("receiver", third, "other")]),
        all
      )
      const waiting = (id: typeof first) =>
        Effect.map(storage.waitingOnCustomer(id), (found) =>
          found.map(({ receiverId, senderId, version }) => [version, senderId, receiverId])
        )
      yield* same("who waits on the first", yield* waiting(first), [[2, null, first]])
      yield* step(2, [link("sender", second, "sep31-large-sender"), link("receiver", third, "other")])
      yield* same("who waits on the second", yield* waiting(second), [[3, second, first]])
      yield* same("who waits on the first then", yield* waiting(first), [[3, second, first]])
      yield* same("who waits on the one that came too late", yield* waiting(third), [])
      const [row] = yield* storage.transactions([birth.id])
      yield* same(
        "the parties",
        [row?.senderId, row?.senderType, row?.receiverId, row?.receiverType],
        [second, "sep31-large-sender", first, "sep31-receiver"]
      )
      yield* same("what is told", yield* due(given, birth.id), [])
      yield* step(3, [])
      yield* same("who waits on the second after a step without links", yield* waiting(second), [
        [4, second, first]
      ])
    }
  )
]
