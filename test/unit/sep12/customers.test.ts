// The Customers service with providers of every temper: slow, broken, changing their mind, and asked again when due.
import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"
import { emptyTables } from "../../../adapters/storage-memory/tables.ts"
import type { CustomerId } from "../../../machines/domain/Ids.ts"
import { CustomerRefused, KycProvider, KycUnavailable, type Verdict } from "../../../src/ports/KycProvider.ts"
import { Storage } from "../../../src/ports/Storage.ts"
import { Customers } from "../../../src/sep12/Customers.ts"
import { VerdictSweeper } from "../../../src/sep12/VerdictSweeper.ts"
import { anchorA, sep12Layer } from "../../support/sep12World.ts"

const asker = { account: anchorA, muxedAccount: null, memo: null }
const type = "sep31-sender"
const text = (name: string, value: string) => ({ name, value: { _tag: "Text" as const, text: value } })
const accepted: Verdict = { status: "ACCEPTED", fields: {}, provided: {} }

/** A provider that answers what the test says, and remembers being asked. */
const providerOf = (own: Partial<KycProvider["Service"]> = {}) =>
  Layer.succeed(KycProvider, {
    fields: () => Effect.succeed({}),
    put: () => Effect.succeed(accepted),
    verdict: () => Effect.succeed(accepted),
    values: () => Effect.succeed({}),
    erase: () => Effect.void,
    ...own
  })

const put = Effect.gen(function* () {
  const customers = yield* Customers
  return yield* customers.put(asker, { type }, [text("first_name", "Ada")])
})
const get = Effect.flatMap(Customers, (customers) => customers.get(asker, { type }))
const failureOf = <A, E extends { readonly _tag: string; readonly message: string }, R>(
  work: Effect.Effect<A, E, R>
) => Effect.map(Effect.flip(work), ({ _tag, message }) => ({ _tag, message }))

describe("sep12 an unruly provider", () => {
  const canary = "canary-of-a-person"
  const tempers: Readonly<Record<string, Partial<KycProvider["Service"]>>> = {
    "that dies": { verdict: () => Effect.die(new Error(canary)) },
    "that throws": {
      verdict: () => {
        throw new Error(canary)
      }
    },
    "that answers outside its type": {
      verdict: () => Effect.succeed({ ...accepted, status: canary } as unknown as Verdict)
    }
  }
  for (const [what, own] of Object.entries(tempers)) {
    it.effect(`${what} is unavailable, and what it said is not repeated (SEC-21)`, () =>
      Effect.gen(function* () {
        yield* put
        const failure = yield* failureOf(get)
        expect(failure._tag).toBe("CustomersUnavailable")
        expect(failure.message).not.toContain(canary)
      }).pipe(Effect.provide(sep12Layer({ provider: providerOf(own) })))
    )
  }

  it.effect("that never answers is unavailable when its time is over", () =>
    Effect.gen(function* () {
      yield* put
      const waiting = yield* Effect.forkChild(failureOf(get))
      yield* TestClock.adjust("11 seconds")
      expect(yield* Fiber.join(waiting)).toMatchObject({ _tag: "CustomersUnavailable" })
    }).pipe(Effect.provide(sep12Layer({ provider: providerOf({ verdict: () => Effect.never }) })))
  )

  it.effect("whose values are not all text makes no destination", () =>
    Effect.gen(function* () {
      const customers = yield* Customers
      const id = yield* put
      expect(yield* failureOf(customers.values(id))).toMatchObject({ _tag: "CustomersUnavailable" })
    }).pipe(
      Effect.provide(
        sep12Layer({
          provider: providerOf({
            values: () => Effect.succeed({ a: 1 } as unknown as Record<string, string>)
          })
        })
      )
    )
  )

  it.effect("that is down leaves the verdict on record as it was (S12-GET-12)", () => {
    const tables = emptyTables()
    const provider = providerOf({ verdict: () => Effect.fail(new KycUnavailable({ message: "down" })) })
    return Effect.gen(function* () {
      const id = yield* put
      yield* failureOf(get)
      expect(tables.customers.get(id)?.statuses[type]?.status).toBe("ACCEPTED")
    }).pipe(Effect.provide(sep12Layer({ provider }, tables)))
  })
})

describe("sep12 verdicts on record", () => {
  it.effect(
    "while new values are being stored nobody is ACCEPTED by the old ones (S12-PUT-14, SEC-34)",
    () => {
      const tables = emptyTables()
      const seen: Array<{ readonly status: string; readonly version: number }> = []
      let look: Effect.Effect<unknown> = Effect.void
      const provider = providerOf({
        put: () =>
          Effect.as(
            Effect.suspend(() => look),
            accepted
          )
      })
      return Effect.gen(function* () {
        const customers = yield* Customers
        const id = yield* put
        const ask = customers.forTransaction({ sendingAnchor: anchorA, id, type })
        const before = yield* ask
        look = ask.pipe(
          Effect.map(({ row, verdict }) => seen.push({ status: verdict.status, version: row.version })),
          Effect.orDie
        )
        yield* put
        const after = yield* ask
        expect(before.verdict.status).toBe("ACCEPTED")
        expect(seen).toEqual([{ status: "PROCESSING", version: before.row.version + 1 }])
        expect(after.verdict.status).toBe("ACCEPTED")
        expect(after.row.version).toBeGreaterThan(before.row.version + 1)
      }).pipe(Effect.provide(sep12Layer({ provider }, tables)))
    }
  )

  it.effect(
    "an answer about the old values is never the record of the new ones, however late it comes (S12-PUT-13, SEC-34)",
    () => {
      const tables = emptyTables()
      let held = "old"
      let meanwhile: Effect.Effect<unknown> = Effect.void
      const standing: Array<string | undefined> = []
      const judged = (): Verdict => (held === "old" ? accepted : { ...accepted, status: "REJECTED" })
      const provider = providerOf({
        // Asked while a PUT is between its mark and the values: the old ones are still there, and good.
        put: ({ values }) =>
          Effect.gen(function* () {
            yield* Effect.suspend(() => meanwhile)
            held = Object.keys(values).length > 0 && values["first_name"] === "Eve" ? "new" : held
            standing.push([...tables.customers.values()].map((row) => row.statuses[type]?.status).join())
            return judged()
          }),
        verdict: () => Effect.sync(judged)
      })
      return Effect.gen(function* () {
        const customers = yield* Customers
        const id = yield* put
        // A report makes the record differ from what the provider says, so that its answer is news.
        yield* customers.report(id, type, { status: "PROCESSING" })
        meanwhile = Effect.all([
          customers.get(asker, { type }),
          customers.forTransaction({ sendingAnchor: anchorA, id, type }),
          customers.askAgainAbout(id, type)
        ]).pipe(Effect.orDie)
        yield* customers.put(asker, { type }, [text("first_name", "Eve")])
        expect(standing.at(-1)).toBe("PROCESSING")
        expect(tables.customers.get(id)?.statuses[type]?.status).toBe("REJECTED")
      }).pipe(Effect.provide(sep12Layer({ provider }, tables)))
    }
  )

  it.effect(
    "two PUTs at once: nobody is ACCEPTED until the last of them is judged (S12-PUT-13, SEC-34)",
    () => {
      const tables = emptyTables()
      const firstStored = Deferred.makeUnsafe<void>()
      const secondDone = Deferred.makeUnsafe<void>()
      const provider = providerOf({
        put: ({ values }) =>
          values["first_name"] === "slow"
            ? Deferred.succeed(firstStored, undefined).pipe(
                Effect.andThen(Deferred.await(secondDone)),
                Effect.as(accepted)
              )
            : Effect.succeed(accepted)
      })
      return Effect.gen(function* () {
        const customers = yield* Customers
        const id = yield* put
        const ask = customers.forTransaction({ sendingAnchor: anchorA, id, type })
        const slow = yield* Effect.forkChild(customers.put(asker, { type }, [text("first_name", "slow")]))
        yield* Deferred.await(firstStored)
        yield* put
        expect((yield* ask).verdict.status).toBe("PROCESSING")
        yield* Deferred.succeed(secondDone, undefined)
        yield* Fiber.join(slow)
        expect((yield* ask).verdict.status).toBe("ACCEPTED")
      }).pipe(Effect.provide(sep12Layer({ provider }, tables)))
    }
  )

  it.effect("a PUT whose process dies while it stores is judged when it is due (S12-PUT-13)", () => {
    const tables = emptyTables()
    let isDown = false
    const provider = providerOf({
      put: () => (isDown ? Effect.fail(new KycUnavailable({ message: "down" })) : Effect.succeed(accepted))
    })
    return Effect.gen(function* () {
      const customers = yield* Customers
      const sweeper = yield* VerdictSweeper
      const id = yield* put
      isDown = true
      yield* failureOf(put)
      const ask = customers.forTransaction({ sendingAnchor: anchorA, id, type })
      expect((yield* ask).verdict.status).toBe("PROCESSING")
      yield* TestClock.adjust("20 seconds")
      expect(yield* sweeper.runOnce).toBe(1)
      expect((yield* ask).verdict.status).toBe("ACCEPTED")
    }).pipe(Effect.provide(sep12Layer({ provider }, tables)))
  })

  it.effect("a refused PUT leaves the verdict as it was", () => {
    const tables = emptyTables()
    let isRefusing = false
    const provider = providerOf({
      put: () => (isRefusing ? Effect.fail(new CustomerRefused({ message: "no" })) : Effect.succeed(accepted))
    })
    return Effect.gen(function* () {
      const id = yield* put
      isRefusing = true
      yield* Effect.flip(put)
      expect(tables.customers.get(id)?.statuses[type]?.status).toBe("ACCEPTED")
    }).pipe(Effect.provide(sep12Layer({ provider }, tables)))
  })

  it.effect("a GET that finds another verdict records it (S12-GET-12)", () => {
    const tables = emptyTables()
    const provider = providerOf({
      verdict: () => Effect.succeed({ ...accepted, status: "REJECTED", message: "sanctioned" })
    })
    return Effect.gen(function* () {
      const id = yield* put
      expect((yield* get).verdict.status).toBe("REJECTED")
      expect(tables.customers.get(id)?.statuses[type]).toMatchObject({
        status: "REJECTED",
        message: "sanctioned"
      })
    }).pipe(Effect.provide(sep12Layer({ provider }, tables)))
  })

  it.effect("a GET that finds nothing new writes nothing (S12-PUT-02)", () => {
    const tables = emptyTables()
    return Effect.gen(function* () {
      const id = yield* put
      const version = tables.customers.get(id)?.version
      yield* get
      yield* get
      expect(tables.customers.get(id)?.version).toBe(version)
    }).pipe(Effect.provide(sep12Layer({ provider: providerOf() }, tables)))
  })

  it.effect("an answer overtaken by a report is asked anew, so that the older one does not win", () => {
    const tables = emptyTables()
    let asked = 0
    const provider = Layer.effect(
      KycProvider,
      Effect.map(Storage, (storage) => ({
        fields: () => Effect.succeed({}),
        put: () => Effect.succeed({ ...accepted, status: "PROCESSING" as const }),
        values: () => Effect.succeed({}),
        erase: () => Effect.void,
        verdict: (id: CustomerId) =>
          Effect.gen(function* () {
            asked += 1
            if (asked > 1) return { ...accepted, status: "REJECTED" as const }
            // While this answer is on its way, the institution's own door tells the newer one.
            yield* storage
              .recordVerdict({
                id,
                type,
                status: "REJECTED",
                message: null,
                askAgainInSeconds: null,
                put: []
              })
              .pipe(Effect.orDie)
            return accepted
          })
      }))
    )
    return Effect.gen(function* () {
      const id = yield* put
      expect((yield* get).verdict.status).toBe("REJECTED")
      expect(tables.customers.get(id)?.statuses[type]?.status).toBe("REJECTED")
    }).pipe(Effect.provide(sep12Layer({ provider }, tables)))
  })

  it.effect("a PUT judges the other types of the customer too (S12-PUT-13)", () => {
    const tables = emptyTables()
    return Effect.gen(function* () {
      const customers = yield* Customers
      const id = yield* customers.put(asker, { type: "sep31-receiver" }, [
        text("first_name", "Ada"),
        text("last_name", "Okafor")
      ])
      expect(tables.customers.get(id)?.statuses["sep31-receiver"]?.status).toBe("NEEDS_INFO")
      yield* customers.put(asker, { type }, [text("bank_account_number", "1")])
      expect(tables.customers.get(id)?.statuses["sep31-receiver"]?.status).toBe("ACCEPTED")
    }).pipe(Effect.provide(sep12Layer({}, tables)))
  })

  it.effect("an erasure while values are being put takes them too (S12-DEL-04)", () => {
    const tables = emptyTables()
    let erased = 0
    const provider = providerOf({
      put: ({ customerId }) =>
        Effect.sync(() => {
          const row = tables.customers.get(customerId)
          if (row !== undefined) tables.customers.set(customerId, { ...row, erased: true })
          return accepted
        }),
      erase: () =>
        Effect.sync(() => {
          erased += 1
        })
    })
    return Effect.gen(function* () {
      expect(yield* failureOf(put)).toMatchObject({ _tag: "CustomerNotFound" })
      expect(erased).toBe(1)
    }).pipe(Effect.provide(sep12Layer({ provider }, tables)))
  })
})

describe("sep12 VerdictSweeper", () => {
  const scripted = { kyc: { scripted: true, processingSeconds: 30 } }
  const processing = Effect.gen(function* () {
    const customers = yield* Customers
    return yield* customers.put(asker, { type }, [text("first_name", "Ada"), text("last_name", "PROCESSING")])
  })

  it.effect("asks again when the verdict is due, and not before", () => {
    const tables = emptyTables()
    return Effect.gen(function* () {
      const sweeper = yield* VerdictSweeper
      const id = yield* processing
      expect(yield* sweeper.runOnce).toBe(0)
      yield* TestClock.adjust("30 seconds")
      expect(yield* sweeper.runOnce).toBe(1)
      expect(tables.customers.get(id)?.statuses[type]?.status).toBe("ACCEPTED")
      yield* TestClock.adjust("1 hour")
      expect(yield* sweeper.runOnce).toBe(0)
    }).pipe(Effect.provide(sep12Layer(scripted, tables)))
  })

  it.effect("asks about one that could not be asked once more, later", () => {
    let isDown = true
    const provider = providerOf({
      put: () => Effect.succeed({ ...accepted, status: "PROCESSING", askAgainSeconds: 5 }),
      verdict: () =>
        Effect.suspend(() =>
          isDown ? Effect.fail(new KycUnavailable({ message: "down" })) : Effect.succeed(accepted)
        )
    })
    const tables = emptyTables()
    return Effect.gen(function* () {
      const sweeper = yield* VerdictSweeper
      const id = yield* put
      yield* TestClock.adjust("5 seconds")
      expect(yield* sweeper.runOnce).toBe(1)
      isDown = false
      expect(yield* sweeper.runOnce).toBe(0)
      yield* TestClock.adjust("60 seconds")
      expect(yield* sweeper.runOnce).toBe(1)
      expect(tables.customers.get(id)?.statuses[type]?.status).toBe("ACCEPTED")
    }).pipe(Effect.provide(sep12Layer({ provider }, tables)))
  })
})
