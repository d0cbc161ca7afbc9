/**
 * The commands that serve and work, over the adapters the settings choose.
 *
 * Gotcha: an embedded database belongs to one process. What only reads asks that process; a worker of its own cannot be had
 * there, and says so.
 */
import { existsSync } from "node:fs"
import process from "node:process"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { Console, Effect, Layer, Redacted } from "effect"
import * as LocalVault from "../../adapters/vault-local/LocalVault.ts"
import * as Horizon from "../../adapters/stellar-horizon/Horizon.ts"
import * as NodeEntropy from "../../adapters/entropy-node/NodeEntropy.ts"
import { CommandFailed, exitCodes } from "../cli/CommandFailed.ts"
import type { LoopOptions } from "../cli/Programs.ts"
import { answer, type Question, type Reply } from "../cli/Questions.ts"
import { readConfig, readDatabaseUrl } from "../cli/readConfig.ts"
import { KedgeConfig, type Settings } from "../KedgeConfig.ts"
import { Roles } from "../Kedge.ts"
import { PayoutExecutor } from "../payouts/PayoutExecutor.ts"
import { PayoutFollowUp } from "../payouts/PayoutFollowUp.ts"
import { Storage } from "../ports/Storage.ts"
import { RefundExecutor } from "../refunds/RefundExecutor.ts"
import * as Logging from "../telemetry/Logging.ts"
import { InboxReplay } from "../watcher/InboxReplay.ts"
import { describeReplay } from "./describeReplay.ts"
import { asCommandFailed } from "./asCommandFailed.ts"
import { kedgeLayer, serverLayer } from "./process.ts"
import { demoPaths } from "./demo/DemoFiles.ts"
import { askRunning } from "./questionSocket.ts"
import { isShared, pgliteDirectory, storageLayer } from "./storage.ts"
import { Supervisor } from "./Supervisor.ts"

/** The settings of this process's environment. */
export const settings = Effect.suspend(() => readConfig(process.env)).pipe(
  Effect.provide(NodeFileSystem.layer)
)
const database = Effect.suspend(() => readDatabaseUrl(process.env)).pipe(Effect.provide(NodeFileSystem.layer))

/** The demo's database, for questions that name none: whoever has just run `npm start` need not know where it lies. */
const askedDatabase = Effect.suspend(() => {
  const names = ["KEDGE_DATABASE_URL", "KEDGE_DATABASE_URL_FILE"]
  const isNamed = names.some((name) => (process.env[name] ?? "") !== "")
  const { database: directory } = demoPaths(".kedge")
  return isNamed || !existsSync(directory)
    ? database
    : Effect.succeed({ kind: "pglite" as const, url: Redacted.make(`pglite:${directory}`) })
})

const levels = { debug: "Debug", info: "Info", warn: "Warn", error: "Error" } as const

/** Lines as JSON on standard output, from the configured level up. */
export const logged = ({ logLevel }: Settings) => Logging.layer(levels[logLevel])

/** Runs until it is stopped. */
const forever = <A, E>(layer: Layer.Layer<A, E>, config: Settings) =>
  Layer.launch(layer).pipe(Effect.provide(logged(config)), Effect.mapError(asCommandFailed))

export const serve = Effect.gen(function* () {
  const config = yield* settings
  const told = Layer.effectDiscard(
    Effect.logInfo("kedge serves", {
      network: config.network.id,
      host: config.host,
      port: config.port,
      roles: Object.entries(config.roles)
        .filter(([, isPlayed]) => isPlayed)
        .map(([role]) => role)
    })
  )
  return yield* forever(told.pipe(Layer.provideMerge(serverLayer(config))), config)
})

export const migrate = Effect.gen(function* () {
  const { url } = yield* database
  const ran = yield* Effect.flatMap(Storage, (storage) => storage.migrate).pipe(
    Effect.provide(storageLayer(url)),
    Effect.mapError(asCommandFailed)
  )
  yield* Console.log(ran.length === 0 ? "the schema was up to date" : `migrated: ${ran.join(", ")}`)
})

const needsPostgres = (command: string) =>
  new CommandFailed({
    message: `kedge ${command}: a worker of its own needs PostgreSQL (KEDGE_DATABASE_URL=postgres://…); an embedded database is open to one process only, and \`kedge serve\` does this work there`,
    exitCode: exitCodes.config
  })

/** Settings for a worker that plays these roles alone. */
const workerSettings = Effect.fnUntraced(function* (command: string, roles: Partial<Settings["roles"]>) {
  const config = yield* settings
  if (!isShared(config.databaseUrl)) return yield* needsPostgres(command)
  const alone: Settings = {
    ...config,
    roles: { http: false, watch: false, execute: false, poll: false, ...roles },
    migrate: false
  }
  return alone
})

/** Only the named roles of those the settings would play: upkeep is for `serve`. */
const only = (names: ReadonlyArray<string>) =>
  Layer.effect(
    Roles,
    Effect.map(Roles, (roles) => roles.filter(({ name }) => names.includes(name)))
  )

const worker = (config: Settings, names: ReadonlyArray<string>) =>
  forever(Supervisor.layer.pipe(Layer.provide(only(names)), Layer.provide(kedgeLayer(config))), config)

export const watch = Effect.gen(function* () {
  const config = yield* workerSettings("watch", { watch: true })
  return yield* worker(config, ["watch", "waiting-payments", "expire"])
})

const withInterval = (
  config: Settings,
  key: "executeInterval" | "pollInterval",
  interval: number | null
): Settings => (interval === null ? config : { ...config, timing: { ...config.timing, [key]: interval } })

const once = <E>(
  config: Settings,
  pass: Effect.Effect<string, E, PayoutExecutor | PayoutFollowUp | RefundExecutor>
) =>
  pass.pipe(
    Effect.flatMap((said) => Console.log(said)),
    Effect.provide(kedgeLayer(config)),
    Effect.provide(logged({ ...config, logLevel: "warn" })),
    Effect.mapError(asCommandFailed)
  )

export const executeOutgoing = Effect.fnUntraced(function* ({ interval, loop }: LoopOptions) {
  const found = yield* workerSettings("execute-outgoing", { execute: true })
  const config = withInterval(found, "executeInterval", interval)
  if (loop) return yield* worker(config, ["execute", "look-up", "refunds"])
  const pass = Effect.gen(function* () {
    const executor = yield* PayoutExecutor
    const followUp = yield* PayoutFollowUp
    const refunds = yield* RefundExecutor
    const [sent, asked] = [yield* executor.runOnce, yield* followUp.lookUpOnce]
    return `${sent} payouts sent, ${asked} looked up, ${yield* refunds.runOnce} refunds moved on`
  })
  return yield* once(config, pass)
})

export const pollOutgoing = Effect.fnUntraced(function* ({ interval, loop }: LoopOptions) {
  const found = yield* workerSettings("poll-outgoing", { poll: true })
  const config = withInterval(found, "pollInterval", interval)
  if (loop) return yield* worker(config, ["poll"])
  const pass = Effect.gen(function* () {
    const followUp = yield* PayoutFollowUp
    return `${yield* followUp.pollOnce} pending payouts asked about`
  })
  return yield* once(config, pass)
})

const printReply = ({ found, mismatch, text }: Reply) =>
  found
    ? Effect.andThen(
        Console.log(text),
        mismatch === undefined
          ? Effect.void
          : Effect.fail(new CommandFailed({ message: `kedge: ${mismatch}`, exitCode: exitCodes.dataErr }))
      )
    : Effect.fail(new CommandFailed({ message: `kedge: ${text}`, exitCode: exitCodes.noInput }))

const nothingInMemory = new CommandFailed({
  message:
    "kedge: the database is in the memory of the running process (memory:), so no other can ask about it",
  exitCode: exitCodes.config
})

/** A question that only reads; it needs no more of the configuration than the database and, to open notes, the data key. */
export const ask = Effect.fnUntraced(function* (question: Question) {
  const { kind, url } = yield* askedDatabase
  const directory = pgliteDirectory(url)
  if (directory !== null) return yield* Effect.flatMap(askRunning(directory, question), printReply)
  if (kind === "memory") return yield* nothingInMemory
  const config = yield* settings
  const services = Layer.mergeAll(storageLayer(url), LocalVault.layer, Horizon.layer).pipe(
    Layer.provide(Layer.mergeAll(Layer.succeed(KedgeConfig, config), NodeEntropy.layer))
  )
  return yield* answer(question, Effect.succeed("")).pipe(
    Effect.provide(services),
    Effect.mapError(asCommandFailed),
    Effect.flatMap(printReply)
  )
})

export const replayInbox = Effect.gen(function* () {
  const { kind, url } = yield* askedDatabase
  const directory = pgliteDirectory(url)
  if (directory !== null)
    return yield* Effect.flatMap(askRunning(directory, { _tag: "ReplayInbox" }), printReply)
  if (kind === "memory") return yield* nothingInMemory
  const config = yield* workerSettings("inbox replay", {})
  const replayed = yield* Effect.flatMap(InboxReplay, ({ replay }) => replay).pipe(
    Effect.provide(kedgeLayer(config)),
    Effect.provide(logged({ ...config, logLevel: "warn" })),
    Effect.mapError(asCommandFailed)
  )
  yield* Console.log(describeReplay(replayed))
})
