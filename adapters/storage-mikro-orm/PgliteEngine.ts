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
import { persisting } from "./PostgresEngine.ts"

/** Above so many parameters' worth of rows hashing pays, which the planner cannot know: it takes every array for ten rows. */
const manyRows = 20_000

export const openPglite = (
  directory: string | null
): Effect.Effect<Engine, StorageUnavailable, Scope.Scope> =>
  Effect.gen(function* () {
    const orm = yield* Effect.acquireRelease(
      Effect.tryPromise({
        try: () => MikroORM.init({ ...ormOptions, ...(directory === null ? {} : { dbName: directory }) }),
        catch: asUnavailable
      }),
      (open) => Effect.promise(() => open.close(true))
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
