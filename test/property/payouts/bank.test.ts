// A bank that keeps its own book, calls that end in every way, and processes that are killed or stopped in between: only the
// bank's book shows that nothing was paid twice.
import { Effect, Exit, References, Scope } from "effect"
import { TestClock } from "effect/testing"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { balanceOf } from "../../../adapters/storage-memory/commitGroup.ts"
import { emptyTables } from "../../../adapters/storage-memory/tables.ts"
import type { PayoutId } from "../../../machines/domain/Ids.ts"
import {
  type LookUpAnswer,
  NothingAccepted,
  type PaymentRail,
  type PayoutOutcome
} from "../../../src/ports/Rails.ts"
import {
  funded,
  lookUpOnce,
  pollOnce,
  type Process,
  seen,
  startProcess,
  turns
} from "../../support/payoutWorld.ts"
import { asset } from "../../support/runtimeWorld.ts"
import { holdsAsync, seeded } from "../../support/seed.ts"

/** How a call ends: whether the bank takes the payout, and what of it is heard. */
type End =
  | "delivers"
  | "takes it, later"
  | "takes it, lost"
  | "takes it, hangs"
  | "refuses"
  | "is lost"
  | "hangs"
  | "nonsense"

const ends: ReadonlyArray<End> = [
  "delivers",
  "takes it, later",
  "takes it, lost",
  "takes it, hangs",
  "refuses",
  "is lost",
  "hangs",
  "nonsense"
]

interface Abilities {
  readonly repeatable: boolean
  readonly looksUp: boolean
}

const makeBank = (drawn: ReadonlyArray<End>, { looksUp, repeatable }: Abilities) => {
  const accepted = new Map<PayoutId, number>()
  const voided = new Set<PayoutId>()
  let calls = 0
  let isSound = false
  const take = (id: PayoutId): boolean => {
    if (voided.has(id)) return false
    accepted.set(id, repeatable && accepted.has(id) ? 1 : (accepted.get(id) ?? 0) + 1)
    return true
  }
  const execute: PaymentRail["execute"] = ({ payoutId }) =>
    Effect.suspend((): Effect.Effect<PayoutOutcome, NothingAccepted> => {
      const end = isSound ? "delivers" : (drawn[calls++ % drawn.length] ?? "delivers")
      const delivered: PayoutOutcome = { _tag: "Delivered" }
      switch (end) {
        case "delivers":
          return Effect.succeed(take(payoutId) ? delivered : { _tag: "Rejected", reason: "voided" })
        case "takes it, later":
          return Effect.succeed(take(payoutId) ? { _tag: "Pending" } : { _tag: "Rejected", reason: "voided" })
        case "takes it, lost":
          take(payoutId)
          return Effect.die("lost")
        case "takes it, hangs":
          return Effect.yieldNow.pipe(
            Effect.andThen(Effect.sync(() => take(payoutId))),
            Effect.andThen(Effect.never)
          )
        case "refuses":
          return Effect.fail(new NothingAccepted({ message: "closed" }))
        case "is lost":
          return Effect.die("lost")
        case "hangs":
          return Effect.never
        case "nonsense":
          take(payoutId)
          return Effect.succeed({ _tag: "Done" } as never)
      }
    })
  const rail: PaymentRail = {
    name: "scripted",
    repeatable,
    concurrency: 2,
    timeoutSeconds: 30,
    execute,
    poll: (payouts) =>
      Effect.succeed(
        payouts.flatMap(({ payoutId }) =>
          accepted.has(payoutId) ? [{ payoutId, outcome: { _tag: "Delivered" as const } }] : []
        )
      ),
    ...(looksUp
      ? {
          lookUp: (id) =>
            Effect.sync((): LookUpAnswer => {
              if (accepted.has(id)) return { _tag: "Delivered" }
              voided.add(id)
              return { _tag: "NeverAccepted" }
            })
        }
      : {})
  }
  return {
    rail,
    accepted,
    heal: () => {
      isSound = true
    }
  }
}

type Act = "fund" | "second" | "minute" | "look up" | "poll" | "kill" | "stop"

const acts = fc.array(
  fc.constantFrom<Act>("fund", "fund", "second", "minute", "look up", "poll", "kill", "stop"),
  {
    minLength: 4,
    maxLength: 14,
    size: "max"
  }
)

const play = Effect.fnUntraced(function* (
  bank: ReturnType<typeof makeBank>,
  given: ReadonlyArray<Act>,
  pauses: ReadonlyArray<number>
) {
  const tables = emptyTables()
  const start = () => startProcess({ rails: bank.rail, tables, timing: { shutdownGrace: 2 } })
  let process: Process = yield* start()
  const passing = Effect.fnUntraced(function* (seconds: number) {
    yield* TestClock.adjust(`${seconds} seconds`)
    yield* turns(40)
  })
  let count = 0
  for (const [at, act] of given.entries()) {
    // the process is ended in the middle of what it was given to do
    const pause = turns(pauses[at % pauses.length] ?? 0)
    if (act === "fund") {
      count += 1
      yield* Effect.forkScoped(funded(process, count))
      yield* pause
    } else if (act === "second") yield* passing(1)
    else if (act === "minute") yield* passing(61)
    else if (act === "look up") yield* Effect.forkScoped(lookUpOnce(process)).pipe(Effect.andThen(pause))
    else if (act === "poll") yield* Effect.forkScoped(pollOnce(process)).pipe(Effect.andThen(pause))
    else {
      if (act === "kill") process.kill()
      else yield* Effect.forkScoped(process.stop)
      yield* pause
      process = yield* start()
    }
  }
  bank.heal()
  // what was given to a process that was killed before it was stored was never taken
  for (let round = 0; round < 40; round++) {
    yield* passing(31)
    yield* Effect.forkScoped(lookUpOnce(process))
    yield* Effect.forkScoped(pollOnce(process))
    yield* turns(60)
  }
  return { count, tables }
})

/** Runs to the end; then the clock moves until every process has ended within its grace. */
const run = (effect: Effect.Effect<void, unknown, Scope.Scope>): Promise<void> =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    yield* effect.pipe(Effect.provideService(Scope.Scope, scope))
    const ending = yield* Effect.forkChild(Scope.close(scope, Exit.void))
    while (ending.pollUnsafe() === undefined) {
      yield* turns(20)
      yield* TestClock.adjust("1 second")
    }
  }).pipe(
    Effect.provide(TestClock.layer()),
    Effect.provideService(References.MinimumLogLevel, "None"),
    Effect.runPromise
  )

describe(seeded("a bank's own book"), () => {
  for (const abilities of [
    { looksUp: true, repeatable: false },
    { looksUp: false, repeatable: true },
    { looksUp: true, repeatable: true },
    { looksUp: false, repeatable: false }
  ]) {
    const named = Object.entries(abilities).flatMap(([name, has]) => (has ? [name] : []))
    it(`holds each transaction at most once, however calls and processes end (${named.join(", ") || "neither"})`, async () => {
      const states = new Map<string, number>()
      await holdsAsync(
        fc.asyncProperty(
          fc.array(fc.constantFrom(...ends), { minLength: 3, maxLength: 12, size: "max" }),
          acts,
          fc.array(fc.nat(60), { minLength: 3, maxLength: 9 }),
          (drawn, given, pauses) =>
            run(
              Effect.gen(function* () {
                const bank = makeBank(drawn, abilities)
                const { count, tables } = yield* play(bank, given, pauses)

                const paid = new Map<string, number>()
                for (const [id, times] of bank.accepted) {
                  const transaction = id.slice(0, id.lastIndexOf(":"))
                  paid.set(transaction, (paid.get(transaction) ?? 0) + times)
                }
                for (const times of paid.values()) expect(times).toBe(1)
                let completed = 0
                for (let n = 1; n <= count; n++) {
                  const { state, payouts } = seen(tables, n)
                  states.set(state, (states.get(state) ?? 0) + 1)
                  if (state === "completed") completed += 1
                  // killed before the payment was stored, or the birth itself
                  if (state === "none" || state === "pending_sender.awaitingPayment") continue
                  const wanted = abilities.looksUp ? ["completed"] : ["completed", "pending_receiver.held"]
                  expect(wanted, payouts.join(", ")).toContain(state)
                }
                // what we call completed the bank has paid, and what the bank has paid is completed or held
                expect(completed).toBeLessThanOrEqual(paid.size)
                if (abilities.looksUp) expect(completed).toBe(paid.size)
                expect(balanceOf(tables, "rail-out", asset)).toBe(BigInt(completed) * 980_000_000n)
              })
            )
        ),
        25
      )
      expect(states.get("completed")).toBeGreaterThan(5)
    })
  }
})
