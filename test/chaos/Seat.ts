/**
 * A place where a Kedge process runs, as under a service manager: whoever dies there, however, is followed by another.
 *
 * Gotcha: a process that ends while the database is away has done what a service manager expects of it, and is only counted. One
 * that ends by itself while it serves is a fault of Kedge.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { createWriteStream } from "node:fs"
import { setTimeout as pause } from "node:timers/promises"
import { mainFile } from "../support/spawnKedge.ts"
import { waitFor } from "../support/waitFor.ts"

const restartMillis = 100
/** Far beyond the grace that Kedge is given for a stop. */
const patienceMillis = 20_000

export class Seat {
  readonly port: number
  readonly environment: Readonly<Record<string, string>>
  readonly logFile: string
  /** Processes that gave up before they served. */
  neverServed = 0
  /** How processes ended that served, and that nobody had ended. */
  readonly deaths: Array<string> = []
  private child: ChildProcess | null = null
  private wanted = false
  private hasServed = false

  constructor(port: number, environment: Readonly<Record<string, string>>, logFile: string) {
    this.port = port
    this.environment = environment
    this.logFile = logFile
  }

  get isWanted(): boolean {
    return this.wanted
  }

  /** Starts a process and does not wait for it. */
  start(): void {
    this.wanted = true
    this.spawn()
  }

  private spawn(): void {
    const log = createWriteStream(this.logFile, { flags: "a" })
    const child = spawn(process.execPath, [mainFile, "serve"], {
      env: { PATH: process.env["PATH"], ...this.environment },
      stdio: ["ignore", "pipe", "pipe"]
    })
    this.child = child
    this.hasServed = false
    child.stdout.on("data", (bytes: Buffer) => {
      if (bytes.includes('"kedge serves"') && this.child === child) this.hasServed = true
    })
    child.stdout.pipe(log, { end: false })
    child.stderr.pipe(log, { end: false })
    child.once("exit", (code, signal) => {
      if (this.child === child) this.child = null
      void this.follow(`code ${code}, signal ${signal}`)
    })
  }

  /** What a service manager does. */
  private async follow(end: string): Promise<void> {
    if (!this.wanted) return
    if (this.hasServed) this.deaths.push(end)
    else this.neverServed += 1
    await pause(restartMillis)
    if (this.wanted && this.child === null) this.spawn()
  }

  /** Until it can do its work: database, cursors, roles. */
  async ready(timeoutMillis = 60_000): Promise<void> {
    await waitFor(
      `Kedge on ${this.port} to be ready`,
      async () => (await fetch(`http://127.0.0.1:${this.port}/health/ready`)).ok,
      {
        timeoutMillis,
        intervalMillis: 50
      }
    )
  }

  signal(signal: NodeJS.Signals): void {
    this.child?.kill(signal)
  }

  /**
   * Ends the process by a signal and leaves the seat empty; answers its exit code, null after a SIGKILL. One that does not heed
   * the signal is killed in the end.
   */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    this.wanted = false
    const { child } = this
    if (child === null) return null
    const gone = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)))
    child.kill(signal)
    const patience = new AbortController()
    void pause(patienceMillis, null, { signal: patience.signal }).then(
      () => child.kill("SIGKILL"),
      () => undefined
    )
    const code = await gone
    patience.abort()
    return code
  }

  /** SIGKILL, and a new process at once. */
  async kill(): Promise<void> {
    await this.end("SIGKILL")
    this.start()
  }
}
