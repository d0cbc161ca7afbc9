/** What the benchmarks share: a private PostgreSQL with fsync on, a migrated database in it, and settings. */
import { Effect, Layer, Redacted } from "effect"
import { Client } from "pg"
import { layer as nodeEntropy } from "../adapters/entropy-node/NodeEntropy.ts"
import { layer as postgres } from "../adapters/storage-mikro-orm/PostgresStorage.ts"
import { layer as localVault } from "../adapters/vault-local/LocalVault.ts"
import { KedgeConfig, type Settings } from "../src/KedgeConfig.ts"
import { Storage } from "../src/ports/Storage.ts"
import { testSettings } from "../test/support/runtimeWorld.ts"
import { type PostgresCluster, startCluster } from "../test/support/PostgresCluster.ts"

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
  const client = new Client({ connectionString: cluster.url })
  await client.connect()
  await client.query(`create database ${name}`)
  await client.end()
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

export const benchSettings: Settings = {
  ...testSettings,
  dataKey: Redacted.make(Buffer.alloc(32, 7).toString("base64")),
  mailboxCapacity: 20_000,
  timing: { ...testSettings.timing, payoutLease: 600 }
}

export const storageLayer = (url: string) => postgres({ url: Redacted.make(url) })

export const realPorts = (settings: Settings = benchSettings) =>
  localVault.pipe(Layer.provideMerge(Layer.mergeAll(nodeEntropy, Layer.succeed(KedgeConfig, settings))))

/** CPU this process used since `from`, in microseconds. */
export const cpuSince = (from: NodeJS.CpuUsage): number => {
  const { system, user } = process.cpuUsage(from)
  return system + user
}
