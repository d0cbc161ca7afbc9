// The door for the integrator's own webhooks: idempotent, durable when it answers, and guarded as a poll's answer is.
import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect } from "effect"
import { emptyTables } from "../../../adapters/storage-memory/tables.ts"
import type { PayoutOutcome } from "../../../src/ports/Rails.ts"
import { funded, report, seen, startProcess, turns } from "../../support/payoutWorld.ts"
import { scriptedRail, transactionId } from "../../support/runtimeWorld.ts"

const first = `${transactionId(1)}:1`

const pending = Effect.fnUntraced(function* (outcome: PayoutOutcome = { _tag: "Pending" }) {
  const tables = emptyTables()
  const { calls, rail } = scriptedRail(() => Effect.succeed(outcome))
  const process = yield* startProcess({ rails: rail, tables })
  yield* funded(process, 1)
  return { calls, process, tables, now: () => seen(tables, 1) }
})

describe("Payouts.report", () => {
  it.effect("moves the transaction and is durable when it answers", () =>
    Effect.gen(function* () {
      const { now, process } = yield* pending()

      const told = yield* report(process, first, { _tag: "Delivered", externalId: "bank-1" })

      expect(told).toEqual({ _tag: "Stepped", before: "pending_external.confirming", after: "completed" })
      expect(now()).toMatchObject({ state: "completed", externalId: "bank-1" })
    })
  )

  it.effect("may be repeated any number of times: one transition, and every repetition is recorded", () =>
    Effect.gen(function* () {
      const { now, process } = yield* pending()

      const told = yield* Effect.all(
        Array.from({ length: 5 }, () => report(process, first, { _tag: "Delivered" })),
        { concurrency: "unbounded" }
      )

      expect(told.filter(({ _tag }) => _tag === "Stepped")).toHaveLength(1)
      expect(now().events.filter((event) => event === "payout.delivered")).toHaveLength(1)
      expect(now().refusals).toEqual(Array.from({ length: 4 }, () => "payout.delivered already-so"))
      expect(now().journal).toHaveLength(3)
    })
  )

  it.effect("that comes late to a final transaction changes nothing and is kept as an alert (R13)", () =>
    Effect.gen(function* () {
      const { now, process, tables } = yield* pending({ _tag: "Failed", reason: "no" })

      const told = yield* report(process, first, { _tag: "Delivered" })

      expect(told).toEqual({ _tag: "Refused", reason: "final", leaf: "error" })
      expect(now()).toMatchObject({ state: "error", refusals: ["payout.delivered final"] })
      expect(tables.refusals[0]).toMatchObject({ carriesMoney: true, cause: "integrator" })
    })
  )

  it.effect("that contradicts an attempt that is over is kept as an alert, not believed (R13)", () =>
    Effect.gen(function* () {
      const { now, process, tables } = yield* pending({ _tag: "Rejected", reason: "no" })

      expect(yield* report(process, first, { _tag: "Delivered" })).toMatchObject({ reason: "closed" })
      expect(now().state).toBe("pending_receiver.refundOwed")
      expect(tables.refusals[0]?.carriesMoney).toBe(true)
    })
  )

  it.effect("may come before the rail's own answer, which then changes nothing", () =>
    Effect.gen(function* () {
      const tables = emptyTables()
      const answer = yield* Deferred.make<PayoutOutcome>()
      const { calls, rail } = scriptedRail(() => Deferred.await(answer))
      const process = yield* startProcess({ rails: rail, tables })
      yield* funded(process, 1)

      yield* report(process, first, { _tag: "Delivered", externalId: "bank-1" })
      expect(seen(tables, 1).state).toBe("completed")
      yield* Deferred.succeed(answer, { _tag: "Pending", externalId: "bank-2" })
      yield* turns()

      expect(seen(tables, 1)).toMatchObject({
        state: "completed",
        externalId: "bank-1",
        refusals: ["payout.pending final"]
      })
      expect(calls).toHaveLength(1)
    })
  )

  it.effect("settles what is held for a person, either way", () =>
    Effect.gen(function* () {
      const delivered = yield* pending({ _tag: "Unknown" })
      yield* report(delivered.process, first, { _tag: "Delivered" })
      expect(delivered.now()).toMatchObject({ state: "completed", attention: null })

      const never = yield* pending({ _tag: "Unknown" })
      yield* report(never.process, first, { _tag: "NeverAccepted" })
      yield* turns()
      expect(never.now().payouts).toEqual(["1 voided", "2 held"])
      expect(never.calls).toHaveLength(2)
    })
  )

  it.effect("with figures that are not the payout's holds it for a person (R22)", () =>
    Effect.gen(function* () {
      const wrong: ReadonlyArray<PayoutOutcome> = [
        { _tag: "Delivered", amount: "1" },
        { _tag: "Delivered", fee: "99" },
        { _tag: "PartlyRefused", refused: "100", rest: "pending" },
        { _tag: "RefundedByIntegrator", amount: "99.9999999" }
      ]
      for (const outcome of wrong) {
        const { now, process } = yield* pending()
        const told = yield* report(process, first, outcome)
        expect(told, JSON.stringify(outcome)).toMatchObject({ after: "pending_receiver.held" })
        expect(now().attention).toBe("held")
      }
    })
  )

  it.effect("of an older attempt, or of a payout nobody made, changes nothing", () =>
    Effect.gen(function* () {
      const { now, process } = yield* pending({ _tag: "Unknown" })
      yield* report(process, first, { _tag: "NeverAccepted" })
      yield* turns()

      expect(yield* report(process, first, { _tag: "Delivered" })).toMatchObject({ reason: "not-current" })
      for (const id of [
        `${transactionId(1)}:3`,
        `${transactionId(9)}:1`,
        "",
        ":",
        "constructor",
        "x".repeat(1000)
      ]) {
        const error = yield* Effect.flip(report(process, id, { _tag: "Delivered" }))
        expect(error._tag).toBe("PayoutNotFound")
      }
      expect(now()).toMatchObject({
        state: "pending_receiver.held",
        refusals: ["payout.delivered not-current"]
      })
    })
  )

  it.effect("that is nonsense tells nothing, and loses nothing", () =>
    Effect.gen(function* () {
      const { now, process } = yield* pending({ _tag: "Unknown" })

      for (const outcome of [undefined, null, {}, { _tag: "Done" }, "Delivered"])
        expect(yield* report(process, first, outcome as never)).toMatchObject({
          _tag: "Refused",
          reason: "already-so"
        })

      expect(now().state).toBe("pending_receiver.held")
    })
  )
})
