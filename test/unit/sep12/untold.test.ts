// Crowds and crashes between a verdict, its record and the transactions that wait for it, with a provider that nothing scripts.
import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"
import { make } from "../../../adapters/storage-memory/MemoryStorage.ts"
import { emptyTables, type Tables } from "../../../adapters/storage-memory/tables.ts"
import type { CustomerId } from "../../../machines/domain/Ids.ts"
import { Storage, StorageUnavailable } from "../../../src/ports/Storage.ts"
import { Actors } from "../../../src/runtime/Actors.ts"
import { Customers } from "../../../src/sep12/Customers.ts"
import { VerdictSweeper } from "../../../src/sep12/VerdictSweeper.ts"
import { OpenMatters } from "../../../src/sep31/OpenMatters.ts"
import { asset, birth, bringPayments, payment, statusOf, transactionId } from "../../support/runtimeWorld.ts"
import { anchorA, sep12Layer, sep12Settings } from "../../support/sep12World.ts"

const asker = { account: anchorA, muxedAccount: null, memo: null }
const type = "sep31-sender"
const text = (name: string, value: string) => ({ name, value: { _tag: "Text" as const, text: value } })
const person = [text("first_name", "Ada"), text("last_name", "Okafor")]
const awaitingPayment = "pending_sender.awaitingPayment"

/** The services over a storage of which some methods are the test's. */
const over = (tables: Tables, own: Partial<Storage["Service"]>) => {
  const [usdc] = sep12Settings.assets
  if (usdc === undefined) throw new Error("the settings have no asset")
  const storage = Layer.succeed(Storage, { ...make(tables), ...own })
  return OpenMatters.layer.pipe(
    Layer.provideMerge(
      sep12Layer({
        storage,
        kyc: { scripted: false },
        settings: { assets: [{ ...usdc, senderTypes: [type], receiverTypes: ["sep31-receiver"] }] }
      })
    )
  )
}

/** Holds whoever comes until as many are there. */
const gate = (count: number) => {
  const full = Deferred.makeUnsafe<void>()
  let come = 0
  return Effect.suspend(() => {
    come += 1
    return come < count ? Deferred.await(full) : Deferred.succeed(full, undefined)
  })
}

const put = (asked: Parameters<Customers["Service"]["put"]>[1], values = person) =>
  Effect.flatMap(Customers, (customers) => customers.put(asker, asked, values))
const swept = Effect.flatMap(VerdictSweeper, ({ runOnce }) => runOnce)

/** A transaction that waits for both its customers, as POST leaves it. */
const waitingOne = Effect.gen(function* () {
  const template = birth(1)
  yield* (yield* Actors).bear(
    birth(1, {
      leaf: "pending_receiver.checking",
      context: { ...template.context, unready: true },
      dueInSeconds: 15,
      senderType: type,
      receiverType: "sep31-receiver",
      sendingAnchor: anchorA
    })
  )
  yield* (yield* Customers).askAgain({ id: transactionId(1) })
  return transactionId(1)
})
const receiverOf = (transaction: string) =>
  put({ transactionId: transaction, type: "sep31-receiver" }, [
    ...person,
    text("bank_account_number", "4711")
  ])

/** One that can be paid, between two accepted customers; answers its sender. */
const payableOne = Effect.gen(function* () {
  const id = yield* waitingOne
  yield* receiverOf(id)
  const senderId = yield* put({ transactionId: id, type })
  expect(yield* statusOf(1)).toBe(awaitingPayment)
  return senderId
})

/** A storage in which whoever would tell transactions of a verdict dies first, while `isDown`. */
const untelling = (tables: Tables) => {
  const died = Deferred.makeUnsafe<void>()
  const down = { is: false }
  const waitingOnCustomer: Storage["Service"]["waitingOnCustomer"] = (id) =>
    Effect.suspend(() =>
      down.is
        ? Deferred.succeed(died, undefined).pipe(Effect.andThen(Effect.never))
        : make(tables).waitingOnCustomer(id)
    )
  /** Runs the work up to the telling, and no further. */
  const killed = <A, E, R>(work: Effect.Effect<A, E, R>) =>
    Effect.gen(function* () {
      down.is = true
      const fiber = yield* Effect.forkChild(work)
      yield* Deferred.await(died)
      yield* Fiber.interrupt(fiber)
      down.is = false
    })
  return { waitingOnCustomer, killed }
}

describe("sep12 several PUTs of one customer at once", () => {
  it.effect("of one memo leave it accepted, and not processed for ever (S12-PUT-17, S12-GET-03)", () => {
    const tables = emptyTables()
    const both = gate(2)
    const putCustomerValues: Storage["Service"]["putCustomerValues"] = (id, rows) =>
      both.pipe(Effect.andThen(make(tables).putCustomerValues(id, rows)))
    return Effect.gen(function* () {
      const [id, other] = yield* Effect.all([put({ type }), put({ type })], { concurrency: 2 })

      expect(other).toBe(id)
      expect(tables.customers.get(id)?.statuses[type]?.status).toBe("ACCEPTED")
      const shown = yield* Effect.flatMap(Customers, (customers) => customers.get(asker, { id, type }))
      expect(shown.verdict.status).toBe("ACCEPTED")
    }).pipe(Effect.provide(over(tables, { putCustomerValues })))
  })

  it.effect("of one side of a transaction let it be paid (S31-KYC-04, S31-KYC-03)", () => {
    const tables = emptyTables()
    let both: Effect.Effect<unknown> = Effect.void
    const putCustomerValues: Storage["Service"]["putCustomerValues"] = (id, rows) =>
      Effect.suspend(() => both).pipe(Effect.andThen(make(tables).putCustomerValues(id, rows)))
    return Effect.gen(function* () {
      const id = yield* waitingOne
      yield* receiverOf(id)
      both = gate(2)
      const side = put({ transactionId: id, type })
      const [senderId, other] = yield* Effect.all([side, side], { concurrency: 2 })

      expect(other).toBe(senderId)
      expect(tables.customers.get(senderId)?.statuses[type]?.status).toBe("ACCEPTED")
      expect(yield* statusOf(1)).toBe(awaitingPayment)
    }).pipe(Effect.provide(over(tables, { putCustomerValues })))
  })

  it.effect("as sender and as receiver leave it accepted as both (S31-KYC-03, S12-PUT-17)", () => {
    const tables = emptyTables()
    const both = gate(2)
    const putCustomerValues: Storage["Service"]["putCustomerValues"] = (id, rows) =>
      both.pipe(Effect.andThen(make(tables).putCustomerValues(id, rows)))
    const values = [...person, text("bank_account_number", "4711")]
    return Effect.gen(function* () {
      const [id] = yield* Effect.all([put({ type }, values), put({ type: "sep31-receiver" }, values)], {
        concurrency: 2
      })

      expect(tables.customers.get(id)?.statuses).toMatchObject({
        [type]: { status: "ACCEPTED" },
        "sep31-receiver": { status: "ACCEPTED" }
      })
    }).pipe(Effect.provide(over(tables, { putCustomerValues })))
  })

  it.effect(
    "one that died and one that follows at once leave it accepted within seconds (S12-PUT-02)",
    () => {
      const tables = emptyTables()
      const reached = Deferred.makeUnsafe<void>()
      let isFirst = true
      const putCustomerValues: Storage["Service"]["putCustomerValues"] = (id, rows) =>
        Effect.suspend(() => {
          if (!isFirst) return make(tables).putCustomerValues(id, rows)
          isFirst = false
          return Deferred.succeed(reached, undefined).pipe(Effect.andThen(Effect.never))
        })
      return Effect.gen(function* () {
        const fiber = yield* Effect.forkChild(put({ type }))
        yield* Deferred.await(reached)
        yield* Fiber.interrupt(fiber)
        const id = yield* put({ type })
        yield* TestClock.adjust("16 seconds")
        yield* swept

        expect(tables.customers.get(id)?.statuses[type]?.status).toBe("ACCEPTED")
      }).pipe(Effect.provide(over(tables, { putCustomerValues })))
    }
  )
})

describe("sep12 a process that dies between a verdict and telling of it", () => {
  it.effect("has the transaction that waited go on within seconds (S31-KYC-04)", () => {
    const tables = emptyTables()
    const { killed, ...own } = untelling(tables)
    return Effect.gen(function* () {
      const id = yield* waitingOne
      yield* receiverOf(id)
      yield* killed(put({ transactionId: id, type }))
      expect(yield* statusOf(1)).toBe("pending_customer_info_update.awaitingData")

      yield* TestClock.adjust("5 seconds")
      yield* swept
      expect(yield* statusOf(1)).toBe(awaitingPayment)
      expect(yield* swept).toBe(0)
      yield* TestClock.adjust("10 minutes")
      expect(yield* swept).toBe(0)
    }).pipe(Effect.provide(over(tables, own)))
  })

  it.effect("has it go on by its own due time where no verdict was news (S31-KYC-04, S31-KYC-03)", () => {
    const tables = emptyTables()
    const { killed, ...own } = untelling(tables)
    return Effect.gen(function* () {
      const known = yield* put({ type, memo: "7" })
      yield* TestClock.adjust("10 seconds")
      yield* swept
      const id = yield* waitingOne
      yield* receiverOf(id)
      yield* TestClock.adjust("10 seconds")
      yield* swept
      yield* killed(put({ transactionId: id, type, id: known }, []))
      expect(yield* swept).toBe(0)
      expect(yield* statusOf(1)).toBe("pending_customer_info_update.awaitingData")

      yield* TestClock.adjust(`${sep12Settings.timing.pollInterval} seconds`)
      yield* Effect.flatMap(OpenMatters, ({ runOnce }) => runOnce)
      expect(yield* statusOf(1)).toBe(awaitingPayment)
    }).pipe(Effect.provide(over(tables, own)))
  })

  it.effect("has an unpaid transaction of a rejected customer end before it is paid (S31-KYC-07)", () => {
    const tables = emptyTables()
    const { killed, ...own } = untelling(tables)
    return Effect.gen(function* () {
      const senderId = yield* payableOne
      yield* killed(
        Effect.flatMap(Customers, (customers) => customers.report(senderId, type, { status: "REJECTED" }))
      )
      expect(yield* statusOf(1)).toBe(awaitingPayment)

      yield* TestClock.adjust("5 seconds")
      yield* swept
      expect(yield* statusOf(1)).toBe("error")
      yield* bringPayments([payment(1, "100", { asset })])
      expect(yield* statusOf(1)).toBe("error")
      yield* TestClock.adjust("10 minutes")
      expect(yield* swept).toBe(0)
      expect(tables.customers.get(senderId)?.statuses[type]?.status).toBe("REJECTED")
    }).pipe(Effect.provide(over(tables, own)))
  })

  it.effect("tells again while the storage cannot be read, until it can (S31-KYC-07)", () => {
    const tables = emptyTables()
    let isDown = false
    const unfinishedOf = (id: CustomerId) =>
      Effect.suspend(() =>
        isDown
          ? Effect.fail(new StorageUnavailable({ message: "the connection is gone" }))
          : make(tables).unfinishedOf(id)
      )
    return Effect.gen(function* () {
      const senderId = yield* payableOne
      isDown = true
      yield* Effect.flatMap(Customers, (customers) =>
        customers.report(senderId, type, { status: "REJECTED" })
      )
      yield* TestClock.adjust("5 seconds")
      expect(yield* swept).toBe(1)
      expect(yield* statusOf(1)).toBe(awaitingPayment)
      isDown = false
      yield* TestClock.adjust(`${sep12Settings.timing.pollInterval} seconds`)
      yield* swept
      expect(yield* statusOf(1)).toBe("error")
    }).pipe(Effect.provide(over(tables, { unfinishedOf })))
  })
})
