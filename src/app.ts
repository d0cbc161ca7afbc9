/**
 * Composes Kedge: the one place that knows the adapters. `run` takes the words of the command line and runs the command, from
 * the first line to the exit code.
 *
 * Gotcha: a stop that was asked for (SIGINT, SIGTERM) is a success, and exits with 0 once everything has been put away.
 */
import { userInfo } from "node:os"
import process from "node:process"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Cause, Console, Effect, Exit, Layer, Logger, References, Runtime } from "effect"
import { CliConfig, CliError, Command, GlobalFlag } from "effect/cli"
import { ownVersion } from "./app/ownVersion.ts"
import { CommandFailed, exitCodes } from "./cli/CommandFailed.ts"
import { kedge } from "./cli/commands.ts"
import { ConfigProblems } from "./cli/ConfigProblems.ts"
import { Programs } from "./cli/Programs.ts"
import type { Question } from "./cli/Questions.ts"
import * as Logging from "./telemetry/Logging.ts"

// Loaded when they are asked for: help, or a payment to a running demo, need no database driver.
const programs = Effect.promise(() => import("./app/programs.ts"))
const demo = Effect.promise(() => import("./app/demo/demo.ts"))
const pay = Effect.promise(() => import("./app/demo/pay.ts"))
const sandbox = Effect.promise(() => import("./app/sandboxProgram.ts"))
const asked = (question: Question) => Effect.flatMap(programs, (loaded) => loaded.ask(question))

/** Who decides: as said, or the user this runs as, which a container may have no name for. */
const decider = (by: string | null) =>
  by === null
    ? Effect.try({
        try: () => userInfo().username,
        catch: () =>
          new CommandFailed({
            message: "kedge: the operating system has no name for this user; say with --by who decides",
            exitCode: exitCodes.usage
          })
      })
    : Effect.succeed(by)

const commands = Layer.succeed(Programs, {
  serve: Effect.flatMap(programs, (loaded) => loaded.serve),
  sandbox: (flags) => Effect.flatMap(sandbox, (loaded) => loaded.sandbox(flags)),
  migrate: Effect.flatMap(programs, (loaded) => loaded.migrate),
  doctor: Effect.flatMap(
    Effect.promise(() => import("./app/doctor.ts")),
    (loaded) => loaded.doctor
  ),
  watch: Effect.flatMap(programs, (loaded) => loaded.watch),
  executeOutgoing: (options) => Effect.flatMap(programs, (loaded) => loaded.executeOutgoing(options)),
  pollOutgoing: (options) => Effect.flatMap(programs, (loaded) => loaded.pollOutgoing(options)),
  listTransactions: (options) => asked({ _tag: "ListTransactions", ...options }),
  showTransaction: (id, json) => asked({ _tag: "ShowTransaction", id, json }),
  listInbox: (json) => asked({ _tag: "ListInbox", json }),
  listCallbacks: (options) => asked({ _tag: "ListCallbacks", ...options }),
  replayCallbacks: (id) => asked({ _tag: "ReplayCallbacks", id }),
  listRefunds: (options) => asked({ _tag: "ListRefunds", ...options }),
  retryRefund: (id) => asked({ _tag: "RetryRefund", id }),
  verifyAudit: asked({ _tag: "VerifyAudit" }),
  listParked: (options) => asked({ _tag: "ListParked", ...options }),
  matchParked: (options) =>
    Effect.flatMap(decider(options.by), (by) => asked({ _tag: "MatchParked", ...options, by })),
  refundParked: (options) =>
    Effect.flatMap(decider(options.by), (by) => asked({ _tag: "RefundParked", ...options, by })),
  keepParked: (options) =>
    Effect.flatMap(decider(options.by), (by) => asked({ _tag: "KeepParked", ...options, by })),
  reconcile: (json) => asked({ _tag: "Reconcile", json }),
  replayInbox: Effect.flatMap(programs, (loaded) => loaded.replayInbox),
  demo: (options) => Effect.flatMap(demo, (loaded) => loaded.demo(options)),
  pay: (options) => Effect.flatMap(pay, (loaded) => loaded.pay(options))
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
