// The table of requirements: docs/seps.md, from scripts/seps/* and the titles of the tests that cite them.
// `npm run seps` writes the file and counts; a test fails while the file is not what this gives.
// Gotcha: a hard point (H-…) without a test of its own is proved by the tests of everything it led to.
import { writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { type CitedTitle, citedTitles } from "./seps/citedTitles.ts"
import { chapters, type Requirement, requirements } from "./seps/requirements.ts"

export const tablePath = "docs/seps.md"

const testsShown = 3

export interface Proofs {
  /** Titles that cite the id. */
  readonly of: (id: string) => ReadonlyArray<CitedTitle>
  /** Done or decided, and no test says so. */
  readonly isOpen: (requirement: Requirement) => boolean
}

export const proofsIn = (titles: ReadonlyArray<CitedTitle>): Proofs => {
  const byId = new Map<string, Array<CitedTitle>>()
  for (const title of titles) {
    for (const id of title.cites) byId.set(id, [...(byId.get(id) ?? []), title])
  }
  const isProved = (id: string) => byId.has(id)
  return {
    of: (id) => byId.get(id) ?? [],
    isOpen: ({ id, ledTo, status }) => {
      if (status.kind === "not supported" || isProved(id)) return false
      return ledTo.length === 0 || !ledTo.every(isProved)
    }
  }
}

const cell = (text: string): string =>
  text.replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll("\n", " ")

const link = (path: string, text: string): string => `[${text}](../${path})`

const shortName = (path: string): string => path.replace(/^src\//, "").replace(/(\.test)?\.ts$/, "")

const testsCell = (titles: ReadonlyArray<CitedTitle>, ledTo: ReadonlyArray<string>): string => {
  if (titles.length === 0) return ledTo.length === 0 ? "" : `those of ${ledTo.join(", ")}`
  const shown = titles
    .slice(0, testsShown)
    .map(({ path, title }) => `${link(path, shortName(path).replace(/^test\//, ""))}: ${cell(title)}`)
  const more = titles.length - shown.length
  return [...shown, ...(more > 0 ? [`+${more}`] : [])].join("<br>")
}

const statusCell = ({ status }: Requirement, isOpen: boolean): string => {
  const said = "words" in status ? `${status.kind}: ${cell(status.words)}` : "done"
  return isOpen ? `open (${said})` : said
}

const row = (proofs: Proofs, requirement: Requirement): string => {
  const { id, ledTo, tag, title, where } = requirement
  const cells = [
    id,
    tag,
    cell(title),
    where.map((path) => link(path, shortName(path))).join(", "),
    testsCell(proofs.of(id), ledTo),
    statusCell(requirement, proofs.isOpen(requirement))
  ]
  return `| ${cells.join(" | ")} |`
}

/** The whole document. */
export const table = (proofs: Proofs): string =>
  [
    "# Requirements",
    "",
    "What the SEPs ask of the receiving side, as we numbered it: where each point is done, and the tests whose titles cite it. Written by",
    "`npm run seps` from `scripts/seps` and the tests; a test holds it to both. The tag says who asks: the SEP (MUST, SHOULD, MAY), the",
    "public validator or older clients (COMPAT), nobody, so that we chose (CHOICE), or safety (SEC); H is a point where the texts are silent,",
    "contradict themselves or mislead.",
    ...chapters.flatMap((chapter) => [
      "",
      `## ${chapter.title}`,
      "",
      "| number | tag | what | where | tests | status |",
      "| --- | --- | --- | --- | --- | --- |",
      ...chapter.requirements.map((each) => row(proofs, each))
    ]),
    ""
  ].join("\n")

/** The count, and what is open. */
export const summary = (proofs: Proofs): string => {
  const open = requirements.filter(proofs.isOpen)
  const count = (kind: Requirement["status"]["kind"]) =>
    requirements.filter((each) => each.status.kind === kind && !proofs.isOpen(each)).length
  const counted =
    `${count("done")} done, ${count("decision")} decided, ${count("not supported")} not supported, ` +
    `${open.length} open`
  return [counted, ...open.map(({ id, tag, title }) => `  ${id} ${tag} ${title}`)].join("\n")
}

if (import.meta.main) {
  const proofs = proofsIn(citedTitles())
  writeFileSync(fileURLToPath(new URL(`../${tablePath}`, import.meta.url)), table(proofs))
  console.log(summary(proofs))
}
