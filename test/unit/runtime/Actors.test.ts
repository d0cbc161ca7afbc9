/** The runtime on the reference storage: order, groups, races and refusals, with no HTTP and no ledger in the way. */
import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { payoutId } from "../../../machines/domain/Ids.ts"
import { PayoutExecutor } from "../../../src/payouts/PayoutExecutor.ts"
import { Storage } from "../../../src/ports/Storage.ts"
import { Actors } from "../../../src/runtime/Actors.ts"
import {
  birth,
  bringPayments,
  payment,
  runtimeLayer,
  scriptedRail,
  statusOf,
  transactionId,
  untilState
} from "../../support/runtimeWorld.ts"

const delivering = () => scriptedRail(() => Effect.succeed({ _tag: "Delivered", externalId: "ext-1" }))

it.effect("a payment is matched, paid out and completed, and its books are zero (SEC-35)", () => {
  const { calls, rail } = delivering()
  return Effect.gen(function* () {
    const actors = yield* Actors
    const storage = yield* Storage
    const executor = yield* PayoutExecutor
    yield* Effect.forkScoped(executor.run)
    yield* actors.bear(birth(1))

    const brought = yield* bringPayments([payment(1)])
    const state = yield* untilState(1, "completed")

    expect(brought).toEqual({ moved: true, applied: 1, parked: 0, waiting: 0 })
    expect(state).toBe("completed")
    expect(calls).toEqual([payoutId(transactionId(1), 1)])
    const history = yield* storage.history(transactionId(1))
    expect(history.audits.map(({ event, version }) => [version, event])).toEqual([
      [1, "transaction.created"],
      [2, "payment.matched"],
      [3, "payout.delivered"]
    ])
    expect(history.transfers.map(({ amount, from, to }) => `${from}>${to} ${amount}`)).toEqual([
      "ledger-in>payable 100",
      "payable>rail-out 98",
      "payable>fee 2"
    ])
  }).pipe(Effect.scoped, Effect.provide(runtimeLayer(rail)))
})

it.effect("a payment brought twice has its effect once (I2)", () => {
  const { calls, rail } = delivering()
  return Effect.gen(function* () {
    const actors = yield* Actors
    const executor = yield* PayoutExecutor
    yield* Effect.forkScoped(executor.run)
    yield* actors.bear(birth(1))
    const paid = payment(1)

    yield* bringPayments([paid])
    yield* bringPayments([paid])
    yield* untilState(1, "completed")
    yield* bringPayments([paid])

    expect(calls).toHaveLength(1)
  }).pipe(Effect.scoped, Effect.provide(runtimeLayer(rail)))
})

it.effect("a second payment is parked with its reason and pays nothing (S31-PAY-12)", () => {
  const { calls, rail } = delivering()
  return Effect.gen(function* () {
    const actors = yield* Actors
    const storage = yield* Storage
    const executor = yield* PayoutExecutor
    yield* Effect.forkScoped(executor.run)
    yield* actors.bear(birth(1))

    yield* bringPayments([payment(1), payment(1)])
    yield* untilState(1, "completed")
    yield* bringPayments([payment(1)])

    const parked = yield* storage.parked({ limit: 10 })
    expect(parked.map(({ reason }) => reason)).toEqual(["second", "second"])
    expect(calls).toHaveLength(1)
  }).pipe(Effect.scoped, Effect.provide(runtimeLayer(rail)))
})

it.effect("under, over and late payments are parked and the transaction keeps waiting", () => {
  const { rail } = delivering()
  return Effect.gen(function* () {
    const actors = yield* Actors
    const storage = yield* Storage
    yield* actors.bear(birth(1))

    yield* bringPayments([
      payment(1, "9.9"),
      payment(1, "1000.1"),
      payment(1, "100", { closedAtMillis: 86_400_001 })
    ])

    expect((yield* storage.parked({ limit: 10 })).map(({ reason }) => reason)).toEqual([
      "late",
      "over",
      "under"
    ])
    expect(yield* statusOf(1)).toBe("pending_sender.awaitingPayment")
  }).pipe(Effect.scoped, Effect.provide(runtimeLayer(rail)))
})

it.effect(
  "three hundred transactions told at once are all paid exactly once, within the rail's concurrency",
  () => {
    let now = 0
    let most = 0
    const { calls, rail } = scriptedRail(() =>
      Effect.gen(function* () {
        now += 1
        most = Math.max(most, now)
        yield* Effect.yieldNow
        now -= 1
        return { _tag: "Delivered" as const }
      })
    )
    return Effect.gen(function* () {
      const actors = yield* Actors
      const executor = yield* PayoutExecutor
      yield* Effect.forkScoped(executor.run)
      const all = Array.from({ length: 300 }, (_, index) => index + 1)
      yield* Effect.forEach(all, (n) => actors.bear(birth(n)), { concurrency: "unbounded" })

      yield* Effect.forEach(all, (n) => bringPayments([payment(n)]), { concurrency: "unbounded" })
      yield* Effect.forEach(all, (n) => untilState(n, "completed", 20_000))

      expect(new Set(calls).size).toBe(300)
      expect(calls).toHaveLength(300)
      expect(most).toBeLessThanOrEqual(4)
      expect(most).toBeGreaterThan(1)
    }).pipe(Effect.scoped, Effect.provide(runtimeLayer(rail)))
  }
)

it.effect("an event to a transaction that does not exist is answered so", () => {
  const { rail } = delivering()
  return Effect.gen(function* () {
    const actors = yield* Actors

    const told = yield* actors.tell({
      to: transactionId(9),
      event: { type: "expiry.passed" },
      cause: "expiry"
    })

    expect(told).toEqual({ _tag: "NoSuchTransaction" })
  }).pipe(Effect.scoped, Effect.provide(runtimeLayer(rail)))
})
