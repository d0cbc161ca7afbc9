// Storages on PostgreSQL for the integration tests, each as one process would have it.
import { Context, Effect, Layer, Redacted } from "effect"
import { Client } from "pg"
import * as PostgresStorage from "../../adapters/storage-mikro-orm/PostgresStorage.ts"
import { Storage } from "../../src/ports/Storage.ts"
import { freshDatabase } from "./postgres.ts"

/** An empty database until the scope ends. */
export const emptyDatabase = Effect.map(
  Effect.acquireRelease(Effect.promise(freshDatabase), (database) => Effect.promise(() => database.drop())),
  ({ url }) => url
)

/** A storage of its own connections, as another process would have them. */
export const storageAt = (url: string) =>
  Effect.map(Layer.build(PostgresStorage.layer({ url: Redacted.make(url) })), Context.get(Storage))

/** A migrated database and a storage over it. */
export const migratedStorage = Effect.gen(function* () {
  const url = yield* emptyDatabase
  const storage = yield* storageAt(url)
  yield* storage.migrate
  return { url, storage }
})

/** A connection beside the storage, to look in and to be in the way. */
export const observer = (url: string) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const client = new Client({ connectionString: url, application_name: "observer" })
      client.on("error", () => undefined)
      await client.connect()
      return {
        query: (text: string, values: ReadonlyArray<unknown> = []) =>
          client
            .query<Readonly<Record<string, unknown>>>(text, [...values])
            .then(({ rows }) => rows as ReadonlyArray<Readonly<Record<string, unknown>>>),
        end: () => client.end()
      }
    }),
    ({ end }) => Effect.promise(end)
  )

/** Every row of every table as text, for "nothing was written". */
export const contentOf = async (
  query: (text: string) => Promise<ReadonlyArray<Readonly<Record<string, unknown>>>>
) => {
  const tables = await query("select tablename as name from pg_tables where schemaname = 'public' order by 1")
  const content: Array<string> = []
  for (const { name } of tables) {
    const rows = await query(`select row_to_json(r)::text as row from "${String(name)}" r order by 1`)
    content.push(...rows.map(({ row }) => `${String(name)} ${String(row)}`))
  }
  return content
}
