/** What became of the records that were read again, for whoever asked for it. */
import type { Replayed } from "../watcher/InboxReplay.ts"

const outcomeText = (outcome: Replayed["outcome"]): string => {
  switch (outcome._tag) {
    case "Brought":
      return `read; it brought ${outcome.payments} payment${outcome.payments === 1 ? "" : "s"}`
    case "StillUnreadable":
      return `still cannot be read: ${outcome.reason}`
    case "Gone":
      return `is no longer there: ${outcome.reason}`
  }
}

/** One line each. */
export const describeReplay = (replayed: ReadonlyArray<Replayed>): string =>
  replayed.length === 0
    ? "nothing is quarantined"
    : replayed
        .map(({ account, outcome, position }) => `${account}  ${position}  ${outcomeText(outcome)}`)
        .join("\n")
