// The price of a step in PostgreSQL: its update of the transaction must stay on the page, or it costs three index entries.
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { amount } from "../../../machines/domain/Amount.ts"
import { payoutId } from "../../../machines/domain/Ids.ts"
import { all, asset, audit, change, fate, samples } from "../../../src/testing/storage/samples.ts"
import { noPostgres } from "../../support/postgres.ts"
import { migratedStorage, observer } from "../../support/storage.ts"
import { waitFor } from "../../support/waitFor.ts"

const groups = 10
const rounds = 6
const groupSize = 100

describe.skipIf(noPostgres)("storage on PostgreSQL", () => {
  it.live("updates transactions heap-only in more than four of five steps", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { storage, url } = yield* migratedStorage
        const rows = samples(1)
        const { query } = yield* observer(url)
        const run = Effect.gen(function* () {
          for (let group = 0; group < groups; group++) {
            // With customers on both sides, who are found by their transactions.
            const births = Array.from({ length: groupSize }, () =>
              rows.birth({ senderId: rows.customerId(), receiverId: rows.customerId() })
            )
            const payments = births.map(() => rows.payment())
            yield* storage.commit(rows.group({ births }))
            const funded = yield* storage.commit(
              rows.group({
                steps: births.map((birth, at) => rows.funding(birth, payments[at] ?? rows.payment())),
                payments: births.map((birth, at) => fate(payments[at] ?? rows.payment(), "step", birth.id))
              })
            )
            expect(funded).toEqual(all)
            const delivered = yield* storage.commit(
              rows.group({
                steps: births.map(({ id }) =>
                  rows.step(
                    { id, version: 2 },
                    {
                      leaf: "completed",
                      audits: [audit(3, { event: "payout.delivered" })],
                      changes: [change(payoutId(id, 1))],
                      transfers: [
                        { from: "payable", to: "rail-out", amount: amount("98.5"), asset, version: 3 }
                      ]
                    }
                  )
                )
              })
            )
            expect(delivered).toEqual(all)
          }
        })
        const counted = (updates: number) =>
          Effect.promise(() =>
            waitFor("the statistics of all steps", async () => {
              const [row] = await query(
                "select n_tup_upd::int as updates, n_tup_hot_upd::int as hot from pg_stat_user_tables where relname = 'transaction'"
              )
              return row?.["updates"] === updates ? Number(row["hot"]) : undefined
            })
          )
        const steps = groups * groupSize * 2
        const shares: Array<number> = []
        let before = 0
        // A transaction in any database of the server keeps pages from being cleared, so other tests may spoil a round.
        while (shares.length < rounds && (shares.at(-1) ?? 0) <= 0.8) {
          yield* run
          const hot = yield* counted(steps * (shares.length + 1))
          shares.push((hot - before) / steps)
          before = hot
        }

        expect(Math.max(...shares)).toBeGreaterThan(0.8)
      })
    )
  )
})
