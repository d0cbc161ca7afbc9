/**
 * Keeps a database directory to one process: a file beside it that names the holder.
 *
 * PGlite has no such lock, and two processes in one directory destroy it. Gotcha: a holder that was killed leaves its file, so
 * the file is taken over where its process is gone for certain; on another host that cannot be known, and a person decides.
 */
import { open, readFile, stat, unlink } from "node:fs/promises"
import { hostname } from "node:os"

export class DirectoryHeld extends Error {}

interface Holder {
  readonly pid: number
  readonly host: string
  /** When the process started, as the kernel counts; null where it does not tell. Tells a reused pid from the same process. */
  readonly born: string | null
}

/** A takeover that was itself killed may be pushed aside after so long. */
const takeoverMillis = 10_000

const bornOf = async (pid: number): Promise<string | null> => {
  const line = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null)
  // The second field is a name in brackets and may hold anything; the start time is the 20th after it.
  return line === null ? null : (line.slice(line.lastIndexOf(")") + 2).split(" ")[19] ?? null)
}

const isThere = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === "EPERM"
  }
}

const codeOf = (error: unknown): unknown =>
  typeof error === "object" && error !== null && "code" in error ? error.code : undefined

const isGone = async ({ born, host, pid }: Holder): Promise<boolean> => {
  if (host !== hostname()) return false
  if (!isThere(pid)) return true
  return born !== null && (await bornOf(pid)) !== born
}

const readHolder = async (path: string): Promise<Holder | null> => {
  const text = await readFile(path, "utf8").catch(() => "")
  try {
    const { born, host, pid } = JSON.parse(text) as Partial<Holder>
    return typeof pid === "number" && typeof host === "string" ? { pid, host, born: born ?? null } : null
  } catch {
    return null
  }
}

/** Makes the file if it is not there; false if it is. */
const make = async (path: string, text: string): Promise<boolean> => {
  try {
    const file = await open(path, "wx")
    await file.writeFile(text)
    await file.close()
    return true
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false
    throw error
  }
}

const ageOf = async (path: string): Promise<number> => {
  const found = await stat(path).catch(() => null)
  return found === null ? 0 : Date.now() - found.mtimeMs
}

/** Removes the file of a holder that is gone. Only one process at a time may: another could remove a lock made just now. */
const removeStale = async (path: string): Promise<void> => {
  const takeover = `${path}.takeover`
  if ((await ageOf(takeover)) > takeoverMillis) await unlink(takeover).catch(() => undefined)
  if (!(await make(takeover, ""))) {
    throw new DirectoryHeld(`another process is just taking over the lock ${path}; start again`)
  }
  try {
    const holder = await readHolder(path)
    if (holder !== null && (await isGone(holder))) await unlink(path)
  } finally {
    await unlink(takeover).catch(() => undefined)
  }
}

/**
 * Takes the lock of a directory; answers how to give it back. Fails with `DirectoryHeld` and a sentence that names the holder
 * and, where it may be gone, the file to remove.
 */
export const lockDirectory = async (directory: string): Promise<() => Promise<void>> => {
  const path = `${directory}.lock`
  const self: Holder = { pid: process.pid, host: hostname(), born: await bornOf(process.pid) }
  const text = JSON.stringify(self)
  if (!(await make(path, text))) {
    await removeStale(path)
    if (!(await make(path, text))) throw new DirectoryHeld(await refusal(directory, path))
  }
  return async () => {
    const holder = await readHolder(path)
    if (holder?.pid === self.pid && holder.host === self.host) await unlink(path).catch(() => undefined)
  }
}

const refusal = async (directory: string, path: string): Promise<string> => {
  const holder = await readHolder(path)
  if (holder === null) {
    return `the database ${directory} is held by a lock that cannot be read; if nothing uses it, remove ${path}`
  }
  return holder.host === hostname()
    ? `the database ${directory} is in use by process ${holder.pid}; PGlite allows one process, PostgreSQL many`
    : `the database ${directory} is held by process ${holder.pid} on ${holder.host}; if that is gone, remove ${path}`
}
