// One run: a world drawn from a seed, driven through its faults and then left to come to rest, judged all the way.
import { Clock, Effect, Random, References } from "effect"
import { TestClock } from "effect/testing"
import { emptyTables } from "../../adapters/storage-memory/tables.ts"
import { amount, fromStroops } from "../../machines/domain/Amount.ts"
import { deliverAsReceived, type MismatchPolicy } from "../../machines/transaction/context.ts"
import { Actors } from "../../src/runtime/Actors.ts"
import { issuer, payer, settings, us, usdcId } from "./parties.ts"
import { birth } from "../support/runtimeWorld.ts"
import { SimulatedLedger } from "../support/SimulatedLedger.ts"
import { Auditor } from "./Auditor.ts"
import { Bank } from "./Bank.ts"
import { Chain, paymentOf, type Sent } from "./Chain.ts"
import { Chance } from "./Chance.ts"
import { type Counter, Counters } from "./Counters.ts"
import { bury, type Process, startProcess } from "./Process.ts"
import { drawProfile } from "./profile.ts"
import { Trace } from "./Trace.ts"
import type { Canary, World } from "./World.ts"

export interface Run {
  readonly seed: number
  readonly digest: string
  readonly steps: number
  readonly actions: number
  /** What was wrong first; empty is a clean run. */
  readonly faults: ReadonlyArray<string>
  readonly trace: ReadonlyArray<string>
  readonly counts: ReadonlyMap<Counter, number>
}

export interface Options {
  readonly canary?: Canary
  readonly keepsTrace?: boolean
  /** Fewer actions than the seed draws: how a failure is shrunk. */
  readonly actions?: number
}

/** Lets everything run that can run without time passing. */
const turns = (count: number): Effect.Effect<void> =>
  Effect.yieldNow.pipe(Effect.repeat({ times: count - 1 }), Effect.asVoid)

const passing = Effect.fnUntraced(function* (millis: number) {
  yield* TestClock.adjust(millis)
  yield* turns(15)
})

/** After the faults: long enough for every lease, poll, look-up and expiry to come round. */
const restSeconds = 4_000

const program = Effect.fnUntraced(function* (seed: number, options: Options) {
  const chance = new Chance(BigInt(seed))
  const profile = drawProfile(chance.fork("profile"))
  const counters = new Counters()
  const trace = new Trace(options.keepsTrace === true)
  const bank = new Bank(chance.fork("bank"), profile.rail, counters, trace)
  const chain = new Chain(settings.network.passphrase, chance.fork("chain"), profile.ledger, counters, trace)
  const refundLedger = new SimulatedLedger(settings.network.passphrase, [issuer])
  refundLedger.open(us, { [`USDC:${issuer}`]: "800000" })
  refundLedger.open(payer, { [`USDC:${issuer}`]: "0" })
  refundLedger.open(issuer)
  const world: World = {
    refundLedger,
    tables: emptyTables(),
    chain,
    bank,
    chance,
    profile,
    counters,
    trace,
    canary: options.canary ?? null,
    settings,
    isSound: false
  }
  const auditor = new Auditor(world)
  const draw = chance.fork("driver")
  const processes: Array<Process> = []
  const zombies: Array<Process> = []
  let numbers = 0
  const start = Effect.fnUntraced(function* () {
    numbers += 1
    processes.push(yield* startProcess(world, numbers))
  })
  const end = Effect.fnUntraced(function* (process: Process, why: string) {
    trace.add(`${process.name} ${why}`)
    process.plug.pull()
    processes.splice(processes.indexOf(process), 1)
    yield* Effect.forkDetach(bury(process))
  })
  const any = (): Process | undefined => processes[draw.below(Math.max(1, processes.length))]

  let births = 0
  const bear = Effect.fnUntraced(function* (process: Process) {
    births += 1
    const n = births
    const now = yield* Clock.currentTimeMillis
    const mismatch: MismatchPolicy = draw.happens(0.3)
      ? { over: draw.pick(["refundExcess", "refundAll"]), under: draw.pick(["deliver", "refundAll"]) }
      : deliverAsReceived.mismatch
    const life = draw.pick([20, 300, 3_000])
    const born = birth(n, {
      account: us,
      asset: usdcId,
      terms: { ...birth(n).terms, expiresAtMillis: now + life * 1000, mismatch }
    })
    trace.add(`born ${n} for ${life} s`)
    yield* Effect.forkDetach(
      Actors.use((actors) => actors.bear(born)).pipe(Effect.provide(process.services), Effect.ignore)
    )
  })

  const pay = Effect.fnUntraced(function* () {
    const now = yield* Clock.currentTimeMillis
    const payments = Array.from({ length: draw.between(1, 3) }, (): Sent => {
      const memo = { type: "id", value: String(draw.between(1, Math.max(1, births))) } as const
      const kind = draw.weighted({
        exact: 10,
        other: 2,
        split: 2,
        dust: 1,
        "another issuer's": 1,
        native: 0.5,
        path: 1.5,
        "as text": 1,
        "no memo": 0.5,
        "unknown memo": 0.5,
        merge: 0.3
      })
      switch (kind) {
        case "exact":
          return paymentOf(memo, "100")
        case "other":
          return paymentOf(memo, fromStroops(BigInt(draw.between(1, 12_000_000)) * 1_000n))
        case "split":
          counters.add("payment in several operations")
          return paymentOf(memo, "100", { amounts: [amount("60"), amount("30"), amount("10")] })
        case "dust":
          return paymentOf(memo, "0.0000001")
        case "another issuer's":
          counters.add("wrong asset")
          return paymentOf(memo, "100", { asset: "another issuer's" })
        case "native":
          return paymentOf(memo, "100", { asset: "native" })
        case "path":
          return paymentOf(memo, "50", { sent: amount("900") })
        case "as text":
          counters.add("memo of another type")
          return paymentOf({ type: "text", value: memo.value }, "100")
        case "no memo":
          return paymentOf({ type: "none", value: null }, "100")
        case "unknown memo":
          return paymentOf({ type: "id", value: "18446744073709551615" }, "100")
        case "merge":
          return paymentOf(memo, "100", { odd: "merge" })
      }
    })
    chain.close(now, payments)
    yield* chain.ring
  })

  /** The Sending Anchor corrects what it was asked for. */
  const patch = Effect.fnUntraced(function* (process: Process) {
    for (const row of world.tables.transactions.values()) {
      if (row.status !== "pending_transaction_info_update" || !draw.happens(0.7)) continue
      trace.add(`patch ${row.id}`)
      yield* Effect.forkDetach(
        Actors.use((actors) =>
          actors.tell({
            to: row.id,
            event: { type: "transaction.updated", fields: row.context.fields ?? [] },
            cause: "sending-anchor"
          })
        ).pipe(
          Effect.tap((told) =>
            Effect.sync(() => {
              if (told._tag === "Stepped") counters.add("fields corrected")
            })
          ),
          Effect.provide(process.services),
          Effect.ignore
        )
      )
    }
  })

  const crash = (): void => {
    const process = any()
    if (process === undefined) return
    if (draw.happens(profile.zombie)) {
      trace.add(`${process.name} is paused`)
      process.plug.pause()
      processes.splice(processes.indexOf(process), 1)
      zombies.push(process)
      return
    }
    const after = draw.happens(0.5)
    process.plug.light(draw.between(1, 30), after, () => {
      counters.add(after ? "crashed after an effect" : "crashed before an effect")
      trace.add(`${process.name} dies ${after ? "after" : "before"} an effect`)
    })
  }

  /** What the network does to refunds: closes ledgers, loses answers, forgets, hears again, lags, grows dear. */
  const disturbNetwork = (): void => {
    const what = draw.weighted({
      close: 4,
      lose: profile.refunds,
      deaf: profile.refunds,
      forget: profile.refunds,
      replay: profile.refunds,
      lag: profile.refunds,
      dear: profile.refunds,
      cheap: 1,
      number: profile.refunds / 4
    })
    trace.add(`network ${what}`)
    if (what !== "close" && what !== "cheap") counters.add("refund disturbed")
    switch (what) {
      case "close":
        return refundLedger.close(draw.between(1, 30))
      case "lose":
        refundLedger.fates.push("answer-lost")
        return
      case "deaf":
        refundLedger.fates.push("never-heard")
        return
      case "forget":
        return refundLedger.forget()
      case "replay":
        return refundLedger.replay(draw.below(Math.max(1, refundLedger.given.length)))
      case "lag":
        refundLedger.lag = draw.below(4)
        return
      case "dear":
        refundLedger.feeMin = draw.pick([150, 1_000, 50_000])
        return
      case "cheap":
        refundLedger.feeMin = 100
        return
      case "number":
        return refundLedger.takeNumber(us)
    }
  }

  const act = Effect.fnUntraced(function* () {
    const process = any()
    const action = draw.weighted({
      bear: 3,
      pay: 4,
      patch: 2,
      second: 4,
      "ten seconds": 2,
      minutes: 1.5,
      close: 1,
      network: 2,
      crash: profile.crash * 20,
      wake: zombies.length > 0 ? 2 : 0
    })
    trace.add(action)
    switch (action) {
      case "bear":
        return process === undefined ? undefined : yield* bear(process)
      case "pay":
        return yield* pay()
      case "patch":
        return process === undefined ? undefined : yield* patch(process)
      case "second":
        return yield* passing(draw.between(1, 1_000))
      case "ten seconds":
        return yield* passing(draw.between(1_000, 15_000))
      case "minutes":
        return yield* passing(draw.between(30_000, 200_000))
      case "close":
        chain.close(yield* Clock.currentTimeMillis, [])
        return
      case "network":
        return disturbNetwork()
      case "crash":
        return crash()
      case "wake": {
        const zombie = zombies.shift()
        if (zombie === undefined) return
        trace.add(`${zombie.name} goes on`)
        counters.add("zombie went on")
        zombie.plug.resume()
        processes.push(zombie)
        return
      }
    }
  })

  const reap = Effect.fnUntraced(function* () {
    for (const process of processes.slice()) if (!process.plug.isIn) yield* end(process, "is dead")
    while (processes.length < profile.processes) yield* start()
  })

  const judged = (found: ReadonlyArray<string>): ReadonlyArray<string> => {
    for (const fault of found) trace.add(`FAULT ${fault}`)
    return found
  }

  const actions = options.actions ?? profile.actions
  let faults: ReadonlyArray<string> = []
  // Nobody is told where to pay before the account is watched.
  for (let waited = 0; world.tables.cursors.size === 0 && waited < 200; waited++) {
    yield* reap()
    yield* passing(1_000)
  }
  for (let done = 0; done < actions && faults.length === 0; done++) {
    yield* reap()
    yield* act()
    yield* turns(20)
    faults = judged(auditor.safety())
  }

  // Faults end; whoever was paused or dying is gone; one process is left, and time passes.
  world.isSound = true
  bank.heal()
  chain.heal()
  refundLedger.fates.length = 0
  refundLedger.lag = 0
  refundLedger.feeMin = 100
  for (const process of [...processes, ...zombies]) {
    process.plug.resume()
    yield* end(process, "is stopped")
  }
  yield* start()
  for (let passed = 0; passed < restSeconds && faults.length === 0; ) {
    const seconds = passed < 300 ? 10 : 120
    passed += seconds
    refundLedger.close(seconds)
    chain.close(yield* Clock.currentTimeMillis, [])
    yield* chain.ring
    yield* passing(seconds * 1000)
    if (passed % 600 === 0) faults = judged(auditor.safety())
  }
  if (faults.length === 0) faults = judged([...auditor.safety(), ...auditor.quiet()])
  const [last] = processes
  if (last !== undefined) yield* end(last, "is stopped")
  yield* passing(60_000)

  count(world)
  const run: Run = {
    seed,
    digest: trace.digest,
    steps: trace.steps,
    actions,
    faults,
    trace: trace.lines,
    counts: counters.counts
  }
  return run
})

/** What came to pass, read off the tables. */
const count = ({ counters, refundLedger, tables }: World): void => {
  counters.add("refund's fee raised", refundLedger.given.filter(({ isBump }) => isBump).length)
  for (const { reason, state } of tables.inbox.values()) {
    if (state === "applied") counters.add("payment funded")
    if (state === "parked") counters.add("payment parked")
    if (reason === "late") counters.add("payment late")
    if (reason === "second") counters.add("second payment")
  }
  for (const { state, tries } of tables.payouts.values()) {
    if (state === "delivered") counters.add("payout delivered")
    if (state === "held") counters.add("payout held")
    if (tries > 0) counters.add("payout refused for now and made again")
  }
  for (const [id, audits] of tables.audits) {
    const events = audits.map(({ event }) => event)
    if (events.includes("payout.unknown") && events.includes("payout.delivered"))
      counters.add("payout delivered after a lost reply")
    if (events.includes("payout.rejected")) counters.add("payout rejected")
    if (events.includes("refund.confirmed")) counters.add("refund made")
    if (events.includes("payout.partlyRefused")) counters.add("part refused")
    if (tables.transactions.get(id)?.status === "expired") counters.add("expired")
  }
}

/** Plays a seed to its end. The same seed and options give the same digest, on any machine. */
export const simulate = (seed: number, options: Options = {}): Promise<Run> =>
  program(seed, options).pipe(
    Random.withSeed(`sim ${seed}`),
    Effect.provide(TestClock.layer()),
    Effect.provideService(References.MinimumLogLevel, "None"),
    Effect.scoped,
    Effect.runPromise
  )
