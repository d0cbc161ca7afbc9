/** `npm run bench [-- post pipeline catchup] [--count N] [--json FILE]`: each figure beside its limit, in one run. */
import { parseArgs } from "node:util"
import { pipeline } from "./pipeline.ts"
import { print, type Report, write } from "./Report.ts"
import { startDatabase } from "./world.ts"

const benches = { pipeline } as const
type Name = keyof typeof benches

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { count: { type: "string" }, json: { type: "string" } }
})
const isName = (name: string): name is Name => name in benches
const chosen =
  positionals.length === 0 ? (Object.keys(benches) as ReadonlyArray<Name>) : positionals.filter(isName)
if (chosen.length === 0) {
  console.error(`no such benchmark; there are ${Object.keys(benches).join(", ")}`)
  process.exit(64)
}
const cluster = await startDatabase()
const reports: Array<Report> = []
try {
  for (const name of chosen) {
    const report = await benches[name](cluster, Number(values.count ?? 20_000))
    print(report)
    reports.push(report)
  }
} finally {
  await cluster.dispose()
}
if (values.json !== undefined) write(values.json, reports)
process.exit(0)
