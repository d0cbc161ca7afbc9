/** What the benchmarks have in common: a private PostgreSQL with fsync on, databases in it, settings, and CPU counted. */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { Effect, Layer, Redacted } from "effect"
import { Client } from "pg"
import { layer as nodeEntropy } from "../adapters/entropy-node/NodeEntropy.ts"
import { layer as postgres } from "../adapters/storage-mikro-orm/PostgresStorage.ts"
import { layer as localVault } from "../adapters/vault-local/LocalVault.ts"
import { KedgeConfig, type Settings } from "../src/KedgeConfig.ts"
import type { PaymentRail } from "../src/ports/Rails.ts"
import { Storage } from "../src/ports/Storage.ts"
import { type PostgresCluster, startCluster } from "../test/support/PostgresCluster.ts"
import { testSettings } from "../test/support/runtimeWorld.ts"

/** Durable, and otherwise as one would set it on a small box. */
const serverSettings = {
  fsync: "on",
  synchronous_commit: "on",
  shared_buffers: "512MB",
  wal_buffers: "16MB",
  max_wal_size: "4GB",
  checkpoint_timeout: "15min"
}

export const startDatabase = (): Promise<PostgresCluster> => startCluster({ settings: serverSettings })

let databases = 0

/** A new, migrated database of the cluster. */
export const newDatabase = async (cluster: PostgresCluster): Promise<string> => {
  databases += 1
  const name = `bench_${databases}`
  await query(cluster.url, `create database ${name}`)
  const url = new URL(cluster.url)
  url.pathname = `/${name}`
  await Effect.runPromise(
    Effect.flatMap(Storage, (storage) => storage.migrate).pipe(
      Effect.provide(postgres({ url: Redacted.make(url.href) })),
      Effect.scoped
    )
  )
  return url.href
}

/** One statement on a connection of its own. */
export const query = async <Row>(url: string, text: string): Promise<ReadonlyArray<Row>> => {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(text)).rows as ReadonlyArray<Row>
  } finally {
    await client.end()
  }
}

export const benchSettings: Settings = {
  ...testSettings,
  dataKey: Redacted.make(Buffer.alloc(32, 7).toString("base64")),
  mailboxCapacity: 20_000,
  timing: { ...testSettings.timing, payoutLease: 600 }
}

export const storageLayer = (url: string) => postgres({ url: Redacted.make(url) })

export const realPorts = (settings: Settings = benchSettings) =>
  localVault.pipe(Layer.provideMerge(Layer.mergeAll(nodeEntropy, Layer.succeed(KedgeConfig, settings))))

/** Delivers at once. */
export const immediateRail: PaymentRail = {
  name: "immediate",
  repeatable: false,
  concurrency: 1024,
  timeoutSeconds: 30,
  execute: () => Effect.succeed({ _tag: "Delivered", externalId: "b" })
}

/** CPU this process used since `from`, or in all, in microseconds. */
export const cpuSince = (from?: NodeJS.CpuUsage): number => {
  const { system, user } = process.cpuUsage(from)
  return system + user
}

/** Linux counts CPU in hundredths of a second for whoever reads /proc. */
const tickMicros = 10_000

/** CPU that the server and its backends have used, in microseconds; NaN where the system does not tell. */
export const cpuOfServer = ({ directory }: PostgresCluster): number => {
  try {
    const server = readFileSync(join(directory, "data", "postmaster.pid"), "utf8").split("\n")[0] ?? ""
    let ticks = 0
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      // Behind the name, which may hold anything: state, parent, and from the 12th on user, system, those of ended children.
      const [, parent, ...rest] = statOf(pid).split(" ")
      if (pid !== server && parent !== server) continue
      const [user = "0", system = "0", endedUser = "0", endedSystem = "0"] = rest.slice(9)
      ticks += Number(user) + Number(system) + (pid === server ? Number(endedUser) + Number(endedSystem) : 0)
    }
    return ticks * tickMicros
  } catch {
    return Number.NaN
  }
}

const statOf = (pid: string): string => {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, "utf8")
    return line.slice(line.lastIndexOf(")") + 2)
  } catch {
    // It has just ended, and is counted with its parent.
    return ""
  }
}
