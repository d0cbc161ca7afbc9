// Whatever a rail says becomes exactly one event, and money is believed to have moved only where the figures are the payout's.
import { Effect, Layer } from "effect"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type Amount, amount, fromStroops, toStroops, zero } from "../../../machines/domain/Amount.ts"
import { payoutId } from "../../../machines/domain/Ids.ts"
import { KedgeConfig } from "../../../src/KedgeConfig.ts"
import { type Answer, answerOf } from "../../../src/payouts/outcomeEvent.ts"
import type { PaymentRail } from "../../../src/ports/Rails.ts"
import type { PayoutJob, PayoutState } from "../../../src/ports/rows.ts"
import { CountingEntropy, PlainVault } from "../../support/plainParts.ts"
import { birth, scriptedRail, testSettings, transactionId } from "../../support/runtimeWorld.ts"
import { holds, seeded } from "../../support/seed.ts"

const { rail } = scriptedRail(() => Effect.never)
const lookUp: NonNullable<PaymentRail["lookUp"]> = () => Effect.never

/** An attempt of which `refused` was refused since it was planned. */
const job = (
  amountIn: Amount,
  fee: Amount,
  refused: Amount = zero,
  state: PayoutState = "started"
): PayoutJob => {
  const { asset, context, fundingMethod, memo, terms } = birth(1)
  const accepted = fromStroops(toStroops(amountIn) - toStroops(refused))
  return {
    id: payoutId(transactionId(1), 1),
    rail: rail.name,
    state,
    amount: fromStroops(toStroops(amountIn) - toStroops(fee)),
    fee,
    amountIn,
    tries: 0,
    externalId: null,
    sealed: null,
    reference: null,
    metadata: {},
    actor: {
      id: transactionId(1),
      version: 2,
      state: "pending_receiver.payingOut",
      terms,
      amounts: { received: amountIn, accepted, fee, delivered: null },
      context: { ...context, attempt: 1 },
      asset,
      account: "",
      memo,
      fundingMethod,
      senderId: null,
      receiverId: null,
      fundedBy: null,
      destination: null
    }
  }
}

const answer = (to: PayoutJob, said: unknown, how: "call" | "lookUp", over: PaymentRail = rail): Answer =>
  Effect.runSync(
    answerOf(to, over, said, how).pipe(
      Effect.provide(Layer.mergeAll(PlainVault, CountingEntropy, Layer.succeed(KedgeConfig, testSettings)))
    )
  )

const stroops = (max: bigint) => fc.bigInt({ min: 0n, max }).map(fromStroops)
const hundred = job(amount("100"), amount("2"))

describe(seeded("what a rail says"), () => {
  it("is an event, whatever it is; what is no outcome is unknown, and never repeated (R4, R5)", () => {
    holds(
      fc.property(
        fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }),
        fc.constantFrom("call" as const, "lookUp" as const),
        (said, how) => {
          const { event, fault } = answer(hundred, said, how, { ...rail, repeatable: true })

          expect(event.payoutId).toBe(hundred.id)
          expect(fault).toBe("contract")
          expect(event).toMatchObject({ type: "payout.unknown", next: "hold" })
        }
      ),
      1000
    )
  })

  it("is read the same however strange its members are: no member makes it throw", () => {
    const tags = [
      "Delivered",
      "Pending",
      "TransactionInfoNeeded",
      "CustomerInfoNeeded",
      "Rejected",
      "RefundedByIntegrator",
      "Failed",
      "PartlyRefused",
      "Unknown",
      "NeverAccepted"
    ]
    const members = ["amount", "fee", "externalId", "fields", "message", "party", "reason", "refused", "rest"]
    holds(
      fc.property(
        fc.constantFrom(...tags),
        fc.dictionary(fc.constantFrom(...members), fc.oneof(fc.anything(), fc.string(), fc.constant("10"))),
        (_tag, rest) => {
          const { event } = answer(hundred, { ...rest, _tag }, "lookUp")

          expect(event.type).toMatch(/^payout\./)
        }
      ),
      1000
    )
  })

  it("is a delivery exactly when amount and fee are those that are due (R22)", () => {
    const figures = fc.oneof(
      stroops(2_000_000_000n),
      fc.constantFrom("98", "88.1", "2", "1.9", "0", "99.5", "0.5")
    )
    holds(
      fc.property(figures, fc.option(figures, { nil: undefined }), fc.boolean(), (said, fee, isPart) => {
        // a part of 10 was refused before: 90 less its fee of 1.9 is due
        const given = isPart ? job(amount("100"), amount("1.9"), amount("10"), "pending") : hundred
        const due = isPart
          ? { total: 900_000_000n, fee: 19_000_000n }
          : { total: 1_000_000_000n, fee: 20_000_000n }
        const charged = fee === undefined ? due.fee : toStroops(amount(fee))
        const fits = charged <= due.fee && toStroops(amount(said)) === due.total - charged

        const { event, fault } = answer(
          given,
          { _tag: "Delivered", amount: said, ...(fee === undefined ? {} : { fee }) },
          "call",
          { ...rail, lookUp, repeatable: true }
        )

        if (fits) expect(event).toMatchObject({ type: "payout.delivered" })
        else expect(event).toMatchObject({ type: "payout.unknown", next: "hold" })
        expect(fault).toBe(fits ? null : "figures")
      }),
      1000
    )
  })

  it("promises that nothing was ever accepted only in a look-up or a report", () => {
    expect(answer(hundred, { _tag: "NeverAccepted" }, "lookUp").event.type).toBe("payout.voided")
    expect(answer(hundred, { _tag: "NeverAccepted" }, "call")).toMatchObject({
      event: { type: "payout.unknown" },
      fault: "contract"
    })
  })

  it("in words is sealed: no event holds a word of it", () => {
    holds(
      fc.property(fc.string({ minLength: 3, maxLength: 50 }), (words) => {
        const secret = `secret ${words}`
        const said = [
          { _tag: "Rejected", reason: secret },
          { _tag: "Failed", reason: secret },
          { _tag: "Unknown", reason: secret },
          { _tag: "TransactionInfoNeeded", fields: { iban: { description: secret } }, message: secret },
          { _tag: "CustomerInfoNeeded", party: "sender", fields: ["last_name"], message: secret }
        ]
        for (const each of said) {
          const { event, notes } = answer(hundred, each, "call")
          expect(JSON.stringify(event)).not.toContain("secret")
          expect(notes).toHaveLength(1)
          expect("note" in event ? event.note : null).toBe(notes[0]?.id)
        }
      })
    )
  })
})
