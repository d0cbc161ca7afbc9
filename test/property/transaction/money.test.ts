// Where the money is, after every step of a random life: judged by books that are kept apart from the machine's context.
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type Amount, toStroops, zero } from "../../../machines/domain/Amount.ts"
import { feeOf } from "../../../machines/domain/Fee.ts"
import type { TransactionContext } from "../../../machines/transaction/context.ts"
import { carriesMoney } from "../../../machines/transaction/events.ts"
import { dueOf } from "../../../machines/transaction/leaves.ts"
import type { Snapshot } from "../../../machines/transaction/snapshot.ts"
import { Books } from "../../support/Books.ts"
import { holds, seeded } from "../../support/seed.ts"
import { convertingLife, delivered, life, type Told } from "../../support/transactionPlay.ts"

const of = (amount: Amount | null): bigint => toStroops(amount ?? zero)

/** Checks after every step that moved. */
const afterEach = (
  told: ReadonlyArray<Told>,
  check: (after: Snapshot, books: Books, one: Told) => void
): void => {
  const books = new Books()
  for (const one of told) {
    if (one.result._tag !== "Moved") continue
    books.take(one.result.commands)
    check(one.after, books, one)
  }
}

/** What is still with us: received, and neither delivered, nor kept as fee, nor returned. */
const remaining = ({ leaf, context }: Snapshot): bigint => {
  switch (leaf) {
    case "pending_receiver.checking":
    case "pending_customer_info_update.awaitingData":
    case "pending_sender.awaitingPayment":
    case "expired":
    case "completed":
    case "refunded":
      return 0n
    case "pending_receiver.partRefundOwed":
      return of(context.owed)
    case "error":
      return context.refunded ? 0n : of(context.received)
    default:
      return of(context.received)
  }
}

/** What the accepted part and the part owed back add up to, wherever the money is not decided yet. */
const isSplit = (c: TransactionContext): boolean => of(c.received) === of(c.accepted) + of(c.owed)

describe(seeded("money"), () => {
  it("is conserved: received = delivered + fee + returned + what remains (R17, R18, S31-AMT-04)", () => {
    const ends = new Set<string>()
    holds(
      fc.property(life, (told) =>
        afterEach(told, (after, books) => {
          expect(books.balance("payable")).toBe(remaining(after))
          expect(-books.balance("ledger-in")).toBe(of(after.context.received))
          expect(
            books.balance("rail-out") +
              books.balance("fee") +
              books.balance("refund-out") +
              books.balance("payable")
          ).toBe(of(after.context.received))
          ends.add(after.leaf)
        })
      ),
      700
    )
    for (const leaf of ["completed", "refunded", "error", "pending_receiver.partRefundOwed"])
      expect(ends).toContain(leaf)
  })

  it("sums to zero over the journal, and no account but the ledger's is ever below zero", () => {
    holds(
      fc.property(life, (told) =>
        afterEach(told, (_, books) => {
          expect(books.accounts.reduce((total, [, balance]) => total + balance, 0n)).toBe(0n)
          for (const [account, balance] of books.accounts)
            if (account !== "ledger-in") expect(balance >= 0n, account).toBe(true)
        })
      )
    )
  })

  it("is reserved for payout, refund and fee within what was received (R17)", () => {
    holds(
      fc.property(life, (told) =>
        afterEach(told, ({ context }, { reserved }) => {
          expect(reserved.payout + reserved.refund + reserved.fee <= of(context.received)).toBe(true)
        })
      )
    )
  })

  it("that a payout may have moved cannot be refunded: while one is open, it and its fee stay reserved (R17)", () => {
    holds(
      fc.property(life, (told) =>
        afterEach(told, ({ context, leaf }, books) => {
          const due = dueOf(leaf)
          if (due !== "payout" && due !== "held") return
          const [open] = books.open
          const planned = open === undefined ? 0n : (books.planned.get(open) ?? 0n)
          expect(books.reserved.payout).toBe(of(context.accepted) - of(context.fee))
          // a part that the rail refused is out of the payout and reserved for the refund
          expect(books.reserved.payout <= planned).toBe(true)
          expect(books.reserved.refund).toBe(of(context.owed))
          expect(isSplit(context)).toBe(true)
        })
      )
    )
  })

  it("that is owed back is reserved for the refund, to the stroop", () => {
    holds(
      fc.property(life, (told) =>
        afterEach(told, ({ context, leaf }, books) => {
          if (dueOf(leaf) !== "refund-owed") return
          expect(of(context.owed) > 0n).toBe(true)
          expect(books.reserved.refund).toBe(of(context.owed))
          if (leaf === "pending_receiver.refundOwed") {
            expect(context.owed).toBe(context.received)
            expect(books.reserved).toEqual({ payout: 0n, refund: of(context.received), fee: 0n })
          }
        })
      )
    )
  })

  it("is returned by us or by the integrator, and never by both (R17, S8)", () => {
    const ways = new Set<string>()
    holds(
      fc.property(life, (told) =>
        afterEach(told, ({ context }, books, { event }) => {
          const returns = books.refunds.length
          expect(returns <= 1).toBe(true)
          if (books.refund === "confirmed") ways.add("by us")
          if (books.refund === "cancelled") ways.add("by the integrator")
          if (event.type === "payout.refundedByIntegrator") expect(context.submitted).toBe(false)
          // while an envelope may be on the ledger its amount stays reserved for it
          if (context.submitted) expect(books.reserved.refund).toBe(of(context.owed))
          expect(books.refund === "open").toBe(context.submitted)
        })
      ),
      700
    )
    expect([...ways].sort()).toEqual(["by the integrator", "by us"])
  })

  it("that is completed satisfies amount_in = amount_out + fee + refunded (R18, S31-ST-13)", () => {
    holds(
      fc.property(life, (told) =>
        afterEach(told, ({ context, leaf }, books) => {
          if (leaf !== "completed") return
          const refunded = books.refunds.reduce((total, each) => total + each, 0n)
          expect(of(context.received)).toBe(of(context.delivered) + of(context.fee) + refunded)
          expect(of(context.delivered) > 0n).toBe(true)
        })
      )
    )
  })

  it("is refunded in full or the status is another, and the refund is named (S31-ST-12)", () => {
    holds(
      fc.property(life, (told) =>
        afterEach(told, ({ context, leaf }, books) => {
          if (leaf !== "refunded") return
          expect(books.refunds).toEqual([of(context.received)])
          expect(context.delivered).toBeNull()
        })
      )
    )
  })

  it("is charged no more than the frozen terms give, and the rail may only lower it (R20)", () => {
    holds(
      fc.property(life, (told) =>
        afterEach(told, ({ context }) => {
          if (context.received === null || context.fee === null) return
          expect(of(context.fee) <= of(feeOf(context.terms.fee, context.received))).toBe(true)
        })
      )
    )
  })

  it("is taken only within the bounds of the terms, with something left to deliver", () => {
    holds(
      fc.property(life, (told) =>
        afterEach(told, ({ context: { terms, received, fee } }, _, { event }) => {
          if (event.type !== "payment.matched") return
          expect(of(received) >= of(terms.minimum)).toBe(true)
          if (terms.maximum !== null) expect(of(received) <= of(terms.maximum)).toBe(true)
          expect(of(fee) < of(received)).toBe(true)
          expect(of(received) > 0n).toBe(true)
        })
      )
    )
  })

  it("that is not the amount announced is delivered, split or owed back, as the terms say (S31-AMT-09, S31-AMT-10)", () => {
    const seen = new Set<string>()
    holds(
      fc.property(life, (told) =>
        afterEach(told, ({ context, leaf }, _, { event }) => {
          if (event.type !== "payment.matched") return
          const { expected, mismatch } = context.terms
          const sent = of(event.amount)
          const policy =
            sent === of(expected)
              ? "exact"
              : sent > of(expected)
                ? `over ${mismatch.over}`
                : `under ${mismatch.under}`
          seen.add(policy)
          const returnsAll = policy.endsWith("refundAll")
          const excess = policy === "over refundExcess" ? sent - of(expected) : 0n
          expect(leaf).toBe(returnsAll ? "pending_receiver.refundOwed" : "pending_receiver.payingOut")
          expect(of(context.owed)).toBe(returnsAll ? sent : excess)
          expect(of(context.accepted)).toBe(returnsAll ? 0n : sent - excess)
          expect(of(context.received)).toBe(sent)
        })
      ),
      700
    )
    expect([...seen].sort()).toEqual([
      "exact",
      "over deliver",
      "over refundAll",
      "over refundExcess",
      "under deliver",
      "under refundAll"
    ])
  })

  it("never moves by a refused event", () => {
    const refused = new Set<string>()
    holds(
      fc.property(life, (told) => {
        for (const { after, before, event, result } of told) {
          if (result._tag !== "Refused") continue
          expect(after).toBe(before)
          if (carriesMoney(event)) refused.add(event.type)
        }
      })
    )
    expect([...refused].sort()).toEqual([
      "payment.matched",
      "payout.delivered",
      "payout.partlyRefused",
      "payout.refundedByIntegrator",
      "refund.confirmed"
    ])
  })
})

describe(seeded("money that is converted"), () => {
  it("sums to zero in each asset: received ones end with us or the payer, delivered ones with the client or as fee (R18)", () => {
    const ends = new Set<string>()
    holds(
      fc.property(convertingLife, (told) =>
        afterEach(told, ({ context, leaf }, books) => {
          ends.add(leaf)
          const accounts = books.accounts
          const sumOf = (isDelivered: boolean) =>
            accounts.reduce(
              (total, [name, balance]) =>
                name.endsWith(delivered) === isDelivered ? total + balance : total,
              0n
            )
          expect(sumOf(false)).toBe(0n)
          expect(sumOf(true)).toBe(0n)
          if (leaf !== "completed" && leaf !== "pending_receiver.partRefundOwed") return
          const price = context.terms.conversion?.price ?? context.price
          expect(price).not.toBeNull()
          if (price === null) return
          const inKind = price.fee.asset === delivered
          expect(context.delivered).toBe(price.buyAmount)
          expect(books.balance("rail-out", delivered)).toBe(of(price.buyAmount))
          expect(books.balance("fee", delivered)).toBe(inKind ? of(price.fee.total) : 0n)
          expect(books.balance("fee")).toBe(inKind ? 0n : of(price.fee.total))
          expect(books.balance("exchange")).toBe(of(context.accepted) - books.balance("fee"))
        })
      ),
      500
    )
    for (const leaf of ["completed", "refunded", "error"]) expect(ends).toContain(leaf)
  })

  it("at a firm price is delivered only for its own amount; any other is owed back whole (S31-AMT-03, S31-AMT-10)", () => {
    const seen = new Set<string>()
    holds(
      fc.property(convertingLife, (told) =>
        afterEach(told, ({ context, leaf }, _, { event }) => {
          if (event.type !== "payment.matched" || context.terms.conversion?.price === null) return
          const isExact = event.amount === context.terms.expected
          seen.add(`${isExact}`)
          expect(leaf).toBe(isExact ? "pending_receiver.payingOut" : "pending_receiver.refundOwed")
          if (!isExact) expect(context.owed).toBe(event.amount)
        })
      ),
      500
    )
    expect([...seen].sort()).toEqual(["false", "true"])
  })

  it("without a quote waits for the price of receipt, and is never delivered without one (S31-AMT-08)", () => {
    let waited = 0
    holds(
      fc.property(convertingLife, (told) => {
        for (const { after, event, result } of told) {
          if (event.type !== "payment.matched") continue
          if (result._tag === "Refused" && result.reason === "no-price") {
            waited += 1
            expect(event.price).toBeNull()
            continue
          }
          if (after.leaf !== "pending_receiver.payingOut" || result._tag === "Refused") continue
          if (after.context.terms.conversion?.price !== null) continue
          expect(after.context.price).toEqual(event.price)
          expect(event.price).not.toBeNull()
        }
      }),
      500
    )
    expect(waited).toBeGreaterThan(0)
  })

  it("leaves its fee and its parts to its price: a rail that changes either is not believed", () => {
    holds(
      fc.property(convertingLife, (told) => {
        for (const { event, result } of told) {
          if (event.type === "payout.partlyRefused") expect(result._tag).toBe("Refused")
          if (event.type === "payout.delivered" && event.fee !== null) expect(result._tag).toBe("Refused")
        }
      })
    )
  })
})
