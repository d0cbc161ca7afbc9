/**
 * Seals what was written to the audit, so that a row which somebody changes or takes away afterwards is found out
 * (`kedge audit verify`).
 *
 * One process at a time, by lease. Gotcha: the lease only saves work; the storage lets one of several sealers go on anyway. What
 * is not sealed yet, some seconds of rows, is not protected.
 */
import { Context, Effect, Layer } from "effect"
import { Storage } from "../ports/Storage.ts"
import { Fence } from "./Fence.ts"

const pageSize = 500
const everySeconds = 5
/** Of the lease: several rounds, so that a process that died is soon followed. */
const leaseSeconds = 30

export class AuditSeal extends Context.Service<
  AuditSeal,
  {
    /** Seals all that waits; answers how many rows. Never fails: what could not be sealed waits for the next round. */
    readonly runOnce: Effect.Effect<number>
    readonly run: Effect.Effect<never>
  }
>()("kedge/runtime/AuditSeal") {
  static readonly layer = Layer.effect(
    AuditSeal,
    Effect.gen(function* () {
      const storage = yield* Storage
      const fence = yield* Fence
      const holdsLease = Effect.map(
        storage.lease("audit-seal", fence.owner, leaseSeconds),
        (lease) => lease !== null
      )

      const runOnce = Effect.gen(function* () {
        let total = 0
        for (;;) {
          if (!(yield* holdsLease)) return total
          const sealed = yield* storage.sealAudits({ limit: pageSize })
          total += sealed
          if (sealed < pageSize) return total
        }
      }).pipe(
        Effect.catch((error) =>
          Effect.logWarning("the audit cannot be sealed now", error.message).pipe(Effect.as(0))
        )
      )
      return AuditSeal.of({
        runOnce,
        run: runOnce.pipe(Effect.andThen(Effect.sleep(`${everySeconds} seconds`)), Effect.forever)
      })
    })
  )
}
