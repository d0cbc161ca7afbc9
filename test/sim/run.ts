// `npm run sim -- --seeds N [--from S] [--seed S] [--canary NAME | --canaries] [--actions N]`: plays seeds and says what it found.
// The last lines are figures; a failure prints the one line that plays it again, shrunk to the fewest actions that show it.
import process from "node:process"
import { parseArgs } from "node:util"
import { canaries } from "./canaries.ts"
import { Counters } from "./Counters.ts"
import { type Options, type Run, simulate } from "./simulate.ts"
import type { Canary } from "./World.ts"

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "100" },
    from: { type: "string", default: "1" },
    seed: { type: "string" },
    actions: { type: "string" },
    canary: { type: "string" },
    canaries: { type: "boolean", default: false },
    twice: { type: "boolean", default: false }
  }
})

/** Seeds of every run that are played a second time: the same seed must go the same way. */
const twiceAtLeast = 5

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

const whole = (name: string, text: string): number => {
  if (!/^[0-9]{1,12}$/.test(text))
    throw new Error(`--${name} is ${JSON.stringify(text)}; it must be a whole number`)
  return Number.parseInt(text, 10)
}

/** The fewest actions under which the seed still fails. */
const shrunk = async (run: Run, options: Options): Promise<Run> => {
  let best = run
  let least = 0
  while (least < best.actions) {
    const middle = Math.floor((least + best.actions) / 2)
    if (middle === best.actions) break
    const tried = await simulate(run.seed, { ...options, actions: middle })
    if (tried.faults.length > 0) best = tried
    else least = middle + 1
  }
  return best
}

const replay = (run: Run, canary: Canary | undefined): string =>
  `npm run sim -- --seed ${run.seed} --actions ${run.actions}${canary === undefined ? "" : ` --canary ${canary.name}`}`

const report = async (run: Run, options: Options): Promise<void> => {
  const small = await shrunk(run, options)
  for (const fault of small.faults) say(`seed ${run.seed}: ${fault}`)
  say(`replay: ${replay(small, options.canary)}`)
}

const named = (name: string): Canary => {
  const found = canaries.find((canary) => canary.name === name)
  if (found === undefined)
    throw new Error(
      `--canary is ${JSON.stringify(name)}; there are ${canaries.map((each) => each.name).join(", ")}`
    )
  return found
}

const from = whole("from", values.from)
const seeds = whole("seeds", values.seeds)
const canary = values.canary === undefined ? undefined : named(values.canary)
const actions = values.actions === undefined ? undefined : whole("actions", values.actions)
const options: Options = {
  ...(canary === undefined ? {} : { canary }),
  ...(actions === undefined ? {} : { actions })
}

if (values.seed !== undefined) {
  const run = await simulate(whole("seed", values.seed), { ...options, keepsTrace: true })
  for (const line of run.trace) say(line)
  say(`seed ${run.seed}: ${run.steps} steps, digest ${run.digest}, ${run.faults.length} faults`)
  process.exitCode = run.faults.length === 0 ? 0 : 1
} else if (values.canaries) {
  let missed = 0
  for (const each of canaries) {
    const begun = performance.now()
    let caught: Run | null = null
    let seed = from
    for (; seed < from + 1_000 && caught === null; seed++) {
      const run = await simulate(seed, { canary: each })
      if (run.faults.length > 0) caught = run
    }
    const seconds = ((performance.now() - begun) / 1000).toFixed(1)
    if (caught === null) missed += 1
    say(
      caught === null
        ? `${each.name}: NOT caught in 1000 seeds (${seconds} s)`
        : `${each.name}: caught by seed ${caught.seed} (${seconds} s): ${caught.faults[0]}`
    )
  }
  say(`${canaries.length} known bugs`)
  say(`${canaries.length - missed} passed, ${missed} failed`)
  process.exitCode = missed === 0 ? 0 : 1
} else {
  const counters = new Counters()
  const begun = performance.now()
  let failed = 0
  let steps = 0
  for (let seed = from; seed < from + seeds; seed++) {
    const run = await simulate(seed, options)
    const isPlayedTwice = values.twice || seed < from + twiceAtLeast
    if (isPlayedTwice && (await simulate(seed, options)).digest !== run.digest) {
      failed += 1
      say(`seed ${seed}: played twice, it went two ways`)
    }
    steps += run.steps
    counters.merge(run.counts)
    if (run.faults.length > 0) {
      failed += 1
      await report(run, options)
    }
  }
  const seconds = (performance.now() - begun) / 1000
  for (const [counter, times] of [...counters.counts].sort(([a], [b]) => a.localeCompare(b)))
    say(`${String(times).padStart(8)} ${counter}`)
  if (seeds >= 300) for (const counter of counters.missing) say(`NEVER: ${counter}`)
  const missing = seeds >= 300 ? counters.missing.length : 0
  say(`${seeds} seeds, ${steps} steps in ${seconds.toFixed(1)} s`)
  say(`${seeds - failed} passed, ${failed + missing} failed`)
  process.exitCode = failed + missing === 0 ? 0 : 1
}
