/**
 * A transition table read once out of an XState machine, so that a step costs what its decision costs.
 *
 * XState's own `transition()` builds an actor, a system and a first snapshot at every call: some 127 microseconds against 0.3.
 * The machine stays the only truth: whatever the compiler does not model (parallel, history, eventless, delayed, invoked,
 * raised) makes it throw, and `test/model` compares both on every state and event.
 */
import { type AnyMachineSnapshot, type AnyStateMachine, transition } from "xstate"

export interface Emitted {
  readonly type: string
  readonly params: unknown
}
export interface Next<C> {
  readonly state: string
  readonly context: C
  readonly commands: ReadonlyArray<Emitted>
}
/** One step; `undefined` is a refusal: nothing is enabled for this event in this state. */
export type Step<C, E extends { readonly type: string }> = (
  state: string,
  context: C,
  event: E
) => Next<C> | undefined

type Record_ = Readonly<Record<string, unknown>>
interface Args {
  readonly context: Record_
  readonly event: unknown
}
type Guard = (args: Args, params: unknown) => boolean
type Resolve = (args: Args, params: unknown) => unknown
interface ActionObject {
  readonly type: string
  readonly params?: unknown
}
type ActionRef = string | ActionObject | (Resolve & { readonly type?: string })
interface TransitionDefinition {
  readonly target: ReadonlyArray<StateNode> | undefined
  readonly actions: ReadonlyArray<ActionRef>
  readonly guard: undefined | string | { readonly type: string; readonly params?: unknown } | Guard
  readonly reenter: boolean
}
/** The part of XState's state node that the compiler reads. */
interface StateNode {
  readonly key: string
  readonly type: string
  readonly path: ReadonlyArray<string>
  readonly parent: StateNode | undefined
  readonly states: Readonly<Record<string, StateNode>>
  readonly entry: ReadonlyArray<ActionRef>
  readonly exit: ReadonlyArray<ActionRef>
  readonly invoke: ReadonlyArray<unknown>
  readonly always?: ReadonlyArray<unknown>
  readonly after: ReadonlyArray<unknown>
  readonly transitions: ReadonlyMap<string, ReadonlyArray<TransitionDefinition>>
  readonly initial: { readonly target: ReadonlyArray<StateNode>; readonly actions: ReadonlyArray<ActionRef> }
}
type Operation =
  | { readonly kind: "assign"; readonly assignment: Resolve | Record_; readonly params: unknown }
  | { readonly kind: "command"; readonly type: string; readonly params: unknown }
interface Edge {
  readonly guard: ((args: Args) => boolean) | undefined
  readonly operations: ReadonlyArray<Operation>
  readonly state: string
  readonly forbidden: boolean
}

const refuse = (node: StateNode, what: string): never => {
  throw new Error(`transition table: ${node.path.join(".") || "(root)"} uses ${what}`)
}
const isFunction = (value: unknown): value is Resolve => typeof value === "function"
const resolved = (value: unknown, args: Args): unknown => (isFunction(value) ? value(args, undefined) : value)
const ancestors = (node: StateNode): ReadonlyArray<StateNode> =>
  node.parent === undefined ? [node] : [node, ...ancestors(node.parent)]
const upTo = (node: StateNode, limit: StateNode): ReadonlyArray<StateNode> =>
  node === limit ? [] : [node, ...(node.parent === undefined ? [] : upTo(node.parent, limit))]

/** Paths of the states without children, in document order. */
export const leavesOf = (machine: AnyStateMachine): ReadonlyArray<string> => {
  const walk = (node: StateNode): ReadonlyArray<StateNode> =>
    Object.keys(node.states).length === 0 ? [node] : Object.values(node.states).flatMap(walk)
  return walk(rootOf(machine)).map((node) => node.path.join("."))
}

const rootOf = (machine: AnyStateMachine): StateNode => machine.root as unknown as StateNode

const guardOf = (
  machine: AnyStateMachine,
  node: StateNode,
  guard: TransitionDefinition["guard"]
): Edge["guard"] => {
  if (guard === undefined) return undefined
  if (isFunction(guard)) return refuse(node, "a guard without a name")
  const name = typeof guard === "string" ? guard : guard.type
  const found: unknown = (machine.implementations.guards as Record_)[name]
  if (!isFunction(found) || "check" in found)
    return refuse(node, `the guard ${name}, which is not a declared plain function`)
  const params = typeof guard === "string" ? undefined : guard.params
  return (args) => found(args, resolved(params, args)) === true
}

const operationOf = (machine: AnyStateMachine, node: StateNode, action: ActionRef): Operation => {
  const type = typeof action === "string" ? action : (action.type ?? "")
  const found: unknown = isFunction(action) ? action : (machine.implementations.actions as Record_)[type]
  const params = typeof action === "object" ? action.params : undefined
  if (isFunction(found) && "resolve" in found) {
    const builtIn = found as unknown as { readonly type: string; readonly assignment: Resolve | Record_ }
    return builtIn.type === "xstate.assign"
      ? { kind: "assign", assignment: builtIn.assignment, params }
      : refuse(node, builtIn.type)
  }
  return { kind: "command", type, params }
}

const edgeOf = (
  machine: AnyStateMachine,
  leaf: StateNode,
  source: StateNode,
  definition: TransitionDefinition
): Edge => {
  const root = rootOf(machine)
  let exited: ReadonlyArray<StateNode> = []
  let entered: ReadonlyArray<StateNode> = []
  let target = leaf
  const initialActions = new Map<StateNode, ReadonlyArray<ActionRef>>()
  let to = definition.target?.[0]
  if (to !== undefined) {
    const first = to
    // The domain of the transition: the source itself when it moves within it, else the closest ancestor both share.
    const isWithin = ancestors(first).includes(source) && first !== source
    const staysIn = !definition.reenter && (isWithin || first === source)
    let domain = source
    if (!staysIn && source === root) refuse(source, "a re-entering transition")
    if (!staysIn) {
      while (
        domain.parent !== undefined &&
        (domain === source || !ancestors(first).includes(domain) || domain === first)
      ) {
        domain = domain.parent
      }
    }
    const path = [...upTo(first, domain)].reverse()
    while (Object.keys(to.states).length > 0) {
      initialActions.set(to, to.initial.actions)
      const next: StateNode | undefined = to.initial.target[0]
      if (next === undefined) return refuse(to, "no initial state")
      to = next
      path.push(to)
    }
    exited = upTo(leaf, domain)
    entered = path
    target = to
  }
  const ends = target.type === "final" && target.parent === root
  const actions: ReadonlyArray<readonly [StateNode, ActionRef]> = [
    ...exited.flatMap((node) => node.exit.map((action) => [node, action] as const)),
    ...definition.actions.map((action) => [source, action] as const),
    ...entered.flatMap((node) => [
      ...node.entry.map((action) => [node, action] as const),
      ...(initialActions.get(node) ?? []).map((action) => [node, action] as const)
    ]),
    // A machine that ends leaves every state it is in, the root last.
    ...(ends && definition.target !== undefined
      ? ancestors(target).flatMap((node) => node.exit.map((action) => [node, action] as const))
      : [])
  ]
  return {
    guard: guardOf(machine, source, definition.guard),
    operations: actions.map(([node, action]) => operationOf(machine, node, action)),
    state: target.path.join("."),
    forbidden: definition.target === undefined && definition.actions.length === 0
  }
}

const refuseWhatIsNotModelled = (root: StateNode, node: StateNode): void => {
  if (node.type === "parallel" || node.type === "history") refuse(node, `a ${node.type} state`)
  if (node.invoke.length > 0) refuse(node, "an invocation: a restored snapshot would run it again")
  if (node.after.length > 0) refuse(node, "a delay: due times are rows")
  if (node.always !== undefined && node.always.length > 0) refuse(node, "an eventless transition")
  if (node.type === "final" && node.parent !== root) refuse(node, "a nested final state")
  for (const child of Object.values(node.states)) refuseWhatIsNotModelled(root, child)
}

/** Compiles the machine; throws on what it does not model. */
export const compile = <C extends object, E extends { readonly type: string }>(
  machine: AnyStateMachine
): Step<C, E> => {
  const root = rootOf(machine)
  refuseWhatIsNotModelled(root, root)
  const table = new Map<string, ReadonlyMap<string, ReadonlyArray<Edge>>>()
  const visit = (node: StateNode): void => {
    const children = Object.values(node.states)
    if (children.length > 0) return children.forEach(visit)
    const edges = new Map<string, ReadonlyArray<Edge>>()
    if (!(node.type === "final" && node.parent === root)) {
      for (const source of ancestors(node)) {
        for (const [event, definitions] of source.transitions) {
          if (event === "" || event.includes("*")) refuse(source, "a wildcard or eventless transition")
          const own = definitions.map((definition) => edgeOf(machine, node, source, definition))
          edges.set(event, [...(edges.get(event) ?? []), ...own])
        }
      }
    }
    table.set(node.path.join("."), edges)
  }
  visit(root)

  return (state, context, event) => {
    const edges = table.get(state)?.get(event.type)
    if (edges === undefined) return undefined
    const start: Args = { context: context as unknown as Record_, event }
    const edge = edges.find((candidate) => candidate.guard === undefined || candidate.guard(start))
    // No target and no action is XState's way to forbid what an outer state allows.
    if (edge === undefined || edge.forbidden) return undefined
    const commands: Array<Emitted> = []
    let args = start
    for (const operation of edge.operations) {
      if (operation.kind === "command") {
        commands.push({ type: operation.type, params: resolved(operation.params, args) })
        continue
      }
      const changes = isFunction(operation.assignment)
        ? (operation.assignment(args, resolved(operation.params, args)) as Record_)
        : resolveProperties(operation.assignment, args, resolved(operation.params, args))
      args = { context: { ...args.context, ...changes }, event }
    }
    return { state: edge.state, context: args.context as unknown as C, commands }
  }
}

const resolveProperties = (properties: Record_, args: Args, params: unknown): Record_ => {
  const changes: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(properties))
    changes[key] = isFunction(value) ? value(args, params) : value
  return changes
}

type StateValue = string | { readonly [key: string]: StateValue }

/** "pending_receiver.payingOut" as XState's state value. */
export const toValue = (state: string): StateValue => {
  const [leaf, ...rest] = state.split(".").reverse()
  return rest.reduce<StateValue>((value, key) => ({ [key]: value }), leaf ?? "")
}
const toPath = (value: unknown): string =>
  typeof value === "string"
    ? value
    : Object.entries(value as Record_)
        .map(([key, inner]) => `${key}.${toPath(inner)}`)
        .join("")

/** The same step by XState itself: what the table is compared with. */
export const reference =
  <C extends object, E extends { readonly type: string }>(machine: AnyStateMachine): Step<C, E> =>
  (state, context, event) => {
    const from: AnyMachineSnapshot = machine.resolveState({ value: toValue(state), context })
    if (from.status !== "active" || !from.can(event)) return undefined
    const [snapshot, actions] = transition(machine, from, event) as unknown as [
      AnyMachineSnapshot,
      ReadonlyArray<Emitted>
    ]
    return {
      state: toPath(snapshot.value),
      context: snapshot.context as C,
      commands: actions
        .filter((action) => !action.type.startsWith("xstate."))
        .map((action) => ({ type: action.type, params: action.params }))
    }
  }
