// A private PostgreSQL cluster in a temporary directory, for tests and benches: its own port, its own data,
// fsync on, nothing of the machine's own PostgreSQL touched but the binaries.
// Gotcha: PostgreSQL refuses to run as root, so under root every binary is run as `postgres` or `nobody`.
// Gotcha: a killed test run cannot clean up after itself. A janitor process therefore holds the reading end of
// a pipe from us; when we end, however we end, it stops the cluster and removes the directory.
import { execFile, execFileSync, spawn } from "node:child_process"
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { promisify } from "node:util"

export interface PostgresCluster {
  /** Connects to the database `postgres` as its superuser. */
  readonly url: string
  readonly port: number
  readonly directory: string
  /** `fast` ends the sessions in order; `immediate` is what a power cut leaves to crash recovery. */
  stop(mode?: "fast" | "immediate"): Promise<void>
  /** Starts a stopped cluster again on the same port, and comes back when it takes connections. */
  start(): Promise<void>
  restart(mode?: "fast" | "immediate"): Promise<void>
  /** Stops the cluster and removes its directory. The handle is of no use afterwards. */
  dispose(): Promise<void>
}

export interface ClusterOptions {
  /** Server settings beside or over the ones below, e.g. `{ max_connections: "200" }`. */
  readonly settings?: Readonly<Record<string, string>>
}

const run = promisify(execFile)

const defaultSettings = {
  listen_addresses: "127.0.0.1",
  // Durable, as production is: a test of crash safety over fsync=off would prove nothing.
  fsync: "on",
  synchronous_commit: "on",
  full_page_writes: "on",
  shared_buffers: "128MB",
  max_connections: "100",
  max_wal_size: "1GB",
  timezone: "UTC",
  log_timezone: "UTC",
  lc_messages: "C"
}

const hasServer = (directory: string) =>
  existsSync(join(directory, "initdb")) && existsSync(join(directory, "postgres"))

/** The directory of the PostgreSQL server binaries, newest Debian version first, or undefined. */
export const findPostgresBinaries = (): string | undefined => {
  const candidates: Array<string> = []
  try {
    const told = execFileSync("pg_config", ["--bindir"], { stdio: ["ignore", "pipe", "ignore"] })
    candidates.push(told.toString().trim())
  } catch {
    // No pg_config: Debian has it only in a package of its own; the directories below are tried.
  }
  const debian = "/usr/lib/postgresql"
  if (existsSync(debian)) {
    const versions = readdirSync(debian).sort((a, b) => Number(b) - Number(a))
    candidates.push(...versions.map((version) => join(debian, version, "bin")))
  }
  candidates.push(...(process.env["PATH"] ?? "").split(delimiter))
  return candidates.find(hasServer)
}

const unprivilegedUser = (): { readonly uid?: number; readonly gid?: number } => {
  if (process.getuid?.() !== 0) return {}
  const users = new Map(
    readFileSync("/etc/passwd", "utf8")
      .split("\n")
      .map((line) => line.split(":"))
      .map(([name, , uid, gid]) => [name, { uid: Number(uid), gid: Number(gid) }] as const)
  )
  const user = users.get("postgres") ?? users.get("nobody")
  if (user === undefined) {
    throw new Error("PostgreSQL cannot run as root, and /etc/passwd has neither `postgres` nor `nobody`")
  }
  return user
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once("error", reject)
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address()
      probe.close(() => {
        if (typeof address === "object" && address !== null) resolve(address.port)
        else reject(new Error("the system gave no TCP port"))
      })
    })
  })

const quoteForShell = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`

/** Makes and starts a cluster. Fails, saying what is missing, where there is no PostgreSQL to run. */
export const startCluster = async (options: ClusterOptions = {}): Promise<PostgresCluster> => {
  const binaries = findPostgresBinaries()
  if (binaries === undefined) {
    throw new Error(
      "no PostgreSQL server found: looked by pg_config, in /usr/lib/postgresql/*/bin and on PATH"
    )
  }
  const user = unprivilegedUser()
  const directory = mkdtempSync(join(tmpdir(), "kedge-postgres-"))
  if (user.uid !== undefined && user.gid !== undefined) chownSync(directory, user.uid, user.gid)
  const data = join(directory, "data")
  const log = join(directory, "log")
  const asUser = { ...user, cwd: directory }
  const port = await freePort()

  const pgCtl = async (...args: ReadonlyArray<string>) => {
    try {
      await run(join(binaries, "pg_ctl"), ["--pgdata", data, "--wait", "--timeout", "60", ...args], asUser)
    } catch (cause) {
      const tail = existsSync(log) ? readFileSync(log, "utf8").split("\n").slice(-12).join("\n") : "(no log)"
      throw new Error(`pg_ctl ${args.join(" ")} failed; the server's log ends:\n${tail}`, { cause })
    }
  }

  const janitor = spawn(
    "/bin/sh",
    [
      "-c",
      'cat >/dev/null; "$1" stop --pgdata "$2" --mode immediate --wait >/dev/null 2>&1; rm -rf "$3"',
      "janitor",
      join(binaries, "pg_ctl"),
      data,
      directory
    ],
    // A session of its own, so that the terminal's Ctrl-C reaches us and not it.
    { ...asUser, cwd: tmpdir(), detached: true, stdio: ["pipe", "ignore", "ignore"] }
  )
  const cleaned = new Promise<void>((resolve) => janitor.once("exit", () => resolve()))
  janitor.unref()

  const settings = Object.entries({
    ...defaultSettings,
    unix_socket_directories: directory,
    port: String(port),
    ...options.settings
  })
    .map(([name, value]) => `-c ${name}=${quoteForShell(value)}`)
    .join(" ")

  let running = false
  const cluster: PostgresCluster = {
    url: `postgresql://postgres@127.0.0.1:${port}/postgres`,
    port,
    directory,
    async stop(mode = "fast") {
      if (!running) return
      await pgCtl("stop", "--mode", mode)
      running = false
    },
    async start() {
      if (running) return
      await pgCtl("start", "--silent", "--log", log, "--options", settings)
      running = true
    },
    async restart(mode = "fast") {
      await cluster.stop(mode)
      await cluster.start()
    },
    async dispose() {
      janitor.ref()
      janitor.stdin.end()
      await cleaned
      running = false
    }
  }

  try {
    // --no-sync: only the making of the empty cluster is left unsynced; the server itself runs with fsync on.
    await run(
      join(binaries, "initdb"),
      [
        "--pgdata",
        data,
        "--username",
        "postgres",
        "--auth",
        "trust",
        "--encoding",
        "UTF8",
        "--no-locale",
        "--no-sync"
      ],
      asUser
    )
    await cluster.start()
  } catch (cause) {
    await cluster.dispose()
    throw cause
  }
  return cluster
}
