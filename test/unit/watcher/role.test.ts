// One process watches an account, whatever becomes of the others: leases, take-overs, zombies.
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Queue } from "effect"
import { TestClock } from "effect/testing"
import { paymentId } from "../../../machines/domain/Ids.ts"
import { credit } from "../../support/credits.ts"
import { us } from "../../support/horizonRecords.ts"
import { makeTestLedger } from "../../support/TestLedger.ts"
import {
  applied,
  bear,
  idOf,
  paid,
  startIn,
  startProcess,
  stateOf,
  watcherSettings,
  world
} from "../../support/watcherWorld.ts"

describe("PaymentWatcher: alone in the role", () => {
  it.effect("a second process stands by, and takes over when the first is gone (D8)", () =>
    Effect.gen(function* () {
      const parts = world()
      const { ledger, tables } = parts
      const first = yield* startIn(parts)
      yield* first.until("Turned")
      const second = yield* startIn(parts)
      yield* second.until("Standby")
      yield* bear(first, [1])
      yield* first.kill
      ledger.close(5_000, [credit(1, idOf(1))])

      yield* TestClock.adjust("20 seconds")
      yield* applied(second)

      expect(stateOf(tables, 1)).toBe(paid)
      expect(tables.cursors.get(us)?.epoch).toBe(2)
    })
  )

  it.effect("the role is renewed for as long as its process lives", () =>
    Effect.gen(function* () {
      const parts = world()
      const first = yield* startIn(parts)
      yield* first.until("Turned")
      const second = yield* startIn(parts)
      yield* second.until("Standby")

      for (const _ of Array.from({ length: 12 })) {
        yield* TestClock.adjust("5 seconds")
        yield* second.until("Standby")
      }

      expect(parts.tables.cursors.get(us)?.epoch).toBe(1)
      const events = yield* Queue.takeAll(first.events)
      expect(events.map(({ _tag }) => _tag)).not.toContain("Lost")
    })
  )

  it.effect("a process whose epoch was overtaken before it opened the cursor brings nothing", () =>
    Effect.gen(function* () {
      const { ledger, tables } = world()
      tables.cursors.set(us, {
        account: us,
        network: "testnet",
        position: "0",
        epoch: 5,
        processedLedger: null
      })
      ledger.close(5_000, [credit(1, idOf(1))])
      const late = yield* startProcess({
        network: ledger.layer,
        tables,
        storage: (storage) => ({ ...storage, lease: () => Effect.succeed({ epoch: 4 }) })
      })

      yield* late.until("Lost")

      expect(ledger.reads).toEqual([])
      expect(tables.cursors.get(us)?.epoch).toBe(5)
    })
  )

  it.effect(
    "a process that was paused past its lease finds its page refused, and nothing is applied twice (S31-PAY-08, R9)",
    () =>
      Effect.gen(function* () {
        const { ledger, tables } = world()
        // The zombie: from the moment it is paused its pages hang in the air and it renews nothing.
        const paused = { now: false }
        const frozen = makeTestLedger(watcherSettings.network.passphrase)
        const zombie = yield* startProcess({
          network: frozen.layer,
          tables,
          storage: (storage) => ({
            ...storage,
            lease: (role, owner, seconds) =>
              Effect.suspend(() => (paused.now ? Effect.never : storage.lease(role, owner, seconds)))
          })
        })
        yield* zombie.until("Turned")
        yield* bear(zombie, [1])
        for (const chain of [ledger, frozen]) chain.close(5_000, [credit(1, idOf(1))], [credit(2, idOf(1))])
        paused.now = true
        frozen.gate.closeUnsafe()
        yield* frozen.ring

        const living = yield* startProcess({ network: ledger.layer, tables })
        yield* TestClock.adjust("20 seconds")
        yield* living.until("Turned", ({ position }) => position === "2")
        const before = structuredClone({
          transactions: tables.transactions,
          inbox: tables.inbox,
          journal: tables.journal
        })
        yield* frozen.gate.open
        yield* zombie.until("Lost")

        expect(tables.cursors.get(us)).toMatchObject({ epoch: 2, position: "2" })
        expect({ transactions: tables.transactions, inbox: tables.inbox, journal: tables.journal }).toEqual(
          before
        )
        expect([...tables.inbox.values()].map(({ reason, state }) => [state, reason])).toEqual([
          ["applied", null],
          ["parked", "second"]
        ])
      })
  )

  it.effect(
    "a cursor found elsewhere is opened again from where it stands, and what was brought in between waits",
    () =>
      Effect.gen(function* () {
        const parts = world()
        const { ledger, tables } = parts
        const process = yield* startIn(parts)
        yield* process.until("Turned")
        yield* bear(process, [1])
        const cursor = tables.cursors.get(us)
        // The cursor is found elsewhere, as after a commit whose answer was lost.
        if (cursor !== undefined) tables.cursors.set(us, { ...cursor, position: "1" })
        ledger.close(5_000, [credit(1, idOf(1))])
        ledger.close(6_000, [credit(2, idOf(1))])

        yield* ledger.ring
        yield* process.until("Lost")
        yield* TestClock.adjust("1 second")
        yield* process.until("Turned", ({ position }) => position === "2")

        expect(tables.inbox.get(paymentId("testnet", "1", 0))?.state).toBe("waiting")
        expect(tables.inbox.get(paymentId("testnet", "2", 0))?.state).toBe("applied")
      })
  )

  it.effect("stops when it is told to, without having to be waited for", () =>
    Effect.gen(function* () {
      const parts = world()
      parts.ledger.gate.closeUnsafe()
      const process = yield* startIn(parts)
      const ended = yield* process.kill.pipe(Effect.forkChild)
      yield* Fiber.join(ended)
      expect(parts.tables.inbox.size).toBe(0)
    })
  )
})
