// Status callbacks out of the outbox: the real runtime, storage, sender and signer; the receivers are scripted and time is
// TestClock's.
import { Context, Effect, Layer, Redacted, Scope } from "effect"
import { make as makeSigner } from "../../adapters/signer-local/LocalSigner.ts"
import { emptyTables, type Tables } from "../../adapters/storage-memory/tables.ts"
import { CallbackSender } from "../../src/callbacks/CallbackSender.ts"
import { defaultTiming, KedgeConfig, type Settings } from "../../src/KedgeConfig.ts"
import { Outbound } from "../../src/ports/Outbound.ts"
import type { PayoutOutcome } from "../../src/ports/Rails.ts"
import { Signer } from "../../src/ports/Signer.ts"
import { Storage } from "../../src/ports/Storage.ts"
import { Actors } from "../../src/runtime/Actors.ts"
import { Presentation } from "../../src/sep31/Presentation.ts"
import { StatusCallbacks } from "../../src/sep31/StatusCallbacks.ts"
import { type Process, report, startProcess, turns } from "./payoutWorld.ts"
import { birth, bringPayments, payment, scriptedRail, testSettings, transactionId } from "./runtimeWorld.ts"
import { type Receives, type SentOut, scriptedOutbound } from "./scriptedOutbound.ts"
import { keyOf } from "./signIn.ts"

export const keypair = keyOf("status callbacks")
export const url = "https://sender.example/callback"

interface Wish {
  readonly receives?: Receives
  readonly settings?: Partial<Settings>
  readonly outcome?: PayoutOutcome
  readonly tables?: Tables
  readonly storage?: (storage: Storage["Service"]) => Storage["Service"]
}

export const startCallbacks = Effect.fnUntraced(function* (wish: Wish = {}) {
  const tables = wish.tables ?? emptyTables()
  const { outbound, script, sent } = scriptedOutbound(wish.receives)
  const rail = scriptedRail(() => Effect.succeed(wish.outcome ?? { _tag: "Pending" })).rail
  const process = yield* startProcess({
    rails: rail,
    tables,
    ...(wish.storage === undefined ? {} : { storage: wish.storage })
  })
  const settings = Layer.succeed(KedgeConfig, { ...testSettings, timing: defaultTiming, ...wish.settings })
  const layer = StatusCallbacks.layer.pipe(
    Layer.provide([CallbackSender.layer, Presentation.layer]),
    Layer.provide([
      settings,
      Layer.succeed(Outbound, outbound),
      Layer.effect(Signer, makeSigner(Redacted.make(keypair.secret())))
    ]),
    Layer.provide(Layer.succeedContext(process.services))
  )
  const built = yield* Layer.buildWithScope(layer, yield* Scope.fork(process.scope))
  const storage = Context.get(process.services, Storage)
  return { process, tables, storage, callbacks: Context.get(built, StatusCallbacks), sent, script }
})
type World = Effect.Success<ReturnType<typeof startCallbacks>>

export const born = (process: Process, n: number) =>
  Effect.asVoid(Context.get(process.services, Actors).bear(birth(n)))
export const paid = (process: Process, n: number) =>
  bringPayments([payment(n)]).pipe(Effect.provide(process.services), Effect.andThen(turns()))
export const delivered = (process: Process, n: number) =>
  report(process, `${transactionId(n)}:1`, { _tag: "Delivered", externalId: "bank-1" }).pipe(
    Effect.andThen(turns())
  )

/** Born with a callback, paid, taken by the rail and confirmed by it: three status changes. */
export const played = Effect.fnUntraced(function* (world: World, n: number = 1) {
  const { process, storage } = world
  yield* born(process, n)
  yield* storage.setCallback(transactionId(n), url)
  yield* paid(process, n)
  yield* delivered(process, n)
})

export const bodyOf = ({ json }: SentOut) =>
  json as { readonly transaction: { readonly id: string; readonly status: string } }
export const statuses = (sent: ReadonlyArray<SentOut>) => sent.map((each) => bodyOf(each).transaction.status)
export const whole = ["pending_receiver", "pending_external", "completed"]
