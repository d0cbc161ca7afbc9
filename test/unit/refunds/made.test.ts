import { describe, expect, it } from "@effect/vitest"
import { Account, MuxedAccount } from "@stellar/stellar-sdk"
import { Context, Effect, Redacted } from "effect"
import { payoutId } from "../../../machines/domain/Ids.ts"
import type { Memo } from "../../../machines/domain/Memo.ts"
import { Actors } from "../../../src/runtime/Actors.ts"
import { presentTransaction } from "../../../src/sep31/presentTransaction.ts"
import { seen } from "../../support/payoutWorld.ts"
import {
  channels,
  later,
  makeWorld,
  owed,
  parkedRefund,
  partOwed,
  payer,
  receiving,
  refundOf,
  start
} from "../../support/refundWorld.ts"
import { transactionId } from "../../support/runtimeWorld.ts"

const muxed = new MuxedAccount(new Account(payer, "0"), "77").accountId()

describe("a refund", () => {
  it.effect("goes to who paid, whole, with the payment's memo (S31-REF-04, S31-REF-05)", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      const process = yield* start(world)
      const id = yield* owed(process, 1)
      expect(seen(world.tables, 1).state).toBe("pending_receiver.refundOwed")

      yield* process.look
      expect(seen(world.tables, 1).state).toBe("pending_stellar.refunding")
      world.ledger.close()
      yield* later(2)
      yield* process.look

      const [paid] = world.ledger.paid
      expect(world.ledger.paid).toHaveLength(1)
      expect(paid).toMatchObject({
        from: receiving.publicKey(),
        destination: payer,
        amount: "100",
        memo: "id 1"
      })
      expect(refundOf(world.tables, id)).toEqual({ state: "confirmed", envelopes: ["included"] })
      expect(seen(world.tables, 1)).toMatchObject({
        status: "refunded",
        refunds: [{ amount: "100", stellarTransactionId: paid?.hash }],
        attention: null
      })
    })
  )

  it.effect("is in `refunds` only once a ledger holds it (S31-REF-08, S31-ST-12)", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      const process = yield* start(world)
      yield* owed(process, 1)
      yield* process.look
      yield* later(2)
      yield* process.look
      expect(seen(world.tables, 1)).toMatchObject({ status: "pending_stellar", refunds: [] })
      expect(world.ledger.waiting).toHaveLength(1)

      world.ledger.close()
      yield* later(2)
      yield* process.look
      const row = world.tables.transactions.get(transactionId(1))
      expect(row === undefined ? row : presentTransaction(row, null)).toMatchObject({
        status: "refunded",
        refunded: true,
        refunds: {
          amount_refunded: "100",
          amount_fee: "0",
          payments: [{ id: world.ledger.paid[0]?.hash, amount: "100", fee: "0" }]
        }
      })
    })
  )

  it.effect("of a part leaves the transaction where it is, and it completes (S31-ST-13)", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      const process = yield* start(world)
      yield* partOwed(process, 1)
      yield* process.look
      expect(seen(world.tables, 1).state).toBe("pending_receiver.partRefundOwed")
      world.ledger.close()
      yield* later(2)
      yield* process.look

      expect(world.ledger.paid.map(({ amount }) => amount)).toEqual(["10"])
      expect(seen(world.tables, 1)).toMatchObject({
        status: "completed",
        refunds: [{ amount: "10" }]
      })
      expect(seen(world.tables, 1).context).not.toHaveProperty("refunded")
    })
  )

  const memos: ReadonlyArray<readonly [string, Memo, string]> = [
    ["id", { type: "id", value: "9" }, "id 9"],
    ["text", { type: "text", value: "order 7" }, "text order 7"]
  ]
  it.effect.each(memos)(
    "has the memo it was asked for with POST, of type %s, and goes to the plain account (S31-REF-04, S7)",
    ([, refundMemo, memo]) =>
      Effect.gen(function* () {
        const world = makeWorld()
        const process = yield* start(world)
        yield* owed(process, 1, { birth: { refundMemo }, payment: { from: muxed } })
        yield* process.look
        world.ledger.close()
        expect(world.ledger.paid).toMatchObject([{ destination: payer, memo }])
      })
  )

  it.effect("to a muxed payer goes to its muxed form, with the payment's memo (S31-REF-05)", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      const process = yield* start(world)
      yield* owed(process, 1, { payment: { from: muxed } })
      yield* process.look
      world.ledger.close()
      expect(world.ledger.paid).toMatchObject([{ destination: muxed, memo: "id 1" }])
    })
  )

  it.effect("of a parked payment needs no transaction, and is booked from suspense", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      const process = yield* start(world)
      const id = yield* parkedRefund(process, 1)
      yield* process.look
      world.ledger.close()
      yield* later(2)
      yield* process.look

      expect(world.ledger.paid).toMatchObject([{ destination: payer, amount: "100", memo: "text unknown" }])
      expect(refundOf(world.tables, id).state).toBe("confirmed")
      expect(world.tables.journal.filter(({ cause }) => cause === id)).toMatchObject([
        { from: "suspense", to: "refund-out", amount: "100" }
      ])
    })
  )

  it.effect(
    "whose payment has a memo that cannot be repeated is held, not sent without one (S31-REF-04)",
    () =>
      Effect.gen(function* () {
        const world = makeWorld()
        const process = yield* start(world)
        const id = yield* parkedRefund(process, 1, {
          memoType: "return",
          memo: Buffer.alloc(32, 1).toString("base64")
        })
        yield* process.look
        expect(refundOf(world.tables, id)).toEqual({ state: "held", envelopes: [] })
        expect(world.ledger.given).toEqual([])
      })
  )

  it.effect("cannot also be returned by the integrator once its envelope is committed (S31-REF-06, S8)", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      const process = yield* start(world)
      yield* owed(process, 1)
      yield* process.look
      const told = yield* Context.get(process.services, Actors).tell({
        to: transactionId(1),
        event: {
          type: "payout.refundedByIntegrator",
          payoutId: payoutId(transactionId(1), 1),
          amount: "100" as never,
          stellarTransactionId: "ab".repeat(32),
          note: null
        },
        cause: "integrator"
      })
      expect(told._tag).toBe("Refused")
      world.ledger.close()
      yield* later(2)
      yield* process.look
      expect(seen(world.tables, 1).refunds).toHaveLength(1)
      expect(world.ledger.paid).toHaveLength(1)
    })
  )

  it.effect("that the integrator has made itself is not made again (S31-REF-06)", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      const process = yield* start(world)
      const id = yield* owed(process, 1)
      yield* Context.get(process.services, Actors).tell({
        to: transactionId(1),
        event: {
          type: "payout.refundedByIntegrator",
          payoutId: payoutId(transactionId(1), 1),
          amount: "100" as never,
          stellarTransactionId: "ab".repeat(32),
          note: null
        },
        cause: "integrator"
      })
      yield* process.look
      expect(refundOf(world.tables, id)).toEqual({ state: "cancelled", envelopes: [] })
      expect(world.ledger.given).toEqual([])
    })
  )
})

describe("sources", () => {
  it.effect("one source makes one refund a ledger, each with the next number (S3)", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      const process = yield* start(world)
      for (const n of [1, 2, 3]) yield* owed(process, n)
      for (let ledgers = 0; ledgers < 3; ledgers++) {
        yield* process.look
        yield* later(2)
        yield* process.look
        expect(world.ledger.waiting).toHaveLength(1)
        world.ledger.close()
        yield* later(2)
      }
      yield* process.look
      expect(world.ledger.paid).toHaveLength(3)
      expect([1, 2, 3].map((n) => seen(world.tables, n).status)).toEqual(["refunded", "refunded", "refunded"])
    })
  )

  it.effect(
    "channel accounts make as many refunds a ledger as there are, and pay from the receiving account",
    () =>
      Effect.gen(function* () {
        const world = makeWorld({ channelSeeds: channels.map((key) => Redacted.make(key.secret())) })
        const process = yield* start(world)
        for (const n of [1, 2]) yield* owed(process, n)
        yield* process.look
        expect(world.ledger.waiting).toHaveLength(2)
        world.ledger.close()
        expect(world.ledger.paid.map(({ source }) => source)).toEqual(channels.map((key) => key.publicKey()))
        expect(new Set(world.ledger.paid.map(({ from }) => from))).toEqual(new Set([receiving.publicKey()]))
      })
  )

  it.effect("without a key nothing is returned, and what is owed stays owed", () =>
    Effect.gen(function* () {
      const world = makeWorld({ seed: null })
      const process = yield* start(world)
      const id = yield* owed(process, 1)
      expect(yield* process.look).toBe(0)
      expect(refundOf(world.tables, id).state).toBe("planned")
      expect(seen(world.tables, 1)).toMatchObject({
        state: "pending_receiver.refundOwed",
        attention: "refund-owed"
      })
    })
  )
})
