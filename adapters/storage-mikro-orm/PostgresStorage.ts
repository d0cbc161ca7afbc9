/** `Storage` on PostgreSQL 15 or newer: the storage of production. */
import { Context, Effect, Layer } from "effect"
import { Storage, type StorageUnavailable } from "../../src/ports/Storage.ts"
import { StorageClock } from "../../src/testing/StorageClock.ts"
import { makeStorage } from "./makeStorage.ts"
import { openPostgres, type PostgresOptions } from "./PostgresEngine.ts"
import { testClock } from "./testClock.ts"

export type { PostgresOptions } from "./PostgresEngine.ts"

/** Opens at once and connects when first asked: a database that is down fails the calls, not the layer. */
export const layer = (options: PostgresOptions): Layer.Layer<Storage, StorageUnavailable> =>
  Layer.effect(Storage, Effect.map(openPostgres(options), makeStorage))

/** For tests: with a hand on the storage's clock. */
export const layerWithClock = (
  options: PostgresOptions
): Layer.Layer<Storage | StorageClock, StorageUnavailable> =>
  Layer.effectContext(
    Effect.map(openPostgres(options), (engine) =>
      Context.make(Storage, makeStorage(engine)).pipe(Context.add(StorageClock, testClock(engine)))
    )
  )
