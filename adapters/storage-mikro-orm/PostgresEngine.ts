/**
 * PostgreSQL: two lanes for commits and one connection for hot reads, dedicated and with named statements; MikroORM's pool for
 * the rest.
 *
 * Gotcha: a commit whose connection ends is unknown, not failed; a statement that was never sent is neither.
 */
import { MikroORM, type SqlEntityManager } from "@mikro-orm/postgresql"
import { Effect, Redacted, type Scope } from "effect"
import { Client, type ClientConfig } from "pg"
import type { StorageUnavailable } from "../../src/ports/Storage.ts"
import { asCommitError, asReadError, asUnavailable } from "./databaseErrors.ts"
import type { Engine, Query } from "./Engine.ts"
import { type HotConnection, hotConnection } from "./HotConnection.ts"
import { ormOptions } from "./openOrm.ts"
import { persisting } from "./persisting.ts"
import { commitSession, readSession } from "./planSettings.ts"

export interface PostgresOptions {
  readonly url: Redacted.Redacted<string>
  /** Connections of the pool, beside the three hot ones. */
  readonly poolMax?: number
}

const lanes = 2
const connectMillis = 5_000
const lockMillis = 5_000
const statementMillis = 30_000

/** Any constant of our own: whoever migrates a Kedge database holds this advisory lock. */
const migrationLock = "7305631"

export const openPostgres = (
  options: PostgresOptions
): Effect.Effect<Engine, StorageUnavailable, Scope.Scope> =>
  Effect.gen(function* () {
    const connectionString = Redacted.value(options.url)
    const settings: ClientConfig = {
      connectionString,
      connectionTimeoutMillis: connectMillis,
      lock_timeout: lockMillis,
      statement_timeout: statementMillis,
      idle_in_transaction_session_timeout: statementMillis,
      // The server ends a statement first; this ends the wait for a server that is no longer there.
      query_timeout: statementMillis + connectMillis
    }
    const orm = yield* Effect.acquireRelease(
      Effect.tryPromise({
        try: () =>
          MikroORM.init({
            ...ormOptions,
            clientUrl: connectionString,
            pool: { min: 0, max: options.poolMax ?? 5 },
            driverOptions: { ...settings, application_name: "kedge" }
          }),
        catch: asUnavailable
      }),
      (open) => Effect.promise(() => open.close(true))
    )
    const open = (name: string, session: ReadonlyArray<string>) =>
      Effect.acquireRelease(
        Effect.sync(() => hotConnection({ ...settings, application_name: name }, session)),
        (connection) => Effect.promise(() => connection.close())
      )
    const reading = yield* open("kedge-read", readSession)
    const committing = yield* Effect.forEach(Array.from({ length: lanes }), () =>
      open("kedge-commit", commitSession)
    )
    const inLane = laneTaker(committing)
    const pool = () => orm.em.getDriver().getConnection().getNativeClient()

    const engine: Engine = {
      kind: "postgresql",
      lanes,
      read: <Row>(query: Query) =>
        persisting(Effect.tryPromise({ try: () => reading.query<Row>(query), catch: asReadError })),
      run: <Row>({ text, values }: Query) =>
        persisting(
          Effect.tryPromise({
            try: async () => (await (await pool()).query(text, [...values])).rows as ReadonlyArray<Row>,
            catch: asReadError
          })
        ),
      commit: <Row>(query: Query) =>
        persisting(
          Effect.tryPromise({
            try: () => inLane((connection) => connection.query<Row>(query)),
            catch: asCommitError
          })
        ),
      withOrm: <A>(read: (em: SqlEntityManager) => PromiseLike<A>) =>
        persisting(
          Effect.tryPromise({
            try: () => read(orm.em.fork() as unknown as SqlEntityManager),
            catch: asReadError
          })
        ),
      migrate: migrate(connectionString)
    }
    return engine
  })

/**
 * Gives each commit a lane of its own. Gotcha: the lane is free again when the statement has ended, not when its caller has
 * gone: an interrupted caller stops waiting, never the commit.
 */
const laneTaker = (connections: ReadonlyArray<HotConnection>) => {
  const free = [...connections]
  const waiting: Array<(connection: HotConnection) => void> = []
  return async <A>(use: (connection: HotConnection) => Promise<A>): Promise<A> => {
    const connection = free.pop() ?? (await new Promise<HotConnection>((resolve) => waiting.push(resolve)))
    try {
      return await use(connection)
    } finally {
      const next = waiting.shift()
      if (next === undefined) free.push(connection)
      else next(connection)
    }
  }
}

/** With connections of its own: a migration may take longer than any statement of a running server. */
const migrate = (connectionString: string): Effect.Effect<ReadonlyArray<string>, StorageUnavailable> =>
  Effect.scoped(
    Effect.gen(function* () {
      const lock = yield* Effect.acquireRelease(
        Effect.tryPromise({
          try: async () => {
            const client = new Client({
              connectionString,
              connectionTimeoutMillis: connectMillis,
              application_name: "kedge-migrate"
            })
            client.on("error", () => undefined)
            await client.connect()
            return client
          },
          catch: asUnavailable
        }),
        (client) => Effect.promise(() => client.end())
      )
      yield* Effect.tryPromise({
        try: () => lock.query("select pg_advisory_lock($1)", [migrationLock]),
        catch: asUnavailable
      })
      const orm = yield* Effect.acquireRelease(
        Effect.tryPromise({
          try: () =>
            MikroORM.init({
              ...ormOptions,
              clientUrl: connectionString,
              pool: { min: 0, max: 1 },
              driverOptions: { connectionString, application_name: "kedge-migrate" }
            }),
          catch: asUnavailable
        }),
        (open) => Effect.promise(() => open.close(true))
      )
      const done = yield* Effect.tryPromise({ try: () => orm.migrator.up(), catch: asUnavailable })
      return done.map(({ name }) => name)
    })
  )
