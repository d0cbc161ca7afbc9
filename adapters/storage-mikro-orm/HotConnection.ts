/**
 * A connection of the hot path: dedicated, pipelined, with named statements, and made again when it is lost.
 *
 * Gotcha: it connects when it is first needed and after a loss, never in the background: a process that cannot reach its
 * database says so to every caller. Between failing attempts it waits longer and longer, five seconds at most.
 */
import { Client, type ClientConfig } from "pg"
import { NotSent, sqlState } from "./databaseErrors.ts"
import type { Query } from "./Engine.ts"

const firstPause = 50
const longestPause = 5_000

export interface HotConnection {
  readonly query: <Row>(query: Query) => Promise<ReadonlyArray<Row>>
  readonly close: () => Promise<void>
}

const sleep = (millis: number) => new Promise<void>((resolve) => setTimeout(resolve, millis))

export const hotConnection = (config: ClientConfig, session: ReadonlyArray<string>): HotConnection => {
  let live: Promise<Client> | null = null
  let failures = 0
  let notBefore = 0
  let closed = false

  const connect = async (): Promise<Client> => {
    const pause = notBefore - performance.now()
    if (pause > 0) await sleep(pause)
    const client = new Client({ ...config, pipeline: true, keepAlive: true })
    const forget = () => {
      if (live === mine) live = null
    }
    // Without a listener a lost connection would end the process.
    client.on("error", forget)
    client.on("end", forget)
    const mine = live
    try {
      await client.connect()
      await client.query(session.map((setting) => `set ${setting}`).join("; "))
      failures = 0
      return client
    } catch (error) {
      failures += 1
      notBefore = performance.now() + Math.min(longestPause, firstPause * 2 ** failures)
      forget()
      void client.end().catch(() => undefined)
      throw new NotSent(error instanceof Error ? error.message : String(error), { cause: error })
    }
  }

  const connected = (): Promise<Client> => {
    if (closed) return Promise.reject(new NotSent("the storage is closed"))
    if (live === null) {
      // `connect` reads `live` only after its first await, when this assignment is done.
      live = Promise.resolve().then(connect)
    }
    return live
  }

  return {
    query: async <Row>({ name, text, values }: Query) => {
      const client = await connected()
      try {
        const { rows } = await client.query({ name, text, values: [...values] })
        return rows as ReadonlyArray<Row>
      } catch (error) {
        // The server tells of an error before it has let go of the rows; an answer after that one is told when it has.
        if (sqlState(error) !== undefined) await client.query("").catch(() => undefined)
        throw error
      }
    },
    close: async () => {
      closed = true
      const ending = live
      live = null
      await ending?.then(
        (client) => client.end(),
        () => undefined
      )
    }
  }
}
