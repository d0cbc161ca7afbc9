// Which of Horizon's endpoints is asked, and what is its answer? The slice that Kedge and the official client use.
// Gotcha: there is no market, so offers and trades are lists that stay empty.

import type { IncomingMessage, ServerResponse } from "node:http"
import { claimableBalancePage } from "./claimableBalancePage.ts"
import {
  collectionOf,
  cursorPosition,
  effectCursorPosition,
  emptyCollection,
  halPage,
  includesFailed,
  joinsTransactions,
  listQuery,
  unlessFailed
} from "./horizonPages.ts"
import type { Collection } from "./horizonPages.ts"
import { HorizonProblem, notFound } from "./horizonProblem.ts"
import { operationJson, transactionJson } from "./horizonHistory.ts"
import { effectRecord, ledgerRecord } from "./horizonRecords.ts"
import { accountRecord, claimableBalanceRecord, feeStatsRecord, rootRecord } from "./horizonState.ts"
import { HorizonStreams } from "./HorizonStreams.ts"
import { submitAndWait, submitAsync } from "./horizonSubmit.ts"
import { decoded, send } from "./httpAnswers.ts"
import type { Ledger } from "./Ledger.ts"
import type { HistoryOperation, Timelines } from "./LedgerHistory.ts"
import { Timeline } from "./LedgerHistory.ts"
import { toid } from "./toid.ts"

export interface HorizonOptions {
  readonly ledger: Ledger
  /** What links begin with, without a slash at the end. */
  readonly base: () => string
  readonly keepAliveMs: number
  readonly submitTimeoutMs: number
}

const CORS = { "access-control-allow-origin": "*" }
const HAL = { ...CORS, "content-type": "application/hal+json; charset=utf-8" }
const JSON_TYPE = { ...CORS, "content-type": "application/json; charset=utf-8" }
const PROBLEM = { ...CORS, "content-type": "application/problem+json; charset=utf-8" }

type ListName = "transactions" | "operations" | "payments" | "effects"
const isListName = (name: string | undefined): name is ListName =>
  name === "transactions" || name === "operations" || name === "payments" || name === "effects"

const MARKET = new Set(["offers", "trades", "liquidity_pools"])

const timelineOf = <Item extends { readonly position: bigint }>(
  items: ReadonlyArray<Item>
): Timeline<Item> => {
  const timeline = new Timeline<Item>()
  for (const item of items) timeline.append(item)
  return timeline
}

export class HorizonServer {
  readonly #options: HorizonOptions
  readonly #ledger: Ledger
  readonly #streams: HorizonStreams

  constructor(options: HorizonOptions) {
    this.#options = options
    this.#ledger = options.ledger
    this.#streams = new HorizonStreams(options.ledger, options.keepAliveMs)
  }

  /** Ends the streams. */
  close(): void {
    this.#streams.close()
  }

  async handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    try {
      if (request.method === "POST") await this.#post(request, response, url)
      else this.#get(request, response, url)
    } catch (error) {
      if (!(error instanceof HorizonProblem)) throw error
      send(response, error.status, JSON.stringify(error.body), PROBLEM)
    }
  }

  async #post(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const { submitTimeoutMs, base } = this.#options
    if (url.pathname === "/transactions") {
      const transaction = await submitAndWait(this.#ledger, request, url, submitTimeoutMs)
      send(response, 200, transactionJson(transaction, base()), HAL)
    } else if (url.pathname === "/transactions_async") {
      const { status, body } = await submitAsync(this.#ledger, request, url)
      send(response, status, JSON.stringify(body), JSON_TYPE)
    } else {
      throw notFound(`POST ${url.pathname}`)
    }
  }

  #get(request: IncomingMessage, response: ServerResponse, url: URL): void {
    const path = url.pathname.split("/").filter((part) => part !== "")
    const single = this.#single(path)
    if (single !== undefined) {
      send(response, 200, single, HAL)
      return
    }
    const base = this.#options.base()
    if (path[0] === "claimable_balances" && path.length === 1) {
      send(response, 200, claimableBalancePage(this.#ledger, url, base), HAL)
      return
    }
    const collection = this.#collection(path, url.searchParams)
    const query = listQuery(url.searchParams)
    if (request.headers.accept?.includes("text/event-stream") === true) {
      const last = request.headers["last-event-id"]
      const from = typeof last === "string" && last !== "" ? last : query.cursor
      const cursor = cursorPosition(from, collection, this.#ledger.tip.sequence)
      this.#streams.open(response, { collection, cursor, limit: query.limit })
      return
    }
    const cursor = cursorPosition(query.cursor, collection, this.#ledger.tip.sequence)
    const records = collection.page({ cursor, order: query.order, limit: query.limit })
    send(response, 200, halPage(url, base, query, records), HAL)
  }

  /** The one record that a path names; `undefined` for a path of a list. */
  #single([kind, id, member, key]: ReadonlyArray<string>): string | undefined {
    const base = this.#options.base()
    const { history } = this.#ledger
    if (kind === undefined) return JSON.stringify(rootRecord(this.#ledger, base))
    if (kind === "fee_stats" && id === undefined) return JSON.stringify(feeStatsRecord(this.#ledger))
    if (id === undefined) return undefined
    if (kind === "accounts" && (member === undefined || member === "data")) {
      const account = this.#ledger.account(id)
      if (account === undefined) throw notFound(`account ${id}`)
      if (member === undefined) return JSON.stringify(accountRecord(account, base))
      const value = account.data.get(decoded(key ?? "") ?? "")
      if (value === undefined) throw notFound(`data entry ${key ?? ""} of account ${id}`)
      return JSON.stringify({ value })
    }
    if (member !== undefined) return undefined
    switch (kind) {
      case "ledgers": {
        const ledger = /^\d{1,9}$/.test(id) ? history.ledger(Number(id)) : undefined
        if (ledger === undefined) throw notFound(`ledger ${id}`)
        return JSON.stringify(ledgerRecord(ledger, base))
      }
      case "transactions": {
        const transaction = history.transaction(id)
        if (transaction === undefined) throw notFound(`transaction ${id}`)
        return transactionJson(transaction, base)
      }
      case "operations": {
        const operation = this.#operation(id)
        if (operation === undefined) throw notFound(`operation ${id}`)
        return operationJson(operation, base, false)
      }
      case "claimable_balances": {
        const balance = this.#ledger.claimableBalance(id)
        if (balance === undefined) throw notFound(`claimable balance ${id}`)
        return JSON.stringify(claimableBalanceRecord(balance, base))
      }
      default:
        return undefined
    }
  }

  #operation(id: string): HistoryOperation | undefined {
    return /^\d{1,19}$/.test(id) ? this.#ledger.history.all.operations.find(BigInt(id)) : undefined
  }

  /** The list that a path names. */
  #collection(path: ReadonlyArray<string>, query: URLSearchParams): Collection {
    const [kind, id, list] = path
    const { history } = this.#ledger
    const base = this.#options.base()
    if (path.length === 1) {
      if (kind === "ledgers") {
        return collectionOf(history.ledgers, (ledger) => ({
          token: String(ledger.position),
          json: JSON.stringify(ledgerRecord(ledger, base))
        }))
      }
      if (kind !== undefined && MARKET.has(kind)) return emptyCollection
      if (isListName(kind)) return this.#list(history.all, kind, query)
    }
    if (path.length !== 3 || id === undefined || list === undefined) throw notFound(path.join("/"))
    if (kind === "accounts") {
      const lists = history.ofAccount(id)
      if (lists === undefined && this.#ledger.account(id) === undefined) throw notFound(`account ${id}`)
      if (MARKET.has(list)) return emptyCollection
      if (isListName(list)) return this.#list(lists, list, query)
    }
    if (isListName(list)) {
      const [first, last] = this.#span(kind, id)
      return this.#list(this.#within(first, last), list, query)
    }
    throw notFound(path.join("/"))
  }

  /** The positions that a ledger, a transaction or an operation spans. */
  #span(kind: string | undefined, id: string): readonly [first: bigint, last: bigint] {
    if (kind === "ledgers" && /^\d{1,9}$/.test(id)) {
      const ledger = this.#ledger.history.ledger(Number(id))
      if (ledger !== undefined) return [ledger.position, toid(ledger.sequence + 1, 0, 0) - 1n]
    }
    if (kind === "transactions") {
      const transaction = this.#ledger.history.transaction(id)
      if (transaction !== undefined) return [transaction.position, transaction.position | 0xfffn]
    }
    if (kind === "operations") {
      const operation = this.#operation(id)
      if (operation !== undefined) return [operation.position, operation.position]
    }
    throw notFound(`${kind ?? ""}/${id}`)
  }

  #within(first: bigint, last: bigint): Pick<Timelines, ListName> {
    const { all } = this.#ledger.history
    return {
      transactions: timelineOf(all.transactions.between(first, last)),
      operations: timelineOf(all.operations.between(first, last)),
      payments: timelineOf(all.payments.between(first, last)),
      effects: timelineOf(all.effects.between(first << 12n, (last << 12n) | 0xfffn))
    }
  }

  #list(lists: Pick<Timelines, ListName> | undefined, name: ListName, query: URLSearchParams): Collection {
    const base = this.#options.base()
    if (name === "effects") {
      return collectionOf(
        lists?.effects,
        (entry) => ({
          token: `${entry.operation.position}-${entry.order}`,
          json: JSON.stringify(effectRecord(entry, base))
        }),
        { positionOf: effectCursorPosition }
      )
    }
    const keeps = unlessFailed(includesFailed(query))
    const joins = joinsTransactions(query)
    if (name === "transactions") {
      return collectionOf(
        lists?.transactions,
        (transaction) => ({
          token: String(transaction.position),
          json: transactionJson(transaction, base)
        }),
        { keeps }
      )
    }
    return collectionOf(
      lists?.[name],
      (operation) => ({
        token: String(operation.position),
        json: operationJson(operation, base, joins)
      }),
      { keeps: ({ transaction }) => keeps(transaction) }
    )
  }
}
