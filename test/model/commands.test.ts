// A naive model beside the real machine: a dozen lines of "what a person would say happens", told the same commands.
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { fromStroops, toStroops } from "../../machines/domain/Amount.ts"
import { type PaymentId, payoutId } from "../../machines/domain/Ids.ts"
import { initialContext } from "../../machines/transaction/context.ts"
import type { PayoutEvent, TransactionEvent } from "../../machines/transaction/events.ts"
import type { Snapshot } from "../../machines/transaction/snapshot.ts"
import { step } from "../../src/runtime/step.ts"
import { holds, seeded } from "../support/seed.ts"
import { id, terms } from "../support/transactions.ts"

const unit = 10_000_000n
const part = 10n * unit

type Phase =
  | "waiting"
  | "paying"
  | "looking"
  | "held"
  | "external"
  | "asked the sender"
  | "asked a customer"
  | "all owed"
  | "part owed"
  | "done"
  | "refunded"
  | "expired"
  | "error"

const leafOf: Record<Phase, string> = {
  waiting: "pending_sender.awaitingPayment",
  paying: "pending_receiver.payingOut",
  looking: "pending_receiver.lookingUp",
  held: "pending_receiver.held",
  external: "pending_external.confirming",
  "asked the sender": "pending_transaction_info_update.awaitingUpdate",
  "asked a customer": "pending_customer_info_update.awaitingCustomer",
  "all owed": "pending_receiver.refundOwed",
  "part owed": "pending_receiver.partRefundOwed",
  done: "completed",
  refunded: "refunded",
  expired: "expired",
  error: "error"
}

interface Model {
  phase: Phase
  attempts: number
  received: bigint
  partRefused: boolean
  /** The fee as it stands: that of the amount the rail accepted, unless the rail charged less. */
  feeWaived: boolean
}

class Real {
  now: Snapshot = { leaf: "pending_sender.awaitingPayment", context: initialContext({ id, terms }) }

  tell(event: TransactionEvent): void {
    const result = step(this.now, event)
    if (result._tag === "Moved") this.now = result.after
  }
}

type Command = fc.Command<Model, Real>

/** Tells the real one, lets the model say what must have come of it, and compares. */
const command = (
  name: string,
  event: (real: Real) => TransactionEvent,
  expected: (model: Model) => Partial<Model>
): Command => ({
  check: () => true,
  run: (model, real) => {
    Object.assign(model, expected(model))
    real.tell(event(real))
    agree(model, real)
  },
  toString: () => name
})

/** One percent rounded up, and one unit: the terms of the support file, by hand. */
const feeOn = (value: bigint): bigint => unit + (value + 99n) / 100n

const agree = (model: Model, { now }: Real): void => {
  expect(now.leaf).toBe(leafOf[model.phase])
  expect(now.context.attempt).toBe(model.attempts)
  if (model.phase !== "done" && model.phase !== "part owed") return
  const accepted = model.received - (model.partRefused ? part : 0n)
  const fee = model.feeWaived ? 0n : feeOn(model.received)
  expect(now.context.delivered).toBe(fromStroops(accepted - fee))
}

const isOpen = ({ phase }: Model): boolean => ["paying", "looking", "held", "external"].includes(phase)
const isFunded = (model: Model): boolean =>
  isOpen(model) || model.phase === "asked the sender" || model.phase === "asked a customer"

const pay = (stroops: bigint, isLate: boolean): Command =>
  command(
    `pay ${fromStroops(stroops)}${isLate ? " late" : ""}`,
    () => ({
      type: "payment.matched",
      paymentId: "testnet:1:0" as PaymentId,
      amount: fromStroops(stroops),
      stellarTransactionId: "b".repeat(64),
      closedAtMillis: isLate ? 2_000 : 1_999,
      price: null
    }),
    (model) => {
      const fits = !isLate && stroops >= 10n * unit && stroops <= 1000n * unit
      return model.phase === "waiting" && fits ? { phase: "paying", attempts: 1, received: stroops } : {}
    }
  )

type About = (payout: { readonly payoutId: PayoutEvent["payoutId"] }, received: bigint) => PayoutEvent

const answer = (name: string, event: About, expected: (model: Model) => Partial<Model>): Command =>
  command(
    name,
    ({ now: { context } }) =>
      event(
        { payoutId: payoutId(context.id, context.attempt) },
        toStroops(context.received ?? fromStroops(0n))
      ),
    expected
  )

/** The same about the attempt before: it must never change anything. */
const oldAnswer = (name: string, event: About): Command =>
  command(
    `${name}, of an older attempt`,
    ({ now: { context } }) => event({ payoutId: payoutId(context.id, context.attempt - 1) }, 0n),
    () => ({})
  )

const delivered: About = (about) => ({ type: "payout.delivered", ...about, externalId: null, fee: null })
const voided: About = (about) => ({ type: "payout.voided", ...about })
const refused =
  (rest: "delivered" | "pending"): About =>
  (about) => ({
    type: "payout.partlyRefused",
    ...about,
    refused: fromStroops(part),
    rest,
    externalId: null,
    note: null
  })
const isDelivered = ({ partRefused }: Model): Partial<Model> => ({
  phase: partRefused ? "part owed" : "done"
})
const canRefuse = (model: Model): boolean => isOpen(model) && !model.partRefused

const commands: ReadonlyArray<fc.Arbitrary<Command>> = [
  fc
    .tuple(fc.bigInt({ min: 40n * unit, max: 1000n * unit }), fc.boolean())
    .map(([stroops, late]) => pay(stroops, late)),
  fc.constantFrom(pay(10n * unit - 1n, false), pay(1000n * unit + 1n, false), pay(40n * unit, false)),
  ...[
    command(
      "expire",
      () => ({ type: "expiry.passed" }),
      ({ phase }) => (phase === "waiting" ? { phase: "expired" } : {})
    ),
    answer("delivered", delivered, (model) => (isOpen(model) ? isDelivered(model) : {})),
    answer(
      "delivered without a fee",
      (about) => ({ type: "payout.delivered", ...about, externalId: null, fee: fromStroops(0n) }),
      (model) => (isOpen(model) ? { ...isDelivered(model), feeWaived: true } : {})
    ),
    answer(
      "delivered with more fee than agreed",
      (about) => ({ type: "payout.delivered", ...about, externalId: null, fee: fromStroops(500n * unit) }),
      () => ({})
    ),
    answer(
      "pending",
      (about) => ({ type: "payout.pending", ...about, externalId: "e" }),
      (model) => (isOpen(model) ? { phase: "external" } : {})
    ),
    answer(
      "not known, may be looked up",
      (about) => ({ type: "payout.unknown", ...about, next: "lookUp", note: null }),
      ({ phase }) =>
        phase === "paying" ? { phase: "looking" } : phase === "looking" ? { phase: "held" } : {}
    ),
    answer(
      "not known by anybody",
      (about) => ({ type: "payout.unknown", ...about, next: "hold", note: null }),
      (model) => (isOpen(model) ? { phase: "held" } : {})
    ),
    answer(
      "not accepted",
      (about) => ({ type: "payout.notAccepted", ...about }),
      () => ({})
    ),
    answer("never accepted", voided, (model) =>
      isOpen(model) ? { phase: "paying", attempts: model.attempts + 1 } : {}
    ),
    answer(
      "the transaction's fields are wrong",
      (about) => ({ type: "payout.neededTransactionInfo", ...about, fields: ["iban"], note: null }),
      (model) => (isOpen(model) ? { phase: "asked the sender" } : {})
    ),
    answer(
      "the customer's data is wrong",
      (about) => ({
        type: "payout.neededCustomerInfo",
        ...about,
        party: "receiver",
        fields: ["name"],
        note: null
      }),
      (model) => (isOpen(model) ? { phase: "asked a customer" } : {})
    ),
    answer(
      "rejected",
      (about) => ({ type: "payout.rejected", ...about, note: null }),
      (model) => (isFunded(model) ? { phase: "all owed" } : {})
    ),
    answer(
      "failed",
      (about) => ({ type: "payout.failed", ...about, note: null }),
      (model) => (isFunded(model) ? { phase: "error" } : {})
    ),
    answer("a part refused, the rest delivered", refused("delivered"), (model) =>
      canRefuse(model) ? { phase: "part owed", partRefused: true } : {}
    ),
    answer("a part refused, the rest pending", refused("pending"), (model) =>
      canRefuse(model) ? { phase: "external", partRefused: true } : {}
    ),
    ...[true, false].map((onStellar) =>
      answer(
        `all returned by the integrator${onStellar ? " on Stellar" : ""}`,
        (about, received) => ({
          type: "payout.refundedByIntegrator",
          ...about,
          amount: fromStroops(received),
          stellarTransactionId: onStellar ? "a".repeat(64) : null,
          note: null
        }),
        (model) =>
          isFunded(model) || model.phase === "all owed" ? { phase: onStellar ? "refunded" : "error" } : {}
      )
    ),
    answer(
      "the part returned by the integrator",
      (about) => ({
        type: "payout.refundedByIntegrator",
        ...about,
        amount: fromStroops(part),
        stellarTransactionId: "a".repeat(64),
        note: null
      }),
      ({ phase }) => (phase === "part owed" ? { phase: "done" } : {})
    ),
    oldAnswer("delivered", delivered),
    oldAnswer("never accepted", voided),
    oldAnswer("a part refused", refused("delivered")),
    command(
      "patch",
      () => ({ type: "transaction.updated", fields: ["iban", "bic"] }),
      (model) => (model.phase === "asked the sender" ? { phase: "paying", attempts: model.attempts + 1 } : {})
    ),
    command(
      "patch another field",
      () => ({ type: "transaction.updated", fields: ["bic"] }),
      () => ({})
    ),
    command(
      "the customers are accepted",
      () => ({ type: "customers.accepted" }),
      (model) => (model.phase === "asked a customer" ? { phase: "paying", attempts: model.attempts + 1 } : {})
    ),
    command(
      "a customer is rejected",
      () => ({ type: "customer.rejected", party: "sender", note: null }),
      ({ phase }) =>
        phase === "waiting" ? { phase: "error" } : phase === "asked a customer" ? { phase: "all owed" } : {}
    )
  ].map((each) => fc.constant(each))
]

describe(seeded("the machine and a naive model of it"), () => {
  it("agree after every command", () => {
    const seen = new Set<Phase>()
    holds(
      fc.property(fc.commands([...commands], { maxCommands: 40, size: "max" }), (given) => {
        fc.modelRun(() => {
          const model: Model = {
            phase: "waiting",
            attempts: 0,
            received: 0n,
            partRefused: false,
            feeWaived: false
          }
          const watched = new Proxy(model, {
            set: (target, key, value) => {
              if (key === "phase") seen.add(value as Phase)
              return Reflect.set(target, key, value)
            }
          })
          return { model: watched, real: new Real() }
        }, given)
      }),
      1000
    )
    expect([...seen].sort()).toEqual(
      Object.keys(leafOf)
        .filter((phase) => phase !== "waiting")
        .sort()
    )
  })
})
