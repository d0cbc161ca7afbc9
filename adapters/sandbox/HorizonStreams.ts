// How does a client hear of new records as ledgers close? Server-sent events as Horizon sends them: a hello, each
// record under its paging token as id, and a goodbye after `limit` records, upon which the client comes again.
// Gotcha: a slow client is not written to until it has read; what it missed is found by its cursor.

import type { ServerResponse } from "node:http"
import type { Collection } from "./horizonPages.ts"
import type { Ledger } from "./Ledger.ts"

export interface StreamRequest {
  readonly collection: Collection
  /** Exclusive; absent: from the beginning. */
  readonly cursor: bigint | undefined
  readonly limit: number
}

const HELLO = 'retry: 1000\nevent: open\ndata: "hello"\n\n'
const GOODBYE = 'retry: 10\nevent: close\ndata: "byebye"\n\n'
const KEEP_ALIVE = ": keep-alive\n\n"
const BATCH = 200

export class HorizonStreams {
  readonly #ledger: Ledger
  readonly #keepAliveMs: number
  readonly #open = new Set<() => void>()

  constructor(ledger: Ledger, keepAliveMs: number) {
    this.#ledger = ledger
    this.#keepAliveMs = keepAliveMs
  }

  open(response: ServerResponse, { collection, cursor, limit }: StreamRequest): void {
    let position = cursor
    let left = limit
    let isBlocked = false
    response.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache",
      "access-control-allow-origin": "*",
      "x-accel-buffering": "no"
    })
    response.write(HELLO)
    const end = (): void => {
      stopListening()
      clearInterval(keepAlive)
      this.#open.delete(end)
      if (!response.writableEnded) response.end(GOODBYE)
    }
    const pump = (): void => {
      while (!isBlocked && left > 0) {
        const records = collection.page({ cursor: position, order: "asc", limit: Math.min(left, BATCH) })
        const last = records.at(-1)
        if (last === undefined) return
        position = collection.nextOf(last)
        left -= records.length
        isBlocked = !response.write(
          records.map(({ token, json }) => `id: ${token}\ndata: ${json}\n\n`).join("")
        )
      }
      if (left <= 0) end()
    }
    const stopListening = this.#ledger.onClose(pump)
    const keepAlive = setInterval(() => response.write(KEEP_ALIVE), this.#keepAliveMs)
    this.#open.add(end)
    response.on("drain", () => {
      isBlocked = false
      pump()
    })
    response.on("close", () => {
      stopListening()
      clearInterval(keepAlive)
      this.#open.delete(end)
    })
    pump()
  }

  /** Says goodbye to all that listen. */
  close(): void {
    for (const end of this.#open) end()
  }
}
