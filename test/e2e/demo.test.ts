// What a newcomer sees: `npm start` plays a payment and goes on serving, and every trigger of the sandbox can be tried from
// a second terminal and ends where it should. Real processes, in a directory of their own.
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { runKedge, type Spawned, spawnKedge } from "../support/spawnKedge.ts"
import { waitFor } from "../support/waitFor.ts"

let directory: string
let demo: Spawned | undefined

const startMillis = 60_000
const run = (...words: ReadonlyArray<string>) => runKedge({ words, directory })
const inDemo = (name: string) => join(directory, ".kedge", name)

const startDemo = async (...words: ReadonlyArray<string>): Promise<Spawned> => {
  const spawned = spawnKedge({ words: ["demo", ...words], directory })
  await waitFor(
    "the demo to serve",
    () => {
      if (spawned.child.exitCode !== null) throw new Error(`the demo ended: ${spawned.printed()}`)
      return spawned.stdout().includes("Ctrl-C stops it.")
    },
    { timeoutMillis: startMillis }
  )
  return spawned
}

interface Running {
  readonly home: string
  readonly operator: string
  readonly sandbox: string
}
const running = () => JSON.parse(readFileSync(inDemo("demo.json"), "utf8")) as Running
const json = async (url: string) => (await (await fetch(url)).json()) as Record<string, unknown>

const pay = async (...words: ReadonlyArray<string>) => {
  const { code, stderr, stdout } = await run("pay", ...words)
  expect(stderr).toBe("")
  expect(code).toBe(0)
  const id = /transaction ([0-9a-f-]{36}) created/.exec(stdout)?.[1] ?? ""
  return { id, stdout }
}
const show = async (id: string) => (await run("tx", "show", id)).stdout

const bookOf = async (id: string) => {
  const { entries } = await json(`${running().sandbox}/rail/book?transaction_id=${id}`)
  return entries as ReadonlyArray<{ readonly payoutId: string; readonly amount: string }>
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "kedge-demo-"))
  demo = await startDemo()
}, startMillis + 10_000)
afterAll(() => {
  demo?.child.kill("SIGKILL")
  rmSync(directory, { recursive: true, force: true })
})

describe("npm start", () => {
  it("tells each step of the first payment as it happens, up to the milliseconds since the ledger closed", () => {
    const said = demo?.stdout() ?? ""
    const steps = [
      /s {2}stellar\.toml read: http/,
      /s {2}challenge signed by G/,
      /s {2}token received/,
      /s {2}customers accepted/,
      /s {2}transaction [0-9a-f-]{36} created, memo id \d+/,
      /s {2}payment in ledger \d+/,
      /\+\d+ ms {2}matched/,
      /\+\d+ ms {2}payout delivered/,
      /\+\d+ ms {2}completed, 98\.5 delivered, fee 1\.5/
    ]
    const places = steps.map((step) => said.search(step))

    expect(
      places.every((place) => place > 0),
      said
    ).toBe(true)
    expect(places).toEqual([...places].sort((a, b) => a - b))
  })

  it("goes on serving what it says one can look at, and keeps the operator's side to the operator", async () => {
    const { home, operator } = running()
    const status = async (url: string) => (await fetch(url)).status

    for (const path of [
      "/.well-known/stellar.toml",
      "/sep31/info",
      "/docs",
      "/openapi.json",
      "/health/live",
      "/health/ready"
    ]) {
      expect(await status(`${home}${path}`), path).toBe(200)
    }
    expect(await json(`${home}/health/ready`)).toEqual({ status: "ready" })
    expect(await status(`${home}/metrics`)).toBe(404)
    expect(await json(`${operator}/health/ready`)).toMatchObject({
      status: "ready",
      database: { kind: "pglite", isUp: true }
    })
    expect(await (await fetch(`${operator}/metrics`)).text()).toContain('kedge_role_up{role="watch"} 1')
    expect(await status(`${operator}/sep31/info`)).toBe(404)
  })

  it("keeps its secrets to its owner", () => {
    expect(statSync(join(directory, ".kedge")).mode & 0o777).toBe(0o700)
    for (const name of ["keys.json", "demo.json", "database.socket"]) {
      expect(statSync(inDemo(name)).mode & 0o777, name).toBe(0o600)
    }
  })

  it("a second one over the same directory is refused", async () => {
    const { code, stderr } = await run("demo")

    expect(code).toBe(69)
    expect(stderr).toContain("is already running")
  })
})

describe("npm run pay: what the rail does", () => {
  it.each([
    ["1234", "completed"],
    ["0001", "completed"],
    ["0005", "completed"],
    ["0006", "completed"],
    ["0007", "completed"]
  ])("an account ending in %s ends in %s, and the book has it once", async (account, state) => {
    const { id, stdout } = await pay("--account", account)

    expect(stdout).toContain(`${state}, 24.25 delivered, fee 0.75`)
    if (account === "0001") expect(stdout).toContain("pending_external")
    expect((await bookOf(id)).map(({ amount }) => amount)).toEqual(["24.25"])
  })

  it("an account ending in 0002 waits for a corrected field, and completes by PATCH", async () => {
    const { id, stdout } = await pay("--account", "0002")
    expect(stdout).toContain("pending_transaction_info_update")
    expect(stdout).toContain("wanted: account_number")

    const { stdout: corrected } = await pay("--correct", id, "--account", "5678")

    expect(corrected).toContain("account_number corrected by PATCH")
    expect(corrected).toContain("completed, 24.25 delivered")
    expect(await bookOf(id)).toHaveLength(1)
  })

  it("an account ending in 0003 waits for corrected customer data, and completes by PUT", async () => {
    const { id, stdout } = await pay("--account", "0003")
    expect(stdout).toContain("pending_customer_info_update")

    const { stdout: corrected } = await pay("--correct", id, "--account", "5678")

    expect(corrected).toContain("bank_account_number corrected by PUT /customer")
    expect(corrected).toContain("completed, 24.25 delivered")
    expect(await bookOf(id)).toHaveLength(1)
  })

  it("an account ending in 0008 ends in error, and nothing is in the book", async () => {
    const { id, stdout } = await pay("--account", "0008")

    expect(stdout).toContain("error, The receiving bank has seized the payment.")
    expect(await bookOf(id)).toEqual([])
  })

  it("an account ending in 0010 is held for a person, as tx show tells", async () => {
    const { id } = await pay("--account", "0010", "--follow", "3")

    expect(await show(id)).toMatch(/^state +pending_receiver\.held$/m)
    expect(await show(id)).toContain("a person must find out")
    expect(await bookOf(id)).toHaveLength(1)
  })

  it.each([
    [
      "0004",
      "pending_receiver.refundOwed",
      "a refund of 25 USDC is owed",
      "The receiving account is closed."
    ],
    ["0009", "pending_receiver.partRefundOwed", "a refund of 1 USDC is owed", "sent a part back"]
  ])(
    "an account ending in %s leaves a refund owed, as tx show tells with the reason",
    async (account, state, why, said) => {
      const { id } = await pay("--account", account, "--follow", "2")
      const shown = await show(id)

      expect(shown).toContain(state)
      expect(shown).toContain(why)
      expect(shown).toContain(said)
    }
  )

  it("a payment without the memo is parked, and the transaction still waits", async () => {
    const { id } = await pay("--without-memo", "--follow", "2")

    expect((await run("inbox", "list")).stdout).toContain("parked (no-memo)  25 USDC")
    expect(await show(id)).toContain("pending_sender.awaitingPayment")
  })
})

describe("npm run pay: what the KYC does", () => {
  it.each([
    ["REJECTED", "is REJECTED"],
    ["needsinfo", "is NEEDS_INFO"]
  ])("a receiver named %s %s, and nothing is paid", async (name, said) => {
    const { stdout } = await pay("--name", name)

    expect(stdout).toContain(said)
    expect(stdout).toContain("Nothing was announced or paid")
  })

  it("a receiver named Processing is accepted after a while", async () => {
    const { stdout } = await pay("--name", "Processing")

    expect(stdout).toContain("is PROCESSING")
    expect(stdout).toContain("completed, 24.25 delivered")
  })
})

describe("the demo's end and its next start", () => {
  it("stops in order on SIGTERM, with 0, and leaves no socket and no word of itself", async () => {
    demo?.child.kill("SIGTERM")

    expect(await demo?.ended).toEqual({ code: 0, signal: null })
    expect(existsSync(inDemo("database.socket"))).toBe(false)
    expect(existsSync(inDemo("demo.json"))).toBe(false)
  })

  it("starts again over the same ledger and database: --once plays one payment and ends with 0", async () => {
    const { code, stdout } = await run("demo", "--once")

    expect(code).toBe(0)
    expect(stdout).toContain("completed, 98.5 delivered")
  })

  it("refuses a database without the ledger it belongs to, and --fresh begins anew", async () => {
    rmSync(inDemo("sandbox"), { recursive: true })
    const keys = readFileSync(inDemo("keys.json"), "utf8")

    const refused = await run("demo", "--once")
    const fresh = await run("demo", "--once", "--fresh")

    expect(refused.code).toBe(78)
    expect(refused.stderr).toContain("--fresh")
    expect(fresh.code).toBe(0)
    expect(readFileSync(inDemo("keys.json"), "utf8")).not.toBe(keys)
  })
})
