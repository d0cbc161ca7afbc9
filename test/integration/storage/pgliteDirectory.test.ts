// The embedded database in its directory: one process at a time, whole or not there, and still there after a kill.
import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises"
import { hostname, tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { Context, Effect, Layer, Logger } from "effect"
import { migrationNames } from "../../../adapters/storage-mikro-orm/migrations/all.ts"
import * as PgliteStorage from "../../../adapters/storage-mikro-orm/PgliteStorage.ts"
import { Storage } from "../../../src/ports/Storage.ts"
import { samples } from "../../../src/testing/storage/samples.ts"
import { waitFor } from "../../support/waitFor.ts"

const place = Effect.map(
  Effect.acquireRelease(
    Effect.promise(() => mkdtemp(join(tmpdir(), "kedge-pglite-"))),
    (directory) => Effect.promise(() => rm(directory, { recursive: true, force: true }))
  ),
  (directory) => join(directory, "db")
)

const open = (directory: string) =>
  Effect.map(Layer.build(PgliteStorage.layer({ directory })), Context.get(Storage))

const adapter = new URL("../../../adapters/storage-mikro-orm/PgliteStorage.ts", import.meta.url).href
const port = new URL("../../../src/ports/Storage.ts", import.meta.url).href

/** Another process that opens the directory, says so on stdout, and stays. */
const opening = (directory: string) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const child = spawn(
        process.execPath,
        [
          "--input-type=module",
          "--eval",
          `const { layer } = await import(${JSON.stringify(adapter)})
           const { Storage } = await import(${JSON.stringify(port)})
           const { Context, Effect, Layer } = await import("effect")
           await Effect.runPromise(Effect.scoped(Effect.gen(function* () {
             const storage = Context.get(yield* Layer.build(layer({ directory: ${JSON.stringify(directory)} })), Storage)
             yield* storage.migrate
             process.stdout.write("OPEN")
             yield* Effect.never
           })))`
        ],
        { stdio: ["ignore", "pipe", "inherit"] }
      )
      let said = ""
      child.stdout.on("data", (bytes) => {
        said += String(bytes)
      })
      const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()))
      return {
        isOpen: () => said.includes("OPEN"),
        kill: async () => {
          child.kill("SIGKILL")
          await gone
        }
      }
    }),
    ({ kill }) => Effect.promise(kill)
  )

describe("storage on PGlite in a directory", () => {
  it.live(
    "is one process's at a time, and keeps what was committed when that process is killed (D7)",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const directory = yield* place
          const other = yield* opening(directory)
          yield* Effect.promise(() =>
            waitFor("the other process to have it", other.isOpen, { timeoutMillis: 50_000 })
          )

          const refused = yield* Effect.flip(Effect.scoped(open(directory)))
          expect(refused.message).toMatch(
            /is in use by process \d+; PGlite allows one process, PostgreSQL many/
          )

          yield* Effect.promise(other.kill)
          const storage = yield* open(directory)
          yield* storage.checkSchema
        })
      ),
    60_000
  )

  it.live(
    "is made anew after a kill in the midst of its first start (D7)",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const directory = yield* place
          const first = yield* opening(directory)
          yield* Effect.promise(() =>
            waitFor(
              "files of a database that is being made",
              async () => (await readdir(`${directory}.unfinished`)).length > 0,
              { timeoutMillis: 50_000, intervalMillis: 5 }
            )
          )
          yield* Effect.promise(first.kill)
          expect(existsSync(directory)).toBe(false)

          const storage = yield* open(directory)

          expect(yield* storage.migrate).toEqual(migrationNames)
          expect(existsSync(`${directory}.unfinished`)).toBe(false)
        })
      ),
    60_000
  )

  it.live(
    "warns that nothing is synced, gives its lock back, and opens again with all that was in it (D7)",
    () =>
      Effect.gen(function* () {
        const directory = yield* place
        const rows = samples(1)
        const birth = rows.birth()
        const warnings: Array<string> = []
        const listening = Logger.layer([
          Logger.make(({ message }) => {
            warnings.push(String(message))
          })
        ])
        yield* Effect.scoped(
          Effect.gen(function* () {
            const storage = yield* open(directory)
            yield* storage.migrate
            yield* storage.commit(rows.group({ births: [birth] }))
            expect(existsSync(`${directory}.lock`)).toBe(true)
            expect((yield* Effect.flip(Effect.scoped(open(directory)))).message).toContain(
              "in use by process"
            )
          })
        ).pipe(Effect.provide(listening))

        expect(existsSync(`${directory}.lock`)).toBe(false)
        expect(warnings.filter((warning) => warning.includes("does not sync its writes"))).toHaveLength(1)
        const storage = yield* open(directory)
        expect((yield* storage.actors([birth.id]))[0]?.memo).toEqual(birth.memo)
      }).pipe(Effect.scoped),
    60_000
  )

  it.live("takes a lock over from a process that is gone, or whose id another process has now", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const directory = yield* place
        const lock = `${directory}.lock`
        for (const stale of [
          { pid: 2 ** 22 + 1, host: hostname(), born: null },
          { pid: process.ppid, host: hostname(), born: "1" }
        ]) {
          yield* Effect.promise(() => writeFile(lock, JSON.stringify(stale)))
          yield* Effect.scoped(
            Effect.gen(function* () {
              yield* open(directory)
              const holder = yield* Effect.promise(() => readFile(lock, "utf8"))
              expect(JSON.parse(holder)).toMatchObject({ pid: process.pid })
            })
          )
        }
      })
    )
  )

  it.live("leaves a lock of another host, and one that cannot be read, to a person", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const directory = yield* place
        const lock = `${directory}.lock`
        yield* Effect.promise(() =>
          writeFile(lock, JSON.stringify({ pid: 1, host: "elsewhere", born: null }))
        )
        expect((yield* Effect.flip(Effect.scoped(open(directory)))).message).toContain(
          `is held by process 1 on elsewhere; if that is gone, remove ${lock}`
        )
        yield* Effect.promise(() => writeFile(lock, "?"))
        expect((yield* Effect.flip(Effect.scoped(open(directory)))).message).toContain(
          `if nothing uses it, remove ${lock}`
        )
      })
    )
  )

  it.live("does not touch a directory that holds something else", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const directory = yield* place
        const parent = join(directory, "..")
        const error = yield* Effect.flip(
          Effect.scoped(
            Effect.gen(function* () {
              yield* Effect.promise(() => writeFile(join(parent, "precious"), "1"))
              return yield* open(parent)
            })
          )
        )
        expect(error.message).toContain("holds something that is no PGlite database")
        expect(existsSync(join(parent, "precious"))).toBe(true)
        expect(existsSync(`${parent}.lock`)).toBe(false)
      })
    )
  )
})
