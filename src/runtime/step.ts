/**
 * The pure heart of the runtime: one event on one actor gives a next snapshot and commands, or a named refusal.
 *
 * It touches nothing; `stepRow.ts` turns what it says into rows.
 */
import type { TransactionCommand } from "../../machines/transaction/commands.ts"
import type { TransactionContext } from "../../machines/transaction/context.ts"
import type { TransactionEvent } from "../../machines/transaction/events.ts"
import type { Leaf } from "../../machines/transaction/leaves.ts"
import { transactionMachine } from "../../machines/transaction/machine.ts"
import { type Refusal, refusalOf } from "../../machines/transaction/refusals.ts"
import type { Snapshot } from "../../machines/transaction/snapshot.ts"
import { compile, type Step } from "./transitionTable.ts"

export type Stepped =
  | {
      readonly _tag: "Moved"
      readonly before: Leaf
      readonly after: Snapshot
      readonly commands: ReadonlyArray<TransactionCommand>
    }
  | { readonly _tag: "Refused"; readonly reason: Refusal; readonly leaf: Leaf }

const compiled: Step<TransactionContext, TransactionEvent> = compile(transactionMachine)

/** Takes one step; total over every state and event. */
export const step = (snapshot: Snapshot, event: TransactionEvent): Stepped => {
  const next = compiled(snapshot.leaf, snapshot.context, event)
  if (next === undefined) {
    return { _tag: "Refused", reason: refusalOf(snapshot.leaf, snapshot.context, event), leaf: snapshot.leaf }
  }
  return {
    _tag: "Moved",
    before: snapshot.leaf,
    after: { leaf: next.state as Leaf, context: next.context },
    commands: next.commands.map(
      (command) => ({ type: command.type, ...(command.params as object) }) as TransactionCommand
    )
  }
}
