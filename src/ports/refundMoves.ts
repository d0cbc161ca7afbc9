/**
 * How a refund may move, whoever keeps it: the one table that every storage goes by.
 *
 * Gotcha: the table is not all. An envelope that is open keeps a refund from moving at all, and one that was included leaves it
 * nothing but being confirmed: the ledger has made it, so it is never opened, held or cancelled again.
 */
import type { EnvelopeRow, RefundChange, RefundState } from "./rows.ts"
import type { Amount } from "../../machines/domain/Amount.ts"

/** `none`: there is no such refund yet. */
const from: Readonly<Record<RefundChange["to"], ReadonlyArray<RefundState | "none">>> = {
  planned: ["none"],
  open: ["planned", "open"],
  held: ["planned", "open", "held"],
  cancelled: ["planned", "held"],
  confirmed: ["open"]
}

/** The states in which a refund may be for that. */
export const originsOf = (to: RefundChange["to"]): ReadonlyArray<RefundState | "none"> => from[to]

/** Whether a refund in this state may come to that one. `isMade`: an envelope of it was included. */
export const mayMove = (state: RefundState | "none", to: RefundChange["to"], isMade: boolean): boolean =>
  from[to].includes(state) && isMade === (to === "confirmed")

/** Several changes of one refund in one step, as one. */
export interface FoldedRefund {
  /** Set where the refund begins here. */
  readonly amount: Amount | null
  readonly to: RefundState
  /** The states from which all of it may happen; none where no order of things allows it. */
  readonly from: ReadonlyArray<RefundState | "none">
  readonly envelope: EnvelopeRow | null
}

const starts: ReadonlyArray<RefundState | "none"> = ["none", "planned", "open", "held"]

/** Null for no changes. */
export const foldRefund = (changes: ReadonlyArray<RefundChange>): FoldedRefund | null => {
  const [first] = changes
  const last = changes.at(-1)
  if (first === undefined || last === undefined) return null
  return {
    amount: first.to === "planned" ? first.amount : null,
    to: last.to,
    from: starts.filter((start) => allows(start, changes)),
    envelope: last.to === "open" ? last.envelope : null
  }
}

const allows = (start: RefundState | "none", changes: ReadonlyArray<RefundChange>): boolean => {
  let state = start
  for (const [at, { to }] of changes.entries()) {
    // Its envelope is open from then on, and no step can close it.
    const isOpened = at > 0 && state === "open"
    if (isOpened || !mayMove(state, to, to === "confirmed")) return false
    state = to
  }
  return true
}
