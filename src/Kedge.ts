/**
 * Every service of Kedge as one layer that leaves open exactly the ports: what is still missing from its type is what an
 * institution must bring. And the roles a process plays, each a loop of its own.
 */
import { Context, Effect, Layer } from "effect"
import { routes as sep1Routes } from "./sep1/routes.ts"
import { CallbackSender } from "./callbacks/CallbackSender.ts"
import { KedgeConfig } from "./KedgeConfig.ts"
import { PayoutExecutor } from "./payouts/PayoutExecutor.ts"
import { PayoutFollowUp } from "./payouts/PayoutFollowUp.ts"
import { Payouts } from "./payouts/Payouts.ts"
import { RetiredRails } from "./payouts/RetiredRails.ts"
import { RailCaller } from "./payouts/RailCaller.ts"
import { Signer } from "./ports/Signer.ts"
import { Storage } from "./ports/Storage.ts"
import { RefundExecutor } from "./refunds/RefundExecutor.ts"
import { layer as actorsLayer } from "./runtime/ActorsLayer.ts"
import { AuditSeal } from "./runtime/AuditSeal.ts"
import { Fence } from "./runtime/Fence.ts"
import { PayoutSlots } from "./runtime/PayoutSlots.ts"
import { routes as sep10Routes } from "./sep10/routes.ts"
import { BearerOr401, BearerOr403 } from "./sep10/Bearer.ts"
import { Tokens } from "./sep10/Tokens.ts"
import { CustomerCallbacks } from "./sep12/CustomerCallbacks.ts"
import { layer as customersLayer } from "./sep12/CustomersLayer.ts"
import { ErasureSweeper } from "./sep12/ErasureSweeper.ts"
import { routes as sep12Routes } from "./sep12/routes.ts"
import { VerdictSweeper } from "./sep12/VerdictSweeper.ts"
import { OpenMatters } from "./sep31/OpenMatters.ts"
import { Presentation } from "./sep31/Presentation.ts"
import { SendingAnchors } from "./sep31/SendingAnchors.ts"
import { routes as sep31Routes } from "./sep31/routes.ts"
import { StatusCallbacks } from "./sep31/StatusCallbacks.ts"
import { priceAtReceipt } from "./sep38/priceAtReceipt.ts"
import { QuoteClients } from "./sep38/QuoteClients.ts"
import { layer as quotesLayer } from "./sep38/QuotesLayer.ts"
import { routes as sep38Routes } from "./sep38/routes.ts"
import { ClaimableWatch } from "./watcher/ClaimableWatch.ts"
import { ExpireTransactions } from "./watcher/ExpireTransactions.ts"
import { InboxReplay } from "./watcher/InboxReplay.ts"
import { PaymentWatcher } from "./watcher/PaymentWatcher.ts"
import { WaitingPayments } from "./watcher/WaitingPayments.ts"
import { acceptingPayments, WatcherState } from "./watcher/WatcherState.ts"

/** A loop that must be alive while the process is: its name in health and metrics, and the loop. */
export interface Role {
  readonly name: string
  readonly run: Effect.Effect<never>
}

/** The roles this process plays, by its settings. */
export class Roles extends Context.Service<Roles, ReadonlyArray<Role>>()("kedge/Roles") {}

/** Attempts are born started only in a process that will make them. */
const slots = Layer.unwrap(
  Effect.map(KedgeConfig, ({ roles }) => PayoutSlots.layer({ executes: roles.execute }))
)

const runtime = actorsLayer.pipe(Layer.provideMerge(Layer.mergeAll(Fence.layer, slots)))

const bearers = Layer.mergeAll(BearerOr401.layer, BearerOr403.layer).pipe(Layer.provideMerge(Tokens.layer))

const services = Layer.mergeAll(
  PayoutExecutor.layer,
  PayoutFollowUp.layer,
  Payouts.layer,
  RetiredRails.layer,
  RefundExecutor.layer,
  AuditSeal.layer,
  PaymentWatcher.layer,
  WaitingPayments.layer,
  ExpireTransactions.layer,
  ClaimableWatch.layer,
  InboxReplay.layer,
  acceptingPayments,
  VerdictSweeper.layer,
  ErasureSweeper.layer,
  CustomerCallbacks.layer,
  OpenMatters.layer,
  StatusCallbacks.layer.pipe(Layer.provide(Presentation.layer)),
  bearers
).pipe(
  Layer.provideMerge(
    Layer.mergeAll(RailCaller.layer, WatcherState.layer, CallbackSender.layer, customersLayer)
  ),
  Layer.provideMerge(priceAtReceipt),
  Layer.provideMerge(quotesLayer),
  Layer.provideMerge(runtime)
)

/** Firm quotes are for those who may send (S38-Q-08). */
const quoteClients = Layer.effect(
  QuoteClients,
  Effect.map(SendingAnchors, ({ authorise }) => ({ authorise }))
).pipe(Layer.provide(SendingAnchors.layer))

/** Drops what only the past needs, once an hour. */
const prune = Effect.gen(function* () {
  const storage = yield* Storage
  return yield* storage.prune.pipe(
    Effect.catch((error) => Effect.logWarning("nothing could be pruned now", error.message)),
    Effect.andThen(Effect.sleep("1 hour")),
    Effect.forever
  )
})

const roles = Layer.effect(
  Roles,
  Effect.gen(function* () {
    const { callbacks: offersCallbacks, roles: plays } = yield* KedgeConfig
    const storage = yield* Storage
    const watcher = yield* PaymentWatcher
    const waiting = yield* WaitingPayments
    const expire = yield* ExpireTransactions
    const claimable = yield* ClaimableWatch
    const executor = yield* PayoutExecutor
    const followUp = yield* PayoutFollowUp
    const retired = yield* RetiredRails
    const refunds = yield* RefundExecutor
    const matters = yield* OpenMatters
    const seal = yield* AuditSeal
    const verdicts = yield* VerdictSweeper
    const erasures = yield* ErasureSweeper
    const callbacks = yield* StatusCallbacks
    const customerCallbacks = yield* CustomerCallbacks
    const watch: ReadonlyArray<Role> = [
      { name: "watch", run: watcher.run },
      { name: "waiting-payments", run: waiting.run },
      { name: "expire", run: expire.run },
      { name: "claimable", run: claimable.run }
    ]
    const execute: ReadonlyArray<Role> = [
      { name: "execute", run: executor.run },
      { name: "look-up", run: followUp.runLookUp },
      { name: "refunds", run: refunds.run }
    ]
    const poll: ReadonlyArray<Role> = [{ name: "poll", run: followUp.runPoll }]
    const upkeep: ReadonlyArray<Role> = [
      { name: "open-matters", run: matters.run },
      { name: "retired-rails", run: retired.run },
      { name: "verdicts", run: verdicts.run },
      { name: "erasures", run: erasures.run },
      { name: "audit-seal", run: seal.run },
      { name: "prune", run: prune.pipe(Effect.provideService(Storage, storage)) }
    ]
    const telling: ReadonlyArray<Role> = [
      { name: "callbacks", run: callbacks.run },
      { name: "customer-callbacks", run: customerCallbacks.run }
    ]
    return [
      ...(plays.watch ? watch : []),
      ...(plays.execute ? execute : []),
      ...(plays.poll ? poll : []),
      ...upkeep,
      ...(offersCallbacks ? telling : [])
    ]
  })
)

/** Every service, the doors for reports (`Payouts`, `Customers`) and the roles; the ports and the settings left open. */
export const layer = roles.pipe(Layer.provideMerge(services))

/** The endpoints of the active SEPs; those of others do not exist. To be mounted on a listener's router. */
export const routes = Layer.unwrap(
  Effect.gen(function* () {
    const { activeSeps } = yield* KedgeConfig
    const signer = yield* Signer
    const mounted = [
      ...(activeSeps.includes("sep-1") ? [sep1Routes(signer.publicKey)] : []),
      ...(activeSeps.includes("sep-10") ? [sep10Routes] : []),
      ...(activeSeps.includes("sep-12") ? [sep12Routes] : []),
      ...(activeSeps.includes("sep-31") ? [sep31Routes] : []),
      ...(activeSeps.includes("sep-38") ? [sep38Routes.pipe(Layer.provide(quoteClients))] : [])
    ]
    return Layer.mergeAll(Layer.empty, ...mounted)
  })
)
