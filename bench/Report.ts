/** What a benchmark says: its figure, the limit it was measured beside in the same run, and the ratio of the two. */
import { writeFileSync } from "node:fs"
import { cpus } from "node:os"

export interface Report {
  readonly name: string
  readonly unit: string
  readonly figure: number
  readonly limit: { readonly what: string; readonly figure: number }
  /** Whatever else was seen: latencies in milliseconds, CPU in microseconds an operation. */
  readonly beside: Readonly<Record<string, number>>
}

/** How much is done, and how often: of several rounds the best counts, for figure and limit alike. */
export interface Amounts {
  /** Operations a round; null is the benchmark's own number. */
  readonly count: number | null
  readonly rounds: number
}

const rounded = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString("en") : value.toPrecision(3)

export const print = (report: Report): void => {
  const { beside, figure, limit, name, unit } = report
  console.log(`${name}: ${rounded(figure)} ${unit}`)
  console.log(
    `  limit ${rounded(limit.figure)} ${unit} (${limit.what}), ratio ${(figure / limit.figure).toPrecision(2)}`
  )
  for (const [what, value] of Object.entries(beside)) console.log(`  ${what}: ${rounded(value)}`)
}

export const write = (file: string, reports: ReadonlyArray<Report>): void => {
  const machine = { cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length, node: process.version }
  writeFileSync(file, `${JSON.stringify({ machine, reports }, null, 2)}\n`)
}

/** The value below which `p` percent of an ascending list lie. */
export const percentile = (sorted: ReadonlyArray<number>, p: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * p) / 100))] ?? Number.NaN

/** The round in which `of` was greatest. */
export const best = <Round>(rounds: ReadonlyArray<Round>, of: (round: Round) => number): Round => {
  const [first, ...others] = rounds
  if (first === undefined) throw new Error("a benchmark needs a round")
  return others.reduce((found, round) => (of(round) > of(found) ? round : found), first)
}
