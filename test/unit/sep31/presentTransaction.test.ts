import { describe, expect, it } from "vitest"
import { amount, zero } from "../../../machines/domain/Amount.ts"
import type { QuoteId, SealedId } from "../../../machines/domain/Ids.ts"
import { type Leaf, leaves, statusOf } from "../../../machines/transaction/leaves.ts"
import type { TransactionRow } from "../../../src/ports/rows.ts"
import { plainView, presentTransaction, showsNote } from "../../../src/sep31/presentTransaction.ts"
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
    const done = { completedAtMillis: 1_800_000_060_000, amounts: { ...received, delivered: amount("98") } }
    const ids = { stellarTransactionId: "a".repeat(64), externalTransactionId: "bank-7" }
    expect(shown(inState("completed", { ...done, ...ids }))).toMatchObject({
      completed_at: "2027-01-15T08:01:00.000Z",
      stellar_transaction_id: "a".repeat(64),
      external_transaction_id: "bank-7"
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
      refunds: {
        amount_refunded: "100",
        amount_fee: "0",
        payments: [{ id: "b".repeat(64), amount: "100", fee: "0" }]
      }
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

  it("says with updated_at when the status was reached, whatever was written since (H-18, S31-GET-03)", () => {
    const row = inState("pending_external.confirming", {
      amounts: received,
      version: 9,
      statusAtMillis: 1_800_000_030_000
    })

    expect(shown(row)).toMatchObject({
      started_at: "2027-01-15T08:00:00.000Z",
      updated_at: "2027-01-15T08:00:30.000Z"
    })
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

const trio = ["stellar_account_id", "stellar_memo_type", "stellar_memo"]
const members = (wire: object) => Object.keys(wire)

describe("a transaction that waits for its customers", () => {
  const waiting = (state: Leaf) => inState(state, { context: { v: 2, unready: true } })

  it.each(["pending_receiver.checking", "pending_customer_info_update.awaitingData"] as const)(
    "is shown without account and memo in %s, all three or none (S31-RESP-03, S31-RESP-04, S31-GET-03)",
    (state) => {
      expect(members(shown(waiting(state))).filter((name) => trio.includes(name))).toEqual([])
    }
  )

  it("is shown with them to a v1 client (S31-DUAL-05)", () => {
    const wire = presentTransaction(waiting("pending_receiver.checking"), null, {
      ...plainView,
      profile: "v1"
    })

    expect(members(wire).filter((name) => trio.includes(name))).toEqual(trio)
  })

  it.each(leaves.filter((leaf) => !leaf.endsWith("checking") && !leaf.endsWith("awaitingData")))(
    "has them in %s, once it was ready for funds (S31-ST-05, S31-RESP-04)",
    (state) => {
      expect(members(shown(inState(state))).filter((name) => trio.includes(name))).toEqual(trio)
    }
  )
})

describe("an end that a v1 client does not know", () => {
  const old = { ...plainView, profile: "v1" as const, endsInError: true }

  it.each([
    ["expired", "no payment came in time"],
    ["refunded", "the payment was returned"]
  ] as const)(
    "%s is shown to it as error with the reason, where it is set so (S31-DUAL-08)",
    (state, message) => {
      const row = inState(
        state,
        state === "refunded"
          ? {
              amounts: { received: amount("100"), accepted: zero, fee: zero, delivered: null },
              context: { v: 2, refunded: true }
            }
          : {}
      )

      expect(presentTransaction(row, null, old)).toMatchObject({
        status: "error",
        status_message: message,
        refunded: state === "refunded"
      })
      expect(presentTransaction(row, null, { ...old, endsInError: false }).status).toBe(state)
      expect(presentTransaction(row, null, { ...old, profile: "v2" }).status).toBe(state)
      expect(shown(row).status).toBe(state)
    }
  )

  it.each(leaves.filter((leaf) => leaf !== "expired" && leaf !== "refunded"))(
    "leaves %s as it is (S31-DUAL-08, S31-ST-01)",
    (state) => {
      expect(presentTransaction(inState(state), null, old).status).toBe(statusOf(state))
    }
  )
})

describe("the words of a status", () => {
  it("are in the language that is asked for (S31-GEN-10)", () => {
    const row = inState("expired")

    expect(presentTransaction(row, null, { ...plainView, lang: "es" }).status_message).toBe(
      "no llegó ningún pago a tiempo"
    )
    expect(presentTransaction(row, null, { ...plainView, lang: "xx" }).status_message).toBe(
      "no payment came in time"
    )
  })

  it("stand back where somebody said more (S31-GET-03)", () => {
    const row = inState("pending_receiver.refundOwed")

    expect(presentTransaction(row, { message: "the bank is closed" }).status_message).toBe(
      "the bank is closed"
    )
  })

  it("are none where the status says it all (S31-GET-03)", () => {
    for (const state of [
      "pending_sender.awaitingPayment",
      "pending_receiver.payingOut",
      "completed"
    ] as const) {
      expect(shown(inState(state))).not.toHaveProperty("status_message")
    }
  })

  it("tell what was paid in place of what, when it is returned for that (S31-AMT-10)", () => {
    const row = inState("pending_receiver.refundOwed", {
      amounts: { received: amount("120"), accepted: zero, fee: zero, delivered: null }
    })

    expect(shown(row).status_message).toBe("120 was paid in place of 100; it will be returned")
  })
})

describe("the time until the next status", () => {
  it("is shown in seconds, and left out where nobody can tell (S31-GET-03)", () => {
    expect(presentTransaction(transactionRow(), null, { ...plainView, etaSeconds: 90 }).status_eta).toBe(90)
    expect(shown(transactionRow())).not.toHaveProperty("status_eta")
  })
})

describe("a quote's amounts", () => {
  const price = {
    buyAmount: amount("485"),
    fee: {
      total: amount("15"),
      asset: "iso4217:BRL",
      details: [
        { name: "service", description: "what we do", amount: amount("10") },
        { name: "tax", amount: amount("5") }
      ]
    },
    price: "0.2",
    totalPrice: "0.2061855"
  }
  const quoted = (rest: Partial<TransactionRow> = {}) =>
    transactionRow({
      quoteId: "0190a000-0000-7000-8000-00000000d001" as QuoteId,
      terms: {
        ...transactionRow().terms,
        conversion: { from: asset, to: "iso4217:BRL", price }
      },
      ...rest
    })

  it("are shown as they stand in it, the fee in its own asset and with its parts (S31-AMT-03, S31-GET-04, H-17)", () => {
    expect(shown(quoted())).toMatchObject({
      quote_id: "0190a000-0000-7000-8000-00000000d001",
      amount_in: "100",
      amount_in_asset: asset,
      amount_out: "485",
      amount_out_asset: "iso4217:BRL",
      amount_fee: "15",
      amount_fee_asset: "iso4217:BRL",
      fee_details: {
        total: "15",
        asset: "iso4217:BRL",
        details: [
          { name: "service", description: "what we do", amount: "10" },
          { name: "tax", amount: "5" }
        ]
      }
    })
  })

  it("take no fee where everything is returned (S31-REF-03)", () => {
    const row = quoted({
      state: "pending_receiver.refundOwed",
      status: "pending_receiver",
      amounts: { received: amount("120"), accepted: zero, fee: zero, delivered: null }
    })

    expect(shown(row)).toMatchObject({ amount_in: "120", amount_fee: "0", amount_fee_asset: "iso4217:BRL" })
    expect(shown(row)).not.toHaveProperty("amount_out")
  })

  it("of no quote have no quote_id (S31-GET-03)", () => {
    expect(shown(transactionRow())).not.toHaveProperty("quote_id")
  })
})
