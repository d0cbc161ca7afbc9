// Does another process live in this directory? Two of them would tear each other's logs, so the first leaves its
// process id in a file, and a second one is refused as long as that process lives.
// Gotcha: a killed process leaves its file behind; a dead id is taken over.

import { mkdir, open, readFile, rm } from "node:fs/promises"
import { join } from "node:path"

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM"
  }
}

// Within one process the ids are equal, so what is open here is remembered by name.
const claimedHere = new Set<string>()

/** Claims the directory, made if need be; answers how to give it back. */
export const claimDirectory = async (directory: string): Promise<() => Promise<void>> => {
  await mkdir(directory, { recursive: true })
  const path = join(directory, "sandbox.pid")
  const refuse = (pid: number): never => {
    throw new Error(`the sandbox in ${directory} is already running, as process ${pid}`)
  }
  if (claimedHere.has(path)) refuse(process.pid)
  const holder = Number(await readFile(path, "utf8").catch(() => "0"))
  if (holder > 0 && holder !== process.pid && isAlive(holder)) refuse(holder)
  await rm(path, { force: true })
  const file = await open(path, "wx")
  await file.writeFile(String(process.pid))
  await file.close()
  claimedHere.add(path)
  return async () => {
    claimedHere.delete(path)
    await rm(path, { force: true })
  }
}
