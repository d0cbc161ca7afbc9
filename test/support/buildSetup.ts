// Before the files of the project `real`: builds dist/, so that tests of processes run what is shipped.
import { execFile } from "node:child_process"
import { promisify } from "node:util"

export const setup = async (): Promise<void> => {
  await promisify(execFile)("npm", ["run", "--silent", "build"])
}
