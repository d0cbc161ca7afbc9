// What a newcomer sees: `npm start` plays a payment and goes on serving, and every trigger of the sandbox can be tried from
// a second terminal and ends where it should. The demo is a real process in a directory of its own; of the payments the
// first is one too, the rest run the same program here, because starting forty processes proves nothing more.
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { Console, Effect } from "effect"
import { pay as payProgram } from "../../src/app/demo/pay.ts"
import { askRunning } from "../../src/app/questionSocket.ts"
import type { PayOptions } from "../../src/cli/Programs.ts"
import type { Question } from "../../src/cli/Questions.ts"
import { runKedge, type Spawned, spawnKedge } from "../support/spawnKedge.ts"
import { waitFor } from "../support/waitFor.ts"

let directory: string
let demo: Spawned | undefined

/** Two busy cores have taken half a minute for the first start of the embedded database. */
const startMillis = 120_000
/** Shorter than the demo's own, so that the triggers that wait do not keep the test waiting. */
const quick = {
  KEDGE_RAIL_TIMEOUT_SECONDS: "1",
  KEDGE_KYC_PROCESSING_SECONDS: "1",
  KEDGE_POLL_INTERVAL_SECONDS: "1"
}
const run = (...words: ReadonlyArray<string>) => runKedge({ words, directory })
const inDemo = (name: string) => join(directory, ".kedge", name)

const startDemo = async (...words: ReadonlyArray<string>): Promise<Spawned> => {
  const spawned = spawnKedge({ words: ["demo", ...words], directory, environment: quick })
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

const payOptions: PayOptions = {
  directory: "",
  amount: "25",
  asset: "USDC",
  account: "1234",
  name: "Receiver",
  withoutMemo: false,
  correct: null,
  follow: 30
}

/** `kedge pay` in this process; what it printed, and the transaction it made. */
const pay = async (options: Partial<PayOptions>) => {
  const lines: Array<string> = []
  const console = { ...globalThis.console, log: (line: string) => void lines.push(line) }
  await Effect.runPromise(
    payProgram({ ...payOptions, directory: join(directory, ".kedge"), ...options }).pipe(
      Effect.provideService(Console.Console, console)
    )
  )
  const said = lines.join("\n")
  return { id: /transaction ([0-9a-f-]{36}) created/.exec(said)?.[1] ?? "", said }
}

/** `kedge tx show` and `kedge inbox list` in this process, over the demo's socket. */
const ask = async (question: Question): Promise<string> =>
  (await Effect.runPromise(askRunning(inDemo("database"), question))).text
const show = (id: string) => ask({ _tag: "ShowTransaction", id, json: false })

const bookOf = async (id: string) => {
  const { entries } = await json(`${running().sandbox}/rail/book?transaction_id=${id}`)
  return entries as ReadonlyArray<{ readonly payoutId: string; readonly amount: string }>
}

/** The payment on the ledger that returned the money, by what `tx show` says of it. */
const returned = async (shown: string) => {
  const hash = /refunds\n {2}\S+ USDC in ([0-9a-f]{64})/.exec(shown)?.[1] ?? "none"
  const page = await json(`${running().sandbox}/transactions/${hash}/operations`)
  const { records } = page["_embedded"] as { readonly records: ReadonlyArray<Record<string, unknown>> }
  return records[0]
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

  it("goes on serving what it says one can look at, and keeps the operator's side to the operator (SEC-41)", async () => {
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
    const metrics = await fetch(`${operator}/metrics`)
    expect(await metrics.text()).toContain('kedge_role_up{role="watch"} 1')
    expect(metrics.headers.get("access-control-allow-origin")).toBeNull()
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

describe("npm run pay", () => {
  it("pays from a second terminal, and tx list shows it", async () => {
    const paid = await run("pay", "--amount", "30", "--account", "4321")
    const listed = await run("tx", "list", "--limit", "1")

    expect(paid).toMatchObject({ code: 0, stderr: "" })
    expect(paid.stdout).toContain("completed, 29.2 delivered, fee 0.8")
    const id = /transaction ([0-9a-f-]{36}) created/.exec(paid.stdout)?.[1] ?? "none"
    expect(listed.stdout).toContain(id)
    expect(listed.stdout).toContain("30 USDC")
  })

  it.each(["1234", "0001", "0005", "0006", "0007"])(
    "an account ending in %s completes, and the rail's book has it once",
    async (account) => {
      const { id, said } = await pay({ account })

      expect(said).toContain("completed, 24.25 delivered, fee 0.75")
      if (account === "0001") expect(said).toContain("pending_external")
      expect((await bookOf(id)).map(({ amount }) => amount)).toEqual(["24.25"])
    }
  )

  it("an account ending in 0002 waits for a corrected field, and completes by PATCH", async () => {
    const { id, said } = await pay({ account: "0002" })
    expect(said).toContain("pending_transaction_info_update")
    expect(said).toContain("wanted: account_number")

    const { said: corrected } = await pay({ correct: id, account: "5678" })

    expect(corrected).toContain("account_number corrected by PATCH")
    expect(corrected).toContain("completed, 24.25 delivered")
    expect(await bookOf(id)).toHaveLength(1)
  })

  it("an account ending in 0003 waits for corrected customer data, and completes by PUT", async () => {
    const { id, said } = await pay({ account: "0003" })
    expect(said).toContain("pending_customer_info_update")

    const { said: corrected } = await pay({ correct: id, account: "5678" })

    expect(corrected).toContain("bank_account_number corrected by PUT /customer")
    expect(corrected).toContain("completed, 24.25 delivered")
    expect(await bookOf(id)).toHaveLength(1)
  })

  it("an account ending in 0008 ends in error, and nothing is in the book", async () => {
    const { id, said } = await pay({ account: "0008" })

    expect(said).toContain("error, The receiving bank has seized the payment.")
    expect(await bookOf(id)).toEqual([])
  })

  it("an account ending in 0010 is held for a person, as tx show tells", async () => {
    const { id } = await pay({ account: "0010", follow: 2 })
    const shown = await show(id)

    expect(shown).toMatch(/^state +pending_receiver\.held$/m)
    expect(shown).toContain("a person must find out")
    expect(await bookOf(id)).toHaveLength(1)
  })

  it("an account ending in 0004 is rejected, and all of it comes back on the ledger (S31-REF-01, S31-REF-03, S31-ST-12)", async () => {
    const { id, said } = await pay({ account: "0004" })
    expect(said).toContain("refunded, 25 returned")
    expect(await bookOf(id)).toEqual([])

    const shown = await show(id)
    expect(shown).toContain("The receiving account is closed.")
    expect(shown).toContain("pending_receiver.refundOwed → pending_stellar.refunding")
    expect(shown).toContain("pending_stellar.refunding → refunded")
    expect(await returned(shown)).toMatchObject({ amount: "25.0000000" })
  })

  it("an account ending in 0009 is delivered but for a part, which comes back on the ledger (S31-ST-13)", async () => {
    const { id, said } = await pay({ account: "0009" })
    expect(said).toMatch(/completed, 23\.25 delivered, fee 0\.75, 1 returned/)
    expect((await bookOf(id)).map(({ amount }) => amount)).toEqual(["23.25"])

    const shown = await show(id)
    expect(shown).toContain("sent a part back")
    expect(await returned(shown)).toMatchObject({ amount: "1.0000000" })
  })

  it("a payment without the memo is parked, and the transaction still waits", async () => {
    const { id } = await pay({ withoutMemo: true, follow: 1 })

    expect(await ask({ _tag: "ListInbox", json: false })).toContain("parked (no-memo)  25 USDC")
    expect(await show(id)).toContain("pending_sender.awaitingPayment")
  })

  it.each([
    ["REJECTED", "is REJECTED"],
    ["needsinfo", "is NEEDS_INFO"]
  ])("a receiver named %s %s, and nothing is paid", async (name, judged) => {
    const { id, said } = await pay({ name })

    expect(said).toContain(judged)
    expect(said).toContain("Nothing was announced or paid")
    expect(id).toBe("")
  })

  it("a receiver named Processing is accepted after a while", async () => {
    const { said } = await pay({ name: "Processing" })

    expect(said).toContain("is PROCESSING")
    expect(said).toContain("completed, 24.25 delivered")
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
