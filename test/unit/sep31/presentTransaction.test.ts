import { describe, expect, it } from "vitest"
import { amount, zero } from "../../../machines/domain/Amount.ts"
import type { SealedId } from "../../../machines/domain/Ids.ts"
import { type Leaf, leaves, statusOf } from "../../../machines/transaction/leaves.ts"
import type { TransactionRow } from "../../../src/ports/rows.ts"
import { presentTransaction, showsNote } from "../../../src/sep31/presentTransaction.ts"
import { issuer, receiverId, receivingAccount, senderId, transactionRow } from "../../support/sep31.ts"

const asset = `stellar:USDC:${issuer}`
const note = "0190a000-0000-7000-8000-0000000000aa" as SealedId
const received = { received: amount("100"), accepted: amount("100"), fee: amount("2"), delivered: null }
const inState = (state: Leaf, rest: Partial<TransactionRow> = {}) =>
  transactionRow({ state, status: statusOf(state), ...rest })
const shown = (row: TransactionRow) => presentTransaction(row, null)

describe("presentTransaction", () => {
  it("shows an announced transaction with all it needs to be paid (S31-GET-03, S31-GET-05, S31-GEN-11)", () => {
    expect(shown(transactionRow())).toEqual({
      id: "0190a000-0000-7000-8000-000000000001",
      status: "pending_sender",
      amount_in: "100",
      amount_in_asset: asset,
      amount_out: "98",
      amount_out_asset: asset,
      amount_fee: "2",
      amount_fee_asset: asset,
      fee_details: { total: "2", asset },
      stellar_account_id: receivingAccount,
      stellar_memo_type: "id",
      stellar_memo: "18446744073709551615",
      started_at: "2027-01-15T08:00:00.000Z",
      updated_at: "2027-01-15T08:00:00.000Z",
      refunded: false
    })
  })

  it("shows what was received once it was, with the fee on that (S31-AMT-09, S31-AMT-05)", () => {
    const row = inState("pending_receiver.payingOut", {
      amounts: { received: amount("50"), accepted: amount("50"), fee: amount("1.5"), delivered: null },
      stellarTransactionId: "a".repeat(64)
    })

    expect(shown(row)).toMatchObject({
      amount_in: "50",
      amount_out: "48.5",
      amount_fee: "1.5",
      stellar_transaction_id: "a".repeat(64)
    })
  })

  it("shows the accepted amount while a part is only owed back, as the seed does (S31-AMT-02, S31-REF-08)", () => {
    const row = inState("pending_receiver.partRefundOwed", {
      amounts: {
        received: amount("100"),
        accepted: amount("90"),
        fee: amount("1.9"),
        delivered: amount("88.1")
      },
      context: { v: 1, owed: amount("10") }
    })

    expect(shown(row)).toMatchObject({
      amount_in: "90",
      amount_out: "88.1",
      amount_fee: "1.9",
      refunded: false
    })
    expect(shown(row)).not.toHaveProperty("refunds")
  })

  it("shows a returned part as a refund of what was received (S31-REF-01, S31-REF-02, S31-ST-13)", () => {
    const row = inState("completed", {
      amounts: {
        received: amount("100"),
        accepted: amount("90"),
        fee: amount("1.9"),
        delivered: amount("88.1")
      },
      refunds: [{ stellarTransactionId: "b".repeat(64), amount: amount("10") }],
      completedAtMillis: 1_800_000_060_000
    })

    expect(shown(row)).toMatchObject({
      amount_in: "100",
      amount_out: "88.1",
      refunded: false,
      completed_at: "2027-01-15T08:01:00.000Z",
      refunds: {
        amount_refunded: "10",
        amount_fee: "0",
        payments: [{ id: "b".repeat(64), amount: "10", fee: "0" }]
      }
    })
  })

  it("shows a full refund with nothing delivered and no fee (S31-REF-03, S31-REF-09)", () => {
    const row = inState("refunded", {
      amounts: { received: amount("100"), accepted: zero, fee: zero, delivered: null },
      context: { v: 1, refunded: true },
      refunds: [{ stellarTransactionId: "b".repeat(64), amount: amount("100") }]
    })

    expect(shown(row)).toMatchObject({
      amount_in: "100",
      amount_out: "0",
      amount_fee: "0",
      refunded: true,
      refunds: { amount_refunded: "100" }
    })
  })

  it("shows an amount returned by other means as the seed does: error and refunded (S31-REF-09)", () => {
    const row = inState("error", {
      amounts: { received: amount("100"), accepted: zero, fee: zero, delivered: null },
      context: { v: 1, refunded: true }
    })

    expect(shown(row)).toMatchObject({ status: "error", amount_in: "100", refunded: true })
    expect(shown(row)).not.toHaveProperty("amount_out")
  })

  it.each(["pending_receiver.refundOwed", "error"] as const)("claims no delivery in %s", (state) => {
    const row = inState(state, {
      amounts: state === "error" ? received : { ...received, accepted: zero, fee: zero },
      context: { v: 1, ...(state === "error" ? {} : { owed: amount("100") }) }
    })

    expect(shown(row)).toMatchObject({ amount_in: "100", refunded: false })
    expect(shown(row)).not.toHaveProperty("amount_out")
  })

  it("sets completed_at on completed only (S31-GET-06)", () => {
    const row = inState("error", { amounts: received, completedAtMillis: 1_800_000_060_000 })

    expect(shown(row)).not.toHaveProperty("completed_at")
  })

  it("asks for fields only while it waits for them (S31-GET-07, S31-ST-06)", () => {
    const context = { v: 1, fields: ["account_number", "branch"], note }
    const said = { message: "closed account", fields: { account_number: { description: "another one" } } }
    const waiting = inState("pending_transaction_info_update.awaitingUpdate", { amounts: received, context })

    expect(presentTransaction(waiting, said)).toMatchObject({
      required_info_message: "closed account",
      required_info_updates: {
        transaction: { account_number: { description: "another one" }, branch: { description: "branch" } }
      }
    })
    for (const state of leaves.filter((leaf) => !leaf.startsWith("pending_transaction"))) {
      const other = presentTransaction(inState(state, { amounts: received, context }), said)
      expect(other).not.toHaveProperty("required_info_updates")
      expect(other).not.toHaveProperty("required_info_message")
    }
  })

  it("keeps to itself what a rail said while nobody knew whether it paid (S31-GET-08)", () => {
    const shows = (state: Leaf) => showsNote(inState(state))

    expect(leaves.filter(shows)).toEqual([
      "pending_receiver.refundOwed",
      "pending_receiver.partRefundOwed",
      "pending_transaction_info_update.awaitingUpdate",
      "pending_customer_info_update.awaitingCustomer",
      "completed",
      "refunded",
      "error"
    ])
  })

  it.each(leaves)("shows no customer, no reference and no null in %s (S31-GET-08, S31-GEN-09)", (state) => {
    const text = JSON.stringify(shown(inState(state, { amounts: received, destination: note })))

    for (const secret of [senderId, receiverId, "internal", "sep31-sender", note, "null"]) {
      expect(text).not.toContain(secret)
    }
  })
})
