// The table of calamities says nothing that is not so: every number is in it, and what it calls survived has a test
// whose title says which number it proves.
import { describe, expect, it } from "vitest"
import {
  document,
  documentPath,
  faultOf,
  proofsIn,
  type Proofs,
  scenarioTitles
} from "../../scripts/scenarios.ts"
import { type Scenario, scenarioIds, scenarios } from "../../scripts/scenarios/scenarios.ts"
import { citedTitlesOf } from "../../scripts/seps/citedTitles.ts"
import { parse, read } from "./Source.ts"

const families = { R: 22, I: 37, S: 11, D: 16, A: 21 }
const wanted = Object.entries(families).flatMap(([family, last]) =>
  Array.from({ length: last }, (_, at) => `${family}${at + 1}`)
)

/** These need a second source of the ledger; until there is one, Kedge may stop and say so. */
const refusable = ["I6", "I27", "I33"]

/** Open, wholly or in part. The list only shrinks. */
const stillOpen: ReadonlyArray<string> = ["I28", "D3", "D14"]

const titles = scenarioTitles()
const proofs = proofsIn(titles)
const citesMax = 3
const titleWordsMax = 14

const titleFaults = (judged: ReturnType<typeof scenarioTitles>): ReadonlyArray<string> =>
  judged.flatMap(({ cites, path, title }) => [
    ...(cites.length > citesMax
      ? [`${path}: "${title}" cites ${cites.length} scenarios; ${citesMax} at most can be proved by one test`]
      : []),
    ...cites
      .filter((id) => !wanted.includes(id))
      .map((id) => `${path}: "${title}" cites ${id}, which there is not`)
  ])

const idsOf = (kinds: ReadonlyArray<Scenario["status"]["kind"]>) =>
  scenarios.flatMap(({ id, status }) => (kinds.includes(status.kind) ? [id] : []))

describe("tidy scenarios", () => {
  it("every number is in the table once, and no other", () => {
    expect(scenarios.map(({ id }) => id).sort()).toEqual([...wanted].sort())
  })

  it("docs/failure-scenarios.md is what the table and the tests say (npm run scenarios)", () => {
    expect(read(documentPath)).toBe(document(proofs))
  })

  it("what passes, and what is refused with an alarm, has a test that cites it; what is open has none", () => {
    expect(scenarios.flatMap((each) => faultOf(proofs, each) ?? [])).toEqual([])
  })

  it(`open are these ${stillOpen.length} and no others`, () => {
    expect(idsOf(["open", "open in part"])).toEqual(stillOpen)
  })

  it("only what needs a second source of the ledger is refused with an alarm", () => {
    expect(idsOf(["refused with an alarm"]).filter((id) => !refusable.includes(id))).toEqual([])
  })

  it("what passes says what holds", () => {
    expect(scenarios.filter(({ invariant, status }) => status.kind === "passes" && invariant === "")).toEqual(
      []
    )
  })

  it("a title has fourteen words at most", () => {
    expect(scenarios.filter(({ title }) => title.split(" ").length > titleWordsMax)).toEqual([])
  })

  it("titles of tests cite three scenarios at most, and none that there is not", () => {
    expect(titleFaults(titles)).toEqual([])
  })
})

const cited = (text: string, path = "test/unit/sample.test.ts") =>
  scenarioTitles(citedTitlesOf([parse(path, text)], scenarioIds))

const line = (status: Scenario["status"]): Scenario => ({ id: "R1", title: "", invariant: "", status })
const proved: Proofs = proofsIn(cited('it("survives (R1)")'))
const unproved: Proofs = proofsIn([])

describe("tidy scenarios: how they are judged", () => {
  it("a number stands by itself: requirements, codes and larger numbers are none", () => {
    expect(scenarioIds("R2, I11 (S1) A4")).toEqual(["R2", "I11", "S1", "A4"])
    expect(scenarioIds("S1-04 S31-PAY-01 H-10 %E0%A4%A XR2 R2b R200 SEC-20")).toEqual([])
  })

  it("a title that cites too much, or what there is not, is a fault", () => {
    expect(titleFaults(cited('it("all (R1, R2, R3, R4)")'))).toHaveLength(1)
    expect(titleFaults(cited('it("no line (R23)")'))).toHaveLength(1)
    expect(titleFaults(cited('it("three and a requirement (R1, R2, R3, S31-PAY-01)")'))).toEqual([])
  })

  it("what the sandbox can do proves nothing about Kedge", () => {
    expect(cited('it("loses a reply (S2)")', "test/integration/sandbox/sample.test.ts")).toEqual([])
  })

  it("what passes or is refused needs a test; what is open must have none, or be open in part", () => {
    expect(faultOf(proved, line({ kind: "passes" }))).toBeUndefined()
    expect(faultOf(unproved, line({ kind: "passes" }))).toBeDefined()
    expect(faultOf(unproved, line({ kind: "refused with an alarm", words: "why" }))).toBeDefined()
    expect(faultOf(unproved, line({ kind: "open", words: "what" }))).toBeUndefined()
    expect(faultOf(proved, line({ kind: "open", words: "what" }))).toBeDefined()
    expect(faultOf(proved, line({ kind: "open in part", words: "what" }))).toBeUndefined()
  })
})
