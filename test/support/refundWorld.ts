// Processes that return money: the real runtime and the real executor over memory tables and a simulated ledger with a book of
// its own. Time is TestClock's; a process can be killed, and then whatever it still asks is never answered.
import { Keypair } from "@stellar/stellar-sdk"
import { Context, Effect, Layer, Redacted, References, Scope } from "effect"
import { TestClock } from "effect/testing"
import { make as refundKeys } from "../../adapters/refund-signer-local/LocalRefundSigner.ts"
import { make as memoryStorage } from "../../adapters/storage-memory/MemoryStorage.ts"
import { emptyTables, type Tables } from "../../adapters/storage-memory/tables.ts"
import { amount } from "../../machines/domain/Amount.ts"
import { payoutId, refundId, type RefundId } from "../../machines/domain/Ids.ts"
import { KedgeConfig, type Settings } from "../../src/KedgeConfig.ts"
import { Entropy } from "../../src/ports/Entropy.ts"
import { Rails } from "../../src/ports/Rails.ts"
import { type RefundKeys, RefundSigner } from "../../src/ports/RefundSigner.ts"
import type { Birth, PaymentRow } from "../../src/ports/rows.ts"
import { StellarNetwork } from "../../src/ports/StellarNetwork.ts"
import { StellarSubmission } from "../../src/ports/StellarSubmission.ts"
import { Storage } from "../../src/ports/Storage.ts"
import { RefundExecutor } from "../../src/refunds/RefundExecutor.ts"
import { Actors } from "../../src/runtime/Actors.ts"
import { layer as actorsLayer } from "../../src/runtime/ActorsLayer.ts"
import { Fence } from "../../src/runtime/Fence.ts"
import { PayoutSlots } from "../../src/runtime/PayoutSlots.ts"
import { turns } from "./payoutWorld.ts"
import { PlainVault } from "./plainParts.ts"
import { birth, bringPayments, payment, scriptedRail, testSettings, transactionId } from "./runtimeWorld.ts"
import { SimulatedLedger } from "./SimulatedLedger.ts"

const keypair = (digit: number) => Keypair.fromRawEd25519Seed(Buffer.alloc(32, digit))
export const issuer = keypair(1).publicKey()
export const receiving = keypair(2)
export const payer = keypair(3).publicKey()
export const channels = [keypair(4), keypair(5)]
export const usdc = `USDC:${issuer}`
const us = receiving.publicKey()

export interface RefundWorld {
  readonly ledger: SimulatedLedger
  readonly tables: Tables
  readonly settings: Settings
}

/** We hold a thousand, and the payer trusts what it paid with. */
export const makeWorld = (over: Partial<Settings["refunds"]> = {}): RefundWorld => {
  const ledger = new SimulatedLedger(testSettings.network.passphrase, [issuer])
  ledger.open(us, { [usdc]: "1000" })
  ledger.open(payer, { [usdc]: "0" })
  ledger.open(issuer)
  for (const channel of channels) ledger.open(channel.publicKey())
  const refunds = { seed: Redacted.make(receiving.secret()), channelSeeds: [], feeMax: 10_000, ...over }
  return { ledger, tables: emptyTables(), settings: { ...testSettings, assets: [], refunds } }
}

export interface RefundProcess {
  readonly services: Context.Context<Actors | Storage | RefundExecutor>
  /** As kill -9 does. */
  readonly kill: () => void
  /** One look at all that is due. */
  readonly look: Effect.Effect<number>
}

let processes = 0

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

/** Answers nothing once it is dead. `before` may let a call through, or end the process in front of it or behind it. */
const mortal = <S extends object>(
  service: S,
  isDead: () => boolean,
  around: (method: string) => "through" | "before" | "after",
  die: () => void
): S => {
  const guard = (method: string, call: Effect.Effect<unknown, unknown>) =>
    Effect.suspend(() => {
      if (isDead()) return Effect.never
      const fate = around(method)
      if (fate === "before") die()
      if (isDead()) return Effect.never
      return call.pipe(
        Effect.exit,
        Effect.flatMap((exit) => {
          if (fate === "after") die()
          return isDead() ? Effect.never : exit
        })
      )
    })
  return Object.fromEntries(
    Object.entries(service).map(([name, member]: [string, unknown]) => [
      name,
      Effect.isEffect(member)
        ? guard(name, member as Effect.Effect<unknown>)
        : typeof member === "function"
          ? (...args: ReadonlyArray<unknown>) =>
              guard(name, (member as (...given: ReadonlyArray<unknown>) => Effect.Effect<unknown>)(...args))
          : member
    ])
  ) as S
}

export interface StartOptions {
  /** In the place of the world's tables in memory. */
  readonly storage?: Storage["Service"]
  readonly keys?: RefundKeys | null
  /** Where this process dies: asked at each call of a port, by its method. */
  readonly dies?: (method: string) => "through" | "before" | "after"
}

export const start = Effect.fnUntraced(function* (
  { ledger, settings, tables }: RefundWorld,
  { dies = () => "through", keys = refundKeys(settings.refunds), storage }: StartOptions = {}
) {
  processes += 1
  const name = `refunds-${processes}`
  let dead = false
  const kill = () => {
    dead = true
  }
  const around = <S extends object>(service: S) => mortal(service, () => dead, dies, kill)
  const ports = Layer.mergeAll(
    Layer.succeed(Storage, around(storage ?? memoryStorage(tables))),
    Layer.succeed(StellarSubmission, around(ledger.port)),
    Layer.mock(StellarNetwork)({ signers: () => Effect.succeed(null) }),
    Layer.succeed(RefundSigner, keys),
    Layer.succeed(Rails, Rails.one(scriptedRail(() => Effect.never).rail)),
    Layer.succeed(KedgeConfig, settings),
    Layer.succeed(Fence, { owner: name }),
    Layer.succeed(References.MinimumLogLevel, "None"),
    entropyOf(processes),
    PlainVault
  )
  const slots = PayoutSlots.layer({ executes: false }).pipe(Layer.provideMerge(ports))
  const actors = actorsLayer.pipe(Layer.provideMerge(slots))
  const services = yield* Layer.buildWithScope(
    RefundExecutor.layer.pipe(Layer.provideMerge(actors)),
    yield* Scope.fork(yield* Effect.scope)
  )
  const look = Effect.gen(function* () {
    const once = Context.get(services, RefundExecutor).runOnce
    if (storage !== undefined) return yield* once
    const fiber = yield* Effect.forkChild(once)
    for (let round = 0; round < 400; round++) {
      const exit = fiber.pollUnsafe()
      if (exit !== undefined) return yield* exit
      // A dead process looks for ever; nobody waits for it.
      if (dead) return -1
      yield* turns(20)
    }
    return yield* Effect.die(new Error("a look at the refunds does not end"))
  })
  const process: RefundProcess = { services, kill, look }
  return process
})

/** Lets so much time pass for leases and due times. */
export const later = (seconds: number) => TestClock.adjust(`${seconds} seconds`)

export const paidBy = (n: number, over: Partial<PaymentRow> = {}, value = "100"): PaymentRow =>
  payment(n, value, { account: us, from: payer, asset: `stellar:${usdc}`, ...over })

/** A transaction whose payout the rail rejected: all of its payment is owed back. */
export const owed = Effect.fnUntraced(function* (
  process: RefundProcess,
  n: number,
  options: { readonly payment?: Partial<PaymentRow>; readonly birth?: Partial<Birth> } = {}
) {
  const actors = Context.get(process.services, Actors)
  yield* actors.bear(birth(n, { account: us, asset: `stellar:${usdc}`, ...options.birth }))
  const row = paidBy(n, options.payment)
  yield* bringPayments([row]).pipe(Effect.provide(process.services))
  yield* actors.tell({
    to: transactionId(n),
    event: { type: "payout.rejected", payoutId: payoutId(transactionId(n), 1), note: null },
    cause: "rail:scripted"
  })
  return refundId(row.id, 1)
})

/** A transaction that was delivered but for ten, which are owed back. */
export const partOwed = Effect.fnUntraced(function* (process: RefundProcess, n: number) {
  const actors = Context.get(process.services, Actors)
  yield* actors.bear(birth(n, { account: us, asset: `stellar:${usdc}` }))
  const row = paidBy(n)
  yield* bringPayments([row]).pipe(Effect.provide(process.services))
  yield* actors.tell({
    to: transactionId(n),
    event: {
      type: "payout.partlyRefused",
      payoutId: payoutId(transactionId(n), 1),
      refused: amount("10"),
      rest: "delivered",
      externalId: null,
      note: null
    },
    cause: "rail:scripted"
  })
  return refundId(row.id, 1)
})

/** A payment that is nobody's, and that an operator has had returned. */
export const parkedRefund = Effect.fnUntraced(function* (
  process: RefundProcess,
  n: number,
  over: Partial<PaymentRow> = {}
) {
  const row = paidBy(n, { memo: "unknown", memoType: "text", ...over })
  yield* bringPayments([row]).pipe(Effect.provide(process.services))
  const storage = Context.get(process.services, Storage)
  const id = yield* storage.planParkedRefund(row.id, { by: "operator", why: "nobody's" })
  return id ?? (yield* Effect.die(new Error("the payment is not parked")))
})

/** What is stored of a refund. */
export const refundOf = (tables: Tables, id: RefundId) => ({
  state: tables.refundOrders.get(id)?.state,
  envelopes: [...tables.envelopes.values()].filter(({ refund }) => refund === id).map(({ state }) => state)
})
