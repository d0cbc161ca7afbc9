// The storage contract over the memory storage: the reference the others are held to.
import { layer } from "@effect/vitest"
import { Layer } from "effect"
import { TestClock } from "effect/testing"
import * as MemoryStorage from "../../adapters/storage-memory/MemoryStorage.ts"
import { StorageClock, storageContract } from "../../src/testing/StorageContract.ts"

const Clocked = Layer.succeed(StorageClock, { advance: (seconds) => TestClock.adjust(`${seconds} seconds`) })

layer(Layer.merge(MemoryStorage.layer, Clocked))("storage contract in memory", (it) => {
  for (const { check, name } of storageContract) it.effect(name, () => check)
})
