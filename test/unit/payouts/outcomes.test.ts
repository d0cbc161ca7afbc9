// What a rail may answer when it is called, one test an answer: where the transaction goes, and where its money is.
import { machineVersion } from "../../../machines/transaction/context.ts"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { emptyTables } from "../../../adapters/storage-memory/tables.ts"
import type { PayoutOutcome } from "../../../src/ports/Rails.ts"
import { funded, report, seen, startProcess, turns } from "../../support/payoutWorld.ts"
import { scriptedRail, transactionId } from "../../support/runtimeWorld.ts"

/** Pays a transaction of 100, fee 2, over a rail that answers so; what is stored then. */
const answered = Effect.fnUntraced(function* (outcome: PayoutOutcome) {
  const tables = emptyTables()
  const { calls, rail } = scriptedRail(() => Effect.succeed(outcome))
  const process = yield* startProcess({ rails: rail, tables })
  yield* funded(process, 1)
  return { calls, process, tables, now: () => seen(tables, 1) }
})
const hash = "a".repeat(64)
const first = `${transactionId(1)}:1`

describe("a rail that answers", () => {
  it.effect("Delivered completes the transaction, once", () =>
    Effect.gen(function* () {
      const { calls, now } = yield* answered({ _tag: "Delivered", externalId: "bank-1" })

      expect(now()).toMatchObject({
        state: "completed",
        externalId: "bank-1",
        amounts: { received: "100", accepted: "100", fee: "2", delivered: "98" },
        payouts: ["1 delivered"],
        reserved: "98 + 0 + 2",
        journal: ["ledger-in>payable 100", "payable>rail-out 98", "payable>fee 2"],
        attention: null
      })
      expect(calls).toEqual([first])
    })
  )

  it.effect("Delivered with a lower fee delivers what it did not charge", () =>
    Effect.gen(function* () {
      const { now } = yield* answered({ _tag: "Delivered", fee: "0.5", amount: "99.5" })

      expect(now()).toMatchObject({
        state: "completed",
        amounts: { fee: "0.5", delivered: "99.5" },
        reserved: "99.5 + 0 + 0.5",
        journal: ["ledger-in>payable 100", "payable>rail-out 99.5", "payable>fee 0.5"]
      })
    })
  )

  it.effect("Delivered with a higher fee is held for a person (R5)", () =>
    Effect.gen(function* () {
      const { calls, now } = yield* answered({ _tag: "Delivered", fee: "2.0000001" })

      expect(now()).toMatchObject({
        state: "pending_receiver.held",
        attention: "held",
        amounts: { fee: "2", delivered: null },
        payouts: ["1 held"],
        reserved: "98 + 0 + 2"
      })
      expect(calls).toHaveLength(1)
    })
  )

  it.effect("Delivered with another amount is held, not completed (R22)", () =>
    Effect.gen(function* () {
      for (const amount of ["97.9999999", "98.0000001", "0", "100"]) {
        const { now } = yield* answered({ _tag: "Delivered", amount })
        expect(now(), amount).toMatchObject({ state: "pending_receiver.held", payouts: ["1 held"] })
      }
    })
  )

  it.effect("Pending waits in pending_external for its confirmation", () =>
    Effect.gen(function* () {
      const { now } = yield* answered({ _tag: "Pending", externalId: "bank-1" })

      expect(now()).toMatchObject({
        state: "pending_external.confirming",
        payouts: ["1 pending"],
        reserved: "98 + 0 + 2",
        attention: null
      })
    })
  )

  it.effect(
    "TransactionInfoNeeded asks the Sending Anchor, with the fields and sealed words (S31-ST-06, S31-DUAL-07)",
    () =>
      Effect.gen(function* () {
        const { now, tables } = yield* answered({
          _tag: "TransactionInfoNeeded",
          fields: { account_number: { description: "Number of the account" } },
          message: "the account is frozen"
        })

        expect(now()).toMatchObject({
          state: "pending_transaction_info_update.awaitingUpdate",
          attention: "transaction-info",
          payouts: ["1 refused"],
          context: { fields: ["account_number"] }
        })
        const note = now().context?.note
        const sealed = note === undefined ? undefined : tables.sealed.get(note)
        expect(new TextDecoder().decode(sealed?.bytes)).toContain("the account is frozen")
        // the words are in the sealed row and nowhere else
        expect(JSON.stringify([...tables.audits.values(), ...tables.transactions.values()])).not.toContain(
          "frozen"
        )
      })
  )

  it.effect(
    "CustomerInfoNeeded asks one customer through SEP-12 and contests the fields (S31-ST-07, S31-DUAL-07)",
    () =>
      Effect.gen(function* () {
        const { now } = yield* answered({
          _tag: "CustomerInfoNeeded",
          party: "receiver",
          fields: ["bank_account_number"],
          message: "no such account"
        })

        expect(now()).toMatchObject({
          state: "pending_customer_info_update.awaitingCustomer",
          attention: "customer-info",
          payouts: ["1 refused"],
          context: { fields: ["bank_account_number"], party: "receiver" }
        })
      })
  )

  it.effect("Rejected owes the payer everything, and moves the reservation to the refund (R17)", () =>
    Effect.gen(function* () {
      const { now } = yield* answered({ _tag: "Rejected", reason: "the receiver is on a list" })

      expect(now()).toMatchObject({
        state: "pending_receiver.refundOwed",
        attention: "refund-owed",
        payouts: ["1 refused"],
        context: { owed: "100" },
        amounts: { accepted: "0", fee: "0", delivered: null },
        reserved: "0 + 100 + 0",
        journal: ["ledger-in>payable 100"]
      })
    })
  )

  it.effect("RefundedByIntegrator with a hash ends in refunded, with its entry in refunds (S31-ST-12)", () =>
    Effect.gen(function* () {
      const { now } = yield* answered({
        _tag: "RefundedByIntegrator",
        amount: "100",
        stellarTransactionHash: hash
      })

      expect(now()).toMatchObject({
        state: "refunded",
        refunds: [{ stellarTransactionId: hash, amount: "100" }],
        payouts: ["1 refused"],
        context: { refunded: true },
        reserved: "0 + 100 + 0",
        journal: ["ledger-in>payable 100", "payable>refund-out 100"]
      })
    })
  )

  it.effect("RefundedByIntegrator without a hash ends in error, marked refunded", () =>
    Effect.gen(function* () {
      const { now } = yield* answered({ _tag: "RefundedByIntegrator", amount: "100" })

      expect(now()).toMatchObject({
        state: "error",
        refunds: [],
        context: { refunded: true },
        journal: ["ledger-in>payable 100", "payable>refund-out 100"]
      })
    })
  )

  it.effect("RefundedByIntegrator of another amount than was received is held for a person (R22)", () =>
    Effect.gen(function* () {
      const { now } = yield* answered({
        _tag: "RefundedByIntegrator",
        amount: "98",
        stellarTransactionHash: hash
      })

      expect(now()).toMatchObject({
        state: "pending_receiver.held",
        refusals: ["payout.refundedByIntegrator amounts-differ"],
        refunds: []
      })
    })
  )

  it.effect("Failed ends in error, with the money on the books as still payable", () =>
    Effect.gen(function* () {
      const { now } = yield* answered({ _tag: "Failed", reason: "the account was seized" })

      expect(now()).toMatchObject({
        state: "error",
        payouts: ["1 failed"],
        reserved: "0 + 0 + 0",
        journal: ["ledger-in>payable 100"]
      })
      expect(now().context?.refunded).toBeUndefined()
    })
  )

  it.effect(
    "PartlyRefused with the rest delivered owes the part, and shows what the rail delivered (R18)",
    () =>
      Effect.gen(function* () {
        const { now, process } = yield* answered({
          _tag: "PartlyRefused",
          refused: "10",
          rest: "delivered",
          externalId: "bank-1"
        })

        expect(now()).toMatchObject({
          state: "pending_receiver.partRefundOwed",
          externalId: "bank-1",
          amounts: { received: "100", accepted: "90", fee: "2", delivered: "88" },
          context: { owed: "10" },
          payouts: ["1 delivered"],
          reserved: "88 + 10 + 2",
          journal: ["ledger-in>payable 100", "payable>rail-out 88", "payable>fee 2"]
        })

        yield* report(process, first, {
          _tag: "RefundedByIntegrator",
          amount: "10",
          stellarTransactionHash: hash
        })
        yield* turns()
        // the equation of SEP-31: 100 = 88.1 + 1.9 + 10
        expect(now()).toMatchObject({
          state: "completed",
          refunds: [{ stellarTransactionId: hash, amount: "10" }],
          context: { v: machineVersion, attempt: 1 }
        })
        expect(now().context?.refunded).toBeUndefined()
      })
  )

  it.effect("PartlyRefused with the rest pending is confirmed with the amount of the rest (R18)", () =>
    Effect.gen(function* () {
      const { now, process } = yield* answered({ _tag: "PartlyRefused", refused: "10", rest: "pending" })
      expect(now()).toMatchObject({ state: "pending_external.confirming", reserved: "88 + 10 + 2" })

      yield* report(process, first, { _tag: "Delivered", amount: "88", fee: "2" })

      expect(now()).toMatchObject({
        state: "pending_receiver.partRefundOwed",
        amounts: { delivered: "88", fee: "2" }
      })
    })
  )

  it.effect("PartlyRefused of nothing, of everything, or of all but the fee is held for a person", () =>
    Effect.gen(function* () {
      for (const refused of ["0", "100", "99", "1000"]) {
        const { now } = yield* answered({ _tag: "PartlyRefused", refused, rest: "delivered" })
        expect(now(), refused).toMatchObject({ state: "pending_receiver.held", reserved: "98 + 0 + 2" })
      }
    })
  )

  it.effect("Unknown, where nobody can be asked, is held and never sent again (R2)", () =>
    Effect.gen(function* () {
      const { calls, now } = yield* answered({ _tag: "Unknown", reason: "the line went dead" })

      expect(now()).toMatchObject({ state: "pending_receiver.held", attention: "held", payouts: ["1 held"] })
      expect(calls).toHaveLength(1)
    })
  )
})
