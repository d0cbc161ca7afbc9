// Kedge as it is shipped, in processes of its own: the sandbox in one, `node dist/main.js serve` in another that may be killed.
import { type ChildProcess, execFile, spawn } from "node:child_process"
import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { NodeHttpClient } from "@effect/platform-node"
import { Keypair } from "@stellar/stellar-sdk"
import { Effect, Redacted } from "effect"
import type { HttpClient } from "effect/http"
import { readHome, signChallenge, signedIn, type SignedIn, signIn } from "../../src/client/SendingAnchor.ts"
import { buildPayment } from "../../src/stellar/buildPayment.ts"
import type { Amount } from "../../machines/domain/Amount.ts"
import { waitFor } from "../support/waitFor.ts"

const main = "dist/main.js"

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0))
    })
  })

const get = async (url: string): Promise<Record<string, unknown>> =>
  (await (await fetch(url)).json()) as Record<string, unknown>

const post = (url: string, body: unknown): Promise<Response> =>
  fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) })

export const runClient = <A, E>(effect: Effect.Effect<A, E, HttpClient.HttpClient>): Promise<A> =>
  Effect.runPromise(effect.pipe(Effect.provide(NodeHttpClient.layerFetch)))

export interface BookEntry {
  readonly payoutId: string
  readonly transactionId: string
  readonly amount: string
}

export class KedgeProcess {
  readonly directory: string
  readonly sandboxUrl: string
  readonly home: string
  readonly operator: string
  readonly environment: Readonly<Record<string, string>>
  readonly receiver: string
  /** Of the receiving account: what a test may give Kedge as KEDGE_REFUND_SEED. */
  readonly receiverSeed: string
  readonly sender: Keypair
  readonly asset: { readonly code: string; readonly issuer: string }
  readonly passphrase: string
  private readonly sandbox: ChildProcess
  private serving: ChildProcess | undefined
  private sequence: bigint | undefined

  private constructor(parts: {
    directory: string
    sandbox: ChildProcess
    sandboxUrl: string
    passphrase: string
    asset: { code: string; issuer: string }
    sender: Keypair
    receiving: Keypair
    port: number
    operatorPort: number
    environment: Record<string, string>
  }) {
    this.directory = parts.directory
    this.sandbox = parts.sandbox
    this.sandboxUrl = parts.sandboxUrl
    this.passphrase = parts.passphrase
    this.asset = parts.asset
    this.sender = parts.sender
    this.receiver = parts.receiving.publicKey()
    this.receiverSeed = parts.receiving.secret()
    this.home = `http://127.0.0.1:${parts.port}`
    this.operator = `http://127.0.0.1:${parts.operatorPort}`
    this.environment = parts.environment
  }

  /** Starts the sandbox, funds the accounts and writes the configuration; `serve` is not started yet. */
  static async prepare(
    databaseUrl: string,
    more: Readonly<Record<string, string>> = {},
    config: {
      readonly asset?: object
      /** More of the file; what names the asset's issuer is made when it is known. */
      readonly file?: object | ((asset: { readonly code: string; readonly issuer: string }) => object)
      /** Sending Anchors beside the one that pays. */
      readonly anchors?: ReadonlyArray<{
        readonly account: string
        readonly name: string
        readonly profile: string
      }>
    } = {}
  ): Promise<KedgeProcess> {
    const directory = mkdtempSync(join(tmpdir(), "kedge-e2e-"))
    const sandbox = spawn(
      process.execPath,
      ["test/integration/sandbox/lonelySandbox.ts", join(directory, "sandbox"), "0.2"],
      {
        stdio: ["ignore", "pipe", "inherit"]
      }
    )
    let printed = ""
    sandbox.stdout.on("data", (chunk: Buffer) => {
      printed += chunk.toString()
    })
    const sandboxUrl = await waitFor("the sandbox's address", () => /http:\S+/.exec(printed)?.[0], {
      timeoutMillis: 20_000
    })
    const about = await get(`${sandboxUrl}/sandbox`)
    const asset = (about["assets"] as ReadonlyArray<{ code: string; issuer: string }>).find(
      ({ code }) => code === "USDC"
    )
    if (asset === undefined) throw new Error("the sandbox has no USDC")
    const sender = Keypair.random()
    const receiving = Keypair.random()
    const receiver = receiving.publicKey()
    for (const [account, amount] of [
      [receiver, "0.0000001"],
      [sender.publicKey(), "1000000"]
    ]) {
      const answer = await post(`${sandboxUrl}/sandbox/fund`, { account, asset_code: "USDC", amount })
      if (!answer.ok) throw new Error(`the faucet answered ${answer.status}: ${await answer.text()}`)
    }
    const [port, operatorPort] = [await freePort(), await freePort()]
    const configFile = join(directory, "kedge.json")
    writeFileSync(
      configFile,
      JSON.stringify({
        assets: [
          {
            ...asset,
            account: receiver,
            minimum: "1",
            maximum: "10000",
            fee: { fixed: "0.5", percent: "1" },
            fundingMethods: ["bank_account"],
            fields: { account_number: { description: "Account to be paid", optional: true } },
            ...config.asset
          }
        ],
        ...(typeof config.file === "function" ? config.file(asset) : config.file),
        sendingAnchors: [{ account: sender.publicKey(), name: "Sender" }, ...(config.anchors ?? [])]
      })
    )
    return new KedgeProcess({
      directory,
      sandbox,
      sandboxUrl,
      passphrase: String(about["network_passphrase"]),
      asset,
      sender,
      receiving,
      port,
      operatorPort,
      environment: {
        KEDGE_NETWORK_PASSPHRASE: String(about["network_passphrase"]),
        KEDGE_BASE_URL: `http://127.0.0.1:${port}`,
        KEDGE_PORT: String(port),
        KEDGE_OPERATOR_PORT: String(operatorPort),
        KEDGE_SIGNING_SEED: Keypair.random().secret(),
        KEDGE_JWT_SECRET: Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64"),
        KEDGE_DATA_KEY: Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64"),
        KEDGE_DATABASE_URL: databaseUrl,
        KEDGE_CONFIG: configFile,
        KEDGE_RAIL: "sandbox",
        KEDGE_SANDBOX_URL: sandboxUrl,
        KEDGE_ALLOW_LOCAL: "true",
        KEDGE_RAIL_TIMEOUT_SECONDS: "1",
        KEDGE_PAYOUT_LEASE_SECONDS: "2",
        KEDGE_LOOK_UP_INTERVAL_SECONDS: "0.5",
        KEDGE_POLL_INTERVAL_SECONDS: "0.5",
        KEDGE_EXECUTE_INTERVAL_SECONDS: "0.5",
        KEDGE_WATCHER_LEASE_SECONDS: "1",
        KEDGE_WATCHER_SILENCE_SECONDS: "1",
        KEDGE_RETRY_FIRST_SECONDS: "0.1",
        KEDGE_SHUTDOWN_GRACE_SECONDS: "2",
        KEDGE_RATE_PER_SECOND: "0",
        KEDGE_ADDRESS_RATE_PER_SECOND: "0",
        ...more
      }
    })
  }

  private spawned(words: ReadonlyArray<string>): ChildProcess {
    const log = createWriteStream(join(this.directory, "kedge.log"), { flags: "a" })
    const child = spawn(process.execPath, [main, ...words], {
      env: { PATH: process.env["PATH"], ...this.environment },
      stdio: ["ignore", "pipe", "pipe"]
    })
    child.stdout.pipe(log, { end: false })
    child.stderr.pipe(log, { end: false })
    return child
  }

  /** Runs a command to its end; answers what it printed. Fails with its output when it does not end with 0. */
  async command(...words: ReadonlyArray<string>): Promise<string> {
    const { stdout } = await promisify(execFile)(process.execPath, [main, ...words], {
      env: { PATH: process.env["PATH"], ...this.environment }
    })
    return stdout
  }

  /** Starts `serve` and comes back when it answers. */
  async serve(): Promise<ChildProcess> {
    const child = this.spawned(["serve"])
    this.serving = child
    await waitFor(
      "Kedge to be live",
      async () => {
        if (child.exitCode !== null)
          throw new Error(`serve ended with ${child.exitCode}: ${this.log().slice(-600)}`)
        return (await fetch(`${this.home}/health/live`)).ok
      },
      { timeoutMillis: 30_000 }
    )
    return child
  }

  /** Waits until it can do its work: database, cursors, roles. */
  async ready(): Promise<void> {
    await waitFor("Kedge to be ready", async () => (await fetch(`${this.home}/health/ready`)).ok, {
      timeoutMillis: 30_000
    })
  }

  /** SIGKILL, and back when the process is gone. */
  async kill(): Promise<void> {
    await this.end("SIGKILL")
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.serving
    if (child === undefined || child.exitCode !== null) return child?.exitCode ?? null
    const gone = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)))
    child.kill(signal)
    this.serving = undefined
    return gone
  }

  async signIn(): Promise<SignedIn> {
    const { toml, token } = await this.token()
    return signedIn(toml, token)
  }

  /** A token of an account, and what stellar.toml says. */
  async token(account: Keypair = this.sender) {
    const seed = Redacted.make(account.secret())
    return runClient(
      Effect.gen({ self: this }, function* () {
        const home = new URL(this.home)
        const toml = yield* readHome(home)
        const signed = yield* signChallenge({ home, seed }, toml)
        return { toml, token: yield* signIn(toml, signed) }
      })
    )
  }

  /** Sends a payment to the ledger without waiting for it. */
  async pay(memo: string, amount: string): Promise<void> {
    if (this.sequence === undefined) {
      const account = await get(`${this.sandboxUrl}/accounts/${this.sender.publicKey()}`)
      this.sequence = BigInt(String(account["sequence"]))
    }
    const { envelope } = buildPayment({
      seed: this.sender.secret(),
      sequence: String(this.sequence),
      destination: this.receiver,
      asset: this.asset,
      amount: amount as Amount,
      memo: { type: "id", value: memo },
      passphrase: this.passphrase,
      fee: "10000",
      maxTime: Math.floor(Date.now() / 1000) + 600
    })
    this.sequence += 1n
    const answer = await fetch(`${this.sandboxUrl}/transactions_async`, {
      method: "POST",
      body: new URLSearchParams({ tx: envelope })
    })
    if (!answer.ok) throw new Error(`the ledger answered ${answer.status}: ${await answer.text()}`)
  }

  /** Everything the process has logged and printed. */
  log(): string {
    return readFileSync(join(this.directory, "kedge.log"), "utf8")
  }

  async book(): Promise<ReadonlyArray<BookEntry>> {
    const { entries } = (await get(`${this.sandboxUrl}/rail/book`)) as unknown as {
      entries: ReadonlyArray<BookEntry>
    }
    return entries
  }

  /** Ends every process started here and removes the directory. */
  async dispose(): Promise<void> {
    await this.kill()
    const gone = new Promise<void>((resolve) => this.sandbox.once("exit", () => resolve()))
    if (this.sandbox.exitCode === null) {
      this.sandbox.kill("SIGKILL")
      await gone
    }
    rmSync(this.directory, { recursive: true, force: true })
  }
}
