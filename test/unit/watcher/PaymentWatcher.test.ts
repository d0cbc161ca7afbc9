// The watcher over the real runtime and the reference storage, with a ledger and a clock of the test's own. Nothing is waited
// for by time: every loop signals what it has done.
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { paymentId } from "../../../machines/domain/Ids.ts"
import type { Credit } from "../../../src/ports/StellarNetwork.ts"
import { AcceptingPayments } from "../../../src/runtime/AcceptingPayments.ts"
import { WatcherState } from "../../../src/watcher/WatcherState.ts"
import { credit } from "../../support/credits.ts"
import { issuer, payer, us } from "../../support/horizonRecords.ts"
import { ledgerDown, makeTestLedger, positionGone } from "../../support/TestLedger.ts"
import {
  bear,
  emptyTables,
  type Process,
  startProcess,
  stateOf,
  watcherSettings
} from "../../support/watcherWorld.ts"

const { passphrase } = watcherSettings.network
const id = (value: number): Credit["memo"] => ({ type: "id", value: String(value) })
const paid = "pending_receiver.payingOut"
const unpaid = "pending_sender.awaitingPayment"

const world = () => ({ tables: emptyTables(), ledger: makeTestLedger(passphrase) })
const start = Effect.fnUntraced(function* (parts: ReturnType<typeof world>) {
  return yield* startProcess({ network: parts.ledger.layer, tables: parts.tables })
})
const applied = (process: Process, count = 1) =>
  process.until("Turned", ({ brought }) => brought?.applied === count)
const watchOf = (process: Process) =>
  WatcherState.use((state) => Effect.sync(() => state.of(us))).pipe(Effect.provide(process.services))

describe("PaymentWatcher: first start and restart", () => {
  it.effect(
    "the first start stores the tip once, and what was paid before it is not ours to match (S31-PAY-09, I4)",
    () =>
      Effect.gen(function* () {
        const { ledger, tables } = world()
        ledger.close(1_000, [credit(1, id(1))])
        const first = yield* startProcess({ network: ledger.layer, tables })
        yield* first.until("Turned")
        expect(tables.cursors.get(us)).toMatchObject({ network: "testnet", position: "1" })
        yield* first.kill

        ledger.close(2_000, [credit(2, id(2))])
        const second = yield* startProcess({ network: ledger.layer, tables })
        yield* TestClock.adjust("20 seconds")
        yield* second.until("Turned", ({ brought }) => brought?.parked === 1)

        expect([...tables.inbox.keys()]).toEqual([paymentId("testnet", "2", 0)])
      })
  )

  it.effect(
    "a payment funds its transaction in the commit that moves the cursor (S31-PAY-09, S31-PAY-13)",
    () =>
      Effect.gen(function* () {
        const { ledger, tables } = world()
        const process = yield* startProcess({ network: ledger.layer, tables })
        yield* process.until("Turned")
        yield* bear(process, [1])

        ledger.close(5_000, [credit(1, id(1))])
        yield* ledger.ring
        yield* applied(process)

        expect(stateOf(tables, 1)).toBe(paid)
        expect(tables.cursors.get(us)).toMatchObject({
          position: "1",
          processedLedger: { closedAtMillis: 5_000 }
        })
        const [row] = [...tables.transactions.values()]
        expect(row).toMatchObject({
          payer,
          stellarTransactionId: credit(1, id(1)).stellarTransactionId,
          amounts: { received: "100" }
        })
      })
  )

  it.effect("payments made while no watcher ran are found at the next start (I1)", () =>
    Effect.gen(function* () {
      const parts = world()
      const { ledger, tables } = parts
      const first = yield* start(parts)
      yield* first.until("Turned")
      yield* bear(first, [1, 2])
      yield* first.kill
      ledger.close(5_000, [credit(1, id(1))])
      ledger.close(6_000, [credit(2, id(2))])

      const second = yield* start(parts)
      yield* TestClock.adjust("20 seconds")
      yield* applied(second, 2)

      expect([stateOf(tables, 1), stateOf(tables, 2)]).toEqual([paid, paid])
    })
  )

  it.effect("a history read a second time changes nothing (S31-PAY-08, I2)", () =>
    Effect.gen(function* () {
      const parts = world()
      const { ledger, tables } = parts
      const first = yield* start(parts)
      yield* first.until("Turned")
      yield* bear(first, [1])
      ledger.close(5_000, [credit(1, id(1))], [credit(2, id(9))])
      yield* ledger.ring
      yield* applied(first)
      yield* first.kill
      const cursor = tables.cursors.get(us)
      const before = structuredClone({
        inbox: tables.inbox,
        journal: tables.journal,
        transactions: tables.transactions
      })
      if (cursor !== undefined) tables.cursors.set(us, { ...cursor, position: "0" })

      const second = yield* start(parts)
      yield* TestClock.adjust("20 seconds")
      yield* second.until("Turned", ({ position }) => position === "2")

      expect({ inbox: tables.inbox, journal: tables.journal, transactions: tables.transactions }).toEqual(
        before
      )
    })
  )

  it.effect("memos are handed out only once every receiving account has a cursor", () =>
    Effect.gen(function* () {
      const { ledger, tables } = world()
      const [asset] = watcherSettings.assets
      const settings = {
        assets: asset === undefined ? [] : [asset, { ...asset, code: "EURC", account: payer }]
      }
      const idle = yield* startProcess({ network: ledger.layer, tables, settings, watches: false })
      const ready = AcceptingPayments.use((accepting) => accepting.ready).pipe(Effect.provide(idle.services))
      expect(yield* ready).toBe(false)

      // Another process watches one account of the two, then both.
      const one = yield* startProcess({ network: ledger.layer, tables })
      yield* one.until("Turned")
      expect(yield* ready).toBe(false)
      const both = yield* startProcess({ network: ledger.layer, tables, settings })
      yield* both.until("Turned", ({ account }) => account === payer)
      expect(yield* ready).toBe(true)
    })
  )

  it.effect("two assets at one account have one role and one cursor (I36)", () =>
    Effect.gen(function* () {
      const { ledger, tables } = world()
      const [asset] = watcherSettings.assets
      const settings = { assets: asset === undefined ? [] : [asset, { ...asset, code: "EURC" }] }
      const process = yield* startProcess({ network: ledger.layer, tables, settings })
      yield* process.until("Turned")
      yield* bear(process, [1])
      yield* bear(process, [2], { asset: `stellar:EURC:${issuer}` })

      ledger.close(5_000, [credit(1, id(1))], [credit(2, id(2), { asset: { code: "EURC", issuer } })])
      yield* ledger.ring
      yield* applied(process, 2)

      expect(tables.cursors.size).toBe(1)
      expect([stateOf(tables, 1), stateOf(tables, 2)]).toEqual([paid, paid])
    })
  )
})

describe("PaymentWatcher: bells and silence", () => {
  it.effect("with neither page nor bell it reads anyway (I9)", () =>
    Effect.gen(function* () {
      const parts = world()
      const process = yield* start(parts)
      yield* process.until("Turned")
      yield* bear(process, [1])
      parts.ledger.close(5_000, [credit(1, id(1))])

      yield* TestClock.adjust("10 seconds")
      yield* applied(process)

      expect(stateOf(parts.tables, 1)).toBe(paid)
    })
  )

  it.effect("an idle ledger's progress is stored, so that transactions can expire", () =>
    Effect.gen(function* () {
      const parts = world()
      const process = yield* start(parts)
      yield* process.until("Turned")

      parts.ledger.close(7_000)
      yield* TestClock.adjust("10 seconds")
      yield* process.until("Turned")

      expect(parts.tables.cursors.get(us)?.processedLedger?.closedAtMillis).toBe(7_000)
    })
  )

  it.effect("a server that lags takes nothing back of what was processed (I3)", () =>
    Effect.gen(function* () {
      const parts = world()
      parts.ledger.close(7_000)
      const process = yield* start(parts)
      yield* process.until("Turned")

      parts.ledger.behind = { sequence: 1, closedAtMillis: 0 }
      parts.ledger.close(8_000, [credit(1, id(99))])
      yield* parts.ledger.ring
      yield* process.until("Turned", ({ brought }) => brought?.parked === 1)

      expect(parts.tables.cursors.get(us)?.processedLedger?.closedAtMillis).toBe(7_000)
    })
  )

  it.effect("a bell that rings for nothing costs no commit", () =>
    Effect.gen(function* () {
      const parts = world()
      const process = yield* start(parts)
      yield* process.until("Turned")
      const commits = parts.tables.groups.size

      parts.ledger.close(7_000)
      yield* parts.ledger.ring
      const { brought } = yield* process.until("Turned")

      expect(brought).toBeNull()
      expect(parts.tables.groups.size).toBe(commits)
    })
  )

  it.effect("a backlog is read page by page, in order, without waiting between them (I37)", () =>
    Effect.gen(function* () {
      const parts = world()
      const { ledger, tables } = parts
      const first = yield* start(parts)
      yield* first.until("Turned")
      const ns = Array.from({ length: 25 }, (_, index) => index + 1)
      yield* bear(first, ns)
      yield* first.kill
      for (const n of ns) ledger.close(1_000 * n, [credit(n, id(n))])
      ledger.pageSize = 4

      const second = yield* start(parts)
      yield* TestClock.adjust("20 seconds")
      yield* second.until("Turned", ({ position }) => position === "25")

      expect(ns.map((n) => stateOf(tables, n))).toEqual(ns.map(() => paid))
    })
  )
})

describe("PaymentWatcher: what cannot be matched holds up nothing", () => {
  it.effect(
    "parked payments of every kind pass, each with its reason, and the good one behind them is paid out (I12, I16, I29)",
    () =>
      Effect.gen(function* () {
        const parts = world()
        const { ledger, tables } = parts
        const process = yield* start(parts)
        yield* process.until("Turned")
        yield* bear(process, [1, 2])
        const none: Credit["memo"] = { type: "none", value: null }

        ledger.close(
          5_000,
          [credit(1, none)],
          [credit(2, id(99))],
          [credit(3, id(1), { asset: { code: "native", issuer: null } })],
          [credit(4, id(1), { odd: "merge", amount: null })],
          [credit(5, none, { odd: "muxed-without-memo" })],
          [credit(6, id(1))],
          [credit(7, id(1))]
        )
        ledger.close(90_000_000, [credit(8, id(2))])
        yield* ledger.ring
        yield* process.until("Turned", ({ position }) => position === "8")

        const reasons = [...tables.inbox.values()].map(({ reason }) => reason)
        expect(reasons).toEqual([
          "no-memo",
          "unknown-memo",
          "wrong-asset",
          "merge",
          "muxed-without-memo",
          null,
          "second",
          "late"
        ])
        expect([stateOf(tables, 1), stateOf(tables, 2)]).toEqual([paid, unpaid])
      })
  )

  it.effect("operations of one Stellar transaction fund as one payment (S31-PAY-07, I19)", () =>
    Effect.gen(function* () {
      const parts = world()
      const process = yield* start(parts)
      yield* process.until("Turned")
      yield* bear(process, [1])
      const together = { stellarTransactionId: "ab".repeat(32) }

      parts.ledger.close(5_000, [credit(1, id(1), together), credit(2, id(1), together)])
      yield* parts.ledger.ring
      yield* applied(process)

      const [row] = [...parts.tables.transactions.values()]
      expect(row?.amounts.received).toBe("200")
      expect([...parts.tables.inbox.values()].map(({ payment, state }) => [payment.received, state])).toEqual(
        [
          ["200", "applied"],
          ["0", "applied"]
        ]
      )
    })
  )
})

describe("PaymentWatcher: faults", () => {
  it.effect(
    "a ledger that is away is asked again; nothing goes to quarantine and the watch is seen to fail (I8)",
    () =>
      Effect.gen(function* () {
        const parts = world()
        const { ledger, tables } = parts
        const process = yield* start(parts)
        yield* process.until("Turned")
        yield* bear(process, [1])
        ledger.close(5_000, [credit(1, id(1))])

        ledger.fault = ledgerDown
        yield* ledger.ring
        yield* process.until("Failing")
        expect(yield* watchOf(process)).toMatchObject({
          _tag: "Failing",
          reason: expect.stringContaining("the ledger is away")
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

  it.effect("a defect does not end the watch in silence", () =>
    Effect.gen(function* () {
      const parts = world()
      const { ledger, tables } = parts
      const process = yield* start(parts)
      yield* process.until("Turned")
      yield* bear(process, [1])
      ledger.close(5_000, [credit(1, id(1))])

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
      const process = yield* start(parts)
      yield* process.until("Turned")
      yield* bear(process, [1])

      for (const _ of [1, 2, 3, 4]) ledger.closeUnreadable(us, 4_000, "no amount")
      ledger.close(5_000, [credit(1, id(1))])
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
    "five unreadable records in a row, over page boundaries, stop the role with an alarm, all of them kept",
    () =>
      Effect.gen(function* () {
        const parts = world()
        const { ledger, tables } = parts
        const process = yield* start(parts)
        yield* process.until("Turned")
        ledger.pageSize = 2
        ledger.close(3_000, [credit(1, id(7))])
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
  const stopReason = (prepare: (parts: ReturnType<typeof world>) => void) =>
    Effect.gen(function* () {
      const parts = world()
      const first = yield* start(parts)
      yield* first.until("Turned")
      yield* first.kill
      prepare(parts)
      const second = yield* start(parts)
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

  it.effect("a position the ledger refuses: a gap, or beyond its tip (I5, I6)", () =>
    Effect.gen(function* () {
      const reason = yield* stopReason(({ ledger }) => {
        ledger.fault = positionGone
      })
      expect(reason).toContain("the history begins later")
    })
  )
})

describe("PaymentWatcher: alone in the role", () => {
  it.effect("a second process stands by, and takes over when the first is gone", () =>
    Effect.gen(function* () {
      const parts = world()
      const { ledger, tables } = parts
      const first = yield* start(parts)
      yield* first.until("Turned")
      const second = yield* start(parts)
      yield* second.until("Standby")
      yield* bear(first, [1])
      yield* first.kill
      ledger.close(5_000, [credit(1, id(1))])

      yield* TestClock.adjust("20 seconds")
      yield* applied(second)

      expect(stateOf(tables, 1)).toBe(paid)
      expect(tables.cursors.get(us)?.epoch).toBe(2)
    })
  )

  it.effect("the role is renewed for as long as its process lives", () =>
    Effect.gen(function* () {
      const parts = world()
      const first = yield* start(parts)
      yield* first.until("Turned")
      const second = yield* start(parts)
      yield* second.until("Standby")

      for (const _ of Array.from({ length: 12 })) {
        yield* TestClock.adjust("5 seconds")
        yield* second.until("Standby")
      }

      expect(parts.tables.cursors.get(us)?.epoch).toBe(1)
    })
  )

  it.effect(
    "a process that was paused past its lease finds its page refused, and nothing is applied twice (S31-PAY-08)",
    () =>
      Effect.gen(function* () {
        const { ledger, tables } = world()
        // The zombie: from the moment it is paused its pages hang in the air and it renews nothing.
        const paused = { now: false }
        const frozen = makeTestLedger(passphrase)
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
        for (const chain of [ledger, frozen]) chain.close(5_000, [credit(1, id(1))], [credit(2, id(1))])
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
        const process = yield* start(parts)
        yield* process.until("Turned")
        yield* bear(process, [1])
        const cursor = tables.cursors.get(us)
        // The cursor is found elsewhere, as after a commit whose answer was lost.
        if (cursor !== undefined) tables.cursors.set(us, { ...cursor, position: "1" })
        ledger.close(5_000, [credit(1, id(1))])
        ledger.close(6_000, [credit(2, id(1))])

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
      const process = yield* start(parts)
      const ended = yield* process.kill.pipe(Effect.forkChild)
      yield* Fiber.join(ended)
      expect(parts.tables.inbox.size).toBe(0)
    })
  )
})
