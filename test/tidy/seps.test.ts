// The table of requirements says nothing that is not so: every number is in it, every file it names is there, and
// what it calls done has a test whose title says which number it proves.
import { describe, expect, it } from "vitest"
import { proofsIn, summary, table, tablePath } from "../../scripts/seps.ts"
import { citedTitles, citedTitlesOf } from "../../scripts/seps/citedTitles.ts"
import { chapters, requirements } from "../../scripts/seps/requirements.ts"
import { allFiles, parse, read } from "./Source.ts"
import { stillOpen } from "./stillOpen.ts"

/** How many numbers each family has; they run from 01 without gaps. */
const families: ReadonlyArray<readonly [family: string, last: number]> = `
  S31-GEN 12, S31-AUTH 9, S31-INFO 14, S31-POST 23, S31-RESP 9, S31-ERR 6, S31-GET 8, S31-ST 17, S31-AMT 11,
  S31-REF 9, S31-MEMO 8, S31-PAY 13, S31-PATCH 9, S31-CB 15, S31-KYC 8, S31-DUAL 10, S31-MTX 1,
  S10-GEN 5, S10-CH 16, S10-CD 6, S10-AH 4, S10-TOK 4, S10-VER 21, S10-JWT 8,
  S12-GEN 5, S12-ID 12, S12-GET 15, S12-PUT 17, S12-VER 2, S12-DEL 6, S12-CB 6, S12-FILE 6, S9 7, S23 4,
  S38-GEN 7, S38-INFO 4, S38-PS 8, S38-P 5, S38-F 11, S38-Q 12, S38-G 5, S1 14, S45 15, H 40
`
  .split(",")
  .map((each) => {
    const [family = "", last = ""] = each.trim().split(" ")
    return [family, Number(last)]
  })
/** The one family with gaps: its tens are subjects. */
const security =
  "01 02 03 04 05 06 07 08 09 10 11 12 13 14 20 21 22 23 24 30 31 32 33 34 35 36 40 41 42 43 44 45 46"

const wanted = [
  ...families.flatMap(([family, last]) =>
    Array.from({ length: last }, (_, at) => `${family}-${String(at + 1).padStart(2, "0")}`)
  ),
  ...security.split(" ").map((number) => `SEC-${number}`)
]

const known = new Set(requirements.map(({ id }) => id))
const titles = citedTitles()
const proofs = proofsIn(titles)
const citesMax = 3

const titleFaults = (judged: ReturnType<typeof citedTitlesOf>): ReadonlyArray<string> =>
  judged.flatMap(({ cites, path, title }) => [
    ...(cites.length > citesMax
      ? [
          `${path}: "${title}" cites ${cites.length} requirements; ${citesMax} at most can be proved by one test`
        ]
      : []),
    ...cites.filter((id) => !known.has(id)).map((id) => `${path}: "${title}" cites ${id}, which there is not`)
  ])

describe("tidy requirements", () => {
  it("every number is in the table once, and no other", () => {
    const listed = requirements.map(({ id }) => id)
    expect([...listed].sort()).toEqual([...wanted].sort())
  })

  it("docs/seps.md is what the table and the tests say (npm run seps)", () => {
    expect(read(tablePath)).toBe(table(proofs))
  })

  it(`what is done or decided has a test that cites it; still open are ${stillOpen.length}`, () => {
    const open = requirements.filter(proofs.isOpen).map(({ id }) => id)
    const listed = new Set(stillOpen)
    expect(
      open.filter((id) => !listed.has(id)),
      `without a test whose title cites them:\n${summary(proofs)}`
    ).toEqual([])
    expect(
      stillOpen.filter((id) => !open.includes(id)),
      "no longer open: take them out of test/tidy/stillOpen.ts"
    ).toEqual([])
  })

  it("what a test proves says in which files it is done", () => {
    const nowhere = requirements.filter(
      (each) =>
        each.tag !== "H" &&
        (each.status.kind === "done" || each.status.kind === "decision") &&
        each.where.length === 0 &&
        !proofs.isOpen(each)
    )
    expect(nowhere.map(({ id }) => id)).toEqual([])
  })

  it("titles cite three requirements at most, and none that there is not", () => {
    expect(titleFaults(titles)).toEqual([])
  })

  it("every file that the table names is there", () => {
    const files = new Set(allFiles())
    const missing = requirements.flatMap(({ id, where }) =>
      where.filter((path) => !files.has(path)).map((path) => `${id} names ${path}`)
    )
    expect(missing).toEqual([])
  })

  it("every hard point says what it led to", () => {
    const points = chapters.at(-1)?.requirements ?? []
    const silent = points.filter(({ ledTo, status }) => status.kind === "decision" && ledTo.length === 0)
    expect(silent.map(({ id }) => id)).toEqual([])
    expect(points.flatMap(({ ledTo }) => ledTo).filter((id) => !known.has(id))).toEqual([])
  })
})

const cited = (text: string, path = "test/unit/sample.test.ts") => citedTitlesOf([parse(path, text)])

describe("tidy requirements: titles are found", () => {
  it.each([
    ['it("takes one (S1-04)", () => {})', ["takes one (S1-04)"]],
    ['it.effect("takes one (S1-04)", () => one)', ["takes one (S1-04)"]],
    ["it(`${what} is refused (SEC-43)`, () => {})", ["${…} is refused (SEC-43)"]],
    ['describe("S31-PAY-01", () => { it("without", () => {}) })', ["S31-PAY-01"]],
    ['it.each([["S9-05: a date", 1], ["no number", 2]])("%s", () => {})', ["S9-05: a date"]],
    ['const rows = [["a date (S9-05)"]]\nit.each(rows)("%s", () => {})', ["a date (S9-05)"]],
    ['const rows = [["a date (S9-05)"]]\nfor (const [what] of rows) it(what, () => {})', ["a date (S9-05)"]]
  ])("in %s", (text, found) => {
    expect(cited(text).map(({ title }) => title)).toEqual(found)
  })

  it("in the clauses of a contract that ships", () => {
    const text = 'const all = [draft("keeps the cursor (S31-PAY-09)", body), { name: "answers (S31-ST-16)" }]'
    expect(cited(text, "src/testing/sample.ts").map(({ title }) => title)).toEqual([
      "keeps the cursor (S31-PAY-09)",
      "answers (S31-ST-16)"
    ])
  })

  it("nowhere else: neither in comments, nor in other texts, nor in what is no test", () => {
    expect(cited('// S1-04\nexpect("S1-04").toBe("S1-04")')).toEqual([])
    expect(cited('it("takes one (S1-04)", () => {})', "test/support/sample.ts")).toEqual([])
  })

  it("and one that cites too much, or what there is not, is a fault", () => {
    expect(titleFaults(cited('it("all (S1-01, S1-02, S1-03, S1-04)", () => {})'))).toHaveLength(1)
    expect(titleFaults(cited('it("a number of no line (S1-99)", () => {})'))).toHaveLength(1)
    expect(titleFaults(cited('it("a failure and a line (R5, I6, L3, S1-04)", () => {})'))).toEqual([])
  })
})
