// One actor that cannot be stepped or stored, among others that can: it alone is set aside.
import { describe, expect, it } from "@effect/vitest"
import { Context, Effect, Exit } from "effect"
import { emptyTables, type Tables } from "../../../adapters/storage-memory/tables.ts"
import { payoutId, type TransactionId } from "../../../machines/domain/Ids.ts"
import type { TransactionEvent } from "../../../machines/transaction/events.ts"
import type { ActorRow, Group } from "../../../src/ports/rows.ts"
import { GroupRejected, type Storage } from "../../../src/ports/Storage.ts"
import { Actors } from "../../../src/runtime/Actors.ts"
import { PayoutSlots } from "../../../src/runtime/PayoutSlots.ts"
import { funded, type Process, seen, startProcess, tell, turns } from "../../support/payoutWorld.ts"
import { birth, bringPayments, payment, scriptedRail, transactionId } from "../../support/runtimeWorld.ts"

const poisoned = transactionId(3)
const rails = scriptedRail(() => Effect.never).rail
const all = [1, 2, 3, 4, 5]

const touches = (group: Group, id: TransactionId): boolean =>
  group.births.some((each) => each.id === id) || group.steps.some((each) => each.id === id)

/** Refuses every group that would write one transaction, as a broken constraint would; counts what it was given. */
const refusing = (id: TransactionId, until: () => boolean = () => false) => {
  const groups: Array<Group> = []
  const wrap = (storage: Storage["Service"]): Storage["Service"] => ({
    ...storage,
    commit: (group) =>
      Effect.suspend(() => {
        groups.push(group)
        return touches(group, id) && !until()
          ? Effect.fail(new GroupRejected({ message: "violates a constraint" }))
          : storage.commit(group)
      })
  })
  return { groups, wrap }
}

const hold = (process: Process, n: number) =>
  tell(process, {
    to: transactionId(n),
    event: { type: "payout.unknown", payoutId: payoutId(transactionId(n), 1), next: "hold", note: null },
    cause: "test"
  })

const world = Effect.fnUntraced(function* (storage: (s: Storage["Service"]) => Storage["Service"]) {
  const tables = emptyTables()
  const sound = yield* startProcess({ rails, tables, executes: false })
  for (const n of all) yield* funded(sound, n)
  const process = yield* startProcess({ rails, tables, executes: false, storage })
  return { process, tables }
})

describe("a step that the database will never take", () => {
  it.effect("is set aside alone: the others of its group are committed", () =>
    Effect.gen(function* () {
      const { groups, wrap } = refusing(poisoned)
      const { process, tables } = yield* world(wrap)

      const exits = yield* Effect.all(
        all.map((n) => Effect.exit(hold(process, n))),
        { concurrency: "unbounded" }
      )

      expect(exits.map(Exit.isSuccess)).toEqual([true, true, false, true, true])
      expect(yield* Effect.flip(hold(process, 3))).toMatchObject({ _tag: "ActorSetAside" })
      for (const n of [1, 2, 4, 5]) expect(seen(tables, n).state).toBe("pending_receiver.held")
      expect(seen(tables, 3).state).toBe("pending_receiver.payingOut")
      // halved, not tried one by one: five together, then two and three, and so on
      expect(groups.length).toBeLessThanOrEqual(9)
    })
  )

  it.effect("keeps the order of its neighbours, though the group was taken apart", () =>
    Effect.gen(function* () {
      const { wrap } = refusing(poisoned)
      const tables = emptyTables()
      const sound = yield* startProcess({ rails, tables, executes: false })
      for (const n of all) yield* funded(sound, n)
      const known = tables.transactions.get(transactionId(1))
      // somebody else is faster: what is known of 1 is old
      yield* hold(sound, 1)
      const process = yield* startProcess({ rails, tables, executes: false, storage: wrap })
      const first = { payoutId: payoutId(transactionId(1), 1) }
      const one = (event: TransactionEvent, stale?: ActorRow) =>
        Effect.exit(
          tell(process, {
            to: transactionId(1),
            event,
            cause: "test",
            ...(stale === undefined ? {} : { known: stale })
          })
        )

      // the group is [1, 3, 1', 1'']: halved into [1, 3] and [1', 1''], and 1 must be stepped again before 1'
      yield* Effect.all(
        [
          one({ type: "payout.pending", ...first, externalId: "e" }, known),
          Effect.exit(hold(process, 3)),
          one({ type: "payout.neededTransactionInfo", ...first, fields: ["iban"], note: null }),
          one({ type: "transaction.updated", fields: ["iban"] })
        ],
        { concurrency: "unbounded" }
      )

      expect(seen(tables, 1)).toMatchObject({
        state: "pending_receiver.payingOut",
        refusals: [],
        events: [
          "transaction.created",
          "payment.matched",
          "payout.unknown",
          "payout.pending",
          "payout.neededTransactionInfo",
          "transaction.updated"
        ]
      })
    })
  )

  it.effect("gives back the slots that its payouts had taken", () =>
    Effect.gen(function* () {
      const tables = emptyTables()
      const { wrap } = refusing(poisoned)
      const process = yield* startProcess({ rails, tables, storage: wrap })
      yield* Effect.exit(Context.get(process.services, Actors).bear(birth(1)))
      const sound = yield* startProcess({ rails, tables, executes: false })
      yield* Context.get(sound.services, Actors).bear(birth(3))

      yield* bringPayments([payment(3)]).pipe(Effect.provide(process.services))
      yield* turns()

      expect(seen(tables, 3).state).toBe("pending_sender.awaitingPayment")
      expect(Context.get(process.services, PayoutSlots).free("scripted")).toBe(4)
    })
  )
})

describe("a birth that the database will never take", () => {
  it.effect("fails alone", () =>
    Effect.gen(function* () {
      const tables = emptyTables()
      const process = yield* startProcess({
        rails,
        tables,
        executes: false,
        storage: refusing(poisoned).wrap
      })
      const actors = Context.get(process.services, Actors)

      const exits = yield* Effect.all(
        all.map((n) => Effect.exit(actors.bear(birth(n)))),
        { concurrency: "unbounded" }
      )

      expect(exits.map(Exit.isSuccess)).toEqual([true, true, false, true, true])
      expect(tables.transactions.size).toBe(4)
    })
  )
})

describe("a page of the ledger with one arrival that cannot be applied", () => {
  const page = Effect.fnUntraced(function* (until: () => boolean = () => false) {
    const tables = emptyTables()
    const sound = yield* startProcess({ rails, tables, executes: false })
    for (const n of all) yield* Context.get(sound.services, Actors).bear(birth(n))
    const process = yield* startProcess({
      rails,
      tables,
      executes: false,
      storage: refusing(poisoned, until).wrap
    })
    const payments = all.map((n) => payment(n))
    yield* bringPayments(payments).pipe(Effect.provide(process.services))
    yield* turns()
    return { payments, process, tables }
  })

  it.effect("is stored whole, applied but for that one, and that one waits (I11, D15)", () =>
    Effect.gen(function* () {
      const { tables } = yield* page()

      for (const n of [1, 2, 4, 5])
        expect(seen(tables, n).state, String(n)).toBe("pending_receiver.payingOut")
      expect(seen(tables, 3).state).toBe("pending_sender.awaitingPayment")
      expect([...tables.inbox.values()].map(({ state }) => state)).toEqual([
        "applied",
        "applied",
        "waiting",
        "applied",
        "applied"
      ])
    })
  )

  it.effect("applies that one when it is brought again and the fault is gone", () =>
    Effect.gen(function* () {
      let isMended = false
      const { payments, process, tables } = yield* page(() => isMended)

      isMended = true
      yield* bringPayments(payments).pipe(Effect.provide(process.services))
      yield* turns()

      for (const n of all) {
        expect(seen(tables, n), String(n)).toMatchObject({
          state: "pending_receiver.payingOut",
          journal: ["ledger-in>payable 100"]
        })
      }
    })
  )
})

describe("an actor that this process cannot step", () => {
  const broken: ReadonlyArray<readonly [string, (tables: Tables) => void]> = [
    ["of a newer version", (tables) => change(tables, { context: { v: 99 } })],
    ["in a state it does not know", (tables) => change(tables, { state: "pending_receiver.dancing" })],
    [
      "over whose figures the machine breaks off",
      (tables) =>
        change(tables, { amounts: { received: "100", accepted: "1e9", fee: "2", delivered: null } as never })
    ]
  ]
  const change = (tables: Tables, to: object): void => {
    const row = tables.transactions.get(poisoned)
    if (row !== undefined) tables.transactions.set(poisoned, { ...row, ...to })
  }

  it.effect.each(broken)("%s, is set aside alone and left as it is (D13, D15)", ([, damage]) =>
    Effect.gen(function* () {
      const { process, tables } = yield* world((storage) => storage)
      damage(tables)
      const before = tables.transactions.get(poisoned)

      const exits = yield* Effect.all(
        all.map((n) =>
          Effect.exit(
            tell(process, {
              to: transactionId(n),
              event: {
                type: "payout.delivered",
                payoutId: payoutId(transactionId(n), 1),
                externalId: null,
                fee: null
              },
              cause: "test"
            })
          )
        ),
        { concurrency: "unbounded" }
      )

      expect(exits.map(Exit.isSuccess)).toEqual([true, true, false, true, true])
      for (const n of [1, 2, 4, 5]) expect(seen(tables, n).state).toBe("completed")
      expect(tables.transactions.get(poisoned)).toBe(before)
    })
  )

  it.effect("keeps a payment that comes for it: stored, waiting, never lost", () =>
    Effect.gen(function* () {
      const tables = emptyTables()
      const process = yield* startProcess({ rails, tables, executes: false })
      for (const n of all) yield* Context.get(process.services, Actors).bear(birth(n))
      change(tables, { context: { v: 99 } })

      const brought = yield* bringPayments(all.map((n) => payment(n))).pipe(Effect.provide(process.services))

      expect(brought).toEqual({ moved: true, applied: 4, parked: 0, waiting: 1 })
      expect([...tables.inbox.values()].filter(({ state }) => state === "waiting")).toHaveLength(1)
      change(tables, { context: { v: 1 } })
      yield* bringPayments([...tables.inbox.values()].map(({ payment: row }) => row)).pipe(
        Effect.provide(process.services)
      )
      expect(seen(tables, 3).state).toBe("pending_receiver.payingOut")
    })
  )
})
