// The storage contract over PostgreSQL, in a database of its own.
import { layer } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { describe } from "vitest"
import * as PostgresStorage from "../../adapters/storage-mikro-orm/PostgresStorage.ts"
import { Storage } from "../../src/ports/Storage.ts"
import { storageContract } from "../../src/testing/StorageContract.ts"
import { freshDatabase, noPostgres } from "../support/postgres.ts"

const Migrated = Layer.unwrap(
  Effect.gen(function* () {
    const database = yield* Effect.acquireRelease(Effect.promise(freshDatabase), (database) =>
      Effect.promise(() => database.drop())
    )
    return Layer.effectDiscard(Effect.flatMap(Storage, (storage) => storage.migrate)).pipe(
      Layer.provideMerge(PostgresStorage.layerWithClock({ url: Redacted.make(database.url) }))
    )
  })
)

describe.skipIf(noPostgres)("storage contract on PostgreSQL", () => {
  layer(Migrated, { excludeTestServices: true, timeout: "60 seconds" })((it) => {
    for (const { check, name } of storageContract) it.effect(name, () => check)
  })
})
