/** `npm run bench -- [post pipeline catchup] [--count N] [--rounds N] [--json FILE]`: each figure beside its limit, in one run. */
import { parseArgs } from "node:util"
import type { PostgresCluster } from "../test/support/PostgresCluster.ts"
import { catchup } from "./catchup.ts"
import { pipeline } from "./pipeline.ts"
import { post } from "./post.ts"
import { type Amounts, print, type Report, write } from "./Report.ts"
import { startDatabase } from "./world.ts"

type Bench = (cluster: PostgresCluster, amounts: Amounts) => Promise<ReadonlyArray<Report>>

const benches: Readonly<Record<string, Bench>> = { post, pipeline, catchup }

const refuse = (message: string): never => {
  console.error(message)
  process.exit(64)
}

const wholeNumber = (name: string, text: string | undefined): number | null => {
  if (text === undefined) return null
  return /^[1-9]\d{0,7}$/.test(text) ? Number(text) : refuse(`--${name} ${text} is not a number from 1 up`)
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { count: { type: "string" }, rounds: { type: "string" }, json: { type: "string" } }
})
const chosen = (positionals.length === 0 ? Object.keys(benches) : positionals).map((name) => {
  const bench = Object.hasOwn(benches, name) ? benches[name] : undefined
  return bench ?? refuse(`there is no benchmark ${name}; there are ${Object.keys(benches).join(", ")}`)
})
const amounts: Amounts = {
  count: wholeNumber("count", values.count),
  rounds: wholeNumber("rounds", values.rounds) ?? 1
}

const cluster = await startDatabase()
const reports: Array<Report> = []
try {
  for (const bench of chosen) {
    const made = await bench(cluster, amounts)
    for (const report of made) print(report)
    reports.push(...made)
  }
} finally {
  await cluster.dispose()
}
if (values.json !== undefined) write(values.json, reports)
