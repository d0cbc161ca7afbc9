/** How the storage fails, and what may be done then. */
import { type Effect, Schema } from "effect"

/** The database did not answer, or refused for a passing reason; nothing was written. Retried with backoff. */
export class StorageUnavailable extends Schema.TaggedError<StorageUnavailable>()("StorageUnavailable", {
  message: Schema.String
}) {}
/** The connection was lost while the commit was under way: ask `outcome` before anything else. */
export class CommitUnknown extends Schema.TaggedError<CommitUnknown>()("CommitUnknown", {
  message: Schema.String
}) {}
/** The group holds a row the database will never take; nothing was written. The runtime splits it down to that row. */
export class GroupRejected extends Schema.TaggedError<GroupRejected>()("GroupRejected", {
  message: Schema.String
}) {}
/** The schema of the database is not the one this process needs: run `kedge migrate`. */
export class SchemaOutdated extends Schema.TaggedError<SchemaOutdated>()("SchemaOutdated", {
  message: Schema.String
}) {}

/** A question: may be repeated. */
export type Read<A> = Effect.Effect<A, StorageUnavailable>
export type Write<A> = Effect.Effect<A, StorageUnavailable>
