/** `kedge doctor`: reads the configuration as `serve` would and asks the ledger about the receiving accounts; changes nothing. */
import { Console, Effect, Layer } from "effect"
import * as Horizon from "../../adapters/stellar-horizon/Horizon.ts"
import { accountFindings, type Finding } from "../cli/accountFindings.ts"
import { CommandFailed, exitCodes } from "../cli/CommandFailed.ts"
import { KedgeConfig } from "../KedgeConfig.ts"
import { settings } from "./programs.ts"

const marks: Readonly<Record<Finding["level"], string>> = { ok: "ok    ", advice: "better", wrong: "wrong " }

export const doctor = Effect.gen(function* () {
  const config = yield* settings
  yield* Console.log(`${marks.ok}  the configuration can be read; the network is ${config.network.id}`)
  const findings = yield* accountFindings(config.assets).pipe(
    Effect.provide(Horizon.layer.pipe(Layer.provide(Layer.succeed(KedgeConfig, config)))),
    Effect.mapError(
      ({ message }) =>
        new CommandFailed({
          message: `kedge doctor: the ledger at ${config.horizonUrl.href} cannot be asked: ${message}`,
          exitCode: exitCodes.unavailable
        })
    )
  )
  for (const { level, text } of findings) yield* Console.log(`${marks[level]}  ${text}`)
  if (findings.some(({ level }) => level === "wrong")) {
    return yield* new CommandFailed({
      message: "kedge doctor: payments cannot be received like this",
      exitCode: exitCodes.config
    })
  }
})
