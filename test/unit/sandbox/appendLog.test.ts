// When does an append count as done, and what if the disk fails? The file is a stand-in that tells what was asked of
// it and when, because neither an fsync nor its failure can be had on demand from a real one.
import { describe, expect, it } from "vitest"
import { logOver } from "../../../adapters/sandbox/AppendLog.ts"
import type { LogFile } from "../../../adapters/sandbox/AppendLog.ts"

class SlowFile implements LogFile {
  readonly calls: Array<string> = []
  #syncing: Array<{ readonly resolve: () => void; readonly reject: (error: Error) => void }> = []

  readonly appendFile = async (text: string): Promise<void> => {
    this.calls.push(text)
  }

  readonly datasync = (): Promise<void> => {
    this.calls.push("sync")
    return new Promise((resolve, reject) => this.#syncing.push({ resolve, reject }))
  }

  readonly close = async (): Promise<void> => {
    this.calls.push("close")
  }

  async finishSync(error?: Error): Promise<void> {
    while (this.#syncing.length === 0) await Promise.resolve()
    const sync = this.#syncing.shift()
    if (error === undefined) sync?.resolve()
    else sync?.reject(error)
    // Whoever waited for it gets its turn.
    for (let turn = 0; turn < 10; turn++) await Promise.resolve()
  }
}

describe("an append", () => {
  it("is done only once its line is on disk", async () => {
    const file = new SlowFile()
    const done: Array<string> = []
    void logOver(file)
      .append({ a: 1 })
      .then(() => done.push("a"))
    for (let turn = 0; turn < 10; turn++) await Promise.resolve()
    const early = [...done]

    await file.finishSync()

    expect(early).toEqual([])
    expect(done).toEqual(["a"])
    expect(file.calls).toEqual(['{"a":1}\n', "sync"])
  })

  it("shares one fsync with all that came while the one before was under way", async () => {
    const file = new SlowFile()
    const log = logOver(file)
    const all = Promise.all([log.append({ n: 1 }), log.append({ n: 2 }), log.append({ n: 3 })])

    await file.finishSync()
    await file.finishSync()
    await all

    expect(file.calls).toEqual(['{"n":1}\n', "sync", '{"n":2}\n{"n":3}\n', "sync"])
  })

  it("fails for all that wait when the disk fails, and the log takes nothing more", async () => {
    const file = new SlowFile()
    const log = logOver(file)
    const outcomes = Promise.allSettled([log.append({ n: 1 }), log.append({ n: 2 })])

    await file.finishSync(new Error("EIO"))

    expect((await outcomes).map(({ status }) => status)).toEqual(["rejected", "rejected"])
    await expect(log.append({ n: 3 })).rejects.toThrow("cannot write its log")
    expect(file.calls.filter((call) => call !== "sync")).toEqual(['{"n":1}\n'])
  })

  it("is waited for by close", async () => {
    const file = new SlowFile()
    const log = logOver(file)
    const appended = log.append({ n: 1 })
    const closed = log.close()

    await file.finishSync()
    await Promise.all([appended, closed])

    expect(file.calls).toEqual(['{"n":1}\n', "sync", "close"])
  })
})
