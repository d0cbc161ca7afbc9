// The configuration was changed while a transaction was on its way: no rail serves its funding method any more.
import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { emptyTables } from "../../../adapters/storage-memory/tables.ts"
import type { PaymentRail } from "../../../src/ports/Rails.ts"
import { funded, seen, startProcess, turns } from "../../support/payoutWorld.ts"
import { bringPayments, scriptedRail } from "../../support/runtimeWorld.ts"

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
