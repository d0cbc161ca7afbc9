// A Node that is too old, with real processes: a preload tells main.js that it runs on one, and what it starts in its
// place is the project's own.
import { copyFileSync, mkdtempSync, realpathSync, rmSync } from "node:fs"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { mainFile, runKedge, type Spawned, spawnKedge } from "../../support/spawnKedge.ts"
import { waitFor } from "../../support/waitFor.ts"

const pretendOld = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.10.0" } })
Object.defineProperty(process, "version", { value: "v20.10.0" })`
const asOld = ["--import", `data:text/javascript,${encodeURIComponent(pretendOld)}`]

const isListening = (port: number): Promise<boolean> =>
  new Promise((answer) => {
    const socket = connect(port, "127.0.0.1")
    socket.once("connect", () => {
      socket.destroy()
      answer(true)
    })
    socket.once("error", () => answer(false))
  })

const started: Array<Spawned> = []
afterEach(() => {
  for (const { child } of started.splice(0)) child.kill("SIGKILL")
})

/** A sandbox behind the guard, listening; the port it took. */
const startSandbox = async () => {
  const spawned = spawnKedge({ words: ["sandbox", "--port", "0"], nodeWords: asOld })
  started.push(spawned)
  const port = await waitFor(
    "the sandbox to listen",
    () => /sandbox at http:\/\/127\.0\.0\.1:(\d+)/.exec(spawned.stdout())?.[1],
    { timeoutMillis: 30_000 }
  )
  expect(await isListening(Number(port))).toBe(true)
  return { spawned, port: Number(port) }
}

describe("main on a Node that is too old", () => {
  it("runs on the project's own Node, and the answer and the exit code are that one's", async () => {
    const version = await runKedge({ words: ["--version"], nodeWords: asOld })
    const unknown = await runKedge({ words: ["bogus"], nodeWords: asOld })
    const unset = await runKedge({ words: ["serve"], nodeWords: asOld })

    expect(version).toMatchObject({ code: 0, stdout: expect.stringContaining("kedge v") as string })
    expect(unknown.code).toBe(64)
    expect(unset.code).toBe(78)
  })

  it("leaves no listener behind when it is killed: the port is free within a second", async () => {
    const { port, spawned } = await startSandbox()

    spawned.child.kill("SIGKILL")

    await waitFor("the port to be free", async () => !(await isListening(port)), { timeoutMillis: 1000 })
  })

  it.each(["SIGTERM", "SIGINT"] as const)(
    "passes %s on, and ends with 0 when the child has stopped in order",
    async (signal) => {
      const { port, spawned } = await startSandbox()

      spawned.child.kill(signal)

      expect(await spawned.ended).toEqual({ code: 0, signal: null })
      expect(await isListening(port)).toBe(false)
    }
  )

  it("says in one line what to do where the project brings no Node", async () => {
    const directory = mkdtempSync(join(realpathSync(tmpdir()), "kedge-guard-"))
    const lonely = join(directory, "main.js")
    copyFileSync(mainFile, lonely)

    const end = await runKedge({ words: [], main: lonely, nodeWords: asOld })
    rmSync(directory, { recursive: true })

    expect(end.code).toBe(1)
    expect(end.stderr.trim().split("\n")).toEqual([
      "kedge: this is Node.js v20.10.0, and Kedge needs 22.19 or newer. Install one, or run `npm ci` in Kedge's directory, which brings one along."
    ])
  })
})
