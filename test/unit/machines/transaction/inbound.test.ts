// Where the Sending Anchor's own payment leads. Before it is confirmed we cannot see it, so no status speaks of it.
import { expect, it } from "vitest"
import { isUnfunded, leaves } from "../../../../machines/transaction/leaves.ts"
import { transactionMachine } from "../../../../machines/transaction/machine.ts"

/** What is read of XState's state nodes. */
interface StateNode {
  readonly path: ReadonlyArray<string>
  readonly parent?: StateNode | undefined
  readonly states: Readonly<Record<string, StateNode>>
  readonly transitions: ReadonlyMap<
    string,
    ReadonlyArray<{ readonly target?: ReadonlyArray<StateNode> | undefined }>
  >
}

const root = transactionMachine.root as unknown as StateNode

const nodeOf = (leaf: string): StateNode =>
  leaf.split(".").reduce<StateNode>((node, name) => {
    const next = node.states[name]
    if (next === undefined) throw new Error(`the machine has no state ${leaf}`)
    return next
  }, root)

/** The statuses an event leads to from a state, by its own transitions and those of the states around it. */
const statusesAfter = (node: StateNode | undefined, event?: string): ReadonlyArray<string> =>
  node === undefined
    ? []
    : [
        ...[...node.transitions]
          .filter(([type]) => event === undefined || type === event)
          .flatMap(([, transitions]) => transitions)
          .flatMap(({ target }) => (target ?? []).map(({ path }) => path[0] ?? "")),
        ...statusesAfter(node.parent, event)
      ]

it("a payment that is matched leads straight to pending_receiver (S31-ST-15)", () => {
  expect(new Set(statusesAfter(nodeOf("pending_sender.awaitingPayment"), "payment.matched"))).toEqual(
    new Set(["pending_receiver"])
  )
})

it("nothing that is still to be paid becomes pending_stellar (S31-ST-15)", () => {
  const unpaid = leaves.filter(isUnfunded)

  expect(unpaid).toContain("pending_sender.awaitingPayment")
  for (const leaf of unpaid) expect(statusesAfter(nodeOf(leaf))).not.toContain("pending_stellar")
})
