// Calamity: a valid payment to a transaction that converts at the price of receipt is parked as too small, because the asset's own
// fee, which it never pays, was judged before the pair's price was known.
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { isLess, isMore, isZero, zero } from "../../../machines/domain/Amount.ts"
import type { PaymentId } from "../../../machines/domain/Ids.ts"
import { initialContext } from "../../../machines/transaction/context.ts"
import type { PaymentMatched } from "../../../machines/transaction/events.ts"
import { step } from "../../../src/runtime/step.ts"
import { holds, seeded } from "../../support/seed.ts"
import { convertingTerms, delivered } from "../../support/transactionPlay.ts"
import { id } from "../../support/transactions.ts"

describe(seeded("a payment whose price is not known yet"), () => {
  it("is not judged by the asset's own fee: it waits for its price, and any that covers its fee funds (S31-AMT-08, H-32)", () => {
    let belowFee = 0
    const amounts = fc.option(fc.constantFrom("0.0000001", "3", "4.9999999"))
    holds(
      fc.property(convertingTerms, amounts, (drawn, small) => {
        fc.pre(drawn.conversion !== null)
        const terms = {
          ...drawn,
          conversion: drawn.conversion && { ...drawn.conversion, price: null },
          mismatch: { over: "refundExcess", under: "deliver" } as const
        }
        const amount = (small ?? terms.expected) as typeof terms.expected
        const { maximum, minimum } = terms
        fc.pre(!isZero(amount) && !isZero(terms.expected))
        fc.pre(minimum === null || !isLess(amount, minimum))
        fc.pre(maximum === null || !isMore(amount, maximum))
        const snapshot = {
          leaf: "pending_sender.awaitingPayment",
          context: initialContext({ id, terms })
        } as const
        const event: PaymentMatched = {
          type: "payment.matched",
          paymentId: "testnet:1:0" as PaymentId,
          amount,
          stellarTransactionId: "ab".repeat(32),
          closedAtMillis: 1_000,
          price: null
        }
        if (!isMore(amount, terms.fee.fixed)) belowFee += 1

        expect(step(snapshot, event)).toMatchObject({ _tag: "Refused", reason: "no-price" })
        const price = {
          buyAmount: terms.expected,
          fee: { total: zero, asset: delivered },
          price: "1",
          totalPrice: "1"
        }
        expect(step(snapshot, { ...event, price })).toMatchObject({
          _tag: "Moved",
          after: { leaf: "pending_receiver.payingOut" }
        })
      })
    )
    expect(belowFee).toBeGreaterThan(10)
  })
})
