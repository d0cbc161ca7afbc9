// What the watcher leaves behind is picked up: payments that wait, transactions nobody paid, records nobody could read.
import { deliverAsReceived } from "../../../machines/transaction/context.ts"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { amount } from "../../../machines/domain/Amount.ts"
import type { PaymentId, TransactionId } from "../../../machines/domain/Ids.ts"
import type { Credit } from "../../../src/ports/StellarNetwork.ts"
import { Storage, StorageUnavailable } from "../../../src/ports/Storage.ts"
import { Actors } from "../../../src/runtime/Actors.ts"
import { ExpireTransactions } from "../../../src/watcher/ExpireTransactions.ts"
import { InboxReplay } from "../../../src/watcher/InboxReplay.ts"
import { groupCredits } from "../../../src/watcher/matchPayments.ts"
import { WaitingPayments } from "../../../src/watcher/WaitingPayments.ts"
import { credit } from "../../support/credits.ts"
import { us } from "../../support/horizonRecords.ts"
import { transactionId } from "../../support/runtimeWorld.ts"
import { makeTestLedger } from "../../support/TestLedger.ts"
import {
  bear,
  emptyTables,
  type Process,
  startProcess,
  stateOf,
  watcherSettings
} from "../../support/watcherWorld.ts"

const id = (value: number): Credit["memo"] => ({ type: "id", value: String(value) })
const paid = "pending_receiver.payingOut"
const unpaid = "pending_sender.awaitingPayment"

const world = Effect.fnUntraced(function* () {
  const tables = emptyTables()
  const ledger = makeTestLedger(watcherSettings.network.passphrase)
  const process = yield* startProcess({ network: ledger.layer, tables })
  yield* process.until("Turned")
  return { tables, ledger, process }
})
const sweepWaiting = (process: Process) =>
  WaitingPayments.use(({ runOnce }) => runOnce).pipe(Effect.provide(process.services))
const sweepExpired = (process: Process) =>
  ExpireTransactions.use(({ runOnce }) => runOnce).pipe(Effect.provide(process.services))
const replay = (process: Process) =>
  InboxReplay.use((inbox) => inbox.replay).pipe(Effect.provide(process.services))

/** Brings payments with a page that the storage refuses, as a zombie's. */
const bringRefused = (process: Process, credits: ReadonlyArray<Credit>) =>
  Actors.use((actors) =>
    actors.bring({
      cursor: {
        account: us,
        epoch: 0,
        from: "elsewhere",
        to: "further",
        processedLedger: null,
        quarantined: []
      },
      arrivals: groupCredits("testnet", credits).map(({ payments }) => ({
        payments,
        to: { parked: "unknown-memo" }
      }))
    })
  ).pipe(Effect.provide(process.services))

describe("WaitingPayments", () => {
  it.effect("payments of a refused page are told again when their time comes, each to its fate", () =>
    Effect.gen(function* () {
      const { process, tables } = yield* world()
      yield* bear(process, [1])
      const together = { stellarTransactionId: "ab".repeat(32) }
      const credits = [
        credit(1, id(1), together),
        credit(2, id(1), together),
        credit(3, id(99)),
        credit(4, { type: "none", value: null })
      ]
      expect(yield* bringRefused(process, credits)).toMatchObject({ moved: false, waiting: 3 })
      expect(yield* sweepWaiting(process)).toBe(0)

      yield* TestClock.adjust("5 seconds")
      expect(yield* sweepWaiting(process)).toBe(3)

      expect(stateOf(tables, 1)).toBe(paid)
      expect([...tables.inbox.values()].map(({ reason, state }) => [state, reason])).toEqual([
        ["applied", null],
        ["applied", null],
        ["parked", "unknown-memo"],
        ["parked", "no-memo"]
      ])
      expect(yield* sweepWaiting(process)).toBe(0)
    })
  )

  it.effect("a merge with the memo of a transaction stays a merge when it is told again (I24)", () =>
    Effect.gen(function* () {
      const { process, tables } = yield* world()
      yield* bear(process, [1])
      yield* bringRefused(process, [credit(1, id(1), { odd: "merge" })])

      yield* TestClock.adjust("5 seconds")
      yield* sweepWaiting(process)

      expect([...tables.inbox.values()].map(({ reason, state }) => [state, reason])).toEqual([
        ["parked", "merge"]
      ])
      expect(stateOf(tables, 1)).not.toBe(paid)
    })
  )

  it.effect(
    "a parked payment pays the transaction an operator gives it to, whatever its memo says (I29)",
    () =>
      Effect.gen(function* () {
        const { process, tables } = yield* world()
        yield* bear(process, [1, 2])
        const [one, two] = [transactionId(1), transactionId(2)] as const
        const bring = (credits: ReadonlyArray<Credit>) =>
          Actors.use((actors) =>
            actors.bring({
              cursor: null,
              arrivals: groupCredits("testnet", credits).map(({ payments }) => ({
                payments,
                to: { parked: "no-memo" as const }
              }))
            })
          ).pipe(Effect.provide(process.services))
        const give = (index: number, to: TransactionId) =>
          Storage.use((storage) =>
            storage.releaseParked([...tables.inbox.keys()].at(index) ?? ("none" as PaymentId), to, {
              by: "operator",
              why: "the payer forgot the memo"
            })
          ).pipe(Effect.provide(process.services))
        yield* bring([credit(1, { type: "none", value: null }), credit(2, id(2), { odd: "return-memo" })])
        expect(yield* give(0, one)).toBe(true)

        yield* TestClock.adjust("5 seconds")
        yield* sweepWaiting(process)
        expect([stateOf(tables, 1), stateOf(tables, 2)]).toEqual([paid, unpaid])

        // The second comes to the transaction that is paid already: parked again, with the reason.
        expect(yield* give(1, one)).toBe(true)
        yield* sweepWaiting(process)
        expect(
          [...tables.inbox.values()].map(({ reason, state, transactionId }) => [state, reason, transactionId])
        ).toEqual([
          ["applied", null, one],
          ["parked", "second", one]
        ])
        expect(yield* give(1, two)).toBe(true)
        yield* sweepWaiting(process)
        expect(stateOf(tables, 2)).toBe(paid)
      })
  )

  it.effect("a sweep that finds the storage away is made again later", () =>
    Effect.gen(function* () {
      const { ledger, tables } = yield* world()
      const broken = yield* startProcess({
        network: ledger.layer,
        tables,
        watches: false,
        storage: (storage) => ({
          ...storage,
          waitingPayments: () => Effect.fail(new StorageUnavailable({ message: "away" }))
        })
      })
      expect(yield* sweepWaiting(broken)).toBe(0)
    })
  )
})

describe("ExpireTransactions", () => {
  const expiresAtMillis = 60_000
  const terms = {
    expected: amount("100"),
    minimum: amount("10"),
    maximum: amount("1000"),
    fee: { fixed: amount("1"), percent: amount("1") },
    expiresAtMillis,
    ...deliverAsReceived
  }

  it.effect(
    "nothing expires before a ledger that closed after the expiry was processed, whatever our clock says (S31-ST-11, D9)",
    () =>
      Effect.gen(function* () {
        const { ledger, process, tables } = yield* world()
        yield* bear(process, [1, 2], { terms })
        ledger.close(expiresAtMillis - 1)
        yield* TestClock.adjust("1 hour")
        yield* process.until("Turned")

        expect(yield* sweepExpired(process)).toBe(0)
        expect(stateOf(tables, 1)).toBe(unpaid)

        ledger.close(expiresAtMillis + 1)
        yield* TestClock.adjust("10 seconds")
        yield* process.until("Turned", ({ brought }) => brought !== null)

        expect(yield* sweepExpired(process)).toBe(2)
        expect([stateOf(tables, 1), stateOf(tables, 2)]).toEqual(["expired", "expired"])
      })
  )

  it.effect(
    "a payment that closed in time funds, however late it is seen; one that closed after is late (S31-ST-11, I17)",
    () =>
      Effect.gen(function* () {
        const { ledger, process, tables } = yield* world()
        yield* bear(process, [1, 2], { terms })
        yield* TestClock.adjust("1 hour")

        ledger.close(expiresAtMillis - 1, [credit(1, id(1))])
        ledger.close(expiresAtMillis, [credit(2, id(2))])
        ledger.close(expiresAtMillis + 1)
        yield* ledger.ring
        yield* process.until("Turned", ({ position }) => position === "2")
        yield* sweepExpired(process)

        expect([stateOf(tables, 1), stateOf(tables, 2)]).toEqual([paid, "expired"])
        expect([...tables.inbox.values()].map(({ reason }) => reason)).toEqual([null, "late"])
      })
  )

  it.effect("a payment after the end is parked and changes nothing (I17)", () =>
    Effect.gen(function* () {
      const { ledger, process, tables } = yield* world()
      yield* bear(process, [1], { terms })
      ledger.close(expiresAtMillis + 1)
      yield* TestClock.adjust("10 seconds")
      yield* process.until("Turned", ({ brought }) => brought !== null)
      yield* sweepExpired(process)

      ledger.close(expiresAtMillis + 2, [credit(1, id(1))])
      yield* ledger.ring
      yield* process.until("Turned", ({ brought }) => brought?.parked === 1)

      expect(stateOf(tables, 1)).toBe("expired")
      expect([...tables.inbox.values()].map(({ reason }) => reason)).toEqual(["late"])
    })
  )

  it.effect("more than one page of them expire in one sweep", () =>
    Effect.gen(function* () {
      const { ledger, process } = yield* world()
      yield* bear(
        process,
        Array.from({ length: 300 }, (_, index) => index + 1),
        { terms }
      )
      ledger.close(expiresAtMillis + 1)
      yield* TestClock.adjust("10 seconds")
      yield* process.until("Turned", ({ brought }) => brought !== null)

      expect(yield* sweepExpired(process)).toBe(300)
    })
  )
})

describe("InboxReplay", () => {
  it.effect("what has become readable is brought and leaves quarantine; the rest stays (I11)", () =>
    Effect.gen(function* () {
      const { ledger, process, tables } = yield* world()
      yield* bear(process, [1])
      ledger.closeUnreadable(us, 4_000, "no amount")
      ledger.closeUnreadable(us, 5_000, "no memo")
      yield* ledger.ring
      yield* process.until("Turned", ({ position }) => position === "2")

      ledger.teach("1", [credit(1, id(1))])
      tables.quarantine.set(`${us} 77`, { account: us, position: "77", reason: "long ago", raw: "{}" })
      const outcomes = yield* replay(process)

      expect(outcomes.map(({ outcome, position }) => [position, outcome._tag])).toEqual([
        ["1", "Brought"],
        ["2", "StillUnreadable"],
        ["77", "Gone"]
      ])
      expect(stateOf(tables, 1)).toBe(paid)
      expect([...tables.quarantine.values()].map(({ position }) => position)).toEqual(["2", "77"])
    })
  )

  it.effect("a replay of what is in the inbox already changes nothing (S31-PAY-08)", () =>
    Effect.gen(function* () {
      const { ledger, process, tables } = yield* world()
      yield* bear(process, [1])
      ledger.close(4_000, [credit(1, id(1))])
      yield* ledger.ring
      yield* process.until("Turned", ({ brought }) => brought?.applied === 1)
      const before = structuredClone({
        transactions: tables.transactions,
        journal: tables.journal,
        inbox: tables.inbox
      })

      tables.quarantine.set(`${us} 1`, { account: us, position: "1", reason: "once", raw: "{}" })
      yield* replay(process)

      expect({ transactions: tables.transactions, journal: tables.journal, inbox: tables.inbox }).toEqual(
        before
      )
      expect(tables.quarantine.size).toBe(0)
    })
  )
})
