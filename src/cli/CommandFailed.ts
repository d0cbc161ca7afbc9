/** A command that could not do its work: a sentence for the one who gave it, and the exit code for the script around it. */
import { Runtime, Schema } from "effect"

/** As sysexits.h has them. */
export const exitCodes = {
  /** The command line itself is wrong. */
  usage: 64,
  /** What was read does not agree with itself or with others. */
  dataErr: 65,
  /** What was asked for is not there. */
  noInput: 66,
  /** Something that is needed does not answer. */
  unavailable: 69,
  /** A defect of ours. */
  software: 70,
  config: 78
} as const

export class CommandFailed extends Schema.TaggedError<CommandFailed>()("CommandFailed", {
  message: Schema.String,
  exitCode: Schema.Int
}) {
  override readonly [Runtime.errorExitCode] = this.exitCode
}
