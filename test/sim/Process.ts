// One process of Kedge in a simulated world: the real runtime, watcher, payouts and their loops, plugged into simulated ports.
import { type Context, Effect, Exit, Layer, References, Scope } from "effect"
import { make as memoryStorage } from "../../adapters/storage-memory/MemoryStorage.ts"
import { KedgeConfig } from "../../src/KedgeConfig.ts"
import { PayoutExecutor } from "../../src/payouts/PayoutExecutor.ts"
import { PayoutFollowUp } from "../../src/payouts/PayoutFollowUp.ts"
import { Payouts } from "../../src/payouts/Payouts.ts"
import { RailCaller } from "../../src/payouts/RailCaller.ts"
import { Entropy } from "../../src/ports/Entropy.ts"
import { type PaymentRail, Rails } from "../../src/ports/Rails.ts"
import { LedgerUnavailable, StellarNetwork } from "../../src/ports/StellarNetwork.ts"
import { CommitUnknown, Storage, StorageUnavailable } from "../../src/ports/Storage.ts"
import type { Actors } from "../../src/runtime/Actors.ts"
import { layer as actorsLayer } from "../../src/runtime/ActorsLayer.ts"
import { Fence } from "../../src/runtime/Fence.ts"
import { PayoutSlots } from "../../src/runtime/PayoutSlots.ts"
import { PriceAtReceipt } from "../../src/runtime/PriceAtReceipt.ts"
import { ExpireTransactions } from "../../src/watcher/ExpireTransactions.ts"
import { PaymentWatcher } from "../../src/watcher/PaymentWatcher.ts"
import { WaitingPayments } from "../../src/watcher/WaitingPayments.ts"
import { WatcherState } from "../../src/watcher/WatcherState.ts"
import { make as refundKeys } from "../../adapters/refund-signer-local/LocalRefundSigner.ts"
import { RefundExecutor } from "../../src/refunds/RefundExecutor.ts"
import { RefundSigner } from "../../src/ports/RefundSigner.ts"
import { StellarSubmission } from "../../src/ports/StellarSubmission.ts"
import { settings } from "./parties.ts"
import { PlainVault } from "../support/plainParts.ts"
import type { Chance } from "./Chance.ts"
import { Plug } from "./Plug.ts"
import type { World } from "./World.ts"

const keys = refundKeys(settings.refunds)

type Services = Actors | Payouts | Storage

export interface Process {
  readonly name: string
  readonly plug: Plug
  readonly services: Context.Context<Services>
  readonly scope: Scope.Closeable
}

/** Ids that no other process draws, and that the seed gives. */
const entropyOf = (chance: Chance): Layer.Layer<Entropy> =>
  Layer.succeed(Entropy, {
    uuid: Effect.sync(() => {
      const [a, b] = [chance.next(), chance.next()].map((each) => each.toString(16).padStart(16, "0"))
      return `${a?.slice(0, 8)}-${a?.slice(8, 12)}-7${a?.slice(13)}-8${b?.slice(1, 4)}-${b?.slice(4)}`
    }),
    bytes: (count) => Effect.sync(() => Uint8Array.from({ length: count }, () => chance.below(256))),
    uint64: Effect.sync(() => chance.next().toString())
  })

/** Faults of the storage: it fails before anything is written, or the answer of a commit is lost after or before it. */
const storageOf = (world: World, plug: Plug, chance: Chance): Storage["Service"] => {
  const { profile, counters, trace } = world
  const sound = memoryStorage(world.tables)
  const real = world.canary?.storage?.(sound, world) ?? sound
  return plug.through("storage", real, (_port, method, call) => {
    if (world.isSound) return call
    if (method === "commit" && chance.happens(profile.storage.commitUnknown)) {
      const isWritten = chance.happens(0.5)
      counters.add(isWritten ? "commit unknown and written" : "commit unknown and not written")
      trace.add(`${plug.name} commit unknown ${isWritten}`)
      const lost = Effect.fail(new CommitUnknown({ message: "the connection was lost" }))
      return isWritten ? Effect.andThen(Effect.exit(call), lost) : lost
    }
    if (chance.happens(profile.storage.fails)) {
      counters.add("storage failed")
      return Effect.fail(new StorageUnavailable({ message: "no database" }))
    }
    return call
  })
}

const networkOf = (world: World, plug: Plug, chance: Chance): StellarNetwork["Service"] => {
  const real = world.canary?.network?.(world.chain.network, world) ?? world.chain.network
  return plug.through("network", real, (_port, method, call) => {
    if (world.isSound || method === "wakeUps" || !chance.happens(world.profile.ledger.fails)) return call
    world.counters.add("ledger failed")
    return Effect.fail(new LedgerUnavailable({ message: "no ledger" }))
  })
}

const submissionOf = (world: World, plug: Plug) => {
  const real = world.refundLedger.port
  return plug.through("submission", world.canary?.submission?.(real) ?? real)
}

const railOf = (world: World, plug: Plug): PaymentRail => {
  const real = world.bank.rail
  return plug.through("rail", world.canary?.rail?.(real, world) ?? real)
}

/** Starts a process with every loop it has. */
export const startProcess = Effect.fnUntraced(function* (world: World, number: number) {
  const name = `p${number}`
  const chance = world.chance.fork(`process ${number}`)
  const plug = new Plug(name, chance.fork("plug"), world.profile.slowness)
  const ports = Layer.mergeAll(
    Layer.succeed(Storage, storageOf(world, plug, chance.fork("storage"))),
    Layer.succeed(StellarNetwork, networkOf(world, plug, chance.fork("network"))),
    Layer.succeed(Rails, Rails.one(railOf(world, plug))),
    Layer.succeed(KedgeConfig, world.settings),
    Layer.succeed(Fence, { owner: name }),
    Layer.succeed(References.MinimumLogLevel, "None"),
    entropyOf(chance.fork("entropy")),
    PlainVault,
    PriceAtReceipt.none,
    Layer.succeed(StellarSubmission, submissionOf(world, plug)),
    Layer.succeed(RefundSigner, keys)
  )
  const slots = PayoutSlots.layer({ executes: true }).pipe(Layer.provideMerge(ports))
  const actors = actorsLayer.pipe(Layer.provideMerge(slots))
  const room = Layer.mergeAll(
    PayoutExecutor.layer,
    PayoutFollowUp.layer,
    Payouts.layer,
    PaymentWatcher.layer,
    WaitingPayments.layer,
    ExpireTransactions.layer,
    RefundExecutor.layer
  ).pipe(Layer.provideMerge(Layer.mergeAll(RailCaller.layer, WatcherState.layer)), Layer.provideMerge(actors))
  const scope = yield* Scope.make()
  const services = yield* Layer.buildWithScope(room, scope)
  const loops = Effect.gen(function* () {
    const followUp = yield* PayoutFollowUp
    for (const run of [
      (yield* PaymentWatcher).run,
      (yield* WaitingPayments).run,
      (yield* ExpireTransactions).run,
      (yield* PayoutExecutor).run,
      followUp.runLookUp,
      followUp.runPoll,
      (yield* RefundExecutor).run
    ]) {
      yield* Effect.forkIn(run, scope)
    }
  })
  yield* Effect.provide(loops, services)
  world.trace.add(`${name} starts`)
  const process: Process = { name, plug, services, scope }
  return process
})

/** Interrupts what is left of a process that hears of nothing any more. */
export const bury = (process: Process): Effect.Effect<void> => Scope.close(process.scope, Exit.void)
