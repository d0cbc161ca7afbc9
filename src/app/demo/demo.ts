/**
 * What `npm start` runs: the sandbox, Kedge and a Sending Anchor in one process, over the embedded database. It plays one payment
 * over HTTP and the ledger, tells each step, and goes on serving.
 *
 * Gotcha: the Sending Anchor knows nothing of being in the same process; what is told from inside is told beside it.
 */
import process from "node:process"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Clock, Console, Effect, Layer, Logger, Redacted, References, Schedule } from "effect"
import * as NodeEntropy from "../../../adapters/entropy-node/NodeEntropy.ts"
import { closeMoments } from "../../../adapters/sandbox/closeMoments.ts"
import { type Sandbox, SandboxServer } from "../../../adapters/sandbox/SandboxServer.ts"
import { CommandFailed, exitCodes } from "../../cli/CommandFailed.ts"
import { type Play, playPayment } from "../../cli/playPayment.ts"
import type { DemoOptions } from "../../cli/Programs.ts"
import { readConfig } from "../../cli/readConfig.ts"
import type { Settings } from "../../KedgeConfig.ts"
import * as Logging from "../../telemetry/Logging.ts"
import { Health } from "../Health.ts"
import { ownVersion } from "../ownVersion.ts"
import { asCommandFailed } from "../asCommandFailed.ts"
import { serverLayer } from "../process.ts"
import {
  announceRunning,
  type DemoPaths,
  demoPaths,
  type Keys,
  openDemo,
  rememberPayment,
  writeConfig
} from "./DemoFiles.ts"
import { demoConfig, demoEnvironment } from "./demoSettings.ts"
import { freePort } from "./freePort.ts"
import { furnish } from "./furnish.ts"
import { narrate } from "./narrate.ts"

const ports = { kedge: 8000, operator: 8001, sandbox: 8002 }
const followSeconds = 60
/** A payment need not wait for the next second's ledger. */
const closeWhenPendingMs = 250

/** Log lines go to a file, so that the terminal shows what happens and nothing else. */
const logToFile = (path: string) =>
  Layer.merge(
    Logger.layer([Logging.json.pipe(Logger.toFile(path, { flag: "w" }))]).pipe(
      Layer.provide(NodeFileSystem.layer)
    ),
    Layer.succeed(References.MinimumLogLevel, "Info")
  )

const openSandbox = (paths: DemoPaths) =>
  Effect.flatMap(freePort(ports.sandbox), (port) =>
    SandboxServer.scoped({ directory: paths.sandbox, port, closeWhenPendingMs })
  ).pipe(Effect.mapError(asCommandFailed))

const demoSettings = Effect.fnUntraced(function* (paths: DemoPaths, keys: Keys, sandbox: Sandbox) {
  const port = yield* freePort(ports.kedge)
  const operatorPort = yield* freePort(ports.operator)
  writeConfig(paths, demoConfig(keys, sandbox.assets))
  const addresses = { port, operatorPort, sandbox: sandbox.url, passphrase: sandbox.passphrase }
  return yield* readConfig(demoEnvironment(process.env, paths, keys, addresses)).pipe(
    Effect.provide(NodeFileSystem.layer)
  )
})

/** Until the watchers have their cursors; a demo that does not get there says what it waits for. */
const untilReady = Effect.gen(function* () {
  const health = yield* Health
  const readiness = yield* health.readiness
  if (readiness.isReady) return
  const open = readiness.watchers.filter(({ isReady }) => !isReady).map(({ account }) => account)
  return yield* new CommandFailed({
    message: `kedge: not ready: ${readiness.database.reason ?? `the watchers of ${open.join(", ")} have not begun`}`,
    exitCode: exitCodes.unavailable
  })
}).pipe(Effect.retry(Schedule.max([Schedule.spaced("100 millis"), Schedule.recurs(200)])))

const play = Effect.fnUntraced(function* (
  paths: DemoPaths,
  keys: Keys,
  sandbox: Sandbox,
  settings: Settings
) {
  const [asset] = sandbox.assets
  if (asset === undefined) return yield* Effect.die(new Error("the sandbox has no assets"))
  const moments = closeMoments(sandbox.ledger)
  yield* Effect.addFinalizer(() => Effect.sync(moments.stop))
  const tell = yield* narrate({
    closedAt: moments.of,
    onCreated: ({ id, receiver }) => rememberPayment(paths, { id, ...receiver })
  })
  const what: Play = {
    home: settings.baseUrl,
    horizon: settings.horizonUrl,
    seed: Redacted.make(keys.senderSeed),
    amount: "100",
    asset,
    account: "1234",
    name: "Receiver",
    withoutMemo: false,
    followSeconds
  }
  yield* Console.log(`A Sending Anchor pays ${what.amount} ${asset.code} to a Receiving Client:`)
  const seen = yield* playPayment(what, tell).pipe(Effect.mapError(asCommandFailed))
  if (seen?.status === "completed") return
  return yield* new CommandFailed({
    message: `kedge: the payment did not complete; it is ${seen?.status ?? "not announced"}. See ${paths.log}`,
    exitCode: exitCodes.software
  })
})

const whereToLook = (
  paths: DemoPaths,
  keys: Keys,
  sandbox: Sandbox,
  { baseUrl, operatorHost, operatorPort }: Settings
) => {
  const home = baseUrl.origin
  const operator = `http://${operatorHost}:${operatorPort}`
  const isDefault = paths.directory === ".kedge"
  const flag = isDefault ? "" : ` --directory ${paths.directory}`
  return `
It goes on serving. To look at:
  stellar.toml      ${home}/.well-known/stellar.toml
  /info             ${home}/sep31/info
  prices            ${home}/sep38/info
  the API           ${home}/docs
  health            ${operator}/health/ready
  metrics           ${operator}/metrics
  Horizon           ${sandbox.url}
  the rail's book   ${sandbox.url}/rail/book
  log               ${paths.log}
The Sending Anchor's secret (play money): ${keys.senderSeed}

To play another payment, in a second terminal:
  npm run pay -- --amount 25 --account 0001${flag}
The last four digits choose what the rail does: 0001 delivers later, 0002 and 0003 ask for
corrections, 0004 rejects and all is returned, 0005 is unavailable twice, 0006 and 0007 lose the reply, 0008 fails,
0009 returns a part, 0010 forgets; anything else delivers. --name REJECTED, PROCESSING or
NEEDSINFO tries the KYC. What became of it: node dist/main.js tx list

Ctrl-C stops it.`
}

/** Runs the demo until it is stopped, or for one payment. */
export const demo = Effect.fnUntraced(function* (options: DemoOptions) {
  const begun = yield* Clock.currentTimeMillis
  const paths = demoPaths(options.directory)
  const keys = yield* openDemo(paths, options.fresh).pipe(Effect.provide(NodeEntropy.layer))
  yield* Console.log(`Kedge ${ownVersion()}: a demo with play money, kept in ${paths.directory}`)
  const served = Effect.gen(function* () {
    const sandbox = yield* openSandbox(paths)
    yield* furnish(sandbox, keys)
    const settings = yield* demoSettings(paths, keys, sandbox)
    const services = yield* Layer.build(serverLayer(settings)).pipe(Effect.mapError(asCommandFailed))
    return yield* Effect.gen(function* () {
      yield* untilReady
      const millis = (yield* Clock.currentTimeMillis) - begun
      yield* Console.log(
        `Sandbox ledger ${sandbox.url}, Kedge ${settings.baseUrl.origin}; ready after ${millis} ms.\n`
      )
      yield* announceRunning(paths, {
        pid: process.pid,
        home: settings.baseUrl.origin,
        operator: `http://${settings.operatorHost}:${settings.operatorPort}`,
        sandbox: sandbox.url,
        senderSeed: keys.senderSeed,
        assets: sandbox.assets
      })
      yield* play(paths, keys, sandbox, settings)
      if (options.once) return
      yield* Console.log(whereToLook(paths, keys, sandbox, settings))
      return yield* Effect.never
    }).pipe(Effect.provide(services))
  })
  return yield* served.pipe(
    Effect.scoped,
    Effect.provide(Layer.merge(NodeHttpClient.layerUndici, logToFile(paths.log))),
    Effect.mapError(asCommandFailed)
  )
})
