// The test support is itself tested where tests lean on it: a cluster that were not durable, or that outlived its run,
// would spoil every claim made over it.
import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { connect } from "node:net"
import { Client } from "pg"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { findPostgresBinaries, type PostgresCluster, startCluster } from "../support/PostgresCluster.ts"
import { type FreshDatabase, freshDatabase, noPostgres } from "../support/postgres.ts"
import { waitFor } from "../support/waitFor.ts"

const query = async (url: string, text: string): Promise<ReadonlyArray<Record<string, unknown>>> => {
  const client = new Client({ connectionString: url })
  client.on("error", () => {})
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(text)).rows
  } finally {
    await client.end()
  }
}

const isListening = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, "127.0.0.1")
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false))
    socket.once("close", () => socket.destroy())
    socket.end()
  })

describe.skipIf(noPostgres)("test support: freshDatabase", () => {
  let one: FreshDatabase
  let other: FreshDatabase
  beforeAll(async () => {
    one = await freshDatabase()
    other = await freshDatabase()
  })
  afterAll(async () => {
    await one.drop()
    await other.drop()
  })

  it("gives databases that do not see each other's tables", async () => {
    await query(one.url, "create table only_here (id int)")

    const found = await query(other.url, "select 1 from pg_tables where tablename = 'only_here'")

    expect(found).toEqual([])
  })

  it("runs on a server that syncs every commit to disk", async () => {
    const settings = await query(
      one.url,
      "select name, setting from pg_settings where name in ('fsync', 'synchronous_commit', 'full_page_writes')"
    )

    expect(settings).toHaveLength(3)
    for (const { setting } of settings) expect(setting).toBe("on")
  })
})

describe.skipIf(findPostgresBinaries() === undefined)("test support: startCluster", () => {
  let cluster: PostgresCluster
  beforeAll(async () => {
    cluster = await startCluster({ settings: { max_connections: "17" } })
  })
  afterAll(() => cluster.dispose())

  it("takes settings of the caller", async () => {
    expect(await query(cluster.url, "show max_connections")).toEqual([{ max_connections: "17" }])
  })

  it("keeps what was committed through an immediate stop, on the same port", async () => {
    await query(cluster.url, "create table kept as select 7 as n")

    await cluster.stop("immediate")
    await expect(query(cluster.url, "select 1")).rejects.toThrow()
    await cluster.start()

    expect(await query(cluster.url, "select n from kept")).toEqual([{ n: 7 }])
  })

  it("dies with the process that started it, even where that is killed", async () => {
    const module = new URL("../support/PostgresCluster.ts", import.meta.url).href
    const owner = spawn(
      process.execPath,
      [
        "--input-type=module",
        "--eval",
        `const { startCluster } = await import(${JSON.stringify(module)})
         const { port, directory } = await startCluster()
         process.stdout.write(JSON.stringify({ port, directory }))
         await new Promise(() => setInterval(() => {}, 1000))`
      ],
      { stdio: ["ignore", "pipe", "inherit"] }
    )
    const told = await new Promise<string>((resolve) =>
      owner.stdout.once("data", (chunk) => resolve(String(chunk)))
    )
    const { port, directory } = JSON.parse(told) as { port: number; directory: string }
    expect(await isListening(port)).toBe(true)

    owner.kill("SIGKILL")

    await waitFor(
      "the orphaned cluster to be gone",
      async () => !(await isListening(port)) && !existsSync(directory)
    )
  })
})
