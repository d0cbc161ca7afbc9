// Every numbered requirement on the SEPs that Kedge speaks, with what became of it: the data behind docs/seps.md.
// One line each: id, tag | title in our words | where it is done, paths below src/ without .ts unless they begin
// with another top folder | status. No status means done; the others are "not supported: <why>" and
// "decision: <what>", which may name the ids it led to.
// Gotcha: whether a test proves a line is not said here but found in the titles of the tests (citedTitles.ts).
import { hardPoints } from "./hardPoints.ts"
import { security } from "./security.ts"
import { sep1, sep23 } from "./sep1.ts"
import { sep10 } from "./sep10.ts"
import { sep12, sep9 } from "./sep12.ts"
import { sep31 } from "./sep31.ts"
import { sep38 } from "./sep38.ts"
import { sep45 } from "./sep45.ts"

export type Status =
  | { readonly kind: "done" }
  | { readonly kind: "not supported" | "decision"; readonly words: string }

export interface Requirement {
  readonly id: string
  readonly tag: string
  readonly title: string
  /** Paths from the root of the repository. */
  readonly where: ReadonlyArray<string>
  readonly status: Status
  /** For a point without a test of its own: the requirements whose tests prove it. */
  readonly ledTo: ReadonlyArray<string>
}

export interface Chapter {
  readonly title: string
  readonly requirements: ReadonlyArray<Requirement>
}

/** An id of the list, wherever it stands in a text; only the families of the list. */
export const ids = (text: string): ReadonlyArray<string> =>
  text.match(/\b(?:S(?:10|12|31|38)-[A-Z]+|S1|S9|S23|S45|SEC|H)-\d+\b/g) ?? []

const topFolders = /^(?:adapters|bench|docs|machines|scripts|test)\//

const pathOf = (name: string): string => {
  const path = topFolders.test(name) ? name : `src/${name}`
  return /\.[a-z]+$/.test(path) ? path : `${path}.ts`
}

const statusOf = (text: string): Status => {
  if (text === "") return { kind: "done" }
  for (const kind of ["not supported", "decision"] as const) {
    const words = text.slice(kind.length + 2)
    if (text.startsWith(`${kind}: `) && words !== "") return { kind, words }
  }
  throw new Error(`"${text}" is no status; write nothing, "not supported: …" or "decision: …"`)
}

const parse = (line: string): Requirement => {
  const [head = "", title = "", where = "", status = ""] = line.split("|").map((part) => part.trim())
  const [, id, tag] = /^(\S+-\d+) (MUST|SHOULD|MAY|COMPAT|CHOICE|SEC|H)$/.exec(head) ?? []
  if (id === undefined || tag === undefined || title === "")
    throw new Error(`"${line}" has no id, tag or title`)
  return {
    id,
    tag,
    title,
    where: where === "" ? [] : where.split(", ").map(pathOf),
    status: statusOf(status),
    ledTo: tag === "H" ? ids(status) : []
  }
}

const chapter = (title: string, table: string): Chapter => ({
  title,
  requirements: table.trim().split("\n").map(parse)
})

export const chapters: ReadonlyArray<Chapter> = [
  chapter("SEP-31, cross-border payments", sep31),
  chapter("SEP-10, signing in", sep10),
  chapter("SEP-12, customers", sep12),
  chapter("SEP-9, fields of customers", sep9),
  chapter("SEP-23, addresses", sep23),
  chapter("SEP-38, quotes", sep38),
  chapter("SEP-1, stellar.toml", sep1),
  chapter("SEP-45, contract accounts", sep45),
  chapter("Security", security),
  chapter("Hard points", hardPoints)
]

export const requirements: ReadonlyArray<Requirement> = chapters.flatMap((each) => each.requirements)
