/** The compiled table against XState itself, on every state, with contexts and events that open and close each guard. */
import fc from "fast-check"
import { expect, it } from "vitest"
import { leaves } from "../../machines/transaction/leaves.ts"
import { transactionMachine } from "../../machines/transaction/machine.ts"
import { compile, leavesOf, reference } from "../../src/runtime/transitionTable.ts"
import type { TransactionContext } from "../../machines/transaction/context.ts"
import type { TransactionEvent } from "../../machines/transaction/events.ts"
import { holds, seeded } from "../support/seed.ts"
import { life } from "../support/transactionPlay.ts"
import { contexts, events } from "../support/transactions.ts"

it("the compiled table agrees with XState on every state, context and event", () => {
  const table = compile<TransactionContext, TransactionEvent>(transactionMachine)
  const machine = reference<TransactionContext, TransactionEvent>(transactionMachine)
  let moves = 0
  for (const state of leavesOf(transactionMachine)) {
    for (const context of contexts) {
      for (const event of events) {
        const expected = machine(state, context, event)
        expect(table(state, context, event), `${state} ${event.type}`).toEqual(expected)
        if (expected !== undefined) moves += 1
      }
    }
  }

  expect(moves).toBeGreaterThan(100)
})

it("the leaves of the machine are the leaves that are described", () => {
  expect([...leavesOf(transactionMachine)].sort()).toEqual([...leaves].sort())
})

it(seeded("the compiled table agrees with XState over any life"), () => {
  const table = compile<TransactionContext, TransactionEvent>(transactionMachine)
  const machine = reference<TransactionContext, TransactionEvent>(transactionMachine)
  holds(
    fc.property(life, (told) => {
      for (const { before, event } of told)
        expect(table(before.leaf, before.context, event)).toEqual(machine(before.leaf, before.context, event))
    })
  )
})
