/** What the contract says of births: a memo is used once for all time, and what a birth relied on still holds. */
import { Effect } from "effect"
import { amount } from "../../../machines/domain/Amount.ts"
import { type Draft, draft, failsWith, holds, same, sameSet } from "./claims.ts"
import { all, asset, awaiting } from "./samples.ts"

export const birthDrafts: ReadonlyArray<Draft> = [
  draft(
    "a birth is a transaction of version 1 with all it was given and its first audit row",
    function* ({ rows, storage }) {
      const before = yield* storage.nowMillis
      const birth = rows.birth({
        terms: {
          expected: amount("922337203685.4775807"),
          minimum: amount("0.0000001"),
          maximum: amount("1000.5"),
          fee: { fixed: amount("0"), percent: amount("2.5") },
          expiresAtMillis: 1_800_000_000_285,
          conversion: {
            from: asset,
            to: "iso4217:BRL",
            price: {
              buyAmount: amount("500.5"),
              fee: {
                total: amount("4.2"),
                asset: "iso4217:BRL",
                details: [
                  { name: "Service fee", amount: amount("4") },
                  { name: "PIX fee", description: 'a "fee"', amount: amount("0.2000001") }
                ]
              },
              price: "0.18",
              totalPrice: "0.2010000000000000000001"
            }
          },
          mismatch: { over: "refundExcess", under: "refundAll" }
        },
        clientDomain: "wallet.example",
        memo: { type: "text", value: `q"\\u,{}NULL ü` },
        senderId: rows.customerId(),
        receiverId: rows.customerId(),
        senderType: "sep31-sender",
        receiverType: "sep31-receiver",
        destination: rows.sealed("to whom"),
        reference: "null",
        metadata: { order: 'a "quoted" \\ {thing}', empty: "" },
        lang: "de",
        refundMemo: { type: "hash", value: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=" }
      })
      yield* same("the answer", yield* storage.commit(rows.group({ births: [birth] })), all)

      const [row] = yield* storage.transactions([birth.id])
      if (row === undefined) return yield* Effect.die(new Error("the transaction is not found"))
      const { createdAtMillis, statusAtMillis, ...rest } = row
      const { destination, dueInSeconds: _, leaf: __, repeat: ___, requires: ____, ...given } = birth
      yield* same("the transaction", rest, {
        ...given,
        version: 1,
        state: awaiting,
        status: "pending_sender",
        amounts: { received: null, accepted: null, fee: null, delivered: null },
        callbackUrl: null,
        fundedBy: null,
        destination: destination?.id,
        stellarTransactionId: null,
        payer: null,
        externalTransactionId: null,
        completedAtMillis: null,
        refunds: []
      })
      yield* same("the time of its status", statusAtMillis, createdAtMillis)
      yield* holds(
        "it was created now, on the storage's clock",
        createdAtMillis >= before && createdAtMillis <= before + 60_000
      )
      yield* same(
        "the sealed destination",
        yield* storage.sealed(destination === null ? [] : [destination.id]),
        [destination]
      )
      const [actor] = yield* storage.actors([birth.id])
      yield* same(
        "the actor",
        [actor?.terms, actor?.memo, actor?.asset, actor?.version],
        [birth.terms, birth.memo, asset, 1]
      )
      const { audits } = yield* storage.history(birth.id)
      yield* same(
        "its audit",
        audits.map(({ atMillis: _at, ...audit }) => audit),
        [
          {
            version: 1,
            event: "transaction.created",
            cause: birth.creator,
            before: awaiting,
            after: awaiting,
            detail: {}
          }
        ]
      )
    }
  ),

  draft("a memo is free once for all time, by account, type and value", function* ({ rows, storage }) {
    const first = rows.birth({ memo: { type: "id", value: "77" } })
    yield* storage.commit(rows.group({ births: [first] }))

    const again = rows.birth({ memo: first.memo })
    const ofText = rows.birth({ memo: { type: "text", value: "77" } })
    const elsewhere = rows.birth({ memo: first.memo, account: `${rows.account}-b` })
    const answer = yield* storage.commit(rows.group({ births: [again, ofText, elsewhere] }))

    yield* same("the answer", answer, { ...all, unborn: [{ id: again.id, why: "memo" }] })
    yield* sameSet(
      "what is there",
      (yield* storage.actors([again.id, ofText.id, elsewhere.id])).map(({ id }) => id),
      [ofText.id, elsewhere.id]
    )
    yield* same("the history of the one that was not born", (yield* storage.history(again.id)).audits, [])
  }),

  draft("of two births with one memo in a group the first is born", function* ({ rows, storage }) {
    const first = rows.birth({ memo: { type: "id", value: "1" }, destination: rows.sealed() })
    const second = rows.birth({ memo: { type: "id", value: "1" }, destination: rows.sealed() })
    const answer = yield* storage.commit(rows.group({ births: [first, second] }))
    yield* same("the answer", answer, { ...all, unborn: [{ id: second.id, why: "memo" }] })
    const sealed = yield* storage.sealed(
      [first.destination, second.destination].flatMap((row) => row?.id ?? [])
    )
    yield* same(
      "the destinations that were kept",
      sealed.map(({ id }) => id),
      [first.destination?.id]
    )
  }),

  draft(
    "a birth is refused where a customer it requires has changed, or is not there",
    function* ({ rows, storage }) {
      const sender = rows.customerId()
      const receiver = rows.customerId()
      for (const id of [sender, receiver])
        yield* storage.createCustomer({ id, owner: rows.account, account: null, memo: null })
      const judged = yield* storage.recordVerdict({
        id: receiver,
        type: "sep31-receiver",
        status: "ACCEPTED",
        message: null,
        askAgainInSeconds: null,
        put: []
      })
      const version = judged?.version ?? 0
      yield* holds("a verdict raises the version", version > 1)
      const current = rows.birth({
        requires: [
          { id: sender, version: 1 },
          { id: receiver, version }
        ]
      })
      const stale = rows.birth({
        requires: [
          { id: sender, version: 1 },
          { id: receiver, version: version - 1 }
        ]
      })
      const unknown = rows.birth({ requires: [{ id: rows.customerId(), version: 1 }] })
      const answer = yield* storage.commit(rows.group({ births: [stale, current, unknown] }))
      yield* same("lost and known", [answer.lost, answer.known], [[], []])
      yield* sameSet("the unborn", answer.unborn, [
        { id: stale.id, why: "customers" },
        { id: unknown.id, why: "customers" }
      ])
    }
  ),

  draft(
    "a transaction's id is used once: a second birth under it is rejected with its whole group",
    function* ({ rows, storage }) {
      const birth = rows.birth()
      yield* storage.commit(rows.group({ births: [birth] }))
      const other = rows.birth()
      yield* failsWith(
        "GroupRejected",
        storage.commit(rows.group({ births: [other, rows.birth({ id: birth.id })] }))
      )
      yield* same("what was written of the group", yield* storage.actors([other.id]), [])
    }
  ),

  draft(
    "actors are found by memo without regard to their status, each once, and unknown ids are absent",
    function* ({ rows, storage }) {
      const [one, two, three] = [
        rows.birth(),
        rows.birth(),
        rows.birth({ memo: { type: "text", value: "x y" } })
      ]
      yield* storage.commit(rows.group({ births: [one, two, three] }))
      yield* storage.commit(rows.group({ steps: [rows.step(one, { leaf: "expired" })] }))
      const found = yield* storage.actorsByMemo([
        { account: one.account, memo: one.memo },
        { account: three.account, memo: three.memo },
        { account: three.account, memo: three.memo },
        { account: three.account, memo: { type: "id", value: "x y" } },
        { account: "elsewhere", memo: two.memo }
      ])
      yield* sameSet(
        "what is found",
        found.map(({ id, state }) => [id, state]),
        [
          [one.id, "expired"],
          [three.id, awaiting]
        ]
      )
      yield* same(
        "actors of unknown ids",
        yield* storage.actors([rows.transactionId(), "no uuid" as typeof one.id]),
        []
      )
      yield* same("transactions of unknown ids", yield* storage.transactions([rows.transactionId()]), [])
    }
  )
]
