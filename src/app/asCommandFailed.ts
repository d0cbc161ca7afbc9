/** Whatever a command could not start or go on for, as a sentence and an exit code. */
import { CommandFailed, exitCodes } from "../cli/CommandFailed.ts"
import { ConfigProblems } from "../cli/ConfigProblems.ts"

export const unavailable = (message: string) =>
  new CommandFailed({ message: `kedge: ${message}`, exitCode: exitCodes.unavailable })

/** The sentence and exit code of whatever a process could not start or go on for. */
export const asCommandFailed = (error: unknown): CommandFailed | ConfigProblems => {
  if (error instanceof CommandFailed || error instanceof ConfigProblems) return error
  // The listener's error says nothing itself; its cause names address and port.
  const said = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return unavailable(said instanceof Error ? said.message : String(said))
}
