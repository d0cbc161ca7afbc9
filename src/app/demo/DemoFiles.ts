/**
 * What the demo keeps in its directory: keys, the configuration written for it, what `kedge pay` must know, and beside them the
 * sandbox's ledger and Kedge's database.
 *
 * Gotcha: ledger and database belong together. A database without the ledger it has read would wait for payments of another
 * network, so that pair is refused, and `--fresh` deletes all of it at once.
 */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync
} from "node:fs"
import { join } from "node:path"
import { Effect, Schema } from "effect"
import { claimDirectory } from "../../../adapters/sandbox/claimDirectory.ts"
import { CommandFailed, exitCodes } from "../../cli/CommandFailed.ts"
import { Entropy } from "../../ports/Entropy.ts"
import { seedOf } from "../../stellar/seeds.ts"

const Keys = Schema.Struct({
  signingSeed: Schema.String,
  jwtSecret: Schema.String,
  dataKey: Schema.String,
  /** Receiving accounts, by asset code. */
  receivingSeeds: Schema.Record(Schema.String, Schema.String),
  /** The Sending Anchor. */
  senderSeed: Schema.String
})
export type Keys = typeof Keys.Type

/** Where the running demo is reached, and as whom one may pay. */
export const Running = Schema.Struct({
  pid: Schema.Int,
  home: Schema.String,
  operator: Schema.String,
  sandbox: Schema.String,
  senderSeed: Schema.String,
  assets: Schema.Array(Schema.Struct({ code: Schema.String, issuer: Schema.String }))
})
export type Running = typeof Running.Type

/** A payment of the demo: whom to correct when it asks. */
export const Made = Schema.Struct({ id: Schema.String, memo: Schema.String, type: Schema.String })
export type Made = typeof Made.Type

const decodeKeys = Schema.decodeUnknownSync(Schema.fromJsonString(Keys))
const decodeRunning = Schema.decodeUnknownSync(Schema.fromJsonString(Running))
const decodeMade = Schema.decodeUnknownSync(Schema.fromJsonString(Made))

export const assetCodes = ["USDC", "EURC"] as const

/** The key that returns money: the seed of the first receiving account. */
export const refundSeedOf = (keys: Keys): string | undefined => keys.receivingSeeds[assetCodes[0]]

export interface DemoPaths {
  readonly directory: string
  readonly sandbox: string
  readonly database: string
  readonly keys: string
  readonly running: string
  readonly payments: string
  readonly config: string
  readonly log: string
}

export const demoPaths = (directory: string): DemoPaths => ({
  directory,
  sandbox: join(directory, "sandbox"),
  database: join(directory, "database"),
  keys: join(directory, "keys.json"),
  running: join(directory, "demo.json"),
  payments: join(directory, "payments.jsonl"),
  config: join(directory, "kedge.json"),
  log: join(directory, "kedge.log")
})

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

/** Only its owner may read it; it appears whole or not at all. */
const writePrivately = (path: string, text: string): void => {
  writeFileSync(`${path}.new`, text, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

const failure = (message: string, exitCode: number = exitCodes.unavailable) =>
  new CommandFailed({ message: `kedge: ${message}`, exitCode })

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const makeKeys = Effect.gen(function* () {
  const entropy = yield* Entropy
  const seed = Effect.map(entropy.bytes(32), seedOf)
  const secret = Effect.map(entropy.bytes(32), (bytes) => Buffer.from(bytes).toString("base64"))
  const receivingSeeds: Record<string, string> = {}
  for (const code of assetCodes) receivingSeeds[code] = yield* seed
  const keys: Keys = {
    signingSeed: yield* seed,
    jwtSecret: yield* secret,
    dataKey: yield* secret,
    receivingSeeds,
    senderSeed: yield* seed
  }
  return keys
})

/** Fails while another process runs the sandbox of this directory. */
const holdSandbox = Effect.fnUntraced(function* (paths: DemoPaths) {
  if (!existsSync(paths.sandbox)) return
  const release = yield* Effect.tryPromise({
    try: () => claimDirectory(paths.sandbox),
    catch: (error) => failure(messageOf(error))
  })
  yield* Effect.promise(release)
})

/** Deletes what the demo keeps, nothing else that may lie there, and not under a demo that runs. */
const deleteAll = Effect.fnUntraced(function* (paths: DemoPaths) {
  yield* holdSandbox(paths)
  const { config, database, keys, log, payments, running, sandbox } = paths
  const beside = ["lock", "socket", "unfinished"].map((suffix) => `${database}.${suffix}`)
  for (const each of [sandbox, database, ...beside, keys, running, payments, config, log]) {
    rmSync(each, { recursive: true, force: true })
  }
})

/** Opens the directory, made anew where asked; answers the keys, made at the first start. */
export const openDemo = Effect.fnUntraced(function* (paths: DemoPaths, isFresh: boolean) {
  if (isFresh) yield* deleteAll(paths)
  mkdirSync(paths.directory, { recursive: true, mode: 0o700 })
  if (existsSync(paths.database) && !existsSync(paths.sandbox)) {
    return yield* failure(
      `${paths.directory} holds a database without the ledger it belongs to; begin anew with --fresh`,
      exitCodes.config
    )
  }
  if (existsSync(paths.keys)) {
    return yield* Effect.try({
      try: () => decodeKeys(readFileSync(paths.keys, "utf8")),
      catch: () => failure(`${paths.keys} cannot be read; begin anew with --fresh`, exitCodes.config)
    })
  }
  const keys = yield* makeKeys
  writePrivately(paths.keys, json(keys))
  return keys
})

export const writeConfig = (paths: DemoPaths, config: unknown): void =>
  writeFileSync(paths.config, json(config))

/** Tells `kedge pay` where the demo is, for as long as the scope lives. */
export const announceRunning = (paths: DemoPaths, running: Running) =>
  Effect.acquireRelease(
    Effect.sync(() => writePrivately(paths.running, json(running))),
    () => Effect.sync(() => rmSync(paths.running, { force: true }))
  )

/** The demo that runs over this directory. */
export const findRunning = (paths: DemoPaths) =>
  Effect.try({
    try: () => decodeRunning(readFileSync(paths.running, "utf8")),
    catch: () =>
      failure(`no demo runs over ${paths.directory}; start one with \`npm start\` in another terminal`)
  })

export const rememberPayment = (paths: DemoPaths, made: Made): void =>
  appendFileSync(paths.payments, `${JSON.stringify(made)}\n`, { mode: 0o600 })

export const findPayment = (paths: DemoPaths, id: string) =>
  Effect.try({
    try: () => {
      const made = readFileSync(paths.payments, "utf8")
        .trimEnd()
        .split("\n")
        .map((line) => decodeMade(line))
      const found = made.find((each) => each.id === id)
      if (found === undefined) throw new Error("not there")
      return found
    },
    catch: () => failure(`the demo over ${paths.directory} has made no payment ${id}`, exitCodes.noInput)
  })
