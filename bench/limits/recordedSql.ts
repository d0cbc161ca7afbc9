/**
 * The same SQL without us: every commit statement of a run, encoded already, sent again to another database over two bare
 * connections, each as soon as those have ended that had ended before it was first sent.
 *
 * Gotcha: it repeats our grouping too. Groups that are too small make this limit low, so their mean size is printed beside it.
 */
import { Effect } from "effect"
import { Client } from "pg"
import { encodeGroup } from "../../adapters/storage-mikro-orm/encodeGroup.ts"
import type { Group } from "../../src/ports/rows.ts"
import type { Storage } from "../../src/ports/Storage.ts"
import { cpuSince } from "../world.ts"
import { commitSession } from "./commitSession.ts"

interface Recorded {
  readonly group: Group
  /** Which commits had ended when this one was sent. */
  readonly after: ReadonlyArray<Recorded>
}

export interface Recording {
  /** The storage, with its commits recorded from `begin` to `end`. */
  readonly over: (storage: Storage["Service"]) => Storage["Service"]
  readonly begin: () => void
  readonly end: () => ReadonlyArray<Recorded>
}

/** More than the lanes there are: what ended earlier ended before one of these. */
const remembered = 8

export const startRecording = (): Recording => {
  let recorded: Array<Recorded> | null = null
  const ended: Array<Recorded> = []
  return {
    begin: () => {
      recorded = []
    },
    end: () => {
      const all = recorded ?? []
      recorded = null
      return all
    },
    over: (storage) => ({
      ...storage,
      commit: (group) =>
        Effect.suspend(() => {
          const into = recorded
          if (into === null) return storage.commit(group)
          const record: Recorded = { group, after: ended.slice(-remembered) }
          into.push(record)
          return storage.commit(group).pipe(Effect.tap(() => Effect.sync(() => ended.push(record))))
        })
    })
  }
}

const connect = async (connectionString: string): Promise<Client> => {
  const client = new Client({ connectionString })
  await client.connect()
  await client.query(commitSession)
  return client
}

/** Runs the recorded commits against a migrated database with the same transactions and cursor; seconds and our own CPU. */
export const replay = async (
  url: string,
  recorded: ReadonlyArray<Recorded>
): Promise<{ readonly seconds: number; readonly cpu: number }> => {
  const statements = recorded.map((record) => ({ record, ...encodeGroup(record.group) }))
  const clients = [await connect(url), await connect(url)]
  const done = new Map(recorded.map((record) => [record, Promise.withResolvers<void>()]))
  const cpu = process.cpuUsage()
  const startedAt = performance.now()
  let next = 0
  const lane = async (client: Client): Promise<void> => {
    for (let statement = statements[next++]; statement !== undefined; statement = statements[next++]) {
      // What ended before the recording began is no part of it.
      await Promise.all(statement.record.after.flatMap((earlier) => done.get(earlier)?.promise ?? []))
      await client.query({ name: statement.name, text: statement.text, values: [...statement.values] })
      done.get(statement.record)?.resolve()
    }
  }
  await Promise.all(clients.map(lane))
  const seconds = (performance.now() - startedAt) / 1000
  const used = cpuSince(cpu)
  await Promise.all(clients.map((client) => client.end()))
  return { seconds, cpu: used }
}
