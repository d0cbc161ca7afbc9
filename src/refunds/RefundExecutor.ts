/**
 * Returns money on Stellar: what transactions owe, and parked payments an operator wants returned.
 *
 * One process at a time, by lease, and in it one refund after the other: each uses up the next sequence number of its source.
 * Gotcha: what keeps money from leaving twice is not here but in the storage, which opens one envelope of a refund at a time
 * and none after one that was included; the lease only saves two processes from stepping on each other's numbers.
 */
import { Cause, Context, Effect, Layer, Schedule } from "effect"
import { KedgeConfig } from "../KedgeConfig.ts"
import { RefundSigner } from "../ports/RefundSigner.ts"
import type { RefundJob } from "../ports/rows.ts"
import { Storage } from "../ports/Storage.ts"
import { Fence } from "../runtime/Fence.ts"
import { refundKeyCheck } from "./refundKeyCheck.ts"
import { makeRefundMaker } from "./RefundMaker.ts"

const pageSize = 50
const pagesMax = 20
/** Of the lease: what one refund may take, so that the lease outlives it. */
const patienceShare = 2 / 3

export class RefundExecutor extends Context.Service<
  RefundExecutor,
  {
    /** Looks at every refund that is due, once; answers how many. Does nothing without a key. */
    readonly runOnce: Effect.Effect<number>
    readonly run: Effect.Effect<never>
  }
>()("kedge/refunds/RefundExecutor") {
  static readonly layer = Layer.effect(
    RefundExecutor,
    Effect.gen(function* () {
      const keys = yield* RefundSigner
      const { timing } = yield* KedgeConfig
      const storage = yield* Storage
      const fence = yield* Fence
      const leaseSeconds = timing.refundLease
      const patience = leaseSeconds * patienceShare
      if (keys === null)
        return RefundExecutor.of({
          runOnce: Effect.succeed(0),
          run: Effect.logWarning(
            "no key can return money on Stellar: what is owed waits for the institution"
          ).pipe(Effect.andThen(Effect.never))
        })
      yield* refundKeyCheck(keys)
      const moveOn = yield* makeRefundMaker(keys)

      /** Whether there is a point in looking at the next one: what one refund cannot do says nothing of another. */
      const lookAt = (job: RefundJob) =>
        moveOn(job).pipe(
          Effect.timeoutOrElse({
            duration: `${patience} seconds`,
            orElse: () => Effect.fail({ _tag: "Slow", message: `not moved on within ${patience} s` } as const)
          }),
          Effect.as(true),
          Effect.catch((error) =>
            Effect.logWarning(
              "a refund was not moved on; it is looked at again",
              { refundId: job.id },
              error.message
            ).pipe(Effect.as(error._tag !== "LedgerUnavailable" && error._tag !== "Slow"))
          ),
          Effect.catchCause((cause) =>
            Cause.hasInterruptsOnly(cause)
              ? Effect.failCause(cause)
              : Effect.logError("a refund cannot be looked at", { refundId: job.id }, cause).pipe(
                  Effect.as(true)
                )
          )
        )

      const holdsLease = Effect.map(
        storage.lease("refunds", fence.owner, leaseSeconds),
        (lease) => lease !== null
      )

      const once = Effect.gen(function* () {
        let count = 0
        for (let pages = 0; pages < pagesMax; pages++) {
          if (!(yield* holdsLease)) return count
          const page = yield* storage.dueRefunds({ limit: pageSize, leaseSeconds: timing.refundInterval })
          for (const job of page) {
            if (!(yield* holdsLease) || !(yield* lookAt(job))) return count
            count += 1
          }
          if (page.length < pageSize) return count
        }
        return count
      }).pipe(
        Effect.catch((error) =>
          Effect.logWarning("refunds cannot be looked at now", error.message).pipe(Effect.as(0))
        )
      )

      return RefundExecutor.of({
        runOnce: once,
        run: Effect.logInfo("refunds are made on Stellar", { sources: keys.sources }).pipe(
          Effect.andThen(Effect.repeat(once, Schedule.spaced(`${timing.refundInterval} seconds`))),
          Effect.andThen(Effect.never)
        )
      })
    })
  )
}
