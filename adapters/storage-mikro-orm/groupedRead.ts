/**
 * Reads by id for many callers in one statement: whatever asks in the same turn of the process is answered together.
 *
 * No timer and no added delay: a question alone is asked alone. Gotcha: the statement is sent after the question was put, so
 * an answer is never older than its question.
 */
import { Effect, Exit, Request, RequestResolver } from "effect"
import type { StorageUnavailable } from "../../src/ports/Storage.ts"
import type { Rows } from "./Engine.ts"

class ReadById extends Request.Class<{ readonly id: string }, ReadonlyArray<unknown>, StorageUnavailable> {}

/** More ids than this go in a second statement. */
const idsMax = 256

/** `read` answers the rows of all ids, in any order; what is made of it answers those of one id, in the order they came. */
export const groupedRead = <Row>(
  read: (ids: ReadonlyArray<string>) => Rows<Row>,
  idOf: (row: Row) => string
): ((id: string) => Rows<Row>) => {
  const resolver = RequestResolver.make<ReadById>((entries) =>
    Effect.map(read([...new Set(entries.map(({ request }) => request.id))]), (rows) => {
      const found = Map.groupBy(rows, idOf)
      for (const entry of entries) entry.completeUnsafe(Exit.succeed(found.get(entry.request.id) ?? []))
    })
  ).pipe(RequestResolver.batchN(idsMax))
  return (id) => Effect.request(new ReadById({ id }), resolver) as Rows<Row>
}
