/**
 * Tells whoever registered of a customer's status changes, out of the outbox that the record of each change has written
 * (S12-CB-03).
 *
 * What is sent is the customer as it is when it is sent, under the type whose status changed, so a late try never shows an older
 * status after a newer one. Gotcha: a change that another has overtaken is not sent at all; the row of the newer one is. While a
 * rail contests data, the status is NEEDS_INFO, whatever is on record.
 */
import { Context, Effect, FiberSet, Layer, Queue, Schedule } from "effect"
import { callbackMetrics } from "../callbacks/callbackMetrics.ts"
import { CallbackSender, type Sent } from "../callbacks/CallbackSender.ts"
import { type Settled, settledAs } from "../callbacks/retrySchedule.ts"
import { KedgeConfig } from "../KedgeConfig.ts"
import type { CustomerCallbackRow } from "../ports/rows.ts"
import { Storage } from "../ports/Storage.ts"
import { Customers } from "./Customers.ts"
import { recorded, storing } from "./judgedAs.ts"
import { presentCustomer } from "./presented.ts"
import { langDefault } from "./subjects.ts"

/** Callbacks under way at once in this process. */
const underWayMax = 64

/** Recording a delivery is worth a few tries: what is not recorded is sent again. */
const patience = Schedule.max([Schedule.exponential("50 millis"), Schedule.recurs(5)])

const aboutRow = ({ customerId, status, tries, version }: CustomerCallbackRow) => ({
  customerId,
  version,
  status,
  tries
})

const failed = (reason: string): Sent => ({ _tag: "Failed", retryable: true, status: null, reason })
const unmade = failed("it could not be made")
const unsettled = failed("the status is not settled")

export class CustomerCallbacks extends Context.Service<
  CustomerCallbacks,
  {
    /** Sends all that is due, and what becomes due by it; answers how many rows were taken. */
    readonly runOnce: Effect.Effect<number>
    readonly run: Effect.Effect<never>
  }
>()("kedge/sep12/CustomerCallbacks") {
  static readonly layer = Layer.effect(
    CustomerCallbacks,
    Effect.gen(function* () {
      const storage = yield* Storage
      const sender = yield* CallbackSender
      const customers = yield* Customers
      const { timing } = yield* KedgeConfig
      const underWay = yield* FiberSet.make<void>()
      const wakes = yield* Queue.sliding<void>(1)
      /** Outlives the longest try by far: whoever finds it over may send. */
      const leaseSeconds = 30 + 3 * timing.callbackTimeout

      /** Whether the status a row tells of is still the one on record. */
      const standsNow = Effect.fnUntraced(function* (row: CustomerCallbackRow) {
        const customer = yield* storage.customer(row.customerId)
        if (customer === null || customer.erased || row.type === storing) return null
        const known = recorded(customer, row.type)?.status
        const status = customer.contested.length > 0 && known !== "REJECTED" ? "NEEDS_INFO" : known
        return status === row.status ? customer : null
      })

      const send = Effect.fnUntraced(function* (row: CustomerCallbackRow) {
        if ((yield* standsNow(row)) === null) return "overtaken" as const
        const shown = yield* customers.shown(row.customerId, row.type)
        const customer = yield* standsNow(row)
        if (customer === null) return "overtaken" as const
        // Values on their way: on record it is as it was, and to be told when that is over.
        if (shown.verdict.status !== row.status) return unsettled
        return yield* sender.send({
          url: row.url,
          body: presentCustomer(shown, langDefault),
          owner: customer.owner,
          about: aboutRow(row)
        })
      })

      /** What cannot even be put into words is tried again like what cannot be delivered, and is given up in the end. */
      const unsent = (row: CustomerCallbackRow) =>
        Effect.catchCause((cause) =>
          Effect.as(Effect.logError("a customer's callback could not be made", aboutRow(row), cause), unmade)
        )

      const settle = Effect.fnUntraced(function* (row: CustomerCallbackRow, as: Settled) {
        const { customerId, version } = row
        yield* storage.settleCustomerCallback({ customerId, version, as }).pipe(Effect.retry(patience))
      })

      const deliver = (row: CustomerCallbackRow, now: number): Effect.Effect<void> =>
        Effect.gen(function* () {
          const sent = yield* send(row).pipe(unsent(row))
          // Gotcha: "delivered" would end the registration with a status that nobody was told.
          if (sent === "overtaken") return yield* settle(row, "dead")
          const ageSeconds = Math.max(0, now - row.createdAtMillis) / 1_000
          const tried = { id: `${row.customerId}:${row.version}`, tries: row.tries, ageSeconds }
          const as = settledAs(timing, tried, sent)
          yield* settle(row, as)
          if (as !== "dead") return
          yield* callbackMetrics.dead("customer")
          yield* Effect.logError("a customer's callback is given up", aboutRow(row))
        }).pipe(
          Effect.catchCause((cause) =>
            Effect.logWarning(
              "what became of a customer's callback could not be recorded; it is sent again",
              aboutRow(row),
              cause
            )
          ),
          Effect.ensuring(Queue.offer(wakes, undefined))
        )

      /** Takes as many as there is room for and begins them; answers how many. */
      const begin = Effect.gen(function* () {
        const room = underWayMax - (yield* FiberSet.size(underWay))
        if (room <= 0) return 0
        const rows = yield* storage.dueCustomerCallbacks({ limit: room, leaseSeconds })
        const now = rows.length === 0 ? 0 : yield* storage.nowMillis
        const oldest = Math.max(0, ...rows.map(({ createdAtMillis }) => now - createdAtMillis))
        yield* callbackMetrics.lag("customer", oldest / 1_000)
        for (const row of rows) yield* FiberSet.run(underWay, deliver(row, now))
        return rows.length
      }).pipe(
        Effect.catch((error) =>
          Effect.as(
            Effect.logWarning("customers' callbacks that are due cannot be read now", error.message),
            0
          )
        )
      )

      const runOnce: Effect.Effect<number> = Effect.gen(function* () {
        const begun = yield* begin
        yield* FiberSet.awaitEmpty(underWay)
        return begun === 0 ? 0 : begun + (yield* runOnce)
      })

      return CustomerCallbacks.of({
        runOnce,
        run: begin.pipe(
          Effect.andThen(
            Effect.raceFirst(Queue.take(wakes), Effect.sleep(`${timing.callbackInterval} seconds`))
          ),
          Effect.forever
        )
      })
    })
  )
}
