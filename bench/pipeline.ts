/**
 * How many payments a second go from the ledger to `completed`, all durable, with a rail that answers at once? And how long
 * after its ledger closed is a payment's payout started, at 200 a second and in a burst?
 *
 * The ledger is in memory, so that the figure is ours and not a Horizon's; the watcher, matching, sealing, stepping, both
 * commits, the executor and its call of the rail are the real ones.
 */
import { setTimeout as sleep } from "node:timers/promises"
import { Effect, Layer } from "effect"
import { amount } from "../machines/domain/Amount.ts"
import type { TransactionId } from "../machines/domain/Ids.ts"
import { PayoutExecutor } from "../src/payouts/PayoutExecutor.ts"
import { RailCaller } from "../src/payouts/RailCaller.ts"
import { type PaymentRail, Rails } from "../src/ports/Rails.ts"
import type { Credit } from "../src/ports/StellarNetwork.ts"
import { Storage } from "../src/ports/Storage.ts"
import { layer as actorsLayer } from "../src/runtime/ActorsLayer.ts"
import { Fence } from "../src/runtime/Fence.ts"
import { PayoutSlots } from "../src/runtime/PayoutSlots.ts"
import { layer as logging } from "../src/telemetry/Logging.ts"
import { PaymentWatcher } from "../src/watcher/PaymentWatcher.ts"
import { WatcherState } from "../src/watcher/WatcherState.ts"
import type { PostgresCluster } from "../test/support/PostgresCluster.ts"
import { account, transactionId } from "../test/support/runtimeWorld.ts"
import { type Recording, replay, startRecording } from "./limits/recordedSql.ts"
import { type MemoryLedger, memoryLedger } from "./parts/MemoryLedger.ts"
import { type Amounts, best, percentile, type Report } from "./Report.ts"
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

const countDefault = 20_000
const warmUp = 3_000
/** As many payments a second as the whole Stellar network carries today, one by one. */
const steadyRate = 200
const steadySeconds = 10
/** The same in the form it really has: what came in five seconds closes with one ledger. */
const burst = 1_000
const bursts = 3

const credit = (n: number): Credit => ({
  operationId: String(1_000_000 + n),
  index: 0,
  stellarTransactionId: n.toString(16).padStart(64, "0"),
  account,
  muxedAccount: null,
  from: account,
  asset: { code: "USDC", issuer: account },
  amount: amount("100"),
  memo: { type: "id", value: String(n) },
  odd: null,
  closedAtMillis: 1_000,
  ledger: 100
})

/** Payments by number: when their ledger closed, when their payout was started, and how many are completed. */
class Progress {
  private readonly closedAt = new Map<string, number>()
  private latencies: Array<number> = []
  private completed = 0
  private waiting: { readonly count: number; readonly resolve: () => void } | null = null
  private paid = 0

  /** Closes a ledger with the next payments. */
  pay(ledger: MemoryLedger, count: number, at: number): void {
    const credits = Array.from({ length: count }, () => {
      this.paid += 1
      this.closedAt.set(transactionId(this.paid), at)
      return credit(this.paid)
    })
    ledger.close(credits)
  }

  started(id: TransactionId): void {
    this.latencies.push(performance.now() - (this.closedAt.get(id) ?? Number.NaN))
  }

  complete(count: number): void {
    this.completed += count
    if (this.waiting !== null && this.completed >= this.waiting.count) this.waiting.resolve()
  }

  /** Answers when all that was paid is completed. */
  untilCompleted(): Promise<void> {
    if (this.completed >= this.paid) return Promise.resolve()
    return new Promise((resolve) => {
      this.waiting = { count: this.paid, resolve }
    })
  }

  /** Milliseconds from ledger to payout since this was last asked, ascending. */
  takeLatencies(): ReadonlyArray<number> {
    const taken = this.latencies.sort((a, b) => a - b)
    this.latencies = []
    return taken
  }
}

/** Watcher, runtime and executor over the ledger and PostgreSQL. */
const runtimeOf = (url: string, ledger: MemoryLedger, progress: Progress, recording: Recording) => {
  const rail: PaymentRail = {
    ...immediateRail,
    execute: (payout) =>
      Effect.suspend(() => {
        progress.started(payout.transactionId)
        return immediateRail.execute(payout)
      })
  }
  const counting = (storage: Storage["Service"]): Storage["Service"] => ({
    ...storage,
    commit: (group) =>
      Effect.tap(storage.commit(group), () =>
        Effect.sync(() => progress.complete(group.steps.filter(({ leaf }) => leaf === "completed").length))
      )
  })
  const storage = Layer.effect(
    Storage,
    Effect.map(Storage, (plain) => counting(recording.over(plain)))
  ).pipe(Layer.provide(storageLayer(url)))
  const ports = Layer.mergeAll(
    storage,
    Layer.succeed(Rails, Rails.one(rail)),
    ledger.layer,
    logging("Warn"),
    realPorts()
  )
  return Layer.mergeAll(PayoutExecutor.layer, PaymentWatcher.layer).pipe(
    Layer.provideMerge(Layer.mergeAll(RailCaller.layer, WatcherState.layer)),
    Layer.provideMerge(actorsLayer),
    Layer.provideMerge(Layer.mergeAll(Fence.layer, PayoutSlots.layer({ executes: true }))),
    Layer.provideMerge(ports)
  )
}

interface Round {
  readonly seconds: number
  readonly cpu: number
  readonly serverCpu: number
  readonly commits: number
  readonly steady: ReadonlyArray<number>
  /** Milliseconds from the ledger of a burst to its last payout. */
  readonly burstMillis: number
  readonly limit: { readonly seconds: number; readonly cpu: number; readonly serverCpu: number }
}

const measure = async (cluster: PostgresCluster, count: number): Promise<Round> => {
  const [url, again] = [await newDatabase(cluster), await newDatabase(cluster)]
  await makeTransactions(url, warmUp + count + steadyRate * steadySeconds + burst * bursts)
  await makeTransactions(again, warmUp + count)
  const { network } = benchSettings
  await storeCursor(again, { account, network: network.id, tip: String(warmUp), owner: "bench" })
  const ledger = memoryLedger(network.passphrase)
  const progress = new Progress()
  const recording = startRecording()

  const payAtOnce = async (payments: number): Promise<void> => {
    progress.pay(ledger, payments, performance.now())
    await progress.untilCompleted()
  }
  const paySteadily = async (): Promise<void> => {
    const startedAt = performance.now()
    for (let paid = 0; paid < steadyRate * steadySeconds; ) {
      const dueAt = startedAt + (paid * 1000) / steadyRate
      if (dueAt > performance.now()) await sleep(1)
      else {
        progress.pay(ledger, 1, dueAt)
        paid += 1
      }
    }
    await progress.untilCompleted()
  }

  const run = async () => {
    await payAtOnce(warmUp)
    recording.begin()
    const [cpu, serverCpu] = [process.cpuUsage(), cpuOfServer(cluster)]
    const startedAt = performance.now()
    await payAtOnce(count)
    const seconds = (performance.now() - startedAt) / 1000
    const used = { cpu: cpuSince(cpu) / count, serverCpu: (cpuOfServer(cluster) - serverCpu) / count }
    const recorded = recording.end()
    progress.takeLatencies()
    await paySteadily()
    const steady = progress.takeLatencies()
    for (let done = 0; done < bursts; done++) {
      await sleep(200)
      await payAtOnce(burst)
    }
    const burstMillis = progress.takeLatencies().at(-1) ?? Number.NaN
    return { seconds, ...used, recorded, steady, burstMillis }
  }

  const { recorded, ...ours } = await Effect.gen(function* () {
    const watcher = yield* PaymentWatcher
    const executor = yield* PayoutExecutor
    yield* Effect.forkScoped(executor.run)
    yield* Effect.forkScoped(watcher.run)
    // The cursor begins at the tip, so nothing is paid before it is stored.
    const storage = yield* Storage
    while ((yield* storage.cursors).length === 0) yield* Effect.promise(() => sleep(10))
    return yield* Effect.promise(run)
  }).pipe(Effect.scoped, Effect.provide(runtimeOf(url, ledger, progress, recording)), Effect.runPromise)

  const serverCpu = cpuOfServer(cluster)
  const limit = await replay(again, recorded)
  const limitCpu = (cpuOfServer(cluster) - serverCpu) / count
  await expectCompleted(again, count)
  return {
    ...ours,
    commits: recorded.length,
    limit: { seconds: limit.seconds, cpu: limit.cpu / count, serverCpu: limitCpu }
  }
}

/** A limit that did less than the whole work would be none. */
const expectCompleted = async (url: string, count: number): Promise<void> => {
  const text = `select count(*) from "transaction" where status = 'completed'`
  const [found] = await query<{ count: string }>(url, text)
  if (found?.count !== String(count)) {
    throw new Error(`the replay completed ${found?.count} transactions of ${count}`)
  }
}

export const pipeline = async (
  cluster: PostgresCluster,
  amounts: Amounts
): Promise<ReadonlyArray<Report>> => {
  const count = amounts.count ?? countDefault
  const rounds: Array<Round> = []
  for (let round = 0; round < amounts.rounds; round++) rounds.push(await measure(cluster, count))
  const fastest = best(rounds, ({ seconds }) => -seconds)
  const limit = best(rounds, (round) => -round.limit.seconds).limit
  const steady = best(rounds, (round) => -percentile(round.steady, 99)).steady
  const least = (of: (round: Round) => number) => Math.min(...rounds.map(of))
  return [
    {
      name: "pipeline",
      unit: "payments/s",
      figure: count / fastest.seconds,
      limit: { what: "the same commits replayed without us", figure: count / limit.seconds },
      beside: {
        payments: count,
        "steps a commit": (2 * count) / fastest.commits,
        [`ms p50 from ledger to payout started at ${steadyRate}/s`]: percentile(steady, 50),
        [`ms p99 from ledger to payout started at ${steadyRate}/s`]: percentile(steady, 99),
        [`ms from a ledger of ${burst} payments to its last payout`]: least((round) => round.burstMillis),
        "Node CPU us a payment": least((round) => round.cpu),
        "Node CPU us a payment, limit": least((round) => round.limit.cpu),
        "PostgreSQL CPU us a payment": least((round) => round.serverCpu),
        "PostgreSQL CPU us a payment, limit": least((round) => round.limit.serverCpu)
      }
    }
  ]
}
