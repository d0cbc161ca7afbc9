/** All that is wrong with the configuration, told at once, so that it is mended at once. */
import { Runtime, Schema } from "effect"

export interface Problem {
  /** The variable, with the place inside the file it names where there is one: `KEDGE_CONFIG assets[0].code`. */
  readonly name: string
  /** What is wrong, and what would be right. Never holds a secret's value. */
  readonly message: string
}

/** As sysexits.h has it: EX_CONFIG. */
export const configExitCode = 78

export class ConfigProblems extends Schema.TaggedError<ConfigProblems>()("ConfigProblems", {
  problems: Schema.Array(Schema.Struct({ name: Schema.String, message: Schema.String }))
}) {
  override readonly [Runtime.errorExitCode] = configExitCode

  override get message(): string {
    const count = this.problems.length === 1 ? "one setting is" : `${this.problems.length} settings are`
    const lines = this.problems.map((problem) => `  ${problem.name}: ${problem.message}`)
    return [`kedge cannot start: ${count} wrong.`, ...lines].join("\n")
  }
}
