/**
 * How many payments a second go from a ledger page to `completed`, all durable, with a rail that answers at once?
 *
 * Pages of 200 credits come from memory, so that the figure is ours and not a Horizon's; matching, sealing, stepping, both
 * commits and the call of the rail are the real ones.
 */
import { Effect, Layer } from "effect"
import { type Amount, amount } from "../machines/domain/Amount.ts"
import { PayoutExecutor } from "../src/payouts/PayoutExecutor.ts"
import { RailCaller } from "../src/payouts/RailCaller.ts"
import { KedgeConfig } from "../src/KedgeConfig.ts"
import type { PaymentRail } from "../src/ports/Rails.ts"
import { Rails } from "../src/ports/Rails.ts"
import type { Birth, PaymentRow } from "../src/ports/rows.ts"
import { Storage } from "../src/ports/Storage.ts"
import { Actors, type Arrival } from "../src/runtime/Actors.ts"
import { layer as actorsLayer } from "../src/runtime/ActorsLayer.ts"
import { sealDestination } from "../src/runtime/Destination.ts"
import { Fence } from "../src/runtime/Fence.ts"
import { PayoutSlots } from "../src/runtime/PayoutSlots.ts"
import type { PostgresCluster } from "../test/support/PostgresCluster.ts"
import { account, birth, payment } from "../test/support/runtimeWorld.ts"
import { type Recorded, recording, replay } from "./limits/recordedSql.ts"
import { percentile, type Report } from "./Report.ts"
import { benchSettings, cpuSince, newDatabase, realPorts, storageLayer } from "./world.ts"

const pageSize = 200
const hundred: Amount = amount("100")

const makeBirths = (count: number) =>
  Effect.forEach(
    Array.from({ length: count }, (_, index) => index + 1),
    (n) =>
      sealDestination({ receiver: { bank_account_number: `DE${n}` }, fields: {} }).pipe(
        Effect.map(
          (destination): Birth =>
            birth(n, { destination, terms: { ...birth(n).terms, expiresAtMillis: 4_000_000_000_000 } })
        )
      )
  )

/** Writes the transactions that will be paid. */
const prepare = (births: ReadonlyArray<Birth>) =>
  Effect.gen(function* () {
    const storage = yield* Storage
    for (let from = 0; from < births.length; from += pageSize) {
      yield* storage.commit({
        id: crypto.randomUUID(),
        births: births.slice(from, from + pageSize),
        steps: [],
        payments: [],
        pages: [],
        refusals: [],
        owner: "bench",
        leaseSeconds: 60
      })
    }
  })

export const pipeline = async (cluster: PostgresCluster, count: number): Promise<Report> => {
  const url = await newDatabase(cluster)
  const again = await newDatabase(cluster)
  const recorded: Array<Recorded> = []
  const seenAt = new Map<string, number>()
  const startLatencies: Array<number> = []
  let finished = 0
  const allFinished = Promise.withResolvers<void>()
  const rail: PaymentRail = {
    name: "immediate",
    repeatable: false,
    concurrency: 1024,
    timeoutSeconds: 30,
    execute: (payout) =>
      Effect.sync(() => {
        const seen = seenAt.get(payout.transactionId)
        if (seen !== undefined) startLatencies.push(performance.now() - seen)
        return { _tag: "Delivered" as const, externalId: "b" }
      })
  }
  const counting = (storage: Storage["Service"]): Storage["Service"] => ({
    ...storage,
    commit: (group) =>
      storage.commit(group).pipe(
        Effect.tap(() =>
          Effect.sync(() => {
            finished += group.steps.filter(({ leaf }) => leaf === "completed").length
            if (finished >= count) allFinished.resolve()
          })
        )
      )
  })
  const storage = Layer.effect(
    Storage,
    Effect.map(Storage, (plain) => counting(recording(plain, recorded)))
  ).pipe(Layer.provide(storageLayer(url)))
  const ports = Layer.mergeAll(storage, Layer.succeed(Rails, Rails.one(rail)), realPorts())
  const runtime = Layer.mergeAll(PayoutExecutor.layer).pipe(
    Layer.provideMerge(RailCaller.layer),
    Layer.provideMerge(actorsLayer),
    Layer.provideMerge(Layer.mergeAll(Fence.layer, PayoutSlots.layer({ executes: true }))),
    Layer.provideMerge(ports)
  )
  const payments: ReadonlyArray<PaymentRow> = Array.from({ length: count }, (_, index) => payment(index + 1))

  const run = Effect.gen(function* () {
    const births = yield* makeBirths(count)
    yield* prepare(births)
    yield* prepare(births).pipe(Effect.provide(storageLayer(again)))
    recorded.length = 0
    const storageNow = yield* Storage
    const actors = yield* Actors
    const executor = yield* PayoutExecutor
    yield* Effect.forkScoped(executor.run)
    const cpu = process.cpuUsage()
    const startedAt = performance.now()
    for (let from = 0; from < count; from += pageSize) {
      const page = payments.slice(from, from + pageSize)
      const rows = yield* storageNow.actorsByMemo(
        page.map((row) => ({ account, memo: { type: "id" as const, value: row.memo ?? "" } }))
      )
      const byMemo = new Map(rows.map((row) => [row.memo.value, row]))
      const seen = performance.now()
      const arrivals = page.map((row): Arrival => {
        const actor = byMemo.get(row.memo ?? "")
        if (actor !== undefined) seenAt.set(actor.id, seen)
        return { payments: [{ ...row, received: hundred }], to: actor ?? { parked: "unknown-memo" } }
      })
      yield* actors.bring({ cursor: null, arrivals })
    }
    yield* Effect.promise(() => allFinished.promise)
    return { seconds: (performance.now() - startedAt) / 1000, cpu: cpuSince(cpu) }
  }).pipe(Effect.scoped, Effect.provide(runtime), Effect.provideService(KedgeConfig, benchSettings))

  const { cpu, seconds } = await Effect.runPromise(run)
  const limitSeconds = await replay(again, recorded)
  startLatencies.sort((a, b) => a - b)
  return {
    name: "pipeline",
    unit: "payments/s",
    figure: count / seconds,
    limit: { what: "the same commits replayed without us", figure: count / limitSeconds },
    beside: {
      payments: count,
      commits: recorded.length,
      "Node CPU us a payment": cpu / count,
      "p50 ms from page to payout started": percentile(startLatencies, 50),
      "p99 ms from page to payout started": percentile(startLatencies, 99)
    }
  }
}
