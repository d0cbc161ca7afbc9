/**
 * How many records of history a second are read, matched and stored, from a stored cursor to the tip?
 *
 * The sandbox's Horizon serves the history from a process of its own; the adapter, the watcher, the runtime and PostgreSQL are
 * the real ones, in the roles of `kedge watch`: payouts are planned and left to another process. Of the history of `catchup-1%`
 * every hundredth record is a payment for one of our transactions and the others are payments the account itself made, which
 * are read and leave nothing; of `catchup-100%` every record is for a transaction.
 */
import { Deferred, Effect, Layer } from "effect"
import { layerWith as horizonNetwork } from "../adapters/stellar-horizon/HorizonNetwork.ts"
import type { Settings } from "../src/KedgeConfig.ts"
import { Rails } from "../src/ports/Rails.ts"
import { StellarNetwork } from "../src/ports/StellarNetwork.ts"
import { layer as actorsLayer } from "../src/runtime/ActorsLayer.ts"
import { Fence } from "../src/runtime/Fence.ts"
import { PayoutSlots } from "../src/runtime/PayoutSlots.ts"
import { layer as logging } from "../src/telemetry/Logging.ts"
import { PaymentWatcher } from "../src/watcher/PaymentWatcher.ts"
import { type WatcherEvent, WatcherSignal } from "../src/watcher/WatcherSignal.ts"
import { WatcherState } from "../src/watcher/WatcherState.ts"
import type { PostgresCluster } from "../test/support/PostgresCluster.ts"
import { parsePages } from "./limits/pageParsing.ts"
import type { HistoryOpened, HistoryWish } from "./parts/sandboxHistory.ts"
import { startProgram } from "./Program.ts"
import { type Amounts, best, type Report } from "./Report.ts"
import { makeTransactions, storeCursor } from "./transactions.ts"
import {
  benchSettings,
  cpuOfServer,
  cpuSince,
  immediateRail,
  newDatabase,
  query,
  realPorts,
  storageLayer
} from "./world.ts"

const countDefault = 100_000
const owner = "bench"

const settingsFor = ({ account, issuer, passphrase, url }: HistoryOpened): Settings => ({
  ...benchSettings,
  network: { id: "sandbox", passphrase, isPublic: false },
  horizonUrl: new URL(url),
  assets: benchSettings.assets.map((asset) => ({ ...asset, issuer, account }))
})

interface Used {
  readonly seconds: number
  readonly cpu: number
  readonly serverCpu: number
}

/** Watches until the cursor is stored at the position. */
const catchUp = async (
  cluster: PostgresCluster,
  databaseUrl: string,
  history: HistoryOpened,
  tip: string
): Promise<Used> => {
  const settings = settingsFor(history)
  const atTip = Deferred.makeUnsafe<void>()
  const onSignal = (event: WatcherEvent) =>
    event._tag === "Turned" && event.position === tip
      ? Deferred.succeed(atTip, undefined).pipe(Effect.asVoid)
      : event._tag === "Stopped"
        ? Effect.die(new Error(event.reason))
        : Effect.void
  const ports = Layer.mergeAll(
    storageLayer(databaseUrl),
    Layer.succeed(Rails, Rails.one(immediateRail)),
    Layer.succeed(Fence, { owner }),
    Layer.succeed(WatcherSignal, onSignal),
    horizonNetwork({ url: settings.horizonUrl, passphrase: settings.network.passphrase }),
    logging("Warn"),
    realPorts(settings)
  )
  const watching = PaymentWatcher.layer.pipe(
    Layer.provide(WatcherState.layer),
    Layer.provide(actorsLayer),
    Layer.provideMerge(PayoutSlots.layer({ executes: false })),
    Layer.provideMerge(ports)
  )
  return Effect.gen(function* () {
    const watcher = yield* PaymentWatcher
    const [cpu, serverCpu] = [process.cpuUsage(), cpuOfServer(cluster)]
    const startedAt = performance.now()
    yield* Effect.raceFirst(watcher.run, Deferred.await(atTip))
    return {
      seconds: (performance.now() - startedAt) / 1000,
      cpu: cpuSince(cpu),
      serverCpu: cpuOfServer(cluster) - serverCpu
    }
  }).pipe(Effect.scoped, Effect.provide(watching), Effect.runPromise)
}

/** The newest position of the account, as a first watch finds it. */
const tipOf = (history: HistoryOpened): Promise<string> =>
  Effect.flatMap(StellarNetwork, ({ tip }) => tip(history.account)).pipe(
    Effect.provide(horizonNetwork({ url: new URL(history.url), passphrase: history.passphrase })),
    Effect.scoped,
    Effect.runPromise
  )

const measure = async (
  cluster: PostgresCluster,
  { count: rounds }: { readonly count: number },
  wish: HistoryWish,
  name: string
): Promise<Report> => {
  const sandbox = startProgram("./parts/sandboxHistory.ts")
  try {
    const history = await sandbox.ask<HistoryOpened>("open")
    const begin = await tipOf(history)
    const tip = await sandbox.ask<string>("inject", wish)
    const ours = Math.floor(wish.count / wish.every)
    const asset = `stellar:USDC:${history.issuer}` as const
    const runs: Array<Used> = []
    const limits: Array<Awaited<ReturnType<typeof parsePages>>> = []
    for (let round = 0; round < rounds; round++) {
      const databaseUrl = await newDatabase(cluster)
      await makeTransactions(databaseUrl, ours, { asset, account: history.account })
      await storeCursor(databaseUrl, {
        account: history.account,
        network: settingsFor(history).network.id,
        tip: begin,
        owner
      })
      runs.push(await catchUp(cluster, databaseUrl, history, tip))
      await expectFunded(databaseUrl, ours)
      const limit = await parsePages(history.url, history.account, begin)
      if (limit.records !== wish.count)
        throw new Error(`the pages hold ${limit.records} of ${wish.count} records`)
      limits.push(limit)
    }
    const fastest = best(runs, ({ seconds }) => -seconds)
    const limit = best(limits, ({ seconds }) => -seconds)
    const least = (of: (used: Used) => number) => Math.min(...runs.map(of)) / wish.count
    return {
      name,
      unit: "records/s",
      figure: wish.count / fastest.seconds,
      limit: { what: "the same pages fetched and parsed", figure: wish.count / limit.seconds },
      beside: {
        records: wish.count,
        "payments for a transaction": ours,
        "Node CPU us a record": least(({ cpu }) => cpu),
        "Node CPU us a record, limit": Math.min(...limits.map(({ cpu }) => cpu)) / wish.count,
        "PostgreSQL CPU us a record": least(({ serverCpu }) => serverCpu)
      }
    }
  } finally {
    await sandbox.stop()
  }
}

/** A figure counts only where every payment found its transaction. */
const expectFunded = async (url: string, count: number): Promise<void> => {
  const text = `select count(*) from "transaction" where status = 'pending_receiver'`
  const [found] = await query<{ count: string }>(url, text)
  if (found?.count !== String(count)) throw new Error(`${found?.count} transactions of ${count} were paid`)
}

export const catchup = async (cluster: PostgresCluster, amounts: Amounts): Promise<ReadonlyArray<Report>> => {
  const count = amounts.count ?? countDefault
  const rounds = { count: amounts.rounds }
  return [
    await measure(cluster, rounds, { count, every: 100 }, "catchup-1%"),
    await measure(cluster, rounds, { count, every: 1 }, "catchup-100%")
  ]
}
