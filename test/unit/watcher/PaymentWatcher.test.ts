// The watcher over the real runtime and the reference storage, with a ledger and a clock of the test's own. Nothing is waited
// for by time: every loop signals what it has done.
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { paymentId } from "../../../machines/domain/Ids.ts"
import type { Credit } from "../../../src/ports/StellarNetwork.ts"
import { AcceptingPayments } from "../../../src/runtime/AcceptingPayments.ts"
import { credit } from "../../support/credits.ts"
import { issuer, payer, us } from "../../support/horizonRecords.ts"
import {
  applied,
  bear,
  idOf,
  paid,
  startIn,
  startProcess,
  stateOf,
  unpaid,
  watcherSettings,
  world
} from "../../support/watcherWorld.ts"

describe("PaymentWatcher: first start and restart", () => {
  it.effect(
    "the first start stores the tip once, and what was paid before it is not ours to match (S31-PAY-09, I4)",
    () =>
      Effect.gen(function* () {
        const { ledger, tables } = world()
        ledger.close(1_000, [credit(1, idOf(1))])
        const first = yield* startProcess({ network: ledger.layer, tables })
        yield* first.until("Turned")
        expect(tables.cursors.get(us)).toMatchObject({ network: "testnet", position: "1" })
        yield* first.kill

        ledger.close(2_000, [credit(2, idOf(2))])
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

        ledger.close(5_000, [credit(1, idOf(1))])
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
          stellarTransactionId: credit(1, idOf(1)).stellarTransactionId,
          amounts: { received: "100" }
        })
      })
  )

  it.effect("payments made while no watcher ran are found at the next start (I1)", () =>
    Effect.gen(function* () {
      const parts = world()
      const { ledger, tables } = parts
      const first = yield* startIn(parts)
      yield* first.until("Turned")
      yield* bear(first, [1, 2])
      yield* first.kill
      ledger.close(5_000, [credit(1, idOf(1))])
      ledger.close(6_000, [credit(2, idOf(2))])

      const second = yield* startIn(parts)
      yield* TestClock.adjust("20 seconds")
      yield* applied(second, 2)

      expect([stateOf(tables, 1), stateOf(tables, 2)]).toEqual([paid, paid])
    })
  )

  it.effect("a history read a second time changes nothing (S31-PAY-08, SEC-32, I2)", () =>
    Effect.gen(function* () {
      const parts = world()
      const { ledger, tables } = parts
      const first = yield* startIn(parts)
      yield* first.until("Turned")
      yield* bear(first, [1])
      ledger.close(5_000, [credit(1, idOf(1))], [credit(2, idOf(9))])
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

      const second = yield* startIn(parts)
      yield* TestClock.adjust("20 seconds")
      yield* second.until("Turned", ({ position }) => position === "2")

      expect({ inbox: tables.inbox, journal: tables.journal, transactions: tables.transactions }).toEqual(
        before
      )
    })
  )

  it.effect("memos are handed out only once every receiving account has a cursor (I18)", () =>
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

      ledger.close(5_000, [credit(1, idOf(1))], [credit(2, idOf(2), { asset: { code: "EURC", issuer } })])
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
      const process = yield* startIn(parts)
      yield* process.until("Turned")
      yield* bear(process, [1])
      parts.ledger.close(5_000, [credit(1, idOf(1))])

      yield* TestClock.adjust("10 seconds")
      yield* applied(process)

      expect(stateOf(parts.tables, 1)).toBe(paid)
    })
  )

  it.effect("an idle ledger's progress is stored, so that transactions can expire", () =>
    Effect.gen(function* () {
      const parts = world()
      const process = yield* startIn(parts)
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
      const process = yield* startIn(parts)
      yield* process.until("Turned")

      parts.ledger.behind = { sequence: 1, closedAtMillis: 0 }
      parts.ledger.close(8_000, [credit(1, idOf(99))])
      yield* parts.ledger.ring
      yield* process.until("Turned", ({ brought }) => brought?.parked === 1)

      expect(parts.tables.cursors.get(us)?.processedLedger?.closedAtMillis).toBe(7_000)
    })
  )

  it.effect("a bell that rings for nothing costs no commit", () =>
    Effect.gen(function* () {
      const parts = world()
      const process = yield* startIn(parts)
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
      const first = yield* startIn(parts)
      yield* first.until("Turned")
      const ns = Array.from({ length: 25 }, (_, index) => index + 1)
      yield* bear(first, ns)
      yield* first.kill
      for (const n of ns) ledger.close(1_000 * n, [credit(n, idOf(n))])
      ledger.pageSize = 4

      const second = yield* startIn(parts)
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
        const process = yield* startIn(parts)
        yield* process.until("Turned")
        yield* bear(process, [1, 2])
        const none: Credit["memo"] = { type: "none", value: null }

        ledger.close(
          5_000,
          [credit(1, none)],
          [credit(2, idOf(99))],
          [credit(3, idOf(1), { asset: { code: "native", issuer: null } })],
          [credit(4, idOf(1), { odd: "merge", amount: null })],
          [credit(5, none, { odd: "muxed-without-memo" })],
          [credit(6, idOf(1))],
          [credit(7, idOf(1))]
        )
        ledger.close(90_000_000, [credit(8, idOf(2))])
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
      const process = yield* startIn(parts)
      yield* process.until("Turned")
      yield* bear(process, [1])
      const together = { stellarTransactionId: "ab".repeat(32) }

      parts.ledger.close(5_000, [credit(1, idOf(1), together), credit(2, idOf(1), together)])
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
