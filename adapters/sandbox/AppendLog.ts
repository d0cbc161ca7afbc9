// How is a line kept for good? JSON lines appended to one file; an append is answered once its line is on disk, and
// all that wait meanwhile share one fsync. A torn last line, which a killed process leaves, is cut off at opening.
// Gotcha: after a failed write or fsync nobody knows what the disk holds, so the log refuses everything from then on.

import { closeSync, constants, fsyncSync, mkdirSync, openSync, readFileSync } from "node:fs"
import { open } from "node:fs/promises"
import { dirname } from "node:path"

export interface AppendLog {
  /** Resolves when the line is durable. */
  readonly append: (entry: object) => Promise<void>
  /** Waits for what was appended, then closes the file. */
  readonly close: () => Promise<void>
}

/** Keeps nothing: for tests and benchmarks. */
export const memoryLog: AppendLog = { append: async () => {}, close: async () => {} }

/** What the log asks of its file. */
export interface LogFile {
  readonly appendFile: (text: string) => Promise<void>
  readonly datasync: () => Promise<void>
  readonly close: () => Promise<void>
}

interface Waiting {
  readonly line: string
  readonly resolve: () => void
  readonly reject: (reason: Error) => void
}

class FileLog implements AppendLog {
  readonly #file: LogFile
  #waiting: Array<Waiting> = []
  #writing: Promise<void> | undefined
  #broken: Error | undefined

  constructor(file: LogFile) {
    this.#file = file
  }

  append(entry: object): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#broken !== undefined) {
        reject(this.#broken)
        return
      }
      this.#waiting.push({ line: `${JSON.stringify(entry)}\n`, resolve, reject })
      this.#writing ??= this.#write()
    })
  }

  async close(): Promise<void> {
    await this.#writing
    this.#broken ??= new Error("the log is closed")
    await this.#file.close()
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#waiting
      this.#waiting = []
      try {
        await this.#file.appendFile(group.map(({ line }) => line).join(""))
        await this.#file.datasync()
        for (const { resolve } of group) resolve()
      } catch (cause) {
        this.#broken = new Error("the sandbox cannot write its log", { cause })
        for (const { reject } of [...group, ...this.#waiting]) reject(this.#broken)
        this.#waiting = []
      }
    }
    this.#writing = undefined
  }
}

export const logOver = (file: LogFile): AppendLog => new FileLog(file)

const syncDirectory = (path: string): void => {
  const directory = openSync(path, constants.O_RDONLY)
  fsyncSync(directory)
  closeSync(directory)
}

const readIfThere = (path: string): Buffer => {
  try {
    return readFileSync(path)
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return Buffer.alloc(0)
    throw error
  }
}

/** Opens the log at `path`, made if need be, and gives what it holds, oldest first. */
export const openLog = async (
  path: string
): Promise<{ readonly log: AppendLog; readonly entries: ReadonlyArray<unknown> }> => {
  mkdirSync(dirname(path), { recursive: true })
  const bytes = readIfThere(path)
  const whole = bytes.lastIndexOf(0x0a) + 1
  const file = await open(path, "a")
  if (whole < bytes.length) await file.truncate(whole)
  if (bytes.length === 0) syncDirectory(dirname(path))
  const text = bytes.subarray(0, whole).toString("utf8")
  const entries = text
    .split("\n")
    .slice(0, -1)
    .map((line): unknown => JSON.parse(line))
  return { log: logOver(file), entries }
}
