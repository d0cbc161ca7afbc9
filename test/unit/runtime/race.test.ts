// Two who want the same transaction, one who knows an old version of it, and a payment that is brought twice at once.
import { describe, expect, it } from "@effect/vitest"
import { Context, Effect } from "effect"
import { emptyTables } from "../../../adapters/storage-memory/tables.ts"
import { payoutId } from "../../../machines/domain/Ids.ts"
import type { PaymentRow } from "../../../src/ports/rows.ts"
import type { Storage } from "../../../src/ports/Storage.ts"
import { Actors } from "../../../src/runtime/Actors.ts"
import { funded, type Process, seen, startProcess, tell, turns } from "../../support/payoutWorld.ts"
import { birth, bringPayments, payment, scriptedRail, transactionId } from "../../support/runtimeWorld.ts"

const rails = scriptedRail(() => Effect.never).rail
const first = payoutId(transactionId(1), 1)
const hold = { type: "payout.unknown", payoutId: first, next: "hold", note: null } as const
const reject = { type: "payout.rejected", payoutId: first, note: null } as const

const bring = (process: Process, ...payments: ReadonlyArray<PaymentRow>) =>
  bringPayments(payments).pipe(Effect.provide(process.services))

describe("a teller who knows an old version", () => {
  it.effect("loses its race, is read again, and steps from what is true", () =>
    Effect.gen(function* () {
      const tables = emptyTables()
      const process = yield* startProcess({ rails, tables, executes: false })
      yield* funded(process, 1)
      const known = tables.transactions.get(transactionId(1))
      yield* tell(process, { to: transactionId(1), event: hold, cause: "test" })

      const told = yield* tell(process, {
        to: transactionId(1),
        event: reject,
        cause: "test",
        ...(known === undefined ? {} : { known })
      })

      expect(told).toEqual({
        _tag: "Stepped",
        before: "pending_receiver.held",
        after: "pending_receiver.refundOwed"
      })
      expect(seen(tables, 1).events).toEqual([
        "transaction.created",
        "payment.matched",
        "payout.unknown",
        "payout.rejected"
      ])
    })
  )

  it.effect("is not refused on what was true before, and no such refusal is recorded", () =>
    Effect.gen(function* () {
      const tables = emptyTables()
      const process = yield* startProcess({ rails, tables, executes: false })
      yield* Context.get(process.services, Actors).bear(birth(1))
      const unfunded = tables.transactions.get(transactionId(1))
      yield* bring(process, payment(1))

      // an unfunded transaction would refuse this as "unfunded"
      const told = yield* tell(process, {
        to: transactionId(1),
        event: reject,
        cause: "test",
        ...(unfunded === undefined ? {} : { known: unfunded })
      })

      expect(told).toMatchObject({ _tag: "Stepped", after: "pending_receiver.refundOwed" })
      expect(seen(tables, 1).refusals).toEqual([])
    })
  )

  it.effect("is refused on what is true now, and that is recorded once", () =>
    Effect.gen(function* () {
      const tables = emptyTables()
      const process = yield* startProcess({ rails, tables, executes: false })
      yield* funded(process, 1)
      const known = tables.transactions.get(transactionId(1))
      yield* tell(process, { to: transactionId(1), event: reject, cause: "test" })

      const told = yield* tell(process, {
        to: transactionId(1),
        event: hold,
        cause: "test",
        ...(known === undefined ? {} : { known })
      })

      expect(told).toEqual({ _tag: "Refused", reason: "closed", leaf: "pending_receiver.refundOwed" })
      expect(seen(tables, 1).refusals).toEqual(["payout.unknown closed"])
    })
  )
})

describe("two processes that tell one transaction at once", () => {
  it.effect("step it one after the other: the second from where the first has left it (R15)", () =>
    Effect.gen(function* () {
      const tables = emptyTables()
      // both read before either commits
      const options = {
        rails,
        tables,
        executes: false,
        storage: (storage: Storage["Service"]): Storage["Service"] => ({
          ...storage,
          actors: (ids) => storage.actors(ids).pipe(Effect.tap(() => turns(20)))
        })
      }
      const a = yield* startProcess(options)
      const b = yield* startProcess(options)
      yield* funded(a, 1)

      const told = yield* Effect.all(
        [
          tell(a, { to: transactionId(1), event: hold, cause: "a" }),
          tell(b, { to: transactionId(1), event: reject, cause: "b" })
        ],
        { concurrency: 2 }
      )

      // whoever was second is answered as of the first one's state
      const afterHold = {
        _tag: "Stepped",
        before: "pending_receiver.held",
        after: "pending_receiver.refundOwed"
      }
      const afterReject = { _tag: "Refused", reason: "closed", leaf: "pending_receiver.refundOwed" }
      const isHoldFirst = told[0]._tag === "Stepped"
      expect(isHoldFirst ? told[1] : told[0]).toEqual(isHoldFirst ? afterHold : afterReject)
      const audits = tables.audits.get(transactionId(1)) ?? []
      expect(audits.map(({ version }) => version)).toEqual(audits.map((_, at) => at + 1))
      expect(seen(tables, 1).state).toBe("pending_receiver.refundOwed")
    })
  )

  it.effect("and bring it one payment each fund it once; the other payment is parked (I2, I16)", () =>
    Effect.gen(function* () {
      const tables = emptyTables()
      const a = yield* startProcess({ rails, tables, executes: false })
      const b = yield* startProcess({ rails, tables, executes: false })
      yield* Context.get(a.services, Actors).bear(birth(1))

      yield* Effect.all([bring(a, payment(1)), bring(b, payment(1))], { concurrency: 2 })
      yield* turns()

      expect([...tables.inbox.values()].map(({ reason, state }) => `${state} ${reason}`).sort()).toEqual([
        "applied null",
        "parked second"
      ])
      expect(seen(tables, 1).payouts).toEqual(["1 planned"])
    })
  )

  it.effect("and bring it the same payment have brought one payment (I2, D8)", () =>
    Effect.gen(function* () {
      const tables = emptyTables()
      const a = yield* startProcess({ rails, tables, executes: false })
      const b = yield* startProcess({ rails, tables, executes: false })
      yield* Context.get(a.services, Actors).bear(birth(1))
      const paid = payment(1)

      yield* Effect.all([bring(a, paid), bring(b, paid), bring(a, paid)], { concurrency: 3 })
      yield* turns()

      expect([...tables.inbox.values()].map(({ state }) => state)).toEqual(["applied"])
      expect(tables.journal.map(({ from, to }) => `${from}>${to}`)).toEqual(["ledger-in>payable"])
      expect(seen(tables, 1).refusals).toEqual([])
    })
  )
})

describe("a payment that is brought twice in one group", () => {
  it.effect("has one fate, and is booked once (I2)", () =>
    Effect.gen(function* () {
      const tables = emptyTables()
      const process = yield* startProcess({
        rails,
        tables,
        executes: false,
        // the first commit takes long enough for the rest to come together
        storage: (storage) => ({
          ...storage,
          lanes: 1,
          commit: (group) => turns(20).pipe(Effect.andThen(storage.commit(group)))
        })
      })
      const actors = Context.get(process.services, Actors)
      yield* actors.bear(birth(1))
      yield* Effect.forkChild(actors.bear(birth(2)))
      yield* turns(5)
      const paid = payment(1)

      yield* Effect.all(
        [bring(process, paid, paid), bring(process, paid), bring(process, paid, payment(1))],
        {
          concurrency: 3
        }
      )
      yield* turns()

      expect([...tables.inbox.values()].map(({ reason, state }) => `${state} ${reason}`).sort()).toEqual([
        "applied null",
        "parked second"
      ])
      expect(tables.journal.map(({ amount, from, to }) => `${from}>${to} ${amount}`).sort()).toEqual([
        "ledger-in>payable 100",
        "ledger-in>suspense 100"
      ])
    })
  )
})

describe("two births", () => {
  it.effect("with one memo give one transaction, in one group or in two (I30)", () =>
    Effect.gen(function* () {
      const tables = emptyTables()
      const a = yield* startProcess({ rails, tables, executes: false })
      const b = yield* startProcess({ rails, tables, executes: false })
      const memo = { type: "id" as const, value: "7" }

      const born = yield* Effect.all(
        [
          Context.get(a.services, Actors).bear(birth(1, { memo })),
          Context.get(a.services, Actors).bear(birth(2, { memo })),
          Context.get(b.services, Actors).bear(birth(3, { memo }))
        ],
        { concurrency: 3 }
      )

      expect(born.map((each) => (each._tag === "Unborn" ? each.why : "born")).sort()).toEqual([
        "born",
        "memo",
        "memo"
      ])
      expect(tables.transactions.size).toBe(1)
    })
  )
})
