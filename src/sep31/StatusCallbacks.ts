/**
 * Tells Sending Anchors of status changes, out of the outbox that the commit of each change has written (S31-CB-05, S31-CB-13).
 *
 * Each transaction's callbacks go one after the other, oldest first, each with what the transaction was at that change; the
 * storage gives out the next only when the one before is delivered or given up, so an older status never follows a newer one
 * (S31-CB-11). Gotcha: what was sent and not recorded, because the process died, is sent again.
 */
import { Context, Effect, FiberSet, Layer, Queue, Schedule } from "effect"
import { callbackMetrics } from "../callbacks/callbackMetrics.ts"
import { CallbackSender, type Sent } from "../callbacks/CallbackSender.ts"
import { type Settled, settledAs } from "../callbacks/retrySchedule.ts"
import { KedgeConfig } from "../KedgeConfig.ts"
import type { CallbackRow } from "../ports/rows.ts"
import { Storage } from "../ports/Storage.ts"
import { Presentation } from "./Presentation.ts"

/** Callbacks under way at once in this process. A call that waits for its host's turn is among them. */
const underWayMax = 128

/** Recording a delivery is worth a few tries: what is not recorded is sent again. */
const patience = Schedule.max([Schedule.exponential("50 millis"), Schedule.recurs(5)])

const aboutRow = ({ transaction, version, tries }: CallbackRow) => ({
  transactionId: transaction.id,
  version,
  status: transaction.status,
  tries
})

export class StatusCallbacks extends Context.Service<
  StatusCallbacks,
  {
    /** Sends all that is due, and what becomes due by it; answers how many tries were made. */
    readonly runOnce: Effect.Effect<number>
    readonly run: Effect.Effect<never>
  }
>()("kedge/sep31/StatusCallbacks") {
  static readonly layer = Layer.effect(
    StatusCallbacks,
    Effect.gen(function* () {
      const storage = yield* Storage
      const sender = yield* CallbackSender
      const presentation = yield* Presentation
      const { sendingAnchors, timing } = yield* KedgeConfig
      const anchors = new Map(sendingAnchors.map((anchor) => [anchor.account, anchor]))
      const underWay = yield* FiberSet.make<void>()
      const wakes = yield* Queue.sliding<void>(1)
      /** Outlives the longest try by far: whoever finds it over may send. */
      const leaseSeconds = 30 + 3 * Math.max(timing.callbackTimeout, ...sendingAnchors.map(timeoutOf(timing)))

      const send = Effect.fnUntraced(function* (row: CallbackRow) {
        const { sendingAnchor } = row.transaction
        const timeoutSeconds = anchors.get(sendingAnchor)?.callbackTimeout
        return yield* sender.send({
          url: row.url,
          body: { transaction: yield* presentation.present(row.transaction) },
          owner: sendingAnchor,
          about: aboutRow(row),
          ...(timeoutSeconds === undefined ? {} : { timeoutSeconds })
        })
      })

      /** What cannot even be put into words is tried again like what cannot be delivered, and is given up in the end. */
      const unsent = (row: CallbackRow) =>
        Effect.catchCause((cause) =>
          Effect.as(Effect.logError("a callback could not be made", aboutRow(row), cause), unmade)
        )

      const settle = Effect.fnUntraced(function* (row: CallbackRow, as: Settled, ageSeconds: number) {
        const { transaction, version } = row
        yield* storage
          .settleCallback({ transactionId: transaction.id, version, as })
          .pipe(Effect.retry(patience))
        if (as === "delivered") return yield* callbackMetrics.delivered("transaction", ageSeconds)
        if (as !== "dead") return
        yield* callbackMetrics.dead("transaction")
        yield* Effect.logError(
          "a callback is given up; `kedge callbacks replay` sends it again",
          aboutRow(row)
        )
      })

      const deliver = (row: CallbackRow, now: number): Effect.Effect<void> =>
        Effect.gen(function* () {
          const sent = yield* send(row).pipe(unsent(row))
          const ageSeconds = Math.max(0, now - row.createdAtMillis) / 1_000
          const tried = { id: `${row.transaction.id}:${row.version}`, tries: row.tries, ageSeconds }
          const giveUp = anchors.get(row.transaction.sendingAnchor)?.callbackGiveUp
          const own = giveUp === undefined ? timing : { ...timing, callbackGiveUp: giveUp }
          yield* settle(row, settledAs(own, tried, sent), ageSeconds)
        }).pipe(
          Effect.catchCause((cause) =>
            Effect.logWarning(
              "what became of a callback could not be recorded; it is sent again",
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
        const rows = yield* storage.dueCallbacks({ limit: room, leaseSeconds })
        const now = rows.length === 0 ? 0 : yield* storage.nowMillis
        const oldest = Math.max(0, ...rows.map(({ createdAtMillis }) => now - createdAtMillis))
        yield* callbackMetrics.lag("transaction", oldest / 1_000)
        for (const row of rows) yield* FiberSet.run(underWay, deliver(row, now))
        return rows.length
      }).pipe(
        Effect.catch((error) =>
          Effect.as(Effect.logWarning("callbacks that are due cannot be read now", error.message), 0)
        )
      )

      const runOnce: Effect.Effect<number> = Effect.gen(function* () {
        const begun = yield* begin
        yield* FiberSet.awaitEmpty(underWay)
        return begun === 0 ? 0 : begun + (yield* runOnce)
      })

      return StatusCallbacks.of({
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

const unmade: Sent = { _tag: "Failed", retryable: true, status: null, reason: "it could not be made" }

const timeoutOf =
  (timing: { readonly callbackTimeout: number }) =>
  (anchor: { readonly callbackTimeout?: number }): number =>
    anchor.callbackTimeout ?? timing.callbackTimeout
