/**
 * Composes Kedge: the one place that knows the adapters. `run` takes the words of the command line and runs the command, from
 * the first line to the exit code.
 *
 * Gotcha: a stop that was asked for (SIGINT, SIGTERM) is a success, and exits with 0 once everything has been put away.
 */
import process from "node:process"
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Cause, Console, Effect, Exit, Layer, Logger, References, Runtime } from "effect"
import { CliConfig, CliError, Command, GlobalFlag } from "effect/cli"
import { demo } from "./app/demo/demo.ts"
import { pay } from "./app/demo/pay.ts"
import { ownVersion } from "./app/ownVersion.ts"
import * as programs from "./app/programs.ts"
import { sandbox } from "./app/sandboxProgram.ts"
import { CommandFailed, exitCodes } from "./cli/CommandFailed.ts"
import { kedge } from "./cli/commands.ts"
import { ConfigProblems } from "./cli/ConfigProblems.ts"
import { Programs } from "./cli/Programs.ts"
import * as Logging from "./telemetry/Logging.ts"

const commands = Layer.succeed(Programs, {
  serve: programs.serve,
  sandbox,
  migrate: programs.migrate,
  watch: programs.watch,
  executeOutgoing: programs.executeOutgoing,
  pollOutgoing: programs.pollOutgoing,
  listTransactions: (options) => programs.ask({ _tag: "ListTransactions", ...options }),
  showTransaction: (id, json) => programs.ask({ _tag: "ShowTransaction", id, json }),
  listInbox: (json) => programs.ask({ _tag: "ListInbox", json }),
  replayInbox: programs.replayInbox,
  demo,
  pay
})

/** What a command says when it fails; parse errors were already shown with the help. */
const tell = (error: unknown) => {
  if (CliError.isCliError(error)) return Effect.void
  const isKnown = error instanceof CommandFailed || error instanceof ConfigProblems
  const text = isKnown ? error.message : `kedge: ${error instanceof Error ? error.message : String(error)}`
  return Console.error(text)
}

/** Commands print their answer on standard output, so what is logged on the way goes to standard error. */
const quiet = Layer.mergeAll(
  Logger.layer([Logger.withConsoleError(Logging.json)]),
  Layer.succeed(References.MinimumLogLevel, "Warn")
)

const exitCodeOf = (exit: Exit.Exit<unknown, unknown>): number => {
  if (Exit.isSuccess(exit) || Cause.hasInterruptsOnly(exit.cause)) return 0
  const error = Cause.squash(exit.cause)
  if (CliError.isCliError(error)) return Runtime.getErrorExitCode(error) === 0 ? 0 : exitCodes.usage
  return error instanceof CommandFailed || error instanceof ConfigProblems
    ? Runtime.getErrorExitCode(error)
    : exitCodes.software
}

/** Runs a command line, without `node` and the script. */
export const run = (words: ReadonlyArray<string>): void => {
  const program = Command.runWith(kedge, { version: ownVersion() })(words).pipe(
    Effect.tapCause((cause) => (Cause.hasInterruptsOnly(cause) ? Effect.void : tell(Cause.squash(cause)))),
    Effect.provide(Layer.mergeAll(commands, quiet, NodeServices.layer)),
    Effect.provide(
      CliConfig.layer({ builtIns: [GlobalFlag.Help, GlobalFlag.Version, GlobalFlag.Completions] })
    )
  )
  NodeRuntime.runMain(program, {
    disableErrorReporting: true,
    teardown: (exit) => process.exit(exitCodeOf(exit))
  })
}
