// The command as it is shipped, in a process of its own, with an environment of the test's and nothing of ours.
// Gotcha: it runs `dist/main.js`, and buildSetup.ts builds it before the run.
import { type ChildProcess, spawn } from "node:child_process"
import { resolve } from "node:path"

export const mainFile = resolve("dist/main.js")

export interface Spawned {
  readonly child: ChildProcess
  /** Everything printed so far, of either stream. */
  readonly printed: () => string
  readonly stdout: () => string
  readonly stderr: () => string
  /** How it ended, once its streams are closed. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>
}

export interface SpawnKedge {
  readonly words: ReadonlyArray<string>
  readonly environment?: Readonly<Record<string, string>>
  readonly directory?: string
  /** Instead of the Node that runs the test. */
  readonly node?: string
  /** Instead of `dist/main.js`. */
  readonly main?: string
  /** Words for Node itself, before the script. */
  readonly nodeWords?: ReadonlyArray<string>
}

export const spawnKedge = ({
  directory,
  environment = {},
  main = mainFile,
  node = process.execPath,
  nodeWords = [],
  words
}: SpawnKedge): Spawned => {
  const child = spawn(node, [...nodeWords, main, ...words], {
    cwd: directory ?? process.cwd(),
    env: { PATH: process.env["PATH"], ...environment },
    stdio: ["ignore", "pipe", "pipe"]
  })
  let [out, err] = ["", ""]
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()))
  return {
    child,
    printed: () => out + err,
    stdout: () => out,
    stderr: () => err,
    ended: new Promise((done) => child.once("close", (code, signal) => done({ code, signal })))
  }
}

/** Runs a command to its end. */
export const runKedge = async (what: SpawnKedge) => {
  const spawned = spawnKedge(what)
  const end = await spawned.ended
  return { ...end, stdout: spawned.stdout(), stderr: spawned.stderr() }
}
