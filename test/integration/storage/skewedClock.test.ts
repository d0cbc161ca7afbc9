// Two processes whose clocks are wrong, on one PostgreSQL: what is due and what is whose is decided by the database's clock.
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { payoutId } from "../../../machines/domain/Ids.ts"
import { fate, samples } from "../../../src/testing/storage/samples.ts"
import { noPostgres } from "../../support/postgres.ts"
import { migratedStorage, observer, storageAt } from "../../support/storage.ts"

const hour = 3_600_000

describe.skipIf(noPostgres)("a process whose clock is hours off", () => {
  it.effect("takes neither a role nor a payout from one whose lease still runs (D9)", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { storage: right, url } = yield* migratedStorage
        const wrong = yield* storageAt(url)
        const rows = samples(1)
        const birth = rows.birth()
        const payment = rows.payment({ account: birth.account, memo: birth.memo.value })
        const payout = rows.payout(payoutId(birth.id, 1))
        yield* right.commit(rows.group({ births: [birth] }))
        yield* right.commit(
          rows.group({
            steps: [rows.funding(birth, payment, { payouts: [payout] })],
            payments: [fate(payment, "step", birth.id)]
          })
        )
        expect(yield* right.lease("watcher:us", "right", 60)).not.toBe(null)
        const claim = { rail: rows.rail, limit: 10, leaseSeconds: 60 }
        expect(yield* right.claim({ ...claim, owner: "right" })).toHaveLength(1)

        for (const skew of [hour, -hour, 24 * 365 * hour]) {
          yield* TestClock.setTime(Date.now() + skew)
          expect(yield* wrong.lease("watcher:us", "wrong", 60), `${skew}`).toBe(null)
          expect(yield* wrong.claim({ ...claim, owner: "wrong" })).toEqual([])
          const due = wrong.due({
            rail: rows.rail,
            states: ["started", "unknown", "held", "pending"],
            limit: 10,
            owner: "wrong",
            againInSeconds: 60
          })
          expect(yield* due).toEqual([])
        }
      })
    )
  )

  it.effect("reads the database's time, whatever its own says (D9)", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { storage, url } = yield* migratedStorage
        const { query } = yield* observer(url)
        const databaseNow = Effect.promise(() =>
          query("select (extract(epoch from clock_timestamp()) * 1000)::bigint::text as now")
        )
        for (const skew of [hour, -hour]) {
          yield* TestClock.setTime(Date.now() + skew)
          const [before] = yield* databaseNow
          const now = yield* storage.nowMillis
          const [after] = yield* databaseNow
          expect(now).toBeGreaterThanOrEqual(Number(before?.["now"]) - 1)
          expect(now).toBeLessThanOrEqual(Number(after?.["now"]) + 1)
        }
      })
    )
  )
})
