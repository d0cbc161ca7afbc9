/** Moves the clock of a storage under test: leases, due times and expiry come by it, and nobody has to wait. */
import { Context, type Effect } from "effect"

export class StorageClock extends Context.Service<
  StorageClock,
  {
    /** Lets so many seconds pass on the storage's clock. It never goes back. */
    readonly advance: (seconds: number) => Effect.Effect<void>
  }
>()("kedge/testing/StorageClock") {}
