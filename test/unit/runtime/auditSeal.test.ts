// The audit is sealed by one process at a time, and a row that is changed afterwards is found.
import { describe, expect, it } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { make as memoryStorage } from "../../../adapters/storage-memory/MemoryStorage.ts"
import { verifyAudit } from "../../../src/cli/auditAnswers.ts"
import { Storage } from "../../../src/ports/Storage.ts"
import { AuditSeal } from "../../../src/runtime/AuditSeal.ts"
import { Fence } from "../../../src/runtime/Fence.ts"
import { makeWorld, owed, start } from "../../support/refundWorld.ts"
import { transactionId } from "../../support/runtimeWorld.ts"

const sealing = (storage: Storage["Service"], owner: string) =>
  Effect.map(
    Layer.build(
      AuditSeal.layer.pipe(
        Layer.provide(Layer.merge(Layer.succeed(Storage, storage), Layer.succeed(Fence, { owner })))
      )
    ),
    (services) => Context.get(services, AuditSeal)
  )

const written = Effect.gen(function* () {
  const world = makeWorld()
  yield* owed(yield* start(world), 1)
  return { ...world, storage: memoryStorage(world.tables) }
})

describe("the audit", () => {
  it.effect("is sealed every few seconds, by the process that holds the lease", () =>
    Effect.gen(function* () {
      const { storage, tables } = yield* written
      const rows = tables.audits.get(transactionId(1))?.length ?? 0
      expect(rows).toBeGreaterThan(1)
      const one = yield* sealing(storage, "one")
      const other = yield* sealing(storage, "other")
      yield* storage.lease("audit-seal", "one", 30)
      expect(yield* other.runOnce).toBe(0)
      expect(tables.seals).toHaveLength(0)
      expect(yield* one.runOnce).toBe(rows)
      expect(yield* one.runOnce).toBe(0)

      yield* Effect.forkChild(other.run)
      yield* TestClock.adjust("1 second")
      tables.seals.pop()
      yield* TestClock.adjust("40 seconds")
      expect(tables.seals).toHaveLength(rows)
    }).pipe(Effect.scoped)
  )

  it.effect("names the first sealed row that somebody changed, and counts what has no seal yet", () =>
    Effect.gen(function* () {
      const { storage, tables } = yield* written
      const ask = Effect.provideService(Storage, storage)
      const rows = tables.audits.get(transactionId(1)) ?? []
      const before = yield* verifyAudit.pipe(ask)
      expect(before.text).toContain(`rows without a seal yet: ${rows.length}`)
      const seal = yield* sealing(storage, "one")
      yield* seal.runOnce
      expect(yield* verifyAudit.pipe(ask)).toEqual({
        text: `rows whose seal fits: ${rows.length}\nno row is without a seal`,
        found: true
      })

      tables.audits.set(
        transactionId(1),
        rows.map((row, index) => (index === 1 ? { ...row, cause: "somebody else" } : row))
      )
      const broken = yield* verifyAudit.pipe(ask)
      expect(broken).toMatchObject({
        mismatch: `the seal 2 does not fit, of ${transactionId(1)}:${rows[1]?.version}: the row or its seal was changed`
      })
      expect(broken.text).toContain("rows whose seal fits: 1")
    }).pipe(Effect.scoped)
  )
})
