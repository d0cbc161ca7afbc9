// Two processes' worth of storages on one PostgreSQL, in each other's way as much as they can be.
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Group } from "../../../src/ports/rows.ts"
import type { Storage } from "../../../src/ports/Storage.ts"
import { fate, samples } from "../../../src/testing/storage/samples.ts"
import { noPostgres } from "../../support/postgres.ts"
import { migratedStorage, observer, storageAt } from "../../support/storage.ts"

const rounds = 25
const actors = 40

/** The members in an order that differs from seed to seed. */
const shuffled = <A>(members: ReadonlyArray<A>, seed: number): ReadonlyArray<A> =>
  members
    .map((member, at) => ({ member, rank: ((at + 1) * 2_654_435_761 * (seed + 1)) % 1_000_003 }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ member }) => member)

describe.skipIf(noPostgres)("storages of two processes on one database", () => {
  it.live(
    "step, bear and store the same things in any order without a deadlock, each of them once (D2, D8)",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const { storage: one, url } = yield* migratedStorage
          const two = yield* storageAt(url)
          const { query } = yield* observer(url)
          const rows = samples(1)
          const births = Array.from({ length: actors }, () => rows.birth())
          yield* one.commit(rows.group({ births }))
          const versions = new Map(births.map(({ id }) => [id, 1]))

          for (let round = 0; round < rounds; round++) {
            const memos = Array.from({ length: 20 }, (_, at) => ({
              type: "text" as const,
              value: `${round} ${at}`
            }))
            const payments = Array.from({ length: 20 }, () => rows.payment())
            // Four groups of the same contents, two for each process, all at once.
            const groups = [0, 1, 2, 3].map(
              (lane): Group =>
                rows.group({
                  births: shuffled(memos, lane).map((memo) => rows.birth({ memo })),
                  steps: shuffled(births, lane + round).map(({ id }) =>
                    rows.step({ id, version: versions.get(id) ?? 0 })
                  ),
                  payments: shuffled(payments, lane).map((payment) => fate(payment, "no-memo", null)),
                  refusals: [rows.refusal(rows.transactionId())]
                })
            )
            const storages: ReadonlyArray<Storage["Service"]> = [one, one, two, two]
            const answers = yield* Effect.all(
              groups.map((group, at) => (storages[at] ?? one).commit(group)),
              { concurrency: "unbounded" }
            )

            for (const { id } of births) {
              expect(answers.filter(({ lost }) => lost.includes(id))).toHaveLength(3)
              versions.set(id, (versions.get(id) ?? 0) + 1)
            }
            expect(answers.flatMap(({ unborn }) => unborn)).toHaveLength(3 * memos.length)
            expect(answers.flatMap(({ known }) => known)).toHaveLength(3 * payments.length)
          }

          const found = yield* one.actors(births.map(({ id }) => id))
          expect(new Set(found.map(({ version }) => version))).toEqual(new Set([rounds + 1]))
          const [deadlocks] = yield* Effect.promise(() =>
            query("select deadlocks::int as count from pg_stat_database where datname = current_database()")
          )
          expect(deadlocks).toEqual({ count: 0 })
        })
      )
  )

  it.live("fund a transaction once, however many of its payment's groups there are", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { storage: one, url } = yield* migratedStorage
        const two = yield* storageAt(url)
        const rows = samples(1)
        for (let round = 0; round < rounds; round++) {
          const [birth, other] = [rows.birth(), rows.birth()]
          yield* one.commit(rows.group({ births: [birth, other] }))
          const payment = rows.payment()
          // The same payment for one transaction, twice, and for another: the first settles it.
          const answers = yield* Effect.all(
            [one, two, one, two].map((storage, at) => {
              const to = at < 2 ? birth : other
              return storage.commit(
                rows.group({ steps: [rows.funding(to, payment)], payments: [fate(payment, "step", to.id)] })
              )
            }),
            { concurrency: "unbounded" }
          )

          expect(answers.filter(({ known, lost }) => known.length === 0 && lost.length === 0)).toHaveLength(1)
          const [row] = yield* one.payments([payment.id])
          const found = yield* one.transactions([birth.id, other.id])
          expect(found.flatMap(({ fundedBy, id }) => (fundedBy === null ? [] : [id]))).toEqual([
            row?.transactionId
          ])
          const payouts = yield* Effect.all([one.history(birth.id), one.history(other.id)])
          expect(payouts.flatMap((history) => history.payouts)).toHaveLength(1)
        }
      })
    )
  )

  it.live("refuse a birth that relies on a customer as it was before a verdict of the other process", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { storage: one, url } = yield* migratedStorage
        const two = yield* storageAt(url)
        const rows = samples(1)
        const id = rows.customerId()
        yield* one.createCustomer({ id, owner: "o", account: null, memo: null })
        const judge = two.recordVerdict({
          id,
          type: "t",
          status: "REJECTED",
          message: null,
          askAgainInSeconds: null,
          put: []
        })
        for (let round = 0; round < rounds; round++) {
          const version = (yield* one.customer(id))?.version ?? 0
          const relying = () => rows.group({ births: [rows.birth({ requires: [{ id, version }] })] })
          const [, during] = yield* Effect.all([judge, one.commit(relying())], { concurrency: "unbounded" })
          const after = yield* one.commit(relying())

          expect(during.unborn.every(({ why }) => why === "customers")).toBe(true)
          expect(after.unborn.map(({ why }) => why)).toEqual(["customers"])
        }
      })
    )
  )
})
