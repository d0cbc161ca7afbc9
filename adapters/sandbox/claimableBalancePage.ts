// Which claimable balances are asked for? Filters by claimant, asset and sponsor; in order of their last change.
// Gotcha: the balances that exist now are sorted for each page; there are never many of them in a sandbox.

import { badRequest } from "./horizonProblem.ts"
import { halPage, listQuery } from "./horizonPages.ts"
import { claimableBalanceRecord } from "./horizonState.ts"
import type { Ledger } from "./Ledger.ts"
import type { ClaimableBalance } from "./LedgerState.ts"

const tokenOf = (balance: ClaimableBalance): string => `${balance.lastModifiedLedger}-${balance.id}`

const compare = (a: string, b: string): number => {
  const [ledgerA = "", idA = ""] = a.split("-")
  const [ledgerB = "", idB = ""] = b.split("-")
  return Number(ledgerA) - Number(ledgerB) || (idA < idB ? -1 : idA > idB ? 1 : 0)
}

const TOKEN = /^\d{1,10}-[0-9a-f]{72}$/

export const claimableBalancePage = (ledger: Ledger, url: URL, base: string): string => {
  const query = listQuery(url.searchParams)
  const { cursor, order, limit } = query
  if (cursor !== "" && !TOKEN.test(cursor)) {
    throw badRequest("cursor", `"${cursor}" is not a paging token of this list`)
  }
  const claimant = url.searchParams.get("claimant")
  const asset = url.searchParams.get("asset")
  const sponsor = url.searchParams.get("sponsor")
  const isAsked = (balance: ClaimableBalance): boolean =>
    (claimant === null || balance.claimants.some(({ destination }) => destination === claimant)) &&
    (asset === null || balance.asset === asset) &&
    (sponsor === null || balance.sponsor === sponsor)
  const sign = order === "asc" ? 1 : -1
  const records = Array.from(ledger.claimableBalances())
    .filter(isAsked)
    .map((balance) => ({ token: tokenOf(balance), balance }))
    .filter(({ token }) => cursor === "" || sign * compare(token, cursor) > 0)
    .toSorted((a, b) => sign * compare(a.token, b.token))
    .slice(0, limit)
    .map(({ token, balance }) => ({ token, json: JSON.stringify(claimableBalanceRecord(balance, base)) }))
  return halPage(url, base, query, records)
}
