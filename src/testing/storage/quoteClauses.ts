/** What the contract says of firm quotes: kept within their limits, and redeemed once by the one they were given to. */
import { Effect } from "effect"
import { amount } from "../../../machines/domain/Amount.ts"
import { payoutId } from "../../../machines/domain/Ids.ts"
import {
  attentionOf,
  dueOf,
  isDeliverable,
  isUnfunded,
  leaves
} from "../../../machines/transaction/leaves.ts"
import type { Unborn } from "../../ports/rows.ts"
import { type Draft, draft, type Given, holds, same, sameSet } from "./claims.ts"
import { all, change, fate, type GivenQuote } from "./samples.ts"

const plenty = { openMax: 10_000, capacity: null }

/** A birth that redeems the quote, for its owner. */
const redeeming = ({ rows }: Pick<Given, "rows">, quote: GivenQuote) =>
  rows.birth({ quoteId: quote.id, sendingAnchor: quote.owner })

export const quoteDrafts: ReadonlyArray<Draft> = [
  draft(
    "a firm quote is kept as it was given, with whoever redeemed it (S38-Q-09)",
    function* ({ rows, storage }) {
      const plain = rows.quote()
      const full = rows.quote({
        context: "sep24",
        sellAmount: amount("922337203685.4775807"),
        buyAmount: amount("0.0000001"),
        price: "0.18000000000000000001",
        totalPrice: "0.2",
        fee: {
          total: amount("1.5"),
          asset: "iso4217:BRL",
          details: [
            { name: "a", amount: amount("1") },
            { name: "b", description: 'c "d"', amount: amount("0.5") }
          ]
        },
        sellDeliveryMethod: "WIRE",
        buyDeliveryMethod: "PIX",
        deliveryMethod: "TED",
        countryCode: "BR-SP",
        expiresAtMillis: 1_890_000_000_285
      })
      const before = yield* storage.nowMillis
      for (const quote of [plain, full]) {
        yield* same("the answer", yield* storage.createQuote(quote, plenty), "created")
        yield* same("the answer to it once more", yield* storage.createQuote(quote, plenty), "created")
        const kept = yield* storage.quote(quote.id)
        const { createdAtMillis = 0, ...rest } = kept ?? {}
        yield* same("the quote", rest, { ...quote, transactionId: null })
        yield* holds(
          "it was made now",
          createdAtMillis >= before && createdAtMillis <= (yield* storage.nowMillis)
        )
      }
      const birth = redeeming({ rows }, plain)
      yield* same("the commit", yield* storage.commit(rows.group({ births: [birth] })), all)
      yield* same("who redeemed it", (yield* storage.quote(plain.id))?.transactionId, birth.id)
      const [row] = yield* storage.transactions([birth.id])
      yield* same("the quote of the transaction", row?.quoteId, plain.id)
      yield* same("a quote nobody made", yield* storage.quote(rows.quote().id), null)
      yield* same("no quote at all", yield* storage.quote("no uuid" as typeof plain.id), null)
    }
  ),

  draft(
    "an owner has only so many open quotes: expired ones and those that were paid for do not count (S38-Q-08, SEC-33)",
    function* ({ advance, rows, storage }) {
      const limits = { openMax: 2, capacity: null }
      const soon = (yield* storage.nowMillis) + 60_000
      const [first, second] = [rows.quote(), rows.quote({ expiresAtMillis: soon, buyAsset: "iso4217:CHF" })]
      const make = (quote: GivenQuote) => storage.createQuote(quote, limits)
      yield* same("the first two", [yield* make(first), yield* make(second)], ["created", "created"])
      const third = rows.quote()
      yield* same("the third", yield* make(third), "too-many")
      yield* same("the third as read", yield* storage.quote(third.id), null)
      yield* same("one of another owner", yield* make(rows.quote({ owner: `${rows.account}-2` })), "created")
      const birth = redeeming({ rows }, first)
      yield* storage.commit(rows.group({ births: [birth] }))
      yield* same("one more, when one was redeemed and not paid for", yield* make(third), "too-many")
      const payment = rows.payment()
      yield* storage.commit(
        rows.group({ steps: [rows.funding(birth, payment)], payments: [fate(payment, "step", birth.id)] })
      )
      yield* same("one in the place of the paid", yield* make(third), "created")
      yield* same("one too many again", yield* make(rows.quote()), "too-many")
      yield* advance(61)
      yield* same("one in the place of the expired", yield* make(rows.quote()), "created")
    }
  ),

  draft(
    "quotes reserve what they promise of an asset, until they expire or were paid for and delivered (S38-Q-07, SEC-33)",
    function* ({ advance, rows, storage }) {
      const limits = { openMax: 10_000, capacity: amount("1000") }
      const soon = (yield* storage.nowMillis) + 60_000
      const make = (buyAmount: string, parts: Partial<GivenQuote> = {}) => {
        const quote = rows.quote({ buyAmount: amount(buyAmount), ...parts })
        return Effect.map(storage.createQuote(quote, limits), (answer) => ({ quote, answer }))
      }
      const used = yield* make("600")
      yield* same("the first", used.answer, "created")
      yield* same("more than is left", (yield* make("400.0000001")).answer, "no-capacity")
      const rest = yield* make("400", { owner: `${rows.account}-2`, expiresAtMillis: soon })
      yield* same("what is left, for another owner", rest.answer, "created")
      yield* same("anything more", (yield* make("0.0000001")).answer, "no-capacity")
      const elsewhere = yield* make("1000", { buyAsset: `${rows.quote().buyAsset}-2` })
      yield* same("another asset", elsewhere.answer, "created")
      const birth = redeeming({ rows }, used.quote)
      yield* storage.commit(rows.group({ births: [birth] }))
      yield* same("what a redeemed one gave back", (yield* make("0.0000001")).answer, "no-capacity")
      const payment = rows.payment()
      yield* storage.commit(
        rows.group({ steps: [rows.funding(birth, payment)], payments: [fate(payment, "step", birth.id)] })
      )
      yield* same("what one that is paid out gave back", (yield* make("0.0000001")).answer, "no-capacity")
      const changes = [change(payoutId(birth.id, 1), { state: "delivered" })]
      const actor = { id: birth.id, version: 2 }
      yield* storage.commit(rows.group({ steps: [rows.step(actor, { leaf: "completed", changes })] }))
      yield* same("what the delivered one gave back", (yield* make("600")).answer, "created")
      yield* same("anything more again", (yield* make("0.0000001")).answer, "no-capacity")
      yield* advance(61)
      yield* same("what the expired one gave back", (yield* make("400")).answer, "created")
      const beyond = storage.createQuote(rows.quote(), plenty)
      yield* same("without a limit", yield* beyond, "created")
    }
  ),

  draft(
    "a redeemed quote stays promised in every state that may deliver it, though it has expired (S38-Q-07)",
    function* ({ advance, rows, storage }) {
      const soon = (yield* storage.nowMillis) + 60_000
      const asset = (at: number) => `${rows.quote().buyAsset}-${at}`
      const limits = { openMax: 10_000, capacity: amount("1000") }
      for (const [at, leaf] of leaves.entries()) {
        const quote = rows.quote({ buyAsset: asset(at), buyAmount: amount("1000"), expiresAtMillis: soon })
        yield* storage.createQuote(quote, limits)
        const birth = redeeming({ rows }, quote)
        yield* storage.commit(rows.group({ births: [birth] }))
        if (isUnfunded(leaf)) continue
        const kind = attentionOf(leaf)
        const parts = {
          leaf,
          payouts: dueOf(leaf) === "payout" ? [rows.payout(payoutId(birth.id, 1))] : [],
          attention: kind === null ? null : { kind, dueInSeconds: 3600, customerId: null, contested: [] }
        }
        yield* storage.commit(rows.group({ steps: [rows.step(birth, parts)] }))
      }
      yield* advance(61)
      for (const [at, leaf] of leaves.entries()) {
        const next = rows.quote({ buyAsset: asset(at), buyAmount: amount("1") })
        const isPromised = isDeliverable(leaf)
        yield* same(leaf, yield* storage.createQuote(next, limits), isPromised ? "no-capacity" : "created")
      }
    }
  ),

  draft(
    "quotes that are made at the same time keep the limits together (S38-Q-07, S38-Q-08)",
    function* ({ rows, storage }) {
      const make = (parts: Partial<GivenQuote>, limits: Parameters<typeof storage.createQuote>[1]) =>
        Effect.all(
          [1, 2, 3, 4, 5, 6].map((n) =>
            storage.createQuote(
              rows.quote({ ...parts, owner: parts.owner ?? `${rows.account}-${n}` }),
              limits
            )
          ),
          { concurrency: "unbounded" }
        )
      const ofOne = yield* make({ owner: rows.account }, { openMax: 2, capacity: null })
      yield* sameSet("what an owner of two gets", ofOne, [
        "created",
        "created",
        "too-many",
        "too-many",
        "too-many",
        "too-many"
      ])
      const buyAsset = `${rows.quote().buyAsset}-2`
      const ofAll = yield* make({ buyAsset }, { openMax: 10, capacity: amount("1500") })
      yield* same(
        "how many of 500 are kept within 1500",
        ofAll.filter((answer) => answer === "created").length,
        3
      )
    }
  ),

  draft(
    "a quote is redeemed once, by its owner, while it is open (S31-POST-21, S38-Q-09, S38-Q-10)",
    function* ({ advance, rows, storage }) {
      const now = yield* storage.nowMillis
      const [open, foreign, short, used] = [
        rows.quote(),
        rows.quote(),
        rows.quote({ expiresAtMillis: now + 60_000 }),
        rows.quote()
      ]
      for (const quote of [open, foreign, short, used]) yield* storage.createQuote(quote, plenty)
      yield* storage.commit(rows.group({ births: [redeeming({ rows }, used)] }))
      yield* advance(61)
      const births = {
        right: redeeming({ rows }, open),
        unknown: redeeming({ rows }, rows.quote()),
        foreign: redeeming({ rows }, { ...foreign, owner: `${rows.account}-2` }),
        expired: redeeming({ rows }, short),
        used: redeeming({ rows }, used)
      }
      const { right, ...wrong } = births
      const answer = yield* storage.commit(rows.group({ births: Object.values(births) }))
      yield* sameSet(
        "the unborn",
        answer.unborn,
        Object.values(wrong).map(({ id }) => ({ id, why: "quote" }))
      )
      const there = yield* storage.actors(Object.values(births).map(({ id }) => id))
      yield* same(
        "what is there",
        there.map(({ id }) => id),
        [right.id]
      )
      // Its memo is free still: nothing of a birth that was not written stays.
      const again = yield* storage.commit(
        rows.group({ births: [rows.birth({ memo: wrong.expired.memo, sendingAnchor: rows.account })] })
      )
      yield* same("a birth with the memo of an unborn one", again, all)
    }
  ),

  draft(
    "a quote outlives its expiry, whatever is pruned: used or not, it is read as it was given (S38-G-01, S38-G-04)",
    function* ({ advance, rows, storage }) {
      const expiresAtMillis = (yield* storage.nowMillis) + 60_000
      const [used, unused] = [rows.quote({ expiresAtMillis }), rows.quote({ expiresAtMillis })]
      for (const quote of [used, unused]) yield* storage.createQuote(quote, plenty)
      const birth = redeeming({ rows }, used)
      yield* storage.commit(rows.group({ births: [birth] }))
      yield* advance(3 * 86_400)
      yield* storage.prune
      for (const [quote, transactionId] of [
        [used, birth.id],
        [unused, null]
      ] as const) {
        const { createdAtMillis: _, ...rest } = (yield* storage.quote(quote.id)) ?? {}
        yield* same("the quote", rest, { ...quote, transactionId })
      }
    }
  ),

  draft(
    "of births with one quote one is born, in a group and in groups at the same time (S31-POST-21, S38-Q-10)",
    function* ({ rows, storage }) {
      const [inGroup, atOnce] = [rows.quote(), rows.quote()]
      for (const quote of [inGroup, atOnce]) yield* storage.createQuote(quote, plenty)
      const twins = [redeeming({ rows }, inGroup), redeeming({ rows }, inGroup)]
      const answer = yield* storage.commit(rows.group({ births: twins }))
      yield* same(
        "the unborn of a group",
        answer.unborn.map(({ why }) => why),
        ["quote"]
      )
      const answers = yield* Effect.all(
        [1, 2, 3, 4].map(() => storage.commit(rows.group({ births: [redeeming({ rows }, atOnce)] }))),
        { concurrency: "unbounded" }
      )
      yield* same(
        "the unborn of groups at the same time",
        answers.flatMap(({ unborn }) => unborn.map(({ why }) => why)),
        ["quote", "quote", "quote"]
      )
      const there = yield* storage.quote(atOnce.id)
      yield* holds("one of them has it", there?.transactionId !== null && there !== null)
    }
  ),

  draft(
    "a repeat key makes one transaction of its Sending Anchor, and finds it again (S31-POST-22)",
    function* ({ rows, storage }) {
      const [anchor, other] = [`${rows.account}-a`, `${rows.account}-b`]
      const birth = (sendingAnchor: string, key: string, fingerprint = "f-1") =>
        rows.birth({ sendingAnchor, repeat: { key, fingerprint } })
      const first = birth(anchor, 'k "1"')
      yield* same("the first", yield* storage.commit(rows.group({ births: [first] })), all)
      const others = [birth(other, 'k "1"'), birth(anchor, 'K "1"')]
      yield* same("others' keys", yield* storage.commit(rows.group({ births: others })), all)
      const again = birth(anchor, 'k "1"', "f-2")
      const answer = yield* storage.commit(rows.group({ births: [again] }))
      yield* same("the repeated", answer.unborn, [{ id: again.id, why: "repeat" }])
      const found = yield* storage.repeated(anchor, 'k "1"')
      yield* same(
        "what is found",
        [found?.fingerprint, found?.transaction],
        ["f-1", (yield* storage.transactions([first.id]))[0]]
      )
      yield* same("a key nobody used", yield* storage.repeated(anchor, "k"), null)
      yield* same("the key of nobody", yield* storage.repeated("nobody", 'k "1"'), null)

      const twins = yield* storage.commit(
        rows.group({ births: [birth(anchor, "twins"), birth(anchor, "twins")] })
      )
      yield* same(
        "the unborn of a group",
        twins.unborn.map(({ why }) => why),
        ["repeat"]
      )
      const answers = yield* Effect.all(
        [1, 2, 3, 4].map(() => storage.commit(rows.group({ births: [birth(anchor, "at once")] }))),
        { concurrency: "unbounded" }
      )
      yield* same(
        "the unborn of groups at the same time",
        answers.flatMap(({ unborn }) => unborn.map(({ why }) => why)),
        ["repeat", "repeat", "repeat"]
      )
    }
  ),

  draft(
    "an unborn one is told first of its repeat key, then of its quote, its memo, its customers (S31-POST-22)",
    function* ({ rows, storage }) {
      const quote = rows.quote()
      yield* storage.createQuote(quote, plenty)
      const taken = rows.birth({
        quoteId: quote.id,
        sendingAnchor: quote.owner,
        repeat: { key: "k", fingerprint: "f" }
      })
      yield* storage.commit(rows.group({ births: [taken] }))
      const stale = { requires: [{ id: rows.customerId(), version: 1 }] }
      const { memo, quoteId, repeat, sendingAnchor } = taken
      const told: ReadonlyArray<readonly [Unborn, ReturnType<typeof rows.birth>]> = [
        ["repeat", rows.birth({ ...stale, memo, quoteId, repeat, sendingAnchor })],
        ["quote", rows.birth({ ...stale, memo, quoteId, sendingAnchor })],
        ["memo", rows.birth({ ...stale, memo, sendingAnchor })],
        ["customers", rows.birth({ ...stale, sendingAnchor })]
      ]
      const answer = yield* storage.commit(rows.group({ births: told.map(([, birth]) => birth) }))
      yield* sameSet(
        "why they were not born",
        answer.unborn,
        told.map(([why, { id }]) => ({ id, why }))
      )
    }
  ),

  draft(
    "a birth may wait for its customers: found by each of them, and raised when due (S31-RESP-08, S31-KYC-04)",
    function* ({ advance, rows, storage }) {
      const [senderId, receiverId] = [rows.customerId(), rows.customerId()]
      const waiting = rows.birth({
        leaf: "pending_receiver.checking",
        dueInSeconds: 30,
        context: { v: 2, unready: true },
        senderId,
        receiverId
      })
      const ready = rows.birth({ senderId, receiverId })
      yield* same("the answer", yield* storage.commit(rows.group({ births: [waiting, ready] })), all)
      const [row] = yield* storage.transactions([waiting.id])
      yield* same(
        "the transaction",
        [row?.version, row?.state, row?.status, row?.context],
        [1, "pending_receiver.checking", "pending_receiver", { v: 2, unready: true }]
      )
      const { attention, audits } = yield* storage.history(waiting.id)
      yield* same(
        "its audit",
        audits.map(({ after, before, event }) => [event, before, after]),
        [["transaction.created", "pending_receiver.checking", "pending_receiver.checking"]]
      )
      yield* same("its matter", attention?.kind, "customer-info")
      for (const id of [senderId, receiverId]) {
        const found = yield* storage.waitingOnCustomer(id)
        yield* same(
          "who waits on the customer",
          found.map((actor) => actor.id),
          [waiting.id]
        )
      }
      const due = Effect.map(storage.dueAttention({ limit: 10_000, againInSeconds: 1000 }), (found) =>
        found.flatMap(({ actor, customerId, kind }) =>
          actor.id === waiting.id || actor.id === ready.id ? [[actor.id, kind, customerId]] : []
        )
      )
      yield* advance(28)
      yield* same("what is due before its time", yield* due, [])
      yield* advance(3)
      yield* same("what is due at its time", yield* due, [[waiting.id, "customer-info", null]])
      const answer = yield* storage.commit(
        rows.group({ births: [rows.birth({ ...waiting, id: rows.transactionId() })] })
      )
      yield* same("how many with its memo are unborn", answer.unborn.length, 1)
      yield* same("who waits then", (yield* storage.waitingOnCustomer(senderId)).length, 1)
    }
  )
]
