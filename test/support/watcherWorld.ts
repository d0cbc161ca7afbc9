// Processes that watch a test ledger over one storage: the real runtime, the real storage, each process with its own owner
// and ids, so that two of them can be alive at once and one can be "killed" by closing its scope.
import { type Context, Effect, Exit, Layer, Queue, References, Scope } from "effect"
import { layerOver } from "../../adapters/storage-memory/MemoryStorage.ts"
import { emptyTables, type Tables } from "../../adapters/storage-memory/tables.ts"
import { KedgeConfig, type Settings } from "../../src/KedgeConfig.ts"
import { Entropy } from "../../src/ports/Entropy.ts"
import { Rails } from "../../src/ports/Rails.ts"
import type { Birth } from "../../src/ports/rows.ts"
import type { Credit, StellarNetwork } from "../../src/ports/StellarNetwork.ts"
import { Storage } from "../../src/ports/Storage.ts"
import type { AcceptingPayments } from "../../src/runtime/AcceptingPayments.ts"
import { Actors } from "../../src/runtime/Actors.ts"
import { layer as actorsLayer } from "../../src/runtime/ActorsLayer.ts"
import { PriceAtReceipt } from "../../src/runtime/PriceAtReceipt.ts"
import { Fence } from "../../src/runtime/Fence.ts"
import { PayoutSlots } from "../../src/runtime/PayoutSlots.ts"
import { ExpireTransactions } from "../../src/watcher/ExpireTransactions.ts"
import { InboxReplay } from "../../src/watcher/InboxReplay.ts"
import { PaymentWatcher } from "../../src/watcher/PaymentWatcher.ts"
import { WaitingPayments } from "../../src/watcher/WaitingPayments.ts"
import { type WatcherEvent, WatcherSignal } from "../../src/watcher/WatcherSignal.ts"
import { acceptingPayments, WatcherState } from "../../src/watcher/WatcherState.ts"
import { usdcId } from "./credits.ts"
import { issuer, us } from "./horizonRecords.ts"
import { makeTestLedger } from "./TestLedger.ts"
import { birth, scriptedRail, testSettings, transactionId } from "./runtimeWorld.ts"

const [assetSettings] = testSettings.assets
if (assetSettings === undefined) throw new Error("the test settings have no asset")

export const watcherSettings: Settings = {
  ...testSettings,
  assets: [{ ...assetSettings, code: "USDC", issuer, account: us }]
}

/** Ids that no other process draws. */
const entropyOf = (process: number) =>
  Layer.sync(Entropy, () => {
    let drawn = 0n
    const next = () => {
      drawn += 1n
      return drawn
    }
    const prefix = process.toString(16).padStart(8, "0")
    return {
      uuid: Effect.sync(() => `${prefix}-0000-7000-8000-${next().toString(16).padStart(12, "0")}`),
      bytes: (count) => Effect.sync(() => new Uint8Array(count).fill(Number(next() % 256n))),
      uint64: Effect.sync(() => next().toString())
    }
  })

type Services =
  | PaymentWatcher
  | WaitingPayments
  | ExpireTransactions
  | InboxReplay
  | WatcherState
  | AcceptingPayments
  | Actors
  | Storage

export interface Process {
  readonly services: Context.Context<Services>
  readonly events: Queue.Queue<WatcherEvent>
  /** Takes signals until one is as wanted. */
  readonly until: <Tag extends WatcherEvent["_tag"]>(
    tag: Tag,
    isWanted?: (event: Extract<WatcherEvent, { readonly _tag: Tag }>) => boolean
  ) => Effect.Effect<Extract<WatcherEvent, { readonly _tag: Tag }>>
  /** Ends it as a crash would: nothing is finished, nothing released. */
  readonly kill: Effect.Effect<void>
}

export interface ProcessOptions {
  readonly network: Layer.Layer<StellarNetwork>
  readonly tables: Tables
  readonly settings?: Partial<Settings>
  /** Stands before the storage of this process. */
  readonly storage?: (storage: Storage["Service"]) => Storage["Service"]
  /** What a conversion without a quote comes to; left out, there is no price. */
  readonly prices?: Layer.Layer<PriceAtReceipt>
  /** In place of the real runtime. */
  readonly actors?: Layer.Layer<Actors>
  /** Whether the watcher runs from the start; true where not given. */
  readonly watches?: boolean
}

let processes = 0

/** Starts a process. It ends with the scope of the test, or by `kill`. */
export const startProcess = Effect.fnUntraced(function* (options: ProcessOptions) {
  processes += 1
  const owner = `process-${processes}`
  const events = yield* Queue.unbounded<WatcherEvent>()
  const storage = layerOver(options.tables)
  const ports = Layer.mergeAll(
    options.storage === undefined
      ? storage
      : Layer.effect(Storage, Effect.map(Storage, options.storage)).pipe(Layer.provide(storage)),
    Layer.succeed(KedgeConfig, { ...watcherSettings, ...options.settings }),
    Layer.succeed(Rails, Rails.one(scriptedRail(() => Effect.never).rail)),
    Layer.succeed(Fence, { owner }),
    Layer.succeed(References.MinimumLogLevel, "None"),
    Layer.succeed(WatcherSignal, (event: WatcherEvent) => Queue.offer(events, event).pipe(Effect.asVoid)),
    entropyOf(processes),
    options.network
  )
  const runtime = (
    options.actors ?? actorsLayer.pipe(Layer.provide(PayoutSlots.layer({ executes: false })))
  ).pipe(Layer.provideMerge(ports))
  const room = Layer.mergeAll(
    PaymentWatcher.layer,
    WaitingPayments.layer,
    ExpireTransactions.layer,
    InboxReplay.layer,
    acceptingPayments
  ).pipe(
    Layer.provideMerge(Layer.mergeAll(WatcherState.layer, options.prices ?? PriceAtReceipt.none)),
    Layer.provideMerge(runtime)
  )
  const scope = yield* Scope.fork(yield* Effect.scope)
  const services = yield* Layer.buildWithScope(room, scope)
  const process: Process = {
    services,
    events,
    until: (tag, isWanted = () => true) =>
      Effect.gen(function* () {
        for (;;) {
          const event = yield* Queue.take(events)
          const wanted = event as Extract<WatcherEvent, { readonly _tag: typeof tag }>
          if (event._tag === tag && isWanted(wanted)) return wanted
        }
      }),
    kill: Scope.close(scope, Exit.void)
  }
  if (options.watches !== false) {
    yield* PaymentWatcher.use(({ run }) => run).pipe(Effect.provide(services), Effect.forkIn(scope))
  }
  return process
})

/** Transactions `n` that wait for 100 USDC under the id memo `n`. */
export const bear = Effect.fnUntraced(function* (
  process: Process,
  ns: ReadonlyArray<number>,
  over: Partial<Birth> = {}
) {
  const actors = Effect.provide(Actors, process.services)
  for (const n of ns) {
    yield* (yield* actors).bear(birth(n, { account: us, asset: usdcId, ...over }))
  }
})

export const stateOf = (tables: Tables, n: number): string =>
  tables.transactions.get(transactionId(n))?.state ?? "none"

/** A storage and a ledger for processes to share. */
export const world = () => ({
  tables: emptyTables(),
  ledger: makeTestLedger(watcherSettings.network.passphrase)
})
export type Parts = ReturnType<typeof world>

/** A process with nothing special about it. */
export const startIn = ({ ledger, tables }: Parts) => startProcess({ network: ledger.layer, tables })

/** The turn that applied so many payments. */
export const applied = (process: Process, count = 1) =>
  process.until("Turned", ({ brought }) => brought?.applied === count)

export const watchOf = (process: Process) =>
  WatcherState.use((state) => Effect.sync(() => state.of(us))).pipe(Effect.provide(process.services))

export const idOf = (value: number): Credit["memo"] => ({ type: "id", value: String(value) })
export const paid = "pending_receiver.payingOut"
export const unpaid = "pending_sender.awaitingPayment"

export { emptyTables }
