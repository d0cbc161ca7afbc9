// The schema as the migrations leave it, against what the entities describe and what the storage promises of it.
import { MikroORM as PgliteOrm } from "@mikro-orm/pglite"
import { MikroORM } from "@mikro-orm/postgresql"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { ormOptions } from "../../../adapters/storage-mikro-orm/openOrm.ts"
import { samples } from "../../../src/testing/storage/samples.ts"
import { noPostgres } from "../../support/postgres.ts"
import { emptyDatabase, migratedStorage, observer, storageAt } from "../../support/storage.ts"

const failure = <A, E extends { readonly message: string }>(effect: Effect.Effect<A, E>) =>
  Effect.map(Effect.flip(effect), ({ message }) => message)

describe.skipIf(noPostgres)("storage schema on PostgreSQL", () => {
  it.live("is outdated, and says what to run, before the first migration", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const storage = yield* storageAt(yield* emptyDatabase)

        const error = yield* Effect.flip(storage.checkSchema)

        expect(error).toMatchObject({
          _tag: "SchemaOutdated",
          message:
            "the database lacks 0001_init, 0002_protocol, 0003_refunds, 0004_books; run `kedge migrate`"
        })
        expect(yield* storage.migrate).toEqual(["0001_init", "0002_protocol", "0003_refunds", "0004_books"])
        yield* storage.checkSchema
      })
    )
  )

  it.live("is refused when a newer Kedge has changed it", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { storage, url } = yield* migratedStorage
        const { query } = yield* observer(url)
        yield* Effect.promise(() => query("insert into mikro_orm_migrations (name) values ('9999_later')"))

        const message = yield* failure(storage.checkSchema)

        expect(message).toBe("the database has 9999_later, which a newer Kedge brought; run that one")
      })
    )
  )

  it.live("is migrated once by processes that start at the same time", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const url = yield* emptyDatabase
        const storages = yield* Effect.all([storageAt(url), storageAt(url), storageAt(url)])

        const ran = yield* Effect.all(
          storages.map(({ migrate }) => migrate),
          { concurrency: "unbounded" }
        )

        expect(ran.flat()).toEqual(["0001_init", "0002_protocol", "0003_refunds", "0004_books"])
      })
    )
  )

  it.live("is what the entities describe", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { url } = yield* migratedStorage
        const orm = yield* Effect.acquireRelease(
          Effect.promise(() => MikroORM.init({ ...ormOptions, clientUrl: url })),
          (open) => Effect.promise(() => open.close(true))
        )

        const difference = yield* Effect.promise(() => orm.schema.getUpdateSchemaSQL({ wrap: false }))

        expect(difference.trim()).toBe("")
      })
    )
  )

  it.live("lets nobody change or remove what the audit holds (SEC-22)", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { storage, url } = yield* migratedStorage
        const rows = samples(1)
        yield* storage.commit(rows.group({ births: [rows.birth()] }))
        const { query } = yield* observer(url)

        for (const statement of [
          "update audit set event = 'x'",
          "delete from audit",
          "truncate audit",
          "delete from audit where false"
        ]) {
          const refused = yield* Effect.promise(() => query(statement).then(String, String))
          expect(refused).toContain("the audit is only ever added to")
        }
        expect(yield* Effect.promise(() => query("select event from audit"))).toHaveLength(1)
      })
    )
  )

  it.live("holds status and state together (SEC-36)", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { storage, url } = yield* migratedStorage
        const rows = samples(1)
        yield* storage.commit(rows.group({ births: [rows.birth()] }))
        const { query } = yield* observer(url)

        const refused = yield* Effect.promise(() =>
          query(`update "transaction" set status = 'completed'`).then(String, String)
        )

        expect(refused).toContain("transaction_status")
      })
    )
  )
})

describe("storage schema on PGlite", () => {
  it.live("is what the entities describe", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const orm = yield* Effect.acquireRelease(
          Effect.promise(() => PgliteOrm.init(ormOptions)),
          (open) => Effect.promise(() => open.close(true))
        )
        yield* Effect.promise(() => orm.migrator.up())

        const difference = yield* Effect.promise(() => orm.schema.getUpdateSchemaSQL({ wrap: false }))

        expect(difference.trim()).toBe("")
      })
    )
  )
})
