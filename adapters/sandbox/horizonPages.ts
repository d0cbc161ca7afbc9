// Which records does a request for a list mean, and how is a page of them told? Reads cursor, order, limit, join and
// include_failed as Horizon does. Gotcha: `cursor=now` is a position, after all of the tip, not "no cursor".

import type { HistoryTransaction, PageRequest, Timeline } from "./LedgerHistory.ts"
import { badRequest } from "./horizonProblem.ts"
import { afterLedger, effectPosition } from "./toid.ts"

/** A record with the token that a cursor names it by, already JSON. */
export interface Rendered {
  readonly token: string
  readonly json: string
}

export interface Collection {
  readonly positionOf: (cursor: string) => bigint | undefined
  readonly page: (request: PageRequest) => ReadonlyArray<Rendered>
  /** The position of what a page or stream ended with. */
  readonly nextOf: (last: Rendered) => bigint
}

const LIMIT_DEFAULT = 10
const LIMIT_MAX = 200
const INT64_DIGITS = /^\d{1,19}$/

const idPosition = (cursor: string): bigint | undefined =>
  INT64_DIGITS.test(cursor) ? BigInt(cursor) : undefined

const EFFECT_CURSOR = /^(\d{1,19})(?:-(\d{1,4}))?$/

export const effectCursorPosition = (cursor: string): bigint | undefined => {
  const match = EFFECT_CURSOR.exec(cursor)
  if (match === null) return undefined
  return effectPosition(BigInt(match[1] ?? "0"), Number(match[2] ?? "0"))
}

const known = (position: bigint | undefined): bigint => {
  if (position === undefined) throw new Error("a record has a token that is no cursor")
  return position
}

export const collectionOf = <Item extends { readonly position: bigint }>(
  timeline: Timeline<Item> | undefined,
  render: (item: Item) => Rendered,
  options: {
    readonly keeps?: (item: Item) => boolean
    readonly positionOf?: (cursor: string) => bigint | undefined
  } = {}
): Collection => {
  const positionOf = options.positionOf ?? idPosition
  return {
    positionOf,
    page: (request) => (timeline?.page(request, options.keeps) ?? []).map(render),
    nextOf: ({ token }) => known(positionOf(token))
  }
}

export const emptyCollection: Collection = { positionOf: idPosition, page: () => [], nextOf: () => 0n }

export interface ListQuery {
  readonly order: "asc" | "desc"
  readonly limit: number
  /** As given; "" where it was not. */
  readonly cursor: string
}

export const listQuery = (query: URLSearchParams): ListQuery => {
  const order = query.get("order") ?? ""
  if (order !== "" && order !== "asc" && order !== "desc") {
    throw badRequest("order", `"${order}" is neither "asc" nor "desc"`)
  }
  const limit = query.get("limit") ?? ""
  if (limit !== "" && (!/^\d{1,9}$/.test(limit) || Number(limit) < 1 || Number(limit) > LIMIT_MAX)) {
    throw badRequest("limit", `"${limit}" is not a number from 1 to ${LIMIT_MAX}`)
  }
  return {
    order: order === "desc" ? "desc" : "asc",
    limit: limit === "" ? LIMIT_DEFAULT : Number(limit),
    cursor: query.get("cursor") ?? ""
  }
}

/** `undefined` for no cursor. */
export const cursorPosition = (cursor: string, collection: Collection, tip: number): bigint | undefined => {
  if (cursor === "") return undefined
  // Effects count in finer steps, but "after the tip" is after it in both.
  if (cursor === "now") return collection.positionOf(String(afterLedger(tip)))
  const position = collection.positionOf(cursor)
  if (position === undefined) throw badRequest("cursor", `"${cursor}" is not a paging token of this list`)
  return position
}

export const includesFailed = (query: URLSearchParams): boolean => {
  const given = query.get("include_failed") ?? "false"
  if (given !== "true" && given !== "false") {
    throw badRequest("include_failed", `"${given}" is neither "true" nor "false"`)
  }
  return given === "true"
}

export const joinsTransactions = (query: URLSearchParams): boolean => {
  const given = query.get("join") ?? ""
  if (given !== "" && given !== "transactions") throw badRequest("join", `"${given}" is not "transactions"`)
  return given === "transactions"
}

export const unlessFailed =
  (includeFailed: boolean) =>
  (transaction: HistoryTransaction): boolean =>
    includeFailed || transaction.isSuccessful

/** The page as HAL: links to this, the next and the previous one around the records. */
export const halPage = (
  url: URL,
  base: string,
  { order, limit, cursor }: ListQuery,
  records: ReadonlyArray<Rendered>
): string => {
  const others = new URLSearchParams(url.searchParams)
  for (const name of ["cursor", "limit", "order"]) others.delete(name)
  const rest = others.size === 0 ? "" : `&${others.toString()}`
  const href = (at: string, direction: "asc" | "desc"): string =>
    `${base}${url.pathname}?cursor=${at}&limit=${limit}&order=${direction}${rest}`
  const links = {
    self: { href: href(cursor, order) },
    next: { href: href(records.at(-1)?.token ?? cursor, order) },
    prev: { href: href(records[0]?.token ?? cursor, order === "asc" ? "desc" : "asc") }
  }
  const body = records.map(({ json }) => json).join(",")
  return `{"_links":${JSON.stringify(links)},"_embedded":{"records":[${body}]}}`
}
