/** What the storage asks of a database engine: PostgreSQL over hot connections, or PGlite in this process. */
import type { SqlEntityManager } from "@mikro-orm/postgresql"
import type { Effect } from "effect"
import type { CommitUnknown, GroupRejected, StorageUnavailable } from "../../src/ports/Storage.ts"

/** A statement with its parameters as text. The name is that of the prepared statement, where the engine keeps one. */
export interface Query {
  readonly name: string
  readonly text: string
  readonly values: ReadonlyArray<string | null>
}

/** Rows as our own statements select them; the caller says their shape. */
export type Rows<Row> = Effect.Effect<ReadonlyArray<Row>, StorageUnavailable>

export interface Engine {
  readonly kind: "postgresql" | "pglite"
  readonly lanes: number
  /** A read on the hot path: many on one connection, planned once. */
  readonly read: <Row>(query: Query) => Rows<Row>
  /** Anything else; one statement, one transaction. Deadlocks and passing refusals are repeated. */
  readonly run: <Row>(query: Query) => Rows<Row>
  readonly commit: <Row>(
    query: Query
  ) => Effect.Effect<ReadonlyArray<Row>, StorageUnavailable | CommitUnknown | GroupRejected>
  /** An ordinary read or a rare write through the object mapper, in an identity map of its own. */
  readonly withOrm: <A>(
    read: (em: SqlEntityManager) => PromiseLike<A>
  ) => Effect.Effect<A, StorageUnavailable>
  /** Runs the pending migrations, alone; answers their names. */
  readonly migrate: Effect.Effect<ReadonlyArray<string>, StorageUnavailable>
}
