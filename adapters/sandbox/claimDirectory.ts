// Does another process live in this directory? Two of them would tear each other's logs, so the first leaves its
// process id in a file, and a second one is refused as long as that process lives.
// Gotcha: a killed process leaves its file behind, and its number may soon be another's, in a container above all; so
// where the system tells when a process began (Linux), that stands in the file too.

import { mkdir, open, readFile, rm } from "node:fs/promises"
import { join } from "node:path"

/** When the process began, in the system's own count; "" where the system does not say. */
const beginningOf = async (pid: number): Promise<string> => {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "")
  // The command's name, in parentheses, may hold blanks; the beginning is the twentieth field after it.
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? ""
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM"
  }
}

/** The process that the file names, if it is still the same one. */
const holderOf = async (path: string): Promise<number | undefined> => {
  const [pid = "", beginning = ""] = (await readFile(path, "utf8").catch(() => "")).split(" ")
  const holder = Number(pid)
  if (!(holder > 0) || !isAlive(holder)) return undefined
  return beginning === (await beginningOf(holder)) ? holder : undefined
}

/** Claims the directory, made if need be; answers how to give it back. */
export const claimDirectory = async (directory: string): Promise<() => Promise<void>> => {
  await mkdir(directory, { recursive: true })
  const path = join(directory, "sandbox.pid")
  const holder = await holderOf(path)
  if (holder !== undefined) {
    throw new Error(`the sandbox in ${directory} is already running, as process ${holder}`)
  }
  await rm(path, { force: true })
  const file = await open(path, "wx")
  await file.writeFile(`${process.pid} ${await beginningOf(process.pid)}`)
  await file.close()
  return () => rm(path, { force: true })
}
