// A payout that was refused for wrong data, corrected, and made again: under the next number, with what was corrected (R16).
import { describe, expect, it } from "@effect/vitest"
import { Context, Effect } from "effect"
import { emptyTables } from "../../../adapters/storage-memory/tables.ts"
import type { CustomerId } from "../../../machines/domain/Ids.ts"
import type { Payout, PayoutOutcome } from "../../../src/ports/Rails.ts"
import { Storage } from "../../../src/ports/Storage.ts"
import { sealDestination } from "../../../src/runtime/Destination.ts"
import { funded, type Process, seen, startProcess, tell, turns } from "../../support/payoutWorld.ts"
import { account, scriptedRail, transactionId } from "../../support/runtimeWorld.ts"

const needsAccountNumber: PayoutOutcome = {
  _tag: "TransactionInfoNeeded",
  fields: { account_number: { description: "Number of the account" } }
}

/** Answers one after the other; the last for ever. */
const inTurn = (...outcomes: ReadonlyArray<PayoutOutcome>) => {
  const given: Array<Payout> = []
  const { rail } = scriptedRail((payout) =>
    Effect.sync(() => {
      given.push(payout)
      return outcomes[Math.min(given.length, outcomes.length) - 1] ?? { _tag: "Unknown" }
    })
  )
  return { given, rail }
}

const patch = Effect.fnUntraced(function* (process: Process, fields: Readonly<Record<string, string>>) {
  const destination = yield* sealDestination({ receiver: { last_name: "Doe" }, fields }).pipe(
    Effect.provide(process.services)
  )
  return yield* tell(process, {
    to: transactionId(1),
    event: { type: "transaction.updated", fields: Object.keys(fields) },
    cause: "sending-anchor",
    destination
  })
})

describe("a payout refused for the transaction's fields", () => {
  it.effect("is made again under the next number after an update, with the new values (S31-ST-09, R16)", () =>
    Effect.gen(function* () {
      const tables = emptyTables()
      const { given, rail } = inTurn(needsAccountNumber, { _tag: "Delivered" })
      const process = yield* startProcess({ rails: rail, tables })
      yield* funded(process, 1)

      yield* patch(process, { account_number: "12345" })
      yield* turns()

      expect(given.map(({ payoutId }) => payoutId)).toEqual([
        `${transactionId(1)}:1`,
        `${transactionId(1)}:2`
      ])
      expect(given[0]?.fields).toEqual({})
      expect(given[1]).toMatchObject({
        fields: { account_number: "12345" },
        receiver: { last_name: "Doe" },
        amount: "98",
        amountIn: "100",
        fee: "2"
      })
      expect(seen(tables, 1)).toMatchObject({
        state: "completed",
        payouts: ["1 refused", "2 delivered"],
        journal: ["ledger-in>payable 100", "payable>rail-out 98", "payable>fee 2"],
        attention: null
      })
      expect(seen(tables, 1).context?.fields).toBeUndefined()
    })
  )

  it.effect("may be refused and corrected any number of times (S31-ST-09)", () =>
    Effect.gen(function* () {
      const tables = emptyTables()
      const { given, rail } = inTurn(...Array.from({ length: 5 }, () => needsAccountNumber), {
        _tag: "Delivered"
      })
      const process = yield* startProcess({ rails: rail, tables })
      yield* funded(process, 1)

      for (let round = 1; round <= 5; round++) {
        yield* patch(process, { account_number: String(round) })
        yield* turns()
      }

      expect(given.map(({ fields }) => fields["account_number"])).toEqual([
        undefined,
        "1",
        "2",
        "3",
        "4",
        "5"
      ])
      expect(seen(tables, 1)).toMatchObject({
        state: "completed",
        payouts: expect.arrayContaining(["6 delivered"]) as unknown
      })
    })
  )

  it.effect("is not made again by an update that leaves out a field, nor twice by two updates (A14)", () =>
    Effect.gen(function* () {
      const tables = emptyTables()
      const { given, rail } = inTurn(needsAccountNumber, { _tag: "Pending" })
      const process = yield* startProcess({ rails: rail, tables })
      yield* funded(process, 1)

      const partly = yield* patch(process, { routing_number: "1" })
      expect(partly).toMatchObject({ _tag: "Refused", reason: "fields-missing" })
      const [one, other] = yield* Effect.all(
        [patch(process, { account_number: "1" }), patch(process, { account_number: "2" })],
        { concurrency: 2 }
      )
      yield* turns()

      expect([one._tag, other._tag].sort()).toEqual(["Refused", "Stepped"])
      expect(given).toHaveLength(2)
      expect(given[1]?.fields["account_number"]).toBe(one._tag === "Stepped" ? "1" : "2")
    })
  )

  it.effect("can be given up by the integrator while the correction is awaited", () =>
    Effect.gen(function* () {
      const tables = emptyTables()
      const { rail } = inTurn(needsAccountNumber)
      const process = yield* startProcess({ rails: rail, tables })
      yield* funded(process, 1)

      yield* tell(process, {
        to: transactionId(1),
        event: { type: "payout.rejected", payoutId: `${transactionId(1)}:1` as never, note: null },
        cause: "integrator"
      })

      expect(seen(tables, 1)).toMatchObject({
        state: "pending_receiver.refundOwed",
        context: { owed: "100" }
      })
      expect(seen(tables, 1).context?.fields).toBeUndefined()
    })
  )
})

describe("a payout refused for a customer's data", () => {
  const customer = "0190a000-0000-7000-8000-0000000000cc" as CustomerId
  const world = Effect.fnUntraced(function* (party: "sender" | "receiver") {
    const tables = emptyTables()
    const { given, rail } = inTurn(
      { _tag: "CustomerInfoNeeded", party, fields: ["bank_account_number"] },
      { _tag: "Delivered" }
    )
    const process = yield* startProcess({ rails: rail, tables })
    const storage = Context.get(process.services, Storage)
    yield* storage.createCustomer({ id: customer, owner: account, account: null, memo: null })
    yield* funded(process, 1, {
      birth: {
        senderId: party === "sender" ? customer : null,
        receiverId: party === "receiver" ? customer : null
      }
    })
    return { given, process, storage, tables }
  })

  it.effect(
    "contests the fields with that customer and finds the transaction that waits on it (S31-ST-07)",
    () =>
      Effect.gen(function* () {
        for (const party of ["sender", "receiver"] as const) {
          const { storage, tables } = yield* world(party)

          expect(seen(tables, 1)).toMatchObject({
            state: "pending_customer_info_update.awaitingCustomer",
            attention: "customer-info"
          })
          expect(yield* storage.customer(customer)).toMatchObject({
            contested: ["bank_account_number"],
            version: 2
          })
          const waiting = yield* storage.waitingOnCustomer(customer)
          expect(waiting.map(({ id }) => id)).toEqual([transactionId(1)])
        }
      })
  )

  it.effect("is made again under the next number once the customers are accepted (S31-ST-08)", () =>
    Effect.gen(function* () {
      const { given, process, tables } = yield* world("receiver")

      yield* tell(process, { to: transactionId(1), event: { type: "customers.accepted" }, cause: "customer" })
      yield* turns()

      expect(given.map(({ payoutId }) => payoutId.at(-1))).toEqual(["1", "2"])
      expect(seen(tables, 1)).toMatchObject({ state: "completed", attention: null })
    })
  )

  it.effect("owes everything back when the customer is rejected (S31-ST-08)", () =>
    Effect.gen(function* () {
      const { given, process, tables } = yield* world("receiver")

      yield* tell(process, {
        to: transactionId(1),
        event: { type: "customer.rejected", party: "receiver", note: null },
        cause: "customer"
      })
      yield* turns()

      expect(given).toHaveLength(1)
      expect(seen(tables, 1)).toMatchObject({
        state: "pending_receiver.refundOwed",
        attention: "refund-owed",
        reserved: "0 + 100 + 0"
      })
    })
  )
})
