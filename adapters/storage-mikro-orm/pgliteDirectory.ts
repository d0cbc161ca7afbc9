/**
 * Where a PGlite database lives: locked for this process, and never half made.
 *
 * Gotcha: the first start takes seconds, and a process killed in the midst of it leaves a directory that never opens. So it is
 * made under another name and renamed when it is whole.
 */
import { mkdir, readdir, rename, rm, rmdir } from "node:fs/promises"
import { dirname, resolve } from "node:path"
import { lockDirectory } from "./DirectoryLock.ts"

/**
 * Locks the directory and, where there is no database yet, has one made beside it by `make`. Answers the absolute path and
 * how to give the lock back.
 */
export const holdDirectory = async (
  given: string,
  make: (directory: string) => Promise<void>
): Promise<{ readonly directory: string; readonly release: () => Promise<void> }> => {
  const directory = resolve(given)
  await mkdir(dirname(directory), { recursive: true })
  const release = await lockDirectory(directory)
  try {
    const there = await readdir(directory).catch((): ReadonlyArray<string> => [])
    if (!there.includes("PG_VERSION")) {
      if (there.length > 0) {
        throw new Error(
          `${directory} holds something that is no PGlite database; move it away or name another place`
        )
      }
      const unfinished = `${directory}.unfinished`
      await rm(unfinished, { recursive: true, force: true })
      await make(unfinished)
      await rmdir(directory).catch(() => undefined)
      await rename(unfinished, directory)
    }
    return { directory, release }
  } catch (error) {
    await release()
    throw error
  }
}
