// A process that is asked to end (R8): calls under way may answer within the grace, what was never sent is given back at once.
import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect } from "effect"
import { TestClock } from "effect/testing"
import { emptyTables } from "../../../adapters/storage-memory/tables.ts"
import type { PayoutOutcome } from "../../../src/ports/Rails.ts"
import type { Storage } from "../../../src/ports/Storage.ts"
import { funded, lookUpOnce, seen, startProcess, turns } from "../../support/payoutWorld.ts"
import { scriptedRail, transactionId } from "../../support/runtimeWorld.ts"

const grace = { shutdownGrace: 10 }
const delivered = Effect.succeed<PayoutOutcome>({ _tag: "Delivered" })

describe("a process that is asked to end", () => {
  it.effect("waits for the call under way and records its outcome (R8)", () =>
    Effect.gen(function* () {
      const tables = emptyTables()
      const answer = yield* Deferred.make<PayoutOutcome>()
      const { rail } = scriptedRail(() => Deferred.await(answer))
      const process = yield* startProcess({ rails: rail, tables, timing: grace })
      yield* funded(process, 1)

      const stopping = yield* Effect.forkChild(process.stop)
      yield* turns()
      expect(stopping.pollUnsafe()).toBeUndefined()
      yield* Deferred.succeed(answer, { _tag: "Delivered" })
      yield* turns()

      expect(stopping.pollUnsafe()).toMatchObject({ _tag: "Success" })
      expect(seen(tables, 1).state).toBe("completed")
    })
  )

  it.effect(
    "ends within its grace whatever the rail does; the payout is then looked up or held, never resent (R8)",
    () =>
      Effect.gen(function* () {
        const tables = emptyTables()
        const { rail } = scriptedRail(() => Effect.uninterruptible(Effect.never))
        const process = yield* startProcess({ rails: rail, tables, timing: grace })
        yield* funded(process, 1)

        const stopping = yield* Effect.forkChild(process.stop)
        yield* TestClock.adjust("9 seconds")
        yield* turns()
        expect(stopping.pollUnsafe()).toBeUndefined()
        yield* TestClock.adjust("2 seconds")
        yield* turns()
        expect(stopping.pollUnsafe()).toMatchObject({ _tag: "Success" })
        expect(seen(tables, 1).payouts).toEqual(["1 started"])

        const next = scriptedRail(() => delivered)
        const successor = yield* startProcess({ rails: next.rail, tables })
        yield* TestClock.adjust("121 seconds")
        yield* lookUpOnce(successor)
        expect(seen(tables, 1).state).toBe("pending_receiver.held")
        expect(next.calls).toEqual([])
      })
  )

  it.effect(
    "gives back what it started and had not sent: the next process pays it without waiting for a lease (R8)",
    () =>
      Effect.gen(function* () {
        const tables = emptyTables()
        const { calls, rail } = scriptedRail(() => delivered)
        const process = yield* startProcess({
          rails: rail,
          tables,
          timing: grace,
          // what was born started is never read, so nothing of it is sent
          storage: (storage): Storage["Service"] => ({ ...storage, jobs: () => Effect.never })
        })
        yield* funded(process, 1)
        yield* funded(process, 2)
        expect(seen(tables, 1).payouts).toEqual(["1 started"])

        yield* process.stop

        expect(calls).toEqual([])
        expect([1, 2].map((n) => seen(tables, n).payouts)).toEqual([["1 planned"], ["1 planned"]])
        const next = scriptedRail(() => delivered)
        yield* startProcess({ rails: next.rail, tables })
        yield* turns()
        expect(next.calls).toEqual([`${transactionId(1)}:1`, `${transactionId(2)}:1`])
        expect(seen(tables, 2).state).toBe("completed")
      })
  )

  it.effect("gives back what a claim brings after the end has begun (R7, R8)", () =>
    Effect.gen(function* () {
      const tables = emptyTables()
      yield* funded(
        yield* startProcess({ rails: scriptedRail(() => delivered).rail, tables, executes: false }),
        1
      )
      const gate = yield* Deferred.make<void>()
      const { calls, rail } = scriptedRail(() => delivered)
      const process = yield* startProcess({
        rails: rail,
        tables,
        timing: grace,
        storage: (storage) => ({
          ...storage,
          claim: (query) => storage.claim(query).pipe(Effect.tap(() => Deferred.await(gate)))
        })
      })
      expect(seen(tables, 1).payouts).toEqual(["1 started"])
      const stopping = yield* Effect.forkChild(process.stop)
      yield* turns()
      yield* Deferred.succeed(gate, undefined)
      yield* turns()

      expect(stopping.pollUnsafe()).toMatchObject({ _tag: "Success" })
      expect(calls).toEqual([])
      expect(seen(tables, 1).payouts).toEqual(["1 planned"])
    })
  )

  it.effect("starts nothing any more: what the last outcome frees is left for another", () =>
    Effect.gen(function* () {
      const tables = emptyTables()
      const answer = yield* Deferred.make<PayoutOutcome>()
      const { calls, rail } = scriptedRail(() => Deferred.await(answer), { concurrency: 1 })
      const process = yield* startProcess({ rails: rail, tables, timing: grace })
      yield* funded(process, 1)
      yield* funded(process, 2)

      const stopping = yield* Effect.forkChild(process.stop)
      yield* turns()
      yield* Deferred.succeed(answer, { _tag: "Delivered" })
      yield* turns()

      expect(stopping.pollUnsafe()).toMatchObject({ _tag: "Success" })
      expect(calls).toHaveLength(1)
      expect(seen(tables, 1).state).toBe("completed")
      expect(seen(tables, 2).payouts).toEqual(["1 planned"])
    })
  )
})
