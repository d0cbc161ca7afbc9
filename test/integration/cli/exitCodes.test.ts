// What a script around the commands sees: exit codes, and the one line that says why. Real processes.
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { configFile, rightEnvironment } from "../../support/configEnvironment.ts"
import { freshDatabase, noPostgres } from "../../support/postgres.ts"
import { runKedge, spawnKedge } from "../../support/spawnKedge.ts"
import { waitFor } from "../../support/waitFor.ts"
import { freePort } from "../../e2e/KedgeProcess.ts"

let directory: string
let environment: Record<string, string>

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "kedge-cli-"))
  writeFileSync(join(directory, "kedge.json"), JSON.stringify(configFile))
  environment = {
    ...(rightEnvironment as Record<string, string>),
    KEDGE_NETWORK: "",
    KEDGE_NETWORK_PASSPHRASE: "Kedge exit codes",
    KEDGE_CONFIG: join(directory, "kedge.json"),
    KEDGE_INTEGRATION: "",
    KEDGE_RAIL: "sandbox",
    KEDGE_SANDBOX_URL: "http://127.0.0.1:9",
    KEDGE_MIGRATE: "false"
  }
})
afterAll(() => rmSync(directory, { recursive: true }))

const run = (words: ReadonlyArray<string>, more: Record<string, string> = {}) =>
  runKedge({ words, directory, environment: { ...environment, ...more } })

describe("kedge", () => {
  it("shows its commands with --help and ends with 0", async () => {
    const { code, stdout } = await run(["--help"])

    expect(code).toBe(0)
    for (const command of [
      "serve",
      "sandbox",
      "migrate",
      "doctor",
      "watch",
      "execute-outgoing",
      "poll-outgoing",
      "tx",
      "inbox",
      "demo",
      "pay"
    ]) {
      expect(stdout).toMatch(new RegExp(`^  ${command} `, "m"))
    }
  })

  it("ends with 64 when it is told what it does not know", async () => {
    const told = [["bogus"], ["tx", "bogus"], ["serve", "--nonsense"], ["tx", "list", "--limit", "many"]]

    const ends = await Promise.all(told.map((words) => run(words)))

    expect(ends.map(({ code }) => code)).toEqual([64, 64, 64, 64])
  })

  it("ends with 78 and tells every problem when nothing is configured, serve or not", async () => {
    const bare = await runKedge({ words: [], directory })

    expect(bare.code).toBe(78)
    expect(bare.stderr.match(/^  KEDGE_/gm)).toHaveLength(8)
    expect(bare.stdout).toBe("")
  })

  it("a worker says in a line that it needs PostgreSQL and ends with 78", async () => {
    const { code, stderr } = await run(["execute-outgoing"], { KEDGE_DATABASE_URL: "pglite:database" })

    expect(code).toBe(78)
    expect(stderr.trim().split("\n")).toEqual([expect.stringContaining("needs PostgreSQL") as string])
  })

  it("tx list says that the process with the embedded database does not run, and ends with 69", async () => {
    const { code, stderr } = await run(["tx", "list"], { KEDGE_DATABASE_URL: "pglite:database" })

    expect(code).toBe(69)
    expect(stderr).toContain("start it first")
  })

  it("doctor says which ledger it cannot ask, and ends with 69", async () => {
    const { code, stderr, stdout } = await run(["doctor"])

    expect(code).toBe(69)
    expect(stdout).toContain("the configuration can be read")
    expect(stderr).toMatch(/^kedge doctor: the ledger at http:\/\/127\.0\.0\.1:9/m)
  })

  it("pay says that no demo runs and ends with 69", async () => {
    const { code, stderr } = await run(["pay"])

    expect(code).toBe(69)
    expect(stderr).toContain("npm start")
  })

  it("ends with 69 and names the port when it is taken", async () => {
    const taken = createServer()
    await new Promise<void>((listening) => taken.listen(0, "127.0.0.1", listening))
    const { port } = taken.address() as AddressInfo

    const { code, stderr } = await run(["serve"], {
      KEDGE_DATABASE_URL: "memory:",
      KEDGE_PORT: String(port),
      KEDGE_OPERATOR_PORT: String(await freePort())
    })
    taken.close()

    expect(code).toBe(69)
    expect(stderr).toContain(`address already in use 127.0.0.1:${port}`)
  })

  it("a stop that is asked for is a success", async () => {
    const spawned = spawnKedge({ words: ["sandbox", "--port", "0"], directory })
    await waitFor("the sandbox", () => spawned.stdout().includes("sandbox at"), { timeoutMillis: 30_000 })

    spawned.child.kill("SIGTERM")

    expect(await spawned.ended).toEqual({ code: 0, signal: null })
  })

  it.skipIf(noPostgres)(
    "serve does not migrate by itself: it ends with 78 and names kedge migrate",
    async () => {
      const database = await freshDatabase()
      const postgres = {
        KEDGE_DATABASE_URL: database.url,
        KEDGE_PORT: String(await freePort()),
        KEDGE_OPERATOR_PORT: String(await freePort())
      }

      const before = await run(["serve"], postgres)
      const migrated = await run(["migrate"], postgres)
      const [again, listed, unknown, executed, polled] = await Promise.all([
        run(["migrate"], postgres),
        run(["tx", "list"], postgres),
        run(["tx", "show", "01a20436-07bb-7129-ad99-2479c35d34de"], postgres),
        run(["execute-outgoing"], postgres),
        run(["poll-outgoing"], postgres)
      ])
      await database.drop()

      expect(before.code).toBe(78)
      expect(before.stderr).toContain("kedge migrate")
      expect(before.stderr).not.toContain(database.url)
      expect(migrated).toMatchObject({ code: 0, stdout: expect.stringContaining("migrated: ") as string })
      expect(again.stdout).toBe("the schema was up to date\n")
      expect(listed).toMatchObject({ code: 0, stdout: "no transactions\n" })
      expect(unknown.code).toBe(66)
      expect(executed).toMatchObject({ code: 0, stdout: "0 payouts sent, 0 looked up, 0 refunds moved on\n" })
      expect(polled).toMatchObject({ code: 0, stdout: "0 pending payouts asked about\n" })
    }
  )

  it("serve that cannot reach its database says so and ends with 69, without the password", async () => {
    const { code, stderr } = await run(["serve"], {
      KEDGE_DATABASE_URL: "postgres://kedge:hush-hush@127.0.0.1:9/kedge"
    })

    expect(code).toBe(69)
    expect(stderr).toContain("the database does not answer")
    expect(stderr).not.toContain("hush-hush")
  })
})
