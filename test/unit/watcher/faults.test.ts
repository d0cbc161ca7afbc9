// What the watcher does when the ledger fails it, and when the ledger is not the one it was.
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { WatcherState } from "../../../src/watcher/WatcherState.ts"
import { credit } from "../../support/credits.ts"
import { us } from "../../support/horizonRecords.ts"
import { ledgerDown, positionGone } from "../../support/TestLedger.ts"
import {
  applied,
  bear,
  idOf,
  type Parts,
  paid,
  startIn,
  stateOf,
  watchOf,
  world
} from "../../support/watcherWorld.ts"

describe("PaymentWatcher: faults", () => {
  it.effect(
    "a ledger that is away is asked again; nothing goes to quarantine and the watch is seen to fail (I8)",
    () =>
      Effect.gen(function* () {
        const parts = world()
        const { ledger, tables } = parts
        const process = yield* startIn(parts)
        yield* process.until("Turned")
        yield* bear(process, [1])
        ledger.close(5_000, [credit(1, idOf(1))])

        ledger.fault = ledgerDown
        yield* ledger.ring
        yield* process.until("Failing")
        expect(yield* watchOf(process)).toMatchObject({
          _tag: "Failing",
          reason: "the ledger does not answer: the ledger is away"
        })
        for (const _ of [1, 2, 3, 4]) {
          yield* TestClock.adjust("40 seconds")
          yield* process.until("Failing")
        }
        ledger.fault = null
        yield* TestClock.adjust("40 seconds")
        yield* applied(process)

        expect(stateOf(tables, 1)).toBe(paid)
        expect(tables.quarantine.size).toBe(0)
        expect(yield* watchOf(process)).toMatchObject({ _tag: "Watching" })
      })
  )

  it.effect("a defect does not end the watch in silence (D11)", () =>
    Effect.gen(function* () {
      const parts = world()
      const { ledger, tables } = parts
      const process = yield* startIn(parts)
      yield* process.until("Turned")
      yield* bear(process, [1])
      ledger.close(5_000, [credit(1, idOf(1))])

      ledger.fault = new Error("a bug")
      yield* ledger.ring
      yield* process.until("Failing")
      ledger.fault = null
      yield* TestClock.adjust("2 seconds")
      yield* applied(process)

      expect(stateOf(tables, 1)).toBe(paid)
    })
  )

  it.effect("an unreadable record is quarantined and the stream goes on (I11, I34)", () =>
    Effect.gen(function* () {
      const parts = world()
      const { ledger, tables } = parts
      const process = yield* startIn(parts)
      yield* process.until("Turned")
      yield* bear(process, [1])

      for (const _ of [1, 2, 3, 4]) ledger.closeUnreadable(us, 4_000, "no amount")
      ledger.close(5_000, [credit(1, idOf(1))])
      for (const _ of [1, 2, 3, 4]) ledger.closeUnreadable(us, 6_000, "no amount")
      yield* ledger.ring
      yield* applied(process)

      expect(stateOf(tables, 1)).toBe(paid)
      expect([...tables.quarantine.values()].map(({ position }) => position)).toEqual([
        "1",
        "2",
        "3",
        "4",
        "6",
        "7",
        "8",
        "9"
      ])
      expect(yield* watchOf(process)).toMatchObject({ _tag: "Watching" })
    })
  )

  it.effect(
    "five unreadable records in a row, over page boundaries, stop the role with an alarm, all of them kept (I34)",
    () =>
      Effect.gen(function* () {
        const parts = world()
        const { ledger, tables } = parts
        const process = yield* startIn(parts)
        yield* process.until("Turned")
        ledger.pageSize = 2
        ledger.close(3_000, [credit(1, idOf(7))])
        for (const _ of [1, 2, 3, 4, 5]) ledger.closeUnreadable(us, 4_000, "no amount")

        yield* ledger.ring
        const { reason } = yield* process.until("Stopped")

        expect(reason).toContain("5 Stellar transactions in a row could not be read: no amount")
        expect(tables.quarantine.size).toBe(5)
        const reads = ledger.reads.length
        yield* TestClock.adjust("1 hour")
        expect(ledger.reads.length).toBe(reads)
      })
  )
})

describe("PaymentWatcher: a cursor that is not of this ledger stops the role", () => {
  const stopReason = (prepare: (parts: Parts) => void) =>
    Effect.gen(function* () {
      const parts = world()
      const first = yield* startIn(parts)
      yield* first.until("Turned")
      yield* first.kill
      prepare(parts)
      const second = yield* startIn(parts)
      yield* TestClock.adjust("20 seconds")
      const { reason } = yield* second.until("Stopped")
      const report = yield* WatcherState.use((state) => state.report).pipe(Effect.provide(second.services))
      expect(report).toMatchObject([{ account: us, isReady: false, watch: { _tag: "Stopped", reason } }])
      return reason
    })

  it.effect("a ledger of another network (I5, I33)", () =>
    Effect.gen(function* () {
      const reason = yield* stopReason(({ ledger }) => {
        ledger.passphrase = "Another Network"
      })
      expect(reason).toContain('"Another Network"')
    })
  )

  it.effect("a stored cursor of another network (I5)", () =>
    Effect.gen(function* () {
      const reason = yield* stopReason(({ tables }) => {
        const cursor = tables.cursors.get(us)
        if (cursor !== undefined) tables.cursors.set(us, { ...cursor, network: "public" })
      })
      expect(reason).toContain("of the network public")
    })
  )

  it.effect("a position the ledger refuses: a gap, or beyond its tip (S31-PAY-10, I5, I6)", () =>
    Effect.gen(function* () {
      const reason = yield* stopReason(({ ledger }) => {
        ledger.fault = positionGone
      })
      expect(reason).toContain("the history begins later")
    })
  )
})
