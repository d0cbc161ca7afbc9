// The table of calamities: docs/failure-scenarios.md, from scripts/scenarios/* and the titles of the tests that cite them.
// `npm run scenarios` writes the file and counts; a test fails while the file is not what this gives.
// Gotcha: what a test of the sandbox says of itself proves nothing about Kedge, so its titles do not count.
import { writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { families, type Scenario, scenarioIds, scenarios } from "./scenarios/scenarios.ts"
import { type CitedTitle, citedTitles } from "./seps/citedTitles.ts"

export const documentPath = "docs/failure-scenarios.md"

const testsShown = 3
const ofTheSandbox = /^test\/\w+\/sandbox\//

/** Titles that cite a scenario, those of the sandbox's own tests aside. */
export const scenarioTitles = (
  titles: ReadonlyArray<CitedTitle> = citedTitles(scenarioIds)
): ReadonlyArray<CitedTitle> => titles.filter(({ path }) => !ofTheSandbox.test(path))

/** The titles behind each id. */
export type Proofs = (id: string) => ReadonlyArray<CitedTitle>

export const proofsIn = (titles: ReadonlyArray<CitedTitle>): Proofs => {
  const byId = new Map<string, Array<CitedTitle>>()
  for (const title of titles) {
    for (const id of title.cites) byId.set(id, [...(byId.get(id) ?? []), title])
  }
  return (id) => byId.get(id) ?? []
}

/** What is wrong between what a line claims and the tests there are; undefined where nothing is. */
export const faultOf = (proofs: Proofs, { id, status, title }: Scenario): string | undefined => {
  const isProved = proofs(id).length > 0
  if (status.kind === "open") {
    return isProved ? `${id} is called open and has a test: it passes, or is open in part` : undefined
  }
  return isProved ? undefined : `${id} (${title}) has no test whose title cites it`
}

const cell = (text: string): string =>
  text.replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll("\n", " ")

const shortName = (path: string): string => path.replace(/^(?:test|src)\//, "").replace(/(\.test)?\.ts$/, "")

const testsCell = (titles: ReadonlyArray<CitedTitle>): string => {
  const shown = titles
    .slice(0, testsShown)
    .map(({ path, title }) => `[${shortName(path)}](../${path}): ${cell(title)}`)
  const more = titles.length - shown.length
  return [...shown, ...(more > 0 ? [`+${more}`] : [])].join("<br>")
}

const row = (proofs: Proofs, { id, invariant, status, title }: Scenario): string =>
  `| ${[
    id,
    cell(title),
    cell(invariant),
    testsCell(proofs(id)),
    "words" in status ? `${status.kind}: ${cell(status.words)}` : status.kind
  ].join(" | ")} |`

/** The count, by status. */
export const count = (): string =>
  (
    [
      ["passes", "pass"],
      ["refused with an alarm", "refused with an alarm"],
      ["open in part", "open in part"],
      ["open", "open"]
    ] as const
  )
    .map(([kind, said]) => `${scenarios.filter(({ status }) => status.kind === kind).length} ${said}`)
    .join(", ")

/** The whole document. */
export const document = (proofs: Proofs): string =>
  [
    "# Failure scenarios",
    "",
    `What can go wrong around a payment, numbered; what holds all the same; and the tests whose titles cite it: ${count()}.`,
    "Written by `npm run scenarios` from `scripts/scenarios` and the tests; a test holds it to both. *Refused with an alarm* means that",
    "Kedge stops rather than guesses, and says so. *Open* means that nothing proves it yet.",
    ...families.flatMap((family) => [
      "",
      `## ${family.title}`,
      "",
      "| number | what happens | what holds | tests | status |",
      "| --- | --- | --- | --- | --- |",
      ...family.scenarios.map((each) => row(proofs, each))
    ]),
    ""
  ].join("\n")

/** The count, and what is not as its line says. */
export const summary = (proofs: Proofs): string =>
  [count(), ...scenarios.flatMap((each) => faultOf(proofs, each) ?? []).map((fault) => `  ${fault}`)].join(
    "\n"
  )

if (import.meta.main) {
  const proofs = proofsIn(scenarioTitles())
  writeFileSync(fileURLToPath(new URL(`../${documentPath}`, import.meta.url)), document(proofs))
  console.log(summary(proofs))
}
