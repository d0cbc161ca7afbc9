// Whatever happens to a transaction, what its Sending Anchor is shown adds up (S31-AMT-02): every walk of the machine, presented.
import fc from "fast-check"
import { expect, it } from "vitest"
import { amount, fromStroops, toStroops } from "../../../machines/domain/Amount.ts"
import { feeOf } from "../../../machines/domain/Fee.ts"
import { type PaymentId, payoutId } from "../../../machines/domain/Ids.ts"
import { initialContext } from "../../../machines/transaction/context.ts"
import type { TransactionEvent } from "../../../machines/transaction/events.ts"
import { type Leaf, statusOf } from "../../../machines/transaction/leaves.ts"
import { type Snapshot, storedContext } from "../../../machines/transaction/snapshot.ts"
import type { RefundRow } from "../../../src/ports/rows.ts"
import { step } from "../../../src/runtime/step.ts"
import { presentTransaction } from "../../../src/sep31/presentTransaction.ts"
import { transactionId, transactionRow } from "../../support/sep31.ts"

const stroops = fc.bigInt(1n, 100_000_000_000n)
const amounts = stroops.map(fromStroops)
const hash = fc.constantFrom("a".repeat(64), "b".repeat(64))

/** Events as a rail might bring them, of the newest attempt mostly, with amounts that fit and others. */
const events = fc.record({
  kind: fc.constantFrom(
    "delivered",
    "pending",
    "rejected",
    "returned",
    "returnedOwed",
    "failed",
    "partly",
    "voided",
    "unknown",
    "info",
    "updated"
  ),
  n: fc.constantFrom(0, 0, 0, -1),
  amount: amounts,
  share: fc.integer({ min: 1, max: 99 }),
  elsewhere: fc.boolean(),
  lowerFee: fc.boolean(),
  rest: fc.constantFrom("delivered" as const, "pending" as const),
  hash
})
type Drawn = typeof events extends fc.Arbitrary<infer A> ? A : never

const eventOf = (drawn: Drawn, { context }: Snapshot): TransactionEvent => {
  const about = { payoutId: payoutId(transactionId, Math.max(0, context.attempt + drawn.n)) }
  const onStellar = drawn.elsewhere ? null : drawn.hash
  const part = fromStroops(
    (toStroops(context.accepted ?? context.terms.expected) * BigInt(drawn.share)) / 100n
  )
  switch (drawn.kind) {
    case "delivered": {
      const fee = context.fee !== null && drawn.lowerFee ? fromStroops(toStroops(context.fee) / 2n) : null
      return { type: "payout.delivered", ...about, externalId: null, fee }
    }
    case "pending":
      return { type: "payout.pending", ...about, externalId: "e" }
    case "rejected":
      return { type: "payout.rejected", ...about, note: null }
    case "returned":
      return {
        type: "payout.refundedByIntegrator",
        ...about,
        amount: context.received ?? drawn.amount,
        stellarTransactionId: onStellar,
        note: null
      }
    case "returnedOwed":
      return {
        type: "payout.refundedByIntegrator",
        ...about,
        amount: context.owed ?? drawn.amount,
        stellarTransactionId: onStellar,
        note: null
      }
    case "failed":
      return { type: "payout.failed", ...about, note: null }
    case "partly":
      return {
        type: "payout.partlyRefused",
        ...about,
        refused: part,
        rest: drawn.rest,
        externalId: null,
        note: null
      }
    case "voided":
      return { type: "payout.voided", ...about }
    case "info":
      return { type: "payout.neededTransactionInfo", ...about, fields: ["account_number"], note: null }
    case "updated":
      return { type: "transaction.updated", fields: ["account_number"] }
    default:
      return { type: "payout.unknown", ...about, next: "lookUp", note: null }
  }
}

const present = ({ context, leaf }: Snapshot, refunds: ReadonlyArray<RefundRow>) =>
  presentTransaction(
    transactionRow({
      state: leaf,
      status: statusOf(leaf),
      terms: context.terms,
      amounts: {
        received: context.received,
        accepted: context.accepted,
        fee: context.fee,
        delivered: context.delivered
      },
      context: storedContext(context),
      refunds
    }),
    null
  )

const stroopsOf = (text: string): bigint => toStroops(amount(text))

/** What must hold of every presentation, whatever came before. */
const checkSums = (snapshot: Snapshot, refunds: ReadonlyArray<RefundRow>) => {
  const shown = present(snapshot, refunds)
  const refunded = refunds.reduce((total, each) => total + toStroops(each.amount), 0n)
  if (shown.amount_out !== undefined) {
    expect(stroopsOf(shown.amount_out)).toBe(
      stroopsOf(shown.amount_in) - stroopsOf(shown.amount_fee) - refunded
    )
  }
  expect(shown.fee_details.total).toBe(shown.amount_fee)
  expect(shown.refunds?.amount_refunded ?? "0").toBe(fromStroops(refunded))
  // true for the whole amount and nothing less, on Stellar or elsewhere
  const { received } = snapshot.context
  expect(shown.refunded).toBe(snapshot.context.refunded)
  if (received !== null && refunded === toStroops(received)) expect(shown.refunded).toBe(true)
  if (shown.refunded) expect(shown.amount_in).toBe(received)
}

it("amount_out is amount_in less fee and refunds in every state that shows it (S31-AMT-02, S31-REF-02)", () => {
  const seen = new Set<Leaf>()
  fc.assert(
    fc.property(
      amounts,
      amounts,
      amounts,
      fc.array(events, { maxLength: 8 }),
      (expected, received, fixed, drawn) => {
        const fee = { fixed, percent: amount("1") }
        // POST takes no amount that its fee would eat (S31-AMT-07)
        fc.pre(toStroops(feeOf(fee, expected)) < toStroops(expected))
        const terms = { expected, minimum: null, maximum: null, fee, expiresAtMillis: 1 }
        const refunds: Array<RefundRow> = []
        let snapshot: Snapshot = {
          leaf: "pending_sender.awaitingPayment",
          context: initialContext({ id: transactionId, terms })
        }
        const take = (event: TransactionEvent) => {
          const stepped = step(snapshot, event)
          if (stepped._tag === "Moved") {
            snapshot = stepped.after
            refunds.push(...stepped.commands.filter((command) => command.type === "recordRefund"))
          }
          seen.add(snapshot.leaf)
          checkSums(snapshot, refunds)
        }
        checkSums(snapshot, refunds)
        take({
          type: "payment.matched",
          paymentId: "testnet:1:0" as PaymentId,
          amount: received,
          stellarTransactionId: "c".repeat(64),
          closedAtMillis: 1
        })
        for (const each of drawn) take(eventOf(each, snapshot))
      }
    ),
    { numRuns: 3000 }
  )

  // the walks reached what they are about
  const wanted = [
    "completed",
    "refunded",
    "error",
    "pending_receiver.partRefundOwed",
    "pending_receiver.refundOwed"
  ]
  expect(wanted.filter((leaf) => !seen.has(leaf as Leaf))).toEqual([])
})
