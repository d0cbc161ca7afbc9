// Payments to transactions that deliver another asset: at a firm price for their own amount alone, or at the price of receipt,
// for which they wait in the inbox rather than being lost, parked or delivered at a guess.
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { type Amount, amount, zero } from "../../../machines/domain/Amount.ts"
import { leaves } from "../../../machines/transaction/leaves.ts"
import type { ActorRow } from "../../../src/ports/rows.ts"
import type { Credit } from "../../../src/ports/StellarNetwork.ts"
import type { MismatchPolicy, Price, Terms } from "../../../machines/transaction/context.ts"
import { type NeverPriced, PriceAtReceipt } from "../../../src/runtime/PriceAtReceipt.ts"
import { matchPayments, priceWanted } from "../../../src/watcher/matchPayments.ts"
import { WaitingPayments } from "../../../src/watcher/WaitingPayments.ts"
import { actor, credit, usdcId } from "../../support/credits.ts"
import { birth, transactionId } from "../../support/runtimeWorld.ts"
import {
  applied,
  bear,
  idOf,
  paid,
  type Process,
  startProcess,
  stateOf,
  unpaid,
  world
} from "../../support/watcherWorld.ts"

const brl = "iso4217:BRL"
const price: Price = {
  buyAmount: amount("500"),
  fee: { total: amount("10"), asset: usdcId },
  price: "0.18",
  totalPrice: "0.2"
}
const termsOf = (firm: Price | null, mismatch?: MismatchPolicy): Terms => {
  const { terms } = birth(1)
  return {
    ...terms,
    conversion: { from: usdcId, to: brl, price: firm },
    mismatch: mismatch ?? terms.mismatch
  }
}
const sweep = (process: Process) =>
  WaitingPayments.use(({ runOnce }) => runOnce).pipe(Effect.provide(process.services))

/** A market that opens when told, and what it was asked. */
const market = () => {
  const asked: Array<Amount> = []
  const now: { price: Price | NeverPriced | null } = { price: null }
  const layer = Layer.succeed(PriceAtReceipt, {
    priceNow: ({ amount: value }) =>
      Effect.sync(() => {
        asked.push(value)
        return now.price
      })
  })
  return { asked, now, layer }
}

describe("a payment to a transaction that converts without a quote", () => {
  it.effect("waits while there is no price, and is delivered at the one of receipt (S31-AMT-08, H-32)", () =>
    Effect.gen(function* () {
      const parts = world()
      const { asked, layer, now } = market()
      const process = yield* startProcess({
        network: parts.ledger.layer,
        tables: parts.tables,
        prices: layer
      })
      yield* bear(process, [1], { terms: termsOf(null) })
      parts.ledger.close(1_000, [credit(1, idOf(1))])
      yield* parts.ledger.ring
      yield* process.until("Turned", ({ brought }) => brought?.waiting === 1)

      expect(stateOf(parts.tables, 1)).toBe(unpaid)
      yield* TestClock.adjust("5 seconds")
      yield* sweep(process)
      expect(stateOf(parts.tables, 1)).toBe(unpaid)
      expect([...parts.tables.inbox.values()].map(({ state }) => state)).toEqual(["waiting"])

      now.price = price
      yield* sweep(process)

      expect(stateOf(parts.tables, 1)).toBe(paid)
      expect(asked).toEqual(["100", "100"])
      const [payout] = [...parts.tables.payouts.values()]
      expect(payout).toMatchObject({ amount: "500", fee: "10", amountIn: "100" })
    })
  )

  it.effect("is priced for what is accepted of it: an excess that goes back is not (S31-AMT-10)", () =>
    Effect.gen(function* () {
      const parts = world()
      const { asked, layer, now } = market()
      now.price = price
      const process = yield* startProcess({
        network: parts.ledger.layer,
        tables: parts.tables,
        prices: layer
      })
      yield* bear(process, [1], { terms: termsOf(null, { over: "refundExcess", under: "deliver" }) })
      parts.ledger.close(1_000, [credit(1, idOf(1), { amount: amount("130") })])
      yield* parts.ledger.ring
      yield* process.until("Turned", ({ brought }) => brought?.waiting === 1)
      yield* TestClock.adjust("5 seconds")
      yield* sweep(process)

      expect(asked).toEqual(["100"])
      expect(stateOf(parts.tables, 1)).toBe(paid)
      expect([...parts.tables.inbox.values()][0]).toMatchObject({
        reservedPayout: "90",
        fees: "10",
        reservedRefund: "30"
      })
    })
  )
})

describe("a payment to a transaction that converts without a quote, calamities", () => {
  it.effect.each<NeverPriced>([{ never: "under" }, { never: "over" }, { never: "no-price" }])(
    "one that can never be priced does not wait for ever: it is parked as $never, and is its transaction's (H-32, S31-AMT-08)",
    (answer) =>
      Effect.gen(function* () {
        const parts = world()
        const { asked, layer, now } = market()
        now.price = answer
        const process = yield* startProcess({
          network: parts.ledger.layer,
          tables: parts.tables,
          prices: layer
        })
        yield* bear(process, [1], { terms: termsOf(null) })
        parts.ledger.close(1_000, [credit(1, idOf(1))])
        yield* parts.ledger.ring
        yield* process.until("Turned", ({ brought }) => brought?.waiting === 1)
        yield* TestClock.adjust("5 seconds")
        yield* sweep(process)
        yield* TestClock.adjust("5 seconds")
        yield* sweep(process)

        expect(asked).toEqual(["100"])
        expect(stateOf(parts.tables, 1)).toBe(unpaid)
        expect([...parts.tables.inbox.values()][0]).toMatchObject({
          state: "parked",
          reason: answer.never,
          transactionId: transactionId(1)
        })
      })
  )

  it("dust, late and second payments buy no question to the institution (I32, H-32)", () => {
    const terms = { ...termsOf(null), minimum: amount("1"), expiresAtMillis: 60_000 }
    const memo = { type: "id", value: "7" } as const
    const asked = (parts: Partial<Credit>, over: Partial<ActorRow> = {}) => {
      const [arrival] = matchPayments(
        "testnet",
        [credit(1, memo, parts)],
        [actor(1, memo, { terms, ...over })]
      )
      return arrival === undefined ? undefined : priceWanted(arrival)?.amount
    }

    expect(asked({})).toBe("100")
    expect(asked({ amount: amount("0.9999999") })).toBeUndefined()
    expect(asked({ amount: zero })).toBeUndefined()
    expect(asked({ closedAtMillis: terms.expiresAtMillis })).toBeUndefined()
    for (const state of leaves.filter((leaf) => leaf !== "pending_sender.awaitingPayment"))
      expect(asked({}, { state }), state).toBeUndefined()
  })
})

describe("a payment to a transaction with a quote", () => {
  const start = Effect.fnUntraced(function* (sent: string) {
    const parts = world()
    const process = yield* startProcess({ network: parts.ledger.layer, tables: parts.tables })
    yield* bear(process, [1], { terms: termsOf(price) })
    parts.ledger.close(1_000, [credit(1, idOf(1), { amount: amount(sent) })])
    yield* parts.ledger.ring
    yield* applied(process)
    return parts.tables
  })

  it.effect("is delivered at its price at once, to the figure (S31-AMT-03)", () =>
    Effect.gen(function* () {
      const tables = yield* start("100")

      expect(stateOf(tables, 1)).toBe(paid)
      expect([...tables.payouts.values()][0]).toMatchObject({ amount: "500", fee: "10" })
    })
  )

  it.effect.each(["99.9999999", "100.0000001"])(
    "of any other amount is owed back whole: %s (S31-AMT-10)",
    (sent) =>
      Effect.gen(function* () {
        const tables = yield* start(sent)

        expect(stateOf(tables, 1)).toBe("pending_receiver.refundOwed")
        expect([...tables.payouts.values()]).toEqual([])
        expect([...tables.inbox.values()][0]).toMatchObject({ reservedRefund: sent, reservedPayout: "0" })
      })
  )

  it.effect("that closes at the moment its quote expires is late (S38-G-03)", () =>
    Effect.gen(function* () {
      const parts = world()
      const process = yield* startProcess({ network: parts.ledger.layer, tables: parts.tables })
      yield* bear(process, [1, 2], { terms: { ...termsOf(price), expiresAtMillis: 60_000 } })
      parts.ledger.close(59_999, [credit(1, idOf(1))])
      parts.ledger.close(60_000, [credit(2, idOf(2))])
      yield* parts.ledger.ring
      yield* process.until("Turned", ({ position }) => position === "2")

      expect(stateOf(parts.tables, 1)).toBe(paid)
      expect(stateOf(parts.tables, 2)).toBe(unpaid)
      expect([...parts.tables.inbox.values()].map(({ reason }) => reason)).toEqual([null, "late"])
    })
  )
})

describe("a payment that comes before its customers are accepted", () => {
  it.effect("is parked as early and does not move the transaction (S31-PAY-12, S31-ST-02)", () =>
    Effect.gen(function* () {
      const parts = world()
      const process = yield* startProcess({ network: parts.ledger.layer, tables: parts.tables })
      yield* bear(process, [1], {
        leaf: "pending_receiver.checking",
        context: { v: 2, unready: true },
        dueInSeconds: 60
      })
      parts.ledger.close(1_000, [credit(1, idOf(1))])
      yield* parts.ledger.ring
      yield* process.until("Turned", ({ brought }) => brought?.parked === 1)

      expect(stateOf(parts.tables, 1)).toBe("pending_receiver.checking")
      expect([...parts.tables.inbox.values()][0]).toMatchObject({ state: "parked", reason: "early" })
      expect(parts.tables.journal.map(({ from, to, amount: value }) => [from, to, value])).toEqual([
        ["ledger-in", "suspense", "100"]
      ])
    })
  )
})
