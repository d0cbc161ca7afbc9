// Draws the transaction machine as it is: machines/transaction/diagram.md, in Mermaid, from the machine itself.
// `npm run diagram` writes the file; a test fails while the file and the machine differ.
// Gotcha: it reads XState's state nodes and not the configuration, so shared and inherited transitions are drawn too.
import { writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { type Due, dueOf, type Leaf, leaves, statusOf } from "../machines/transaction/leaves.ts"
import { transactionMachine } from "../machines/transaction/machine.ts"

export const diagramPath = "machines/transaction/diagram.md"

/** The part of XState's state node that is drawn. */
interface StateNode {
  readonly key: string
  readonly type: string
  readonly path: ReadonlyArray<string>
  readonly states: Readonly<Record<string, StateNode>>
  readonly initial?: { readonly target: ReadonlyArray<StateNode> } | undefined
  readonly transitions: ReadonlyMap<
    string,
    ReadonlyArray<{
      readonly target?: ReadonlyArray<StateNode> | undefined
      readonly guard?: unknown
    }>
  >
}

interface Edge {
  readonly from: string
  readonly to: string
  readonly label: string
}

const below = (node: StateNode): ReadonlyArray<StateNode> => [
  node,
  ...Object.values(node.states).flatMap(below)
]

const guardName = (guard: unknown): string => {
  if (typeof guard === "string") return guard
  const named = guard as { readonly type?: unknown } | undefined
  return typeof named?.type === "string" ? named.type : "?"
}

/** One edge for each pair of states; every event that leads along it is a line of its label. */
const edgesOf = (root: StateNode): ReadonlyArray<Edge> => {
  const labels = new Map<string, Array<string>>()
  for (const node of below(root)) {
    for (const [event, transitions] of node.transitions) {
      for (const { guard, target } of transitions) {
        const key = `${node.key} --> ${target?.[0]?.key ?? node.key}`
        const label = guard === undefined ? event : `${event} [${guardName(guard)}]`
        labels.set(key, [...(labels.get(key) ?? []), label])
      }
    }
  }
  return [...labels].map(([key, lines]) => {
    const [from = "", to = ""] = key.split(" --> ")
    return { from, to, label: lines.join("<br/>") }
  })
}

const composite = (node: StateNode): ReadonlyArray<string> => {
  const inner = Object.values(node.states)
  if (inner.length === 0) return []
  return [
    `  state ${node.key} {`,
    ...(node.initial?.target ?? []).map((first) => `    [*] --> ${first.key}`),
    ...inner.map((each) => `    ${each.key}`),
    "  }"
  ]
}

const waitsFor: Record<Due, string> = {
  expiry: "a payment; the sweep over `expires_at`, on ledger time",
  payout: "the rail; the due time of the open attempt: send, look up or poll",
  refund: "the ledger; the due time of the refund: submit again, or ask about its envelope",
  held: "a person, or a late answer; raised again until then",
  "refund-owed": "the refund; raised again until it is made",
  "transaction-info": "PATCH by the Sending Anchor; raised again until then",
  "customer-info": "SEP-12 data and verdict; asked again until then",
  none: "nothing: final"
}

/** The whole document. */
export const diagram = (): string => {
  const root = transactionMachine.root as unknown as StateNode
  const statuses = Object.values(root.states)
  const finals = statuses.filter(({ type }) => type === "final")
  return [
    "# The transaction machine",
    "",
    "Drawn from [machine.ts](machine.ts) by `npm run diagram`; a test holds the two equal. The outer states are the statuses of",
    "SEP-31; an edge is labelled with its event and, in brackets, the guard ([guards.ts](guards.ts)). An event without an edge is",
    "refused by name ([refusals.ts](refusals.ts)).",
    "",
    "```mermaid",
    "stateDiagram-v2",
    "  direction LR",
    ...(root.initial?.target ?? []).map((first) => `  [*] --> ${first.key}`),
    ...statuses.flatMap(composite),
    ...edgesOf(root).map(({ from, label, to }) => `  ${from} --> ${to}: ${label}`),
    ...finals.map(({ key }) => `  ${key} --> [*]`),
    "```",
    "",
    "| state | status on the wire | waits for; who is asked when its time comes |",
    "| --- | --- | --- |",
    ...leaves.map((leaf: Leaf) => `| \`${leaf}\` | \`${statusOf(leaf)}\` | ${waitsFor[dueOf(leaf)]} |`),
    ""
  ].join("\n")
}

if (import.meta.main) writeFileSync(fileURLToPath(new URL(`../${diagramPath}`, import.meta.url)), diagram())
