/**
 * `npm run chaos -- [--kills N] [--from K] [--seed S] [--per-second N] [--json FILE]`: N kills of Kedge under load, each alone or amid another
 * fault, and what the auditor finds afterwards. Ends with `N passed, N failed`: a kill passes when money moves again, an
 * invariant when nothing breaks it.
 */
import { mkdirSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { parseArgs } from "node:util"
import { audit, type Verdict } from "./Auditor.ts"
import { type Kind, kindNames } from "./faults.ts"
import { planOf, play, type Played } from "./play.ts"

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "100" },
    from: { type: "string", default: "1" },
    seed: { type: "string", default: "1" },
    "per-second": { type: "string", default: "10" },
    kind: { type: "string" },
    json: { type: "string" }
  }
})

const whole = (name: string, text: string): number => {
  if (!/^[1-9][0-9]{0,8}$/.test(text))
    throw new Error(`--${name} is ${JSON.stringify(text)}; it must be a whole number from 1 up`)
  return Number.parseInt(text, 10)
}

const kindOf = (text: string): Kind => {
  const found = kindNames.find((name) => name === text)
  if (found === undefined)
    throw new Error(`--kind is ${JSON.stringify(text)}; there are ${kindNames.join(", ")}`)
  return found
}

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

const percentile = (millis: ReadonlyArray<number>, share: number): number =>
  millis.toSorted((a, b) => a - b)[Math.min(millis.length - 1, Math.floor(millis.length * share))] ?? 0

const seconds = (millis: number): string => `${(millis / 1000).toFixed(2)} s`

const spread = (millis: ReadonlyArray<number>): string => {
  const within = [1, 2, 5, 10].map(
    (limit) => `${millis.filter((each) => each <= limit * 1000).length} within ${limit} s`
  )
  return `median ${seconds(percentile(millis, 0.5))}, max ${seconds(Math.max(0, ...millis))} (${within.join(", ")} of ${millis.length})`
}

const sum = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((all, each) => all + each, 0)

const show = (title: string, counts: ReadonlyMap<string, number>): void => {
  say(`${title}: ${sum(counts)}`)
  for (const [name, times] of [...counts].toSorted(([a], [b]) => a.localeCompare(b)))
    say(`${String(times).padStart(6)} ${name}`)
}

const faultsOf = (verdicts: ReadonlyArray<Verdict>, means: Verdict["means"]): number =>
  verdicts.reduce((all, verdict) => (verdict.means === means ? all + verdict.faults.length : all), 0)

const report = (played: Played, verdicts: ReadonlyArray<Verdict>): void => {
  const { evidence, load } = played
  for (const { faults, invariant } of verdicts) {
    say(`${faults.length === 0 ? "  holds" : "  BROKEN"}: ${invariant}`)
    for (const fault of faults.slice(0, 20)) say(`    ${fault}`)
    if (faults.length > 20) say(`    and ${faults.length - 20} more`)
  }
  for (const complaint of played.complaints) say(`FAULT: ${complaint}`)
  show("SIGKILLs of Kedge", played.kills)
  show("faults beside them", new Map([...played.faults].filter(([name]) => name !== "none")))
  say(`recovery after a kill: ${spread(played.recoveries)}`)
  say(`recovery from a fault lived through: ${spread(played.livedThrough)}`)
  say(
    `load: ${load.announced} announced, ${load.paid} paid, ${load.wrong} paid wrongly, ${load.unanswered} announcements unanswered and made again; ` +
      `${evidence.book.length} payouts in the rail's book, ${evidence.refunds.length} refunds, ` +
      `${evidence.inbox.filter(({ state }) => state === "parked").length} payments parked`
  )
  if (played.neverServed > 0)
    say(`processes that gave up at start, the database being away: ${played.neverServed}`)
}

const seed = whole("seed", values.seed)
const from = whole("from", values.from)
const kills = whole("kills", values.kills)
const kind = values.kind === undefined ? undefined : kindOf(values.kind)
const plans = Array.from({ length: kills }, (_, at) => planOf(seed, from + at, kind))
const begun = performance.now()

/** Where what a failed run leaves is kept, for whoever looks into it. */
const keep = (evidence: unknown, logs: ReadonlyArray<readonly [string, string]>): string => {
  const directory = join(tmpdir(), `kedge-chaos-${seed}-${from}-${process.pid}`)
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, "evidence.json"), JSON.stringify(evidence, null, 1))
  for (const [name, text] of logs) writeFileSync(join(directory, name), text)
  return directory
}

const played = await play({
  plans,
  seed,
  perSecond: whole("per-second", values["per-second"]),
  say,
  opened: (dispose) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const)
      process.once(signal, () => void dispose().finally(() => process.exit(1)))
  },
  keepIfBad: (evidence, logs) => say(`evidence and logs are kept in ${keep(evidence, logs)}`)
})
const verdicts = audit(played.evidence)
report(played, verdicts)
const broken = verdicts.filter(({ faults }) => faults.length > 0).length
const failed = broken + played.complaints.length
const passed = played.recoveries.length + verdicts.length - broken
say(
  `chaos: seed ${seed}, kills ${from} to ${from + kills - 1}: ${sum(played.kills)} kills in ${seconds(performance.now() - begun)}; ` +
    `${faultsOf(verdicts, "lost")} lost, ${faultsOf(verdicts, "doubled")} doubled, ${faultsOf(verdicts, "wrong")} otherwise wrong`
)
if (values.json !== undefined)
  writeFileSync(
    values.json,
    `${JSON.stringify({ seed, from, kills, faults: [...played.faults], recoveries: played.recoveries, livedThrough: played.livedThrough, load: played.load, verdicts, complaints: played.complaints }, null, 1)}\n`
  )
say(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
