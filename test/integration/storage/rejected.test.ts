// Rows that PostgreSQL never takes: the group is rejected by name, and nothing of it is there.
import { randomBytes } from "node:crypto"
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
  "a repeat key longer than an index holds": (rows) => ({
    births: [rows.birth({ repeat: { key: randomBytes(10_000).toString("hex"), fingerprint: "f" } })]
  }),
  "a detail that no JSON can hold": (rows) => ({
    refusals: [rows.refusal(rows.transactionId(), { detail: { amount: 1n } })]
  }),
  "two births of one id": (rows) => {
    const birth = rows.birth()
    return { births: [birth, rows.birth({ id: birth.id })] }
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
            refusals: [rows.refusal(born.id), ...(given.refusals ?? [])]
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

  it.live(
    "is rejected for every error that other rows would not meet, and is unavailable for the others",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const { storage, url } = yield* migratedStorage
          const { query } = yield* observer(url)
          const rows = samples(1)
          yield* Effect.promise(() =>
            query(`create function poison() returns trigger language plpgsql as $$
            begin
              if new.reference is not null then raise exception 'poison' using errcode = new.reference; end if;
              return new;
            end $$`)
          )
          yield* Effect.promise(() =>
            query(
              `create trigger poison before insert on "transaction" for each row execute function poison()`
            )
          )
          const tagOf = (code: string) =>
            Effect.map(
              Effect.flip(
                storage.commit(rows.group({ births: [rows.birth(), rows.birth({ reference: code })] }))
              ),
              ({ _tag }) => _tag
            )
          const expected = {
            ...Object.fromEntries(
              ["22003", "23514", "42601", "42804", "54000", "54001", "XX000", "XX001"].map((code) => [
                code,
                "GroupRejected"
              ])
            ),
            // Of the server, of the schema, or of our rights: no row is to blame, and it may pass.
            ...Object.fromEntries(
              ["42501", "42P01", "42703", "42883", "53100", "53200", "57014", "58030", "25006"].map(
                (code) => [code, "StorageUnavailable"]
              )
            )
          }

          const found: Record<string, string> = {}
          for (const code of Object.keys(expected)) found[code] = yield* tagOf(code)

          expect(found).toEqual(expected)
          expect(yield* storage.list({ limit: 10 })).toEqual([])
        })
      )
  )
})
