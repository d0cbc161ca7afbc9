/** `Storage` on PGlite: embedded, for a first start, demos and small pilots. */
import { Context, Effect, Layer } from "effect"
import { Storage, type StorageUnavailable } from "../../src/ports/Storage.ts"
import { StorageClock } from "../../src/testing/StorageClock.ts"
import { makeStorage } from "./makeStorage.ts"
import { openPglite } from "./PgliteEngine.ts"
import { testClock } from "./testClock.ts"

export interface PgliteOptions {
  /** Where the database lives; null keeps it in memory. */
  readonly directory: string | null
}

export const layer = ({ directory }: PgliteOptions): Layer.Layer<Storage, StorageUnavailable> =>
  Layer.effect(Storage, Effect.map(openPglite(directory), makeStorage))

/** For tests: with a hand on the storage's clock. */
export const layerWithClock = ({
  directory
}: PgliteOptions): Layer.Layer<Storage | StorageClock, StorageUnavailable> =>
  Layer.effectContext(
    Effect.map(openPglite(directory), (engine) =>
      Context.make(Storage, makeStorage(engine)).pipe(Context.add(StorageClock, testClock(engine)))
    )
  )
