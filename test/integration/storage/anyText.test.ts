// Text is data: whatever a client, a rail or the ledger wrote, PostgreSQL keeps it to the letter and runs none of it.
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import * as fc from "fast-check"
import { samples } from "../../../src/testing/storage/samples.ts"
import { noPostgres } from "../../support/postgres.ts"
import { contentOf, migratedStorage, observer } from "../../support/storage.ts"

const hostile = [
  `'); drop table "transaction"; --`,
  `"; delete from audit; --`,
  "$1 $$ {1} %s %' or '1'='1",
  String.raw`\'; select pg_sleep(60); \\ \x00 {"a","b"} (,)`,
  "line\r\nSet-Cookie: a=b",
  "\u001b[31mred\u202eright\u2028line",
  "NULL",
  "{}",
  "",
  " ",
  "ü 漢 🜁 \u0001"
]

/** What PostgreSQL can hold at all; the doors refuse the rest (SEC-43). */
const text = fc
  .string({ unit: "binary", maxLength: 60 })
  .filter((drawn) => drawn.isWellFormed() && !drawn.includes("\0"))

describe.skipIf(noPostgres)("any text", () => {
  it.live(
    "is kept to the letter in births, payments, refusals and quarantine, and nothing of it is run (A15)",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const { storage, url } = yield* migratedStorage
          const { query } = yield* observer(url)
          const rows = samples(1)
          const texts = [...hostile, ...fc.sample(text, { numRuns: 100, seed: 7 })]
          const witness = rows.birth()
          yield* storage.commit(rows.group({ births: [witness] }))
          const before = yield* Effect.promise(() => contentOf(query))
          const births = texts.map((reference, at) =>
            rows.birth({
              reference,
              lang: reference,
              metadata: { [`key ${reference}`]: `${at} ${reference}` }
            })
          )
          const payments = texts.map((memo) => rows.payment({ memoType: "text", memo, from: memo }))
          const refusals = births.map(({ id, reference }) => ({
            ...rows.refusal(id),
            reason: reference ?? ""
          }))

          yield* storage.commit(
            rows.group({
              births,
              payments: payments.map((payment) => ({
                payment,
                transactionId: null,
                fate: "unknown-memo" as const,
                page: null
              })),
              refusals
            })
          )

          const stored = new Map(
            (yield* storage.transactions(births.map(({ id }) => id))).map((row) => [row.id, row])
          )
          for (const { id, lang, metadata, reference } of births) {
            expect(stored.get(id)).toMatchObject({ reference, lang, metadata })
          }
          const inbox = new Map(
            (yield* storage.payments(payments.map(({ id }) => id))).map(({ payment }) => [
              payment.id,
              payment
            ])
          )
          for (const { from, id, memo } of payments) expect(inbox.get(id)).toMatchObject({ from, memo })
          for (const { id, reference } of births) {
            expect((yield* storage.history(id)).refusals.map(({ reason }) => reason)).toEqual([reference])
          }
          const after = new Set(yield* Effect.promise(() => contentOf(query)))
          expect(before.filter((row) => !after.has(row))).toEqual([])
        })
      )
  )
})
