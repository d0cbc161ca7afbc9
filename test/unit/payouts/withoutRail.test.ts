// The configuration was changed while a transaction was on its way: no rail serves its funding method any more.
import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { emptyTables } from "../../../adapters/storage-memory/tables.ts"
import type { PaymentRail } from "../../../src/ports/Rails.ts"
import { RetiredRails } from "../../../src/payouts/RetiredRails.ts"
import { funded, report, seen, startProcess, turns } from "../../support/payoutWorld.ts"
import { bringPayments, scriptedRail, transactionId } from "../../support/runtimeWorld.ts"

it.effect("a payment that no rail can pay out waits, and is paid once a rail serves it again (R20)", () =>
  Effect.gen(function* () {
    const tables = emptyTables()
    const named = (name: string): PaymentRail => ({
      ...scriptedRail(() => Effect.succeed({ _tag: "Delivered" })).rail,
      name
    })
    const without = yield* startProcess({ rails: [named("SWIFT")], tables })
    yield* funded(without, 1)

    expect(seen(tables, 1)).toMatchObject({ state: "pending_sender.awaitingPayment", payouts: [] })
    const [waiting] = [...tables.inbox.values()]
    expect(waiting?.state).toBe("waiting")
    if (waiting === undefined) return yield* Effect.die(new Error("no payment is stored"))

    const again = yield* startProcess({ rails: [named("SEPA"), named("SWIFT")], tables })
    yield* bringPayments([waiting.payment]).pipe(Effect.provide(again.services))
    yield* turns()

    expect(seen(tables, 1)).toMatchObject({ state: "completed", payouts: ["1 delivered"] })
  })
)

it.effect(
  "a rail taken out of the configuration leaves its open payouts to reports, and somebody is told (R20)",
  () =>
    Effect.gen(function* () {
      const tables = emptyTables()
      const before = scriptedRail(() => Effect.succeed({ _tag: "Pending" })).rail
      const first = yield* startProcess({ rails: [{ ...before, name: "SEPA" }], tables })
      yield* funded(first, 1)
      expect(seen(tables, 1).state).toBe("pending_external.confirming")

      const after = scriptedRail(() => Effect.succeed({ _tag: "Delivered" }))
      const process = yield* startProcess({ rails: [{ ...after.rail, name: "SWIFT" }], tables })
      const watch = yield* RetiredRails.pipe(Effect.provide(process.services))
      expect(yield* watch.runOnce).toEqual(["SEPA"])

      const told = yield* report(process, `${transactionId(1)}:1`, {
        _tag: "Delivered",
        externalId: "bank-7"
      })

      expect(told).toMatchObject({ _tag: "Stepped", after: "completed" })
      expect(after.calls).toEqual([])
      expect(yield* watch.runOnce).toEqual([])
    })
)

it.effect("a retired rail that does not know is not asked again nor told again: a person decides (R1)", () =>
  Effect.gen(function* () {
    const tables = emptyTables()
    const before = scriptedRail(() => Effect.succeed({ _tag: "Pending" })).rail
    const first = yield* startProcess({ rails: [{ ...before, name: "SEPA" }], tables })
    yield* funded(first, 1)
    const after = scriptedRail(() => Effect.succeed({ _tag: "Delivered" }))
    const process = yield* startProcess({ rails: [{ ...after.rail, name: "SWIFT" }], tables })

    yield* report(process, `${transactionId(1)}:1`, { _tag: "Unknown" })

    expect(seen(tables, 1)).toMatchObject({ state: "pending_receiver.held", payouts: ["1 held"] })
    expect(after.calls).toEqual([])
  })
)
