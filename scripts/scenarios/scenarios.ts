// Every numbered calamity and what Kedge makes of it: the data behind docs/failure-scenarios.md.
// One line each: id | what happens, in at most 14 words | what holds | status. No status means that it passes; the
// others are "refused with an alarm: <why>", "open: <what is missing>" and "open in part: <what is missing>".
// Gotcha: an open line has no test, or it is open in part; so a test that appears makes somebody look at its line.
import { api } from "./api.ts"
import { database } from "./database.ts"
import { inbound } from "./inbound.ts"
import { outgoing } from "./outgoing.ts"
import { payouts } from "./payouts.ts"

export type Status =
  | { readonly kind: "passes" }
  | { readonly kind: "refused with an alarm" | "open" | "open in part"; readonly words: string }

export interface Scenario {
  readonly id: string
  /** What happens. */
  readonly title: string
  /** What holds all the same; empty where nothing does yet. */
  readonly invariant: string
  readonly status: Status
}

export interface Family {
  readonly title: string
  readonly scenarios: ReadonlyArray<Scenario>
}

/** An id of the list, wherever it stands in a text: `R2`, and not the `S1` of the requirement `S1-04`. */
export const scenarioIds = (text: string): ReadonlyArray<string> =>
  text.match(/(?<![\w%-])[RISDA]\d{1,2}(?![\w-])/g) ?? []

const statusOf = (text: string): Status => {
  if (text === "") return { kind: "passes" }
  for (const kind of ["refused with an alarm", "open", "open in part"] as const) {
    const words = text.slice(kind.length + 2)
    if (text.startsWith(`${kind}: `) && words !== "") return { kind, words }
  }
  throw new Error(
    `"${text}" is no status; write nothing, "refused with an alarm: …", "open: …" or "open in part: …"`
  )
}

const parse = (line: string): Scenario => {
  const [id = "", title = "", invariant = "", status = ""] = line.split("|").map((part) => part.trim())
  if (!/^[RISDA]\d{1,2}$/.test(id) || title === "") throw new Error(`"${line}" has no id or no title`)
  return { id, title, invariant, status: statusOf(status) }
}

const family = (title: string, table: string): Family => ({
  title,
  scenarios: table.trim().split("\n").map(parse)
})

export const families: ReadonlyArray<Family> = [
  family("Payouts", payouts),
  family("From the ledger", inbound),
  family("Back on chain", outgoing),
  family("Database and process", database),
  family("Requests, tokens, callbacks, data", api)
]

export const scenarios: ReadonlyArray<Scenario> = families.flatMap((each) => each.scenarios)
