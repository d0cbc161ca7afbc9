// The storage contract over PGlite, in memory.
import { layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import * as PgliteStorage from "../../adapters/storage-mikro-orm/PgliteStorage.ts"
import { Storage } from "../../src/ports/Storage.ts"
import { storageContract } from "../../src/testing/StorageContract.ts"

const Migrated = Layer.effectDiscard(Effect.flatMap(Storage, (storage) => storage.migrate)).pipe(
  Layer.provideMerge(PgliteStorage.layerWithClock({ directory: null }))
)

layer(Migrated, { excludeTestServices: true, timeout: "60 seconds" })("storage contract on PGlite", (it) => {
  for (const { check, name } of storageContract) it.effect(name, () => check)
})
