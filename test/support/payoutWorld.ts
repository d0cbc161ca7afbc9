// Processes that pay out over tables of their own or shared ones: the real runtime, the real executor, a rail the test scripts.
// Time is TestClock's. A process can be killed (its storage answers no more, nothing is finished) or stopped (its scope closes).
import { Context, Effect, Exit, Layer, References, Scope } from "effect"
import { make } from "../../adapters/storage-memory/MemoryStorage.ts"
import { emptyTables, type Tables } from "../../adapters/storage-memory/tables.ts"
import { defaultTiming, KedgeConfig, type Timing } from "../../src/KedgeConfig.ts"
import { PayoutExecutor } from "../../src/payouts/PayoutExecutor.ts"
import { PayoutFollowUp } from "../../src/payouts/PayoutFollowUp.ts"
import { Payouts } from "../../src/payouts/Payouts.ts"
import { RetiredRails } from "../../src/payouts/RetiredRails.ts"
import { RailCaller } from "../../src/payouts/RailCaller.ts"
import { Entropy } from "../../src/ports/Entropy.ts"
import { type PaymentRail, Rails } from "../../src/ports/Rails.ts"
import type { Birth } from "../../src/ports/rows.ts"
import { Storage } from "../../src/ports/Storage.ts"
import type { Vault } from "../../src/ports/Vault.ts"
import { Actors } from "../../src/runtime/Actors.ts"
import { layer as actorsLayer } from "../../src/runtime/ActorsLayer.ts"
import { Fence } from "../../src/runtime/Fence.ts"
import { PayoutSlots } from "../../src/runtime/PayoutSlots.ts"
import { PlainVault } from "./plainParts.ts"
import { birth, bringPayments, payment, testSettings, transactionId } from "./runtimeWorld.ts"

/** The defaults, but for the grace at the end: a test that leaves a call under way need not move the clock to end. */
export const timing: Timing = { ...defaultTiming, shutdownGrace: 0 }

export type Services =
  | RetiredRails
  | Actors
  | Storage
  | PayoutExecutor
  | PayoutFollowUp
  | Payouts
  | PayoutSlots
  | RailCaller
  | Entropy
  | Vault

export interface Process {
  readonly services: Context.Context<Services>
  readonly scope: Scope.Closeable
  /** Ends it as kill -9 would: whatever it still asks of the storage is never answered. */
  readonly kill: () => void
  /** Ends it as SIGTERM would. */
  readonly stop: Effect.Effect<void>
}

export interface ProcessOptions {
  readonly rails: PaymentRail | ReadonlyArray<PaymentRail>
  readonly tables?: Tables
  readonly timing?: Partial<Timing>
  readonly mailboxCapacity?: number
  /** Stands before the storage of this process. */
  readonly storage?: (storage: Storage["Service"]) => Storage["Service"]
  /** Whether payouts are made as they come; true where not given. Else they are planned for others. */
  readonly executes?: boolean
  /** Whether the executor's loops run; true where not given and it executes. */
  readonly loops?: boolean
}

let processes = 0

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

/** The storage, until `isDead`: from then on nothing it is asked is answered, and nothing more is written. */
const mortal = (storage: Storage["Service"], isDead: () => boolean): Storage["Service"] => {
  const guard = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    Effect.suspend(() => (isDead() ? Effect.never : effect))
  const mortal: unknown = Object.fromEntries(
    Object.entries(storage).map(([name, member]: [string, unknown]) => [
      name,
      Effect.isEffect(member)
        ? guard(member as Effect.Effect<unknown>)
        : typeof member === "function"
          ? (...args: ReadonlyArray<unknown>) =>
              guard(
                Effect.suspend(() =>
                  (member as (...given: ReadonlyArray<unknown>) => Effect.Effect<unknown>)(...args)
                )
              )
          : member
    ])
  )
  return mortal as Storage["Service"]
}

/** Several rails serve the funding method of their own name; one alone serves all. */
const railsOf = (rails: ProcessOptions["rails"]): Rails["Service"] =>
  "execute" in rails
    ? Rails.one(rails)
    : {
        all: rails,
        find: (_, fundingMethod) => rails.find(({ name }) => name === fundingMethod),
        byName: (name) => rails.find((rail) => rail.name === name)
      }

/** Starts a process; it ends with the scope of the test. */
export const startProcess = Effect.fnUntraced(function* (options: ProcessOptions) {
  processes += 1
  let dead = false
  const stored = make(options.tables ?? emptyTables())
  const ports = Layer.mergeAll(
    Layer.succeed(
      Storage,
      mortal(options.storage?.(stored) ?? stored, () => dead)
    ),
    Layer.succeed(Rails, railsOf(options.rails)),
    Layer.succeed(KedgeConfig, {
      ...testSettings,
      mailboxCapacity: options.mailboxCapacity ?? testSettings.mailboxCapacity,
      timing: { ...timing, ...options.timing }
    }),
    Layer.succeed(Fence, { owner: `process-${processes}` }),
    Layer.succeed(References.MinimumLogLevel, "None"),
    entropyOf(processes),
    PlainVault
  )
  const slots = PayoutSlots.layer({ executes: options.executes !== false }).pipe(Layer.provideMerge(ports))
  const actors = actorsLayer.pipe(Layer.provideMerge(slots))
  const caller = RailCaller.layer.pipe(Layer.provideMerge(actors))
  const room = Layer.mergeAll(
    PayoutExecutor.layer,
    PayoutFollowUp.layer,
    Payouts.layer,
    RetiredRails.layer
  ).pipe(Layer.provideMerge(caller))
  const scope = yield* Scope.fork(yield* Effect.scope)
  const services = yield* Layer.buildWithScope(room, scope)
  // of its own, inside: what loops is interrupted before anything it uses is closed, as at the end of a process
  const loops = yield* Scope.fork(scope)
  if (options.executes !== false && options.loops !== false) {
    yield* Effect.forkIn(Context.get(services, PayoutExecutor).run, loops)
    yield* turns(1)
  }
  const process: Process = {
    services,
    scope,
    kill: () => {
      dead = true
    },
    stop: Scope.close(loops, Exit.void).pipe(Effect.andThen(Scope.close(scope, Exit.void)))
  }
  return process
})

/** Lets every fiber that can run do so, many times over; no time passes. */
export const turns = (count = 200): Effect.Effect<void> =>
  count === 0 ? Effect.void : Effect.yieldNow.pipe(Effect.andThen(Effect.suspend(() => turns(count - 1))))

/** Takes turns until it is so; dies when it is not after very many. */
export const until = (isSo: () => boolean, what: string, count = 5_000): Effect.Effect<void> =>
  Effect.suspend(() => {
    if (isSo()) return Effect.void
    if (count === 0) return Effect.die(new Error(`waited in vain until ${what}`))
    return Effect.yieldNow.pipe(Effect.andThen(until(isSo, what, count - 1)))
  })

/** A transaction that has just been paid: its payout is planned, or made when this process makes them. */
export const funded = Effect.fnUntraced(function* (
  process: Process,
  n: number,
  options: { readonly value?: string; readonly birth?: Partial<Birth> } = {}
) {
  const actors = Context.get(process.services, Actors)
  yield* actors.bear(birth(n, options.birth))
  yield* bringPayments([payment(n, options.value ?? "100")]).pipe(Effect.provide(process.services))
  yield* turns()
})

export const pollOnce = (process: Process): Effect.Effect<number> =>
  Context.get(process.services, PayoutFollowUp).pollOnce
export const lookUpOnce = (process: Process): Effect.Effect<number> =>
  Context.get(process.services, PayoutFollowUp).lookUpOnce
export const report = (process: Process, ...args: Parameters<Payouts["Service"]["report"]>) =>
  Context.get(process.services, Payouts).report(...args)
export const tell = (process: Process, message: Parameters<Actors["Service"]["tell"]>[0]) =>
  Context.get(process.services, Actors).tell(message)

/** What is stored of a transaction, in the words of the tests. */
export const seen = (tables: Tables, n: number) => {
  const id = transactionId(n)
  const row = tables.transactions.get(id)
  const inbox = [...tables.inbox.values()].find(({ transactionId: of }) => of === id)
  return {
    state: row?.state ?? "none",
    status: row?.status ?? "none",
    amounts: row?.amounts,
    context: row?.context,
    refunds: row?.refunds ?? [],
    externalId: row?.externalTransactionId ?? null,
    events: (tables.audits.get(id) ?? []).map(({ event }) => event),
    payouts: (tables.payoutsOf.get(id) ?? []).map((payout) => {
      const stored = tables.payouts.get(payout)
      return `${payout.slice(payout.lastIndexOf(":") + 1)} ${stored?.state}`
    }),
    refusals: tables.refusals
      .filter(({ transactionId: of }) => of === id)
      .map(({ event, reason }) => `${event} ${reason}`),
    attention: tables.attention.get(id)?.kind ?? null,
    reserved:
      inbox === undefined ? null : `${inbox.reservedPayout} + ${inbox.reservedRefund} + ${inbox.fees}`,
    journal: tables.journal
      .filter(({ cause }) => cause.startsWith(id))
      .map(({ amount, from, to }) => `${from}>${to} ${amount}`)
  }
}
