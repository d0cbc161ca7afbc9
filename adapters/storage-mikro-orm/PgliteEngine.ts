/**
 * PGlite: PostgreSQL in this process, over a directory or in memory. One session, so one lane.
 *
 * Gotcha: there is no fsync in it. What was committed survives the end of the process, not the end of the machine's power.
 */
import { MikroORM, type PgliteConnection, type SqlEntityManager } from "@mikro-orm/pglite"
import { Effect, type Scope } from "effect"
import type { StorageUnavailable } from "../../src/ports/Storage.ts"
import { asCommitError, asReadError, asUnavailable } from "./databaseErrors.ts"
import type { Engine, Query } from "./Engine.ts"
import { ormOptions } from "./openOrm.ts"
import { holdDirectory } from "./pgliteDirectory.ts"
import { persisting } from "./persisting.ts"
import { commitSession } from "./planSettings.ts"

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
    const commit = committer(native)
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
            try: () => (query.values.some(hasNul) ? ask<Row>(query) : commit<Row>(query)),
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

type Native = Awaited<ReturnType<PgliteConnection["getNativeClient"]>>

/** A script ends at a NUL; as a parameter of its own such a text is refused by name. */
const hasNul = (value: string | null): boolean => value?.includes("\0") === true

const quotedLiteral = (value: string | null): string =>
  value === null ? "null" : `'${value.replaceAll("'", "''")}'`

/**
 * Runs commits as prepared statements: planning the long statement anew costs more than a small group does. Its plan settings
 * hold for the one transaction that the script is, because the object mapper's reads share the session.
 */
const committer = (native: Native) => {
  const settings = commitSession.map((setting) => `set local ${setting}`).join("; ")
  const prepared = new Map<string, Promise<unknown>>()
  const prepare = ({ name, text, values }: Query): Promise<unknown> => {
    const known = prepared.get(name)
    if (known !== undefined) return known
    const types = values.map(() => "text").join(", ")
    const preparing = native.exec(`prepare ${name} (${types}) as ${text}`).catch((error: unknown) => {
      prepared.delete(name)
      throw error
    })
    prepared.set(name, preparing)
    return preparing
  }
  return async <Row>(query: Query): Promise<ReadonlyArray<Row>> => {
    await prepare(query)
    const values = query.values.map(quotedLiteral).join(", ")
    const results = await native.exec(`${settings}; execute ${query.name} (${values})`)
    const rows: ReadonlyArray<unknown> = results.at(-1)?.rows ?? []
    return rows as ReadonlyArray<Row>
  }
}
