// What survives the end of the process? Ledger and book are reopened from their directory, also after a kill that
// tore the last line, and the book holds whatever the rail accepted before any reply left.
import { spawn } from "node:child_process"
import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { Operation } from "@stellar/stellar-sdk"
import { describe, expect, it, onTestFinished } from "vitest"
import { SandboxServer } from "../../../adapters/sandbox/SandboxServer.ts"
import type { Sandbox } from "../../../adapters/sandbox/SandboxServer.ts"
import { transactionOf } from "../../support/sandboxStellar.ts"
import { waitFor } from "../../support/waitFor.ts"
import { fundedKeypair, startWorld } from "./world.ts"

const freshDirectory = async (): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), "kedge-sandbox-"))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  return directory
}

const order = (payoutId: string, account: string): string =>
  JSON.stringify({
    payoutId,
    transactionId: payoutId.split(":")[0],
    amount: "5",
    asset: "iso4217:BRL",
    fundingMethod: "bank_account",
    customerAccountNumber: account,
    transactionAccountNumber: null
  })

const pay = (url: string, payoutId: string, account: string): Promise<Response> =>
  fetch(`${url}/rail/payouts`, { method: "POST", body: order(payoutId, account) })

const horizonBytes = async ({ url }: Sandbox, path: string): Promise<string> => {
  const text = await (await fetch(`${url}${path}`)).text()
  return text.replaceAll(url, "")
}

describe("a sandbox with a directory", () => {
  it("comes back with the same network, ledgers, balances and history", async () => {
    const directory = await freshDirectory()
    const world = await startWorld({ directory })
    const sender = await fundedKeypair(world, 100_0000000n)
    const receiver = await fundedKeypair(world, 1n)
    const transaction = transactionOf({
      passphrase: world.sandbox.passphrase,
      sequence: (world.sandbox.ledger.account(sender.publicKey())?.sequence ?? 0n) + 1n,
      operations: [
        Operation.payment({ destination: receiver.publicKey(), asset: world.usdc, amount: "3" }),
        Operation.payment({ destination: receiver.publicKey(), asset: world.usdc, amount: "4" })
      ],
      signers: [sender]
    })
    await world.server.submitTransaction(transaction)
    await world.sandbox.ledger.injectPayments([
      {
        from: sender.publicKey(),
        to: receiver.publicKey(),
        asset: "native",
        amount: 5n,
        memo: { type: "id", value: "18446744073709551615" }
      }
    ])
    const paths = [
      `/accounts/${receiver.publicKey()}`,
      `/accounts/${receiver.publicKey()}/payments?join=transactions&limit=200`,
      "/transactions?limit=200&include_failed=true",
      "/effects?limit=200",
      "/ledgers?order=desc&limit=200"
    ]
    const before = await Promise.all(paths.map((path) => horizonBytes(world.sandbox, path)))
    await world.sandbox.close()

    const again = await startWorld({ directory })

    expect(await Promise.all(paths.map((path) => horizonBytes(again.sandbox, path)))).toEqual(before)
    expect(again.sandbox.passphrase).toBe(world.sandbox.passphrase)
    expect(again.sandbox.ledger.tip.hash).toBe(world.sandbox.ledger.tip.hash)
  })

  it("closes further ledgers after it came back", async () => {
    const directory = await freshDirectory()
    const world = await startWorld({ directory })
    await world.sandbox.close()
    const again = await startWorld({ directory })

    await fundedKeypair(again, 1n)

    expect(again.sandbox.ledger.tip.sequence).toBe(world.sandbox.ledger.tip.sequence + 2)
  })

  it("forgets a torn last line of either log and nothing else", async () => {
    const directory = await freshDirectory()
    const world = await startWorld({ directory })
    await fundedKeypair(world, 1n)
    await pay(world.sandbox.url, "t1:1", "5550199")
    const { hash } = world.sandbox.ledger.tip
    await world.sandbox.close()
    await appendFile(join(directory, "ledger.log"), '{"ledger":99,"closedAt":1')
    await appendFile(join(directory, "book.log"), '{"kind":"accepted","payoutId":"t2')

    const again = await startWorld({ directory })
    await pay(again.sandbox.url, "t3:1", "5550199")
    await again.sandbox.close()
    const third = await startWorld({ directory })

    expect(third.sandbox.ledger.tip.hash).toBe(hash)
    expect(third.sandbox.rail.book.entries.map(({ payoutId }) => payoutId)).toEqual(["t1:1", "t3:1"])
  })

  it("keeps what the rail knows: acceptances, voided keys, settlements and its bad days", async () => {
    const directory = await freshDirectory()
    const { sandbox } = await startWorld({ directory, railSettleAfterMs: 3_600_000 })
    await pay(sandbox.url, "a:1", "0001")
    await pay(sandbox.url, "b:1", "0001")
    await sandbox.rail.settle(["b:1"])
    await sandbox.rail.lookUp("c:1")
    await pay(sandbox.url, "d:1", "0005")
    await pay(sandbox.url, "d:1", "0005")
    await sandbox.close()

    const { sandbox: again } = await startWorld({ directory, railSettleAfterMs: 3_600_000 })

    expect(await again.rail.lookUp("a:1")).toMatchObject({ outcome: "pending" })
    expect(await again.rail.lookUp("b:1")).toMatchObject({ outcome: "delivered" })
    expect((await pay(again.url, "c:1", "5550199")).status).toBe(409)
    expect((await pay(again.url, "d:1", "0005")).status).toBe(200)
  })

  it("is refused to a second one while the first lives", async () => {
    const directory = await freshDirectory()
    await startWorld({ directory })

    await expect(SandboxServer.start({ directory })).rejects.toThrow("already running")
  })

  it("takes over from a dead process, also where its number is another's by now", async () => {
    const directory = await freshDirectory()
    await writeFile(join(directory, "sandbox.pid"), "4194304 1")
    await (await SandboxServer.start({ directory })).close()
    await writeFile(join(directory, "sandbox.pid"), `${process.pid} 1`)

    const { sandbox } = await startWorld({ directory })

    expect(sandbox.ledger.tip.sequence).toBeGreaterThan(1)
  })

  it("refuses a book that belongs to another ledger", async () => {
    const [one, other] = [await freshDirectory(), await freshDirectory()]
    for (const directory of [one, other]) await (await SandboxServer.start({ directory })).close()
    await writeFile(join(one, "book.log"), await readFile(join(other, "book.log")))

    await expect(SandboxServer.start({ directory: one })).rejects.toThrow("another sandbox ledger")
  })

  it("refuses a ledger log that no longer replays to its own hashes", async () => {
    const directory = await freshDirectory()
    const world = await startWorld({ directory })
    await fundedKeypair(world, 1n)
    await world.sandbox.close()
    const path = join(directory, "ledger.log")
    const lines = (await readFile(path, "utf8")).split("\n")
    await writeFile(path, [...lines.slice(0, 2), ...lines.slice(3)].join("\n"))

    await expect(SandboxServer.start({ directory })).rejects.toThrow("does not replay")
  })
})

describe("a sandbox killed without warning", () => {
  const script = fileURLToPath(new URL("./lonelySandbox.ts", import.meta.url))

  const spawned = async (directory: string): Promise<{ url: string; kill: () => Promise<void> }> => {
    const child = spawn(process.execPath, [script, directory], { stdio: ["ignore", "pipe", "inherit"] })
    let said = ""
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (said += chunk))
    const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()))
    const kill = async (): Promise<void> => {
      child.kill("SIGKILL")
      await gone
    }
    onTestFinished(kill)
    const url = await waitFor("the sandbox's address", () => /^(http\S+)\n/.exec(said)?.[1])
    return { url, kill }
  }

  it("0006, R2: holds in its book every payout it accepted, answered or not", async () => {
    const directory = await freshDirectory()
    const first = await spawned(directory)
    const answered: Array<string> = []
    const orders = Array.from({ length: 200 }, (_, index) => `t${index}:1`)
    const all = orders.map(async (payoutId, index) => {
      const response = await pay(first.url, payoutId, index % 10 === 0 ? "0006" : "5550199").catch(() => null)
      if (response?.status === 200) answered.push(payoutId)
    })
    await waitFor("some answers", () => answered.length > 20)
    await first.kill()
    await Promise.all(all)

    const second = await spawned(directory)
    const book = (await (await fetch(`${second.url}/rail/book`)).json()) as {
      readonly entries: ReadonlyArray<{ readonly payoutId: string }>
    }

    const held = book.entries.map(({ payoutId }) => payoutId)
    expect(held).toEqual(expect.arrayContaining(answered))
    expect(new Set(held).size).toBe(held.length)
  })
})
