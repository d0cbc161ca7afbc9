// Why money is owed back, each way to the refund it ends in.
import { describe, expect, it } from "@effect/vitest"
import { Context, Effect } from "effect"
import { payoutId } from "../../../machines/domain/Ids.ts"
import type { TransactionEvent } from "../../../machines/transaction/events.ts"
import type { MismatchPolicy } from "../../../machines/transaction/context.ts"
import { Actors } from "../../../src/runtime/Actors.ts"
import { seen } from "../../support/payoutWorld.ts"
import {
  later,
  makeWorld,
  paidBy,
  parkedRefund,
  payer,
  receiving,
  type RefundProcess,
  type RefundWorld,
  start,
  usdc
} from "../../support/refundWorld.ts"
import { birth, bringPayments, transactionId } from "../../support/runtimeWorld.ts"

const asset = `stellar:${usdc}`
const current = { payoutId: payoutId(transactionId(1), 1), note: null }

/** A paid transaction, announced as a hundred. */
const paid = Effect.fnUntraced(function* (process: RefundProcess, value: string, mismatch?: MismatchPolicy) {
  const actors = Context.get(process.services, Actors)
  const { terms } = birth(1)
  yield* actors.bear(
    birth(1, {
      account: receiving.publicKey(),
      asset,
      terms: mismatch === undefined ? terms : { ...terms, mismatch }
    })
  )
  yield* bringPayments([paidBy(1, {}, value)]).pipe(Effect.provide(process.services))
  return (event: TransactionEvent) =>
    actors.tell({ to: transactionId(1), event, cause: "test" }).pipe(Effect.map(({ _tag }) => _tag))
})

const returned = Effect.fnUntraced(function* (world: RefundWorld, process: RefundProcess) {
  yield* process.look
  world.ledger.close()
  yield* later(2)
  yield* process.look
  return world.ledger.paid.map(({ amount, destination }) => `${amount} to ${destination}`)
})

describe("money goes back to who paid", () => {
  it.effect(
    "when a customer is rejected after the payment, and the transaction is refunded (S31-ST-08, S31-KYC-07)",
    () =>
      Effect.gen(function* () {
        const world = makeWorld()
        const process = yield* start(world)
        const tell = yield* paid(process, "100")
        yield* tell({
          type: "payout.neededCustomerInfo",
          ...current,
          party: "receiver",
          fields: ["last_name"]
        })
        expect(seen(world.tables, 1).status).toBe("pending_customer_info_update")
        expect(yield* tell({ type: "customer.rejected", party: "receiver", note: null })).toBe("Stepped")

        expect(yield* returned(world, process)).toEqual([`100 to ${payer}`])
        expect(seen(world.tables, 1)).toMatchObject({ status: "refunded", refunds: [{ amount: "100" }] })
      })
  )

  it.effect("when another amount was paid and the policy returns it whole (S31-AMT-10)", () =>
    Effect.gen(function* () {
      for (const value of ["90", "110"]) {
        const world = makeWorld()
        const process = yield* start(world)
        yield* paid(process, value, { under: "refundAll", over: "refundAll" })
        expect(yield* returned(world, process)).toEqual([`${value} to ${payer}`])
        expect(seen(world.tables, 1)).toMatchObject({ status: "refunded", refunds: [{ amount: value }] })
      }
    })
  )

  it.effect("of too much, the excess, once the rest is delivered (S31-AMT-10, S31-ST-13)", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      const process = yield* start(world)
      const tell = yield* paid(process, "110", { under: "deliver", over: "refundExcess" })
      expect(yield* returned(world, process)).toEqual([])
      yield* tell({ type: "payout.delivered", payoutId: current.payoutId, externalId: null, fee: null })

      expect(yield* returned(world, process)).toEqual([`10 to ${payer}`])
      expect(seen(world.tables, 1)).toMatchObject({ status: "completed", refunds: [{ amount: "10" }] })
    })
  )

  it.effect("of another asset, in that asset, once a person says so (S31-AMT-10)", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      const process = yield* start(world)
      yield* parkedRefund(process, 1, { asset: "stellar:native" })
      const before = world.ledger.accounts.get(receiving.publicKey())?.lines.get(usdc)?.stroops
      world.ledger.accounts
        .get(receiving.publicKey())
        ?.lines.set("native", { stroops: 500_0000000n, limit: null, isAuthorized: true })

      expect(yield* returned(world, process)).toEqual([`100 to ${payer}`])
      expect(world.ledger.accounts.get(receiving.publicKey())?.lines.get(usdc)?.stroops).toBe(before)
      expect(world.ledger.accounts.get(payer)?.lines.get("native")?.stroops).toBe(110_0000000n)
    })
  )
})
