// Statements that had to wait for another process on PostgreSQL: they go by what it wrote, not by what there was when they began.
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { amount } from "../../../machines/domain/Amount.ts"
import type { CustomerId } from "../../../machines/domain/Ids.ts"
import { samples } from "../../../src/testing/storage/samples.ts"
import { noPostgres } from "../../support/postgres.ts"
import { migratedStorage, observer, storageAt } from "../../support/storage.ts"
import { waitFor } from "../../support/waitFor.ts"

const world = Effect.gen(function* () {
  const { storage, url } = yield* migratedStorage
  const other = yield* observer(url)
  const looking = yield* observer(url)
  const rows = samples(1)
  const sql = (text: string, values: ReadonlyArray<unknown> = []) =>
    Effect.promise(() => other.query(text, values))
  /** Runs it while another process has done something it has not committed yet, and then does. */
  const during = <A, E>(
    act: ReadonlyArray<readonly [string, ReadonlyArray<unknown>]>,
    run: Effect.Effect<A, E>
  ) =>
    Effect.gen(function* () {
      yield* sql("begin")
      for (const [text, values] of act) yield* sql(text, values)
      const fiber = yield* Effect.forkChild(run)
      yield* Effect.promise(() =>
        waitFor("a statement that waits", async () => {
          const waiting = await looking.query("select pid from pg_locks where not granted")
          return waiting.length > 0 ? true : undefined
        })
      )
      yield* sql("commit")
      return yield* Fiber.join(fiber)
    })
  return { storage, url, rows, sql, during }
})

const judged = (id: CustomerId, status: string) => ({
  id,
  type: "t",
  status,
  message: null,
  askAgainInSeconds: null,
  put: []
})

describe.skipIf(noPostgres)("storage that is overtaken by another process", () => {
  it.live("a status change is told to who registered while it waited (S31-CB-05)", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { during, rows, storage } = yield* world
        const birth = rows.birth()
        yield* storage.commit(rows.group({ births: [birth] }))

        const answer = yield* during(
          [
            [
              `update "transaction" set callback_url = $1 where id = $2`,
              ["https://anchor.example/", birth.id]
            ]
          ],
          storage.commit(rows.group({ steps: [rows.step(birth)] }))
        )

        expect(answer.lost).toEqual([])
        const due = yield* storage.dueCallbacks({ limit: 10, leaseSeconds: 60 })
        expect(due.map(({ transaction, url }) => [transaction.id, transaction.version, url])).toEqual([
          [birth.id, 2, "https://anchor.example/"]
        ])
      })
    )
  )

  it.live(
    "why a birth was not written is known of a row that was committed while it waited (S31-POST-21)",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const { during, rows, storage } = yield* world
          const quotes = [rows.quote(), rows.quote()]
          for (const quote of quotes) yield* storage.createQuote(quote, { openMax: 10, capacity: null })
          const [first, second] = quotes
          if (first === undefined || second === undefined) throw new Error("there are two quotes")
          const model = rows.birth({ sendingAnchor: rows.account })
          yield* storage.commit(rows.group({ births: [model] }))
          const repeat = { key: "k", fingerprint: "f" }
          const tried = {
            repeat: rows.birth({ sendingAnchor: rows.account, repeat, quoteId: first.id }),
            quote: rows.birth({ sendingAnchor: rows.account, quoteId: second.id }),
            memo: rows.birth({ sendingAnchor: rows.account })
          }
          const taking = {
            repeat: { repeat_key: "k", repeat_fingerprint: "other" },
            quote: { quote_id: second.id },
            memo: { memo: tried.memo.memo.value }
          }
          for (const why of ["repeat", "quote", "memo"] as const) {
            const birth = tried[why]
            const other = { id: rows.transactionId(), memo: `other ${why}`, ...taking[why] }

            const answer = yield* during(
              [
                [
                  `insert into "transaction" select (jsonb_populate_record(t, $1::jsonb)).* from "transaction" t where id = $2`,
                  [JSON.stringify(other), model.id]
                ]
              ],
              storage.commit(rows.group({ births: [birth] }))
            )

            expect(answer.unborn).toEqual([{ id: birth.id, why }])
          }
        })
      )
  )

  it.live("a verdict tells of a change from the one it waited for (S12-CB-03)", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { during, rows, storage } = yield* world
        const id = rows.customerId()
        yield* storage.createCustomer({ id, owner: "o", account: null, memo: null })
        yield* storage.recordVerdict(judged(id, "PROCESSING"))
        yield* storage.setCustomerCallback(id, "https://wallet.example/")

        const row = yield* during(
          [
            ["update customer set version = version + 1 where id = $1", [id]],
            ["update verdict set status = 'ACCEPTED' where customer_id = $1", [id]]
          ],
          storage.recordVerdict(judged(id, "PROCESSING"))
        )

        expect(row?.version).toBe(4)
        const due = yield* storage.dueCustomerCallbacks({ limit: 10, leaseSeconds: 60 })
        expect(due.map(({ status, version }) => [version, status])).toEqual([[4, "PROCESSING"]])
      })
    )
  )

  it.live("what a verdict left while the registration ended is told to nobody (S12-CB-04)", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { during, rows, sql, storage } = yield* world
        const id = rows.customerId()
        yield* storage.createCustomer({ id, owner: "o", account: null, memo: null })
        yield* storage.setCustomerCallback(id, "https://wallet.example/")
        yield* storage.recordVerdict(judged(id, "ACCEPTED"))
        const due = storage.dueCustomerCallbacks({ limit: 10, leaseSeconds: 60 })
        expect(yield* due).toHaveLength(1)

        yield* during(
          [
            ["update customer set version = version + 1 where id = $1", [id]],
            [
              `insert into customer_callback (customer_id, version, type, status, state, tries, due_at, created_at)
                values ($1, 3, 't', 'PROCESSING', 'pending', 0, now(), now())`,
              [id]
            ]
          ],
          storage.settleCustomerCallback({ customerId: id, version: 2, as: "delivered" })
        )

        expect(yield* due).toEqual([])
        yield* storage.prune
        expect(yield* sql("select version, state from customer_callback")).toEqual([
          { version: 2, state: "delivered" }
        ])
      })
    )
  )

  it.live("an erasure leaves nothing of what was being written when it began (S12-DEL-04)", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { during, rows, sql, storage } = yield* world
        const id = rows.customerId()
        yield* storage.createCustomer({ id, owner: rows.account, account: null, memo: null })
        const file = rows.file()
        yield* storage.putFile(file, rows.sealed())
        yield* storage.eraseCustomerValues(id)

        // A verdict, a registration's callback and a file that came between the erasure of the values and that of the customer.
        yield* during(
          [
            ["select id from customer where id = $1 for share", [id]],
            ["update customer_file set customer_id = $1, expires_at = null", [id]],
            ["insert into verdict (customer_id, type, status) values ($1, 't', 'ACCEPTED')", [id]],
            [
              `insert into customer_callback (customer_id, version, type, status, state, tries, due_at, created_at)
                values ($1, 1, 't', 'ACCEPTED', 'pending', 0, now(), now())`,
              [id]
            ]
          ],
          storage.eraseCustomer(id)
        )

        const left = yield* sql(
          `select (select count(*) from customer_file)::int as files, (select count(*) from verdict)::int as verdicts,
            (select count(*) from customer_callback)::int as callbacks`
        )
        expect(left).toEqual([{ files: 0, verdicts: 0, callbacks: 0 }])
      })
    )
  )

  it.live("quotes of two processes keep the limits together (S38-Q-07, S38-Q-08)", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { rows, storage, url } = yield* world
        const other = yield* storageAt(url)
        for (let round = 0; round < 20; round++) {
          const buyAsset = `iso4217:R${round}`
          const owner = `owner-${round}`
          const ofOwner = Array.from({ length: 6 }, () => rows.quote({ owner }))
          const ofAsset = Array.from({ length: 6 }, (_, at) =>
            rows.quote({ buyAsset, owner: `${owner}-${at}` })
          )
          const answers = yield* Effect.all(
            [ofOwner, ofAsset].map((quotes) =>
              Effect.all(
                quotes.map((quote, at) =>
                  (at % 2 === 0 ? storage : other).createQuote(quote, {
                    openMax: 4,
                    capacity: quotes === ofAsset ? amount("1000") : null
                  })
                ),
                { concurrency: "unbounded" }
              )
            ),
            { concurrency: "unbounded" }
          )

          expect(answers.map((all) => all.filter((answer) => answer === "created").length)).toEqual([4, 2])
        }
      })
    )
  )

  it.live("a quote is redeemed once by births of two processes (S31-POST-21, S38-Q-10, SEC-33)", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { rows, storage, url } = yield* world
        const other = yield* storageAt(url)
        for (let round = 0; round < 20; round++) {
          const quotes = [rows.quote(), rows.quote(), rows.quote()]
          for (const quote of quotes) yield* storage.createQuote(quote, { openMax: 1_000, capacity: null })
          // Groups that take the same quotes in different orders.
          const answers = yield* Effect.all(
            [quotes, [...quotes].reverse(), quotes, [...quotes].reverse()].map((order, at) =>
              (at % 2 === 0 ? storage : other).commit(
                rows.group({
                  births: order.map((quote) => rows.birth({ quoteId: quote.id, sendingAnchor: rows.account }))
                })
              )
            ),
            { concurrency: "unbounded" }
          )

          const unborn = answers.flatMap((answer) => answer.unborn.map(({ why }) => why))
          expect(unborn).toEqual(Array.from({ length: 9 }, () => "quote"))
          const redeemed = yield* Effect.forEach(quotes, ({ id }) => storage.quote(id))
          expect(new Set(redeemed.map((quote) => quote?.transactionId)).size).toBe(3)
        }
      })
    )
  )
})
