/**
 * The same SQL without us: every commit statement of a run, encoded already, sent again to an empty database over two bare
 * connections, each as soon as those have ended that had ended before it was first sent.
 */
import { Client } from "pg"
import { encodeGroup } from "../../adapters/storage-mikro-orm/encodeGroup.ts"
import type { Group } from "../../src/ports/rows.ts"
import { Effect } from "effect"
import { Storage } from "../../src/ports/Storage.ts"

export interface Recorded {
  readonly group: Group
  /** Which commits had ended when this one was sent. */
  readonly after: ReadonlyArray<Recorded>
}

/** Records the groups that pass through a storage. */
export const recording = (storage: Storage["Service"], into: Array<Recorded>): Storage["Service"] => {
  const ended: Array<Recorded> = []
  return {
    ...storage,
    commit: (group) =>
      Effect.suspend(() => {
        const record: Recorded = { group, after: ended.slice(-8) }
        into.push(record)
        return storage.commit(group).pipe(Effect.tap(() => Effect.sync(() => ended.push(record))))
      })
  }
}

/** As the hot sessions are set. */
const session =
  "set plan_cache_mode = force_generic_plan; set jit = off; set enable_seqscan = off; set enable_bitmapscan = off; set enable_nestloop = off; set enable_mergejoin = off"

/** Seconds it takes to run the recorded commits against a migrated database. */
export const replay = async (url: string, recorded: ReadonlyArray<Recorded>): Promise<number> => {
  const encoded = recorded.map(({ group }) => encodeGroup(group))
  const clients = await Promise.all(
    [0, 1].map(async () => {
      const client = new Client({ connectionString: url })
      await client.connect()
      await client.query(session)
      return client
    })
  )
  const done = new Map(recorded.map((record) => [record, Promise.withResolvers<void>()]))
  const startedAt = performance.now()
  let next = 0
  const lane = async (client: Client): Promise<void> => {
    for (;;) {
      const index = next++
      const statement = encoded[index]
      const record = recorded[index]
      if (statement === undefined || record === undefined) return
      // What ended before the recording began is no part of it.
      await Promise.all(record.after.map((earlier) => done.get(earlier)?.promise))
      await client.query({ name: statement.name, text: statement.text, values: [...statement.values] })
      done.get(record)?.resolve()
    }
  }
  await Promise.all(clients.map(lane))
  const seconds = (performance.now() - startedAt) / 1000
  await Promise.all(clients.map((client) => client.end()))
  return seconds
}
