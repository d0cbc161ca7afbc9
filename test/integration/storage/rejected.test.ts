// Rows that PostgreSQL never takes: the group is rejected by name, and nothing of it is there.
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { amount, type Amount } from "../../../machines/domain/Amount.ts"
import { payoutId, type TransactionId } from "../../../machines/domain/Ids.ts"
import type { Group } from "../../../src/ports/rows.ts"
import { fate, page, type Samples, samples } from "../../../src/testing/storage/samples.ts"
import { noPostgres } from "../../support/postgres.ts"
import { contentOf, migratedStorage, observer } from "../../support/storage.ts"

/** What is wrong, beside rows that are right. */
const wrong: Readonly<Record<string, (rows: Samples) => Partial<Group>>> = {
  "a text with a NUL": (rows) => ({ births: [rows.birth({ reference: "a\u0000b" })] }),
  "an id that is no UUID": (rows) => ({ births: [rows.birth({ id: "no uuid" as TransactionId })] }),
  "an amount beyond thirty digits": (rows) => ({
    births: [
      {
        ...rows.birth(),
        terms: { ...rows.birth().terms, expected: "1".padEnd(40, "0") as Amount }
      }
    ]
  }),
  "a time beyond the calendar": (rows) => {
    const birth = rows.birth()
    return { births: [{ ...birth, terms: { ...birth.terms, expiresAtMillis: 1e20 } }] }
  },
  "a payment that holds no amount": (rows) => ({
    payments: [fate(rows.payment({ received: "NaN" as Amount }), "no-memo", null)]
  }),
  "two steps of one actor": (rows) => {
    const birth = rows.birth()
    return { steps: [rows.step(birth), rows.step(birth)] }
  },
  "two pages of one account": (rows) => ({
    pages: [page(rows.account, "1", "2"), page(rows.account, "2", "3")]
  })
}

describe.skipIf(noPostgres)("a group with wrong rows on PostgreSQL", () => {
  it.live("is rejected whole, whatever is wrong in it", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { storage, url } = yield* migratedStorage
        const { query } = yield* observer(url)
        const rows = samples(1)
        const born = rows.birth()
        yield* storage.commit(rows.group({ births: [born] }))
        yield* storage.openCursor({ account: rows.account, network: "n", tip: "1", epoch: 1 })
        const before = yield* Effect.promise(() => contentOf(query))

        for (const [what, parts] of Object.entries(wrong)) {
          const given = parts(rows)
          const payment = rows.payment()
          const group = rows.group({
            ...given,
            births: [rows.birth(), ...(given.births ?? [])],
            steps: [rows.funding(born, payment), ...(given.steps ?? [])],
            payments: [fate(payment, "step", born.id), ...(given.payments ?? [])],
            pages: given.pages ?? [page(rows.account, "1", "2")],
            refusals: [rows.refusal(born.id)]
          })

          const error = yield* Effect.flip(storage.commit(group))

          expect([what, error._tag]).toEqual([what, "GroupRejected"])
          expect(yield* Effect.promise(() => contentOf(query))).toEqual(before)
        }
      })
    )
  )

  it.live("is rejected by the constraint that stands for the rule", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { storage } = yield* migratedStorage
        const rows = samples(1)
        const birth = rows.birth()
        const payment = rows.payment()
        yield* storage.commit(rows.group({ births: [birth] }))
        const payments = [fate(payment, "step", birth.id)]
        const reservation = {
          payment: payment.id,
          payout: amount("98.5"),
          refund: amount("98.5"),
          fee: amount("1.5")
        }

        const both = yield* Effect.flip(
          storage.commit(rows.group({ steps: [rows.funding(birth, payment, { reservation })], payments }))
        )
        const two = yield* Effect.flip(
          storage.commit(
            rows.group({
              steps: [
                rows.funding(birth, payment, {
                  payouts: [rows.payout(payoutId(birth.id, 1)), rows.payout(payoutId(birth.id, 2))]
                })
              ],
              payments
            })
          )
        )

        expect(both.message).toContain("stellar_payment_reservation")
        expect(two.message).toContain("payout_one_open")
      })
    )
  )
})
