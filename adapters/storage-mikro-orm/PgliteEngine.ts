/**
 * PGlite: PostgreSQL in this process, over a directory or in memory. One session, so one lane.
 *
 * Gotcha: there is no fsync in it. What was committed survives the end of the process, not the end of the machine's power.
 */
import { MikroORM, type SqlEntityManager } from "@mikro-orm/pglite"
import { Effect, type Scope } from "effect"
import type { StorageUnavailable } from "../../src/ports/Storage.ts"
import { asCommitError, asReadError, asUnavailable } from "./databaseErrors.ts"
import type { Engine, Query } from "./Engine.ts"
import { ormOptions } from "./openOrm.ts"
import { holdDirectory } from "./pgliteDirectory.ts"
import { persisting } from "./PostgresEngine.ts"

/** Above so many parameters' worth of rows hashing pays, which the planner cannot know: it takes every array for ten rows. */
const manyRows = 20_000

const open = (directory: string | null) =>
  MikroORM.init({ ...ormOptions, ...(directory === null ? {} : { dbName: directory }) })

const makeDatabase = async (directory: string): Promise<void> => {
  const orm = await open(directory)
  try {
    await orm.em.getDriver().getConnection().getNativeClient()
  } finally {
    await orm.close(true)
  }
}

/** Locks the directory until the scope ends. */
const holding = (given: string) =>
  Effect.acquireRelease(
    Effect.tryPromise({ try: () => holdDirectory(given, makeDatabase), catch: asUnavailable }),
    ({ release }) => Effect.promise(release)
  ).pipe(
    Effect.tap(({ directory }) =>
      Effect.logWarning(
        "the embedded database does not sync its writes to disk: what was committed survives the end of this process, " +
          "but a power cut may cost it; use PostgreSQL where money is real",
        { directory }
      )
    )
  )

/** Opens a directory, or a database in memory for null, which nobody else can open and nobody expects to last. */
export const openPglite = (given: string | null): Effect.Effect<Engine, StorageUnavailable, Scope.Scope> =>
  Effect.gen(function* () {
    const directory = given === null ? null : (yield* holding(given)).directory
    const orm = yield* Effect.acquireRelease(
      Effect.tryPromise({ try: () => open(directory), catch: asUnavailable }),
      (opened) => Effect.promise(() => opened.close(true))
    )
    const native = yield* Effect.tryPromise({
      try: () => orm.em.getDriver().getConnection().getNativeClient(),
      catch: asUnavailable
    })
    const ask = async <Row>({ text, values }: Query): Promise<ReadonlyArray<Row>> =>
      (await native.query<Row>(text, [...values])).rows
    const askForMany = <Row>({ text, values }: Query): Promise<ReadonlyArray<Row>> =>
      native.transaction(async (transaction) => {
        await transaction.exec("set local enable_nestloop = off")
        return (await transaction.query<Row>(text, [...values])).rows
      })
    const run = <Row>(query: Query) =>
      persisting(Effect.tryPromise({ try: () => ask<Row>(query), catch: asReadError }))

    const engine: Engine = {
      kind: "pglite",
      lanes: 1,
      read: run,
      run,
      commit: <Row>(query: Query) =>
        persisting(
          Effect.tryPromise({
            try: () =>
              query.values.reduce((size, value) => size + (value?.length ?? 0), 0) > manyRows
                ? askForMany<Row>(query)
                : ask<Row>(query),
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
      migrate: Effect.tryPromise({
        try: async () => (await orm.migrator.up()).map(({ name }) => name),
        catch: asUnavailable
      })
    }
    return engine
  })
