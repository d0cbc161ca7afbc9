// Commits that PostgreSQL ends because other transactions are in the way: they are made again, whole, and nobody is told.
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { all, fate, samples } from "../../../src/testing/storage/samples.ts"
import { noPostgres } from "../../support/postgres.ts"
import { migratedStorage, observer } from "../../support/storage.ts"
import { waitFor } from "../../support/waitFor.ts"

describe.skipIf(noPostgres)("a commit that other transactions are in the way of", () => {
  it.live("is made again when a deadlock has ended it, and each of its rows is written once (D2)", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { storage, url } = yield* migratedStorage
        const { query } = yield* observer(url)
        const blocker = yield* observer(url)
        const rows = samples(1)
        const [one, two] = [rows.birth(), rows.birth()].toSorted((a, b) => (a.id < b.id ? -1 : 1))
        if (one === undefined || two === undefined) throw new Error("there are two")
        yield* storage.commit(rows.group({ births: [one, two] }))
        const lock = (id: string) => `select id from "transaction" where id = '${id}' for update`
        // The other never looks for a deadlock, so that it is the commit that is ended.
        yield* Effect.promise(() => blocker.query("set deadlock_timeout = '1min'"))
        yield* Effect.promise(() => blocker.query("begin"))
        yield* Effect.promise(() => blocker.query(lock(two.id)))

        const group = rows.group({ steps: [rows.step(one), rows.step(two)] })
        const committing = yield* Effect.forkChild(storage.commit(group))
        yield* Effect.promise(() =>
          waitFor("the commit to wait for the second row", async () => {
            const found = await query(
              "select 1 from pg_stat_activity where application_name = 'kedge-commit' and wait_event_type = 'Lock' and datname = current_database()"
            )
            return found.length > 0
          })
        )
        yield* Effect.promise(() => blocker.query(lock(one.id)))
        const [deadlocks] = yield* Effect.promise(() =>
          waitFor("the deadlock to be counted", async () => {
            const found = await query(
              "select deadlocks::int from pg_stat_database where datname = current_database() and deadlocks > 0"
            )
            return found.length > 0 ? found : false
          })
        )
        expect(deadlocks).toEqual({ deadlocks: 1 })
        yield* Effect.promise(() => blocker.query("rollback"))

        expect(yield* Fiber.join(committing)).toEqual(all)
        const audits = yield* Effect.forEach([one, two], ({ id }) => storage.history(id))
        expect(audits.map((history) => history.audits.length)).toEqual([2, 2])
      })
    )
  )

  it.live("is made again when it could not be serialized, as often as that passes (D2)", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { storage, url } = yield* migratedStorage
        const { query } = yield* observer(url)
        const rows = samples(1)
        yield* Effect.promise(() => query("create sequence tries"))
        yield* Effect.promise(() =>
          query(`create function refuse_twice() returns trigger language plpgsql as $$
            begin
              if nextval('tries') <= 2 then
                raise exception 'could not serialize access' using errcode = '40001';
              end if;
              return new;
            end $$`)
        )
        yield* Effect.promise(() =>
          query(
            "create trigger refuse_twice before insert on stellar_payment for each row execute function refuse_twice()"
          )
        )

        const payment = rows.payment()
        const group = rows.group({ payments: [fate(payment, "no-memo", null)] })
        expect(yield* storage.commit(group)).toEqual(all)

        expect((yield* storage.payments([payment.id])).map(({ state }) => state)).toEqual(["parked"])
        expect(yield* Effect.promise(() => query("select last_value::int as tries from tries"))).toEqual([
          { tries: 3 }
        ])
      })
    )
  )
})
