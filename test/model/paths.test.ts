// The shortest way to every state, found by walking the machine with @xstate/graph, and gone again by the runtime's own step.
import { getShortestPaths } from "@xstate/graph"
import { describe, expect, it } from "vitest"
import { amount, zero } from "../../machines/domain/Amount.ts"
import { type PaymentId, payoutId, refundId } from "../../machines/domain/Ids.ts"
import { initialContext, type TransactionContext } from "../../machines/transaction/context.ts"
import type { TransactionEvent } from "../../machines/transaction/events.ts"
import { leaves } from "../../machines/transaction/leaves.ts"
import { transactionMachine } from "../../machines/transaction/machine.ts"
import type { Snapshot } from "../../machines/transaction/snapshot.ts"
import { step } from "../../src/runtime/step.ts"
import { id, payoutEvents, terms } from "../support/transactions.ts"

const pathOf = (value: unknown): string =>
  typeof value === "string"
    ? value
    : Object.entries(value as object)
        .map(([key, inner]) => `${key}.${pathOf(inner)}`)
        .join("")

/** What may be told to a transaction: about its newest attempt, and about returning what is owed. */
const eventsFor = ({ context }: { readonly context: TransactionContext }): Array<TransactionEvent> => [
  {
    type: "payment.matched",
    paymentId: "testnet:1:0" as PaymentId,
    amount: amount("100"),
    stellarTransactionId: "b".repeat(64),
    closedAtMillis: 1_000,
    price: null
  },
  { type: "expiry.passed" },
  ...payoutEvents(context.attempt),
  {
    type: "payout.refundedByIntegrator",
    payoutId: payoutId(context.id, context.attempt),
    amount: context.owed ?? zero,
    stellarTransactionId: "a".repeat(64),
    note: null
  },
  { type: "refund.submitted", refundId: refundId("testnet:1:0" as PaymentId, 1), hash: "d".repeat(64) },
  {
    type: "refund.confirmed",
    refundId: refundId("testnet:1:0" as PaymentId, 1),
    amount: context.owed ?? zero,
    stellarTransactionId: "d".repeat(64)
  },
  { type: "refund.held", refundId: refundId("testnet:1:0" as PaymentId, 1), note: null },
  { type: "transaction.updated", fields: context.fields },
  { type: "customers.needInfo" },
  { type: "customers.processing" },
  { type: "customers.accepted" },
  { type: "customer.rejected", party: "sender", note: null }
]

/** A transaction is born ready to be paid, or waiting for its customers. */
const births: Readonly<Record<"ready" | "waiting", Snapshot>> = {
  ready: { leaf: "pending_sender.awaitingPayment", context: initialContext({ id, terms }) },
  waiting: { leaf: "pending_receiver.checking", context: initialContext({ id, terms, ready: false }) }
}

const pathsFrom = (birth: keyof typeof births) => {
  const [status = "", leaf = ""] = births[birth].leaf.split(".")
  return getShortestPaths(transactionMachine, {
    fromState: transactionMachine.resolveState({
      value: { [status]: leaf },
      context: births[birth].context
    }),
    events: eventsFor,
    serializeState: ({ context, value }) => JSON.stringify([value, context]),
    // an attempt may follow an attempt for ever
    stopWhen: ({ context }) => context.attempt > 2
  }).map((path) => ({ ...path, birth }))
}

/** All that lead to one state, whatever is known on arrival. */
const paths = [
  ...Map.groupBy([...pathsFrom("ready"), ...pathsFrom("waiting")], ({ state }) => pathOf(state.value))
]

describe("the shortest paths", () => {
  it("reach every state", () => {
    expect(paths.map(([leaf]) => leaf).sort()).toEqual([...leaves].sort())
  })

  it("need no more than a payment, an answer and a return", () => {
    for (const [leaf, ways] of paths)
      expect(Math.min(...ways.map(({ steps }) => steps.length)), leaf).toBeLessThanOrEqual(4)
  })

  it.each(paths)("lead the runtime to %s too, by every way", (leaf, ways) => {
    for (const path of ways) {
      // The walk tells XState's own event of beginning first; the runtime has none.
      const told = path.steps.filter(({ event }) => !event.type.startsWith("xstate."))
      const end = told.reduce<Snapshot>((now, { event, state }) => {
        const result = step(now, event)
        if (result._tag === "Refused") throw new Error(`${now.leaf} refuses ${event.type}: ${result.reason}`)
        expect(result.after).toEqual({ leaf: pathOf(state.value), context: state.context })
        return result.after
      }, births[path.birth])

      expect(end.leaf).toBe(leaf)
    }
  })
})
