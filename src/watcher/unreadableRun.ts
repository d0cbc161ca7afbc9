/**
 * How many Stellar transactions in a row could not be read? One is a curiosity and goes to quarantine; a run of them says
 * that it is we who no longer understand the ledger.
 */
import type { CreditPage } from "../ports/StellarNetwork.ts"

/** So many in a row stop the role. */
export const unreadableRunMax = 5

export interface UnreadableRun {
  /** The longest that this page saw, what ran before it included. */
  readonly longest: number
  /** Still running at the end of the page. */
  readonly trailing: number
}

/** `before` is the run that the pages until now ended with. */
export const unreadableRun = (
  before: number,
  page: Pick<CreditPage, "transactions" | "unreadable">
): UnreadableRun => {
  const unreadable = new Set(page.unreadable.map(({ ordinal }) => ordinal))
  let longest = before
  let trailing = before
  for (let ordinal = 0; ordinal < page.transactions; ordinal++) {
    trailing = unreadable.has(ordinal) ? trailing + 1 : 0
    longest = Math.max(longest, trailing)
  }
  return { longest, trailing }
}
