// The audit on PostgreSQL: what was changed behind the storage's back is found, and triggers let nothing but a seal be put on.
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { payoutId } from "../../../machines/domain/Ids.ts"
import { audit, fate, samples } from "../../../src/testing/storage/samples.ts"
import { noPostgres } from "../../support/postgres.ts"
import { migratedStorage, observer } from "../../support/storage.ts"

/** Three transactions with two transitions each and a decision, all sealed: seven rows. */
const world = Effect.gen(function* () {
  const { storage, url } = yield* migratedStorage
  const { query } = yield* observer(url)
  const rows = samples(1)
  const births = [rows.birth(), rows.birth(), rows.birth()]
  yield* storage.commit(rows.group({ births }))
  const detail = { payoutId: payoutId(rows.transactionId(), 1), amount: "1.5" }
  const steps = births.map((birth) => rows.step(birth, { audits: [audit(2, { detail })] }))
  yield* storage.commit(rows.group({ steps }))
  const payment = rows.payment()
  yield* storage.commit(rows.group({ payments: [fate(payment, "no-memo", null)] }))
  yield* storage.keepParked(payment.id, { by: "operator", why: "because" })
  yield* storage.sealAudits({ limit: 100 })
  /** As somebody who may do anything to the database. */
  const tamper = (text: string) =>
    Effect.promise(() => query(`set session_replication_role = replica; ${text}`))
  return { storage, url, rows, births, query, tamper }
})

describe.skipIf(noPostgres)("the sealed audit on PostgreSQL", () => {
  it.live("fits when nobody has touched it (SEC-22)", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { storage } = yield* world
        expect(yield* storage.verifyAudit).toEqual({ sealed: 7, unsealed: 0, broken: null })
      })
    )
  )

  const changed = "the row or its seal was changed"
  const missing = "the row is missing"
  it.live.each([
    {
      what: "a changed event",
      text: "update audit set event = 'x' where seal_number = 3",
      at: 3,
      why: changed
    },
    {
      what: "a changed detail",
      text: `update audit set detail = '{"payoutId":"x","amount":"1.5"}' where seal_number = 5`,
      at: 5,
      why: changed
    },
    {
      what: "a changed time",
      text: "update audit set at = at - interval '1 second' where seal_number = 1",
      at: 1,
      why: changed
    },
    { what: "a changed decision", text: "update resolution set why = 'x'", at: 7, why: changed },
    {
      what: "a changed seal",
      text: "update audit set seal_hash = sha256('x') where seal_number = 4",
      at: 4,
      why: changed
    },
    { what: "a missing row", text: "delete from audit where seal_number = 2", at: 2, why: missing },
    { what: "a missing last row", text: "delete from resolution", at: 7, why: missing },
    {
      what: "a seal taken off",
      text: "update audit set seal_number = null, seal_hash = null where seal_number = 6",
      at: 6,
      why: missing
    },
    {
      what: "a changed newest seal",
      text: "update audit_head set hash = sha256('x')",
      at: 7,
      why: "the newest seal was changed"
    }
  ])("names $what (SEC-22)", ({ at, text, why }) =>
    Effect.scoped(
      Effect.gen(function* () {
        const { storage, tamper } = yield* world
        yield* tamper(text)

        const { broken, sealed } = yield* storage.verifyAudit

        expect(broken).toMatchObject({ number: at, why })
        expect(broken?.row === null).toBe(why !== changed)
        expect(sealed).toBe(why === changed || why === missing ? at - 1 : 7)
      })
    )
  )

  it.live("takes one seal a row, and nothing with it or after it (SEC-22)", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { births, query, rows, storage } = yield* world
        const hash = "sha256('x')"
        const [first] = births
        const step = rows.step({ id: first?.id ?? rows.transactionId(), version: 2 }, { audits: [audit(3)] })
        yield* storage.commit(rows.group({ steps: [step] }))
        const unsealed = "where seal_number is null"

        for (const statement of [
          `update audit set seal_number = 8, seal_hash = ${hash}, event = 'x' ${unsealed}`,
          `update audit set seal_number = 8 ${unsealed}`,
          `update audit set seal_hash = ${hash} ${unsealed}`,
          `update audit set event = 'x' ${unsealed}`,
          `update audit set seal_number = 99, seal_hash = ${hash} where seal_number = 1`,
          "update audit set seal_number = null, seal_hash = null where seal_number = 1",
          "update resolution set why = 'x'",
          "delete from resolution",
          "truncate resolution"
        ]) {
          const refused = yield* Effect.promise(() => query(statement).then(String, String))
          expect([statement, refused]).toEqual([statement, expect.stringContaining("is only ever added to")])
        }
        expect(yield* storage.sealAudits({ limit: 10 })).toBe(1)
        expect(yield* storage.verifyAudit).toEqual({ sealed: 8, unsealed: 0, broken: null })
      })
    )
  )

  it.live("seals a row that was committed late behind those that came before it (SEC-22)", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { births, query, rows, storage, url } = yield* world
        const [first, second] = births
        if (first === undefined || second === undefined) throw new Error("there are two transactions")
        const slow = yield* observer(url)
        yield* Effect.promise(() => slow.query("begin"))
        yield* Effect.promise(() =>
          slow.query(
            `insert into audit select transaction_id, 3, event, cause, before, after, detail, at - interval '1 hour'
              from audit where transaction_id = $1 and version = 2`,
            [first.id]
          )
        )
        yield* storage.commit(
          rows.group({ steps: [rows.step({ id: second.id, version: 2 }, { audits: [audit(3)] })] })
        )
        expect(yield* storage.sealAudits({ limit: 10 })).toBe(1)
        yield* Effect.promise(() => slow.query("commit"))
        expect(yield* storage.sealAudits({ limit: 10 })).toBe(1)

        expect(yield* storage.verifyAudit).toEqual({ sealed: 9, unsealed: 0, broken: null })
        const newest = yield* Effect.promise(() =>
          query("select transaction_id from audit where seal_number = 9")
        )
        expect(newest).toEqual([{ transaction_id: first.id }])
      })
    )
  )
})
