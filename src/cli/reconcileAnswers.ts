/**
 * Holds the books against what they must agree with: the inbox, the payouts, the refunds, and the balances on the ledger.
 *
 * Gotcha: more on the ledger than is owed is no drift, for the institution's own money lies there too; less is. A refund on its
 * way may have left the ledger before the books know, so what is on its way is not asked for. All is read one after the other
 * while money moves: drift counts only where a second look finds drift as well.
 */
import { Effect } from "effect"
import { toStroops } from "../../machines/domain/Amount.ts"
import { assetId } from "../../machines/domain/Asset.ts"
import type { RefundId } from "../../machines/domain/Ids.ts"
import type { Account } from "../../machines/transaction/commands.ts"
import type { Books } from "../ports/bookRows.ts"
import { StellarSubmission } from "../ports/StellarSubmission.ts"
import { Storage } from "../ports/Storage.ts"

const pageSize = 500
const scale = 10_000_000n

/** One sum held against another. */
export interface Comparison {
  readonly what: string
  readonly asset: string
  readonly isDrift: boolean
  /** Both sums, in words. */
  readonly said: string
}

const decimal = (stroops: bigint): string => {
  const size = stroops < 0n ? -stroops : stroops
  const fraction = (size % scale).toString().padStart(7, "0").replace(/0+$/, "")
  return `${stroops < 0n ? "-" : ""}${size / scale}${fraction === "" ? "" : `.${fraction}`}`
}

const total = <Row>(rows: ReadonlyArray<Row>, of: (row: Row) => bigint): bigint =>
  rows.reduce((sum, row) => sum + of(row), 0n)

const balanceOf = ({ balances }: Books, account: Account, asset: string): bigint =>
  total(
    balances.filter((row) => row.account === account && row.asset === asset),
    ({ stroops }) => stroops
  )

const equal = (what: string, asset: string, books: bigint, other: bigint, name: string): Comparison => ({
  what,
  asset,
  isDrift: books !== other,
  said: `the journal says ${decimal(books)}, the ${name} ${decimal(other)}`
})

const assetsOf = ({ balances, delivered, inbox, returned }: Books): ReadonlyArray<string> =>
  [...new Set([...balances, ...inbox, ...delivered, ...returned].map(({ asset }) => asset))].sort()

/** What the books say of themselves, in one asset. */
const within = (books: Books, asset: string): ReadonlyArray<Comparison> => {
  const inbox = books.inbox.filter((row) => row.asset === asset)
  const parked = inbox.filter(({ state }) => state === "parked")
  const settled = inbox.filter(({ state }) => state !== "waiting")
  const suspense = balanceOf(books, "suspense", asset)
  const most = total(parked, ({ fees, received }) => received - fees)
  const least = most - total(parked, ({ reservedRefund }) => reservedRefund)
  const payable = balanceOf(books, "payable", asset)
  const delivered = books.delivered.filter((row) => row.asset === asset)
  const returned = books.returned.filter((row) => row.asset === asset)
  const received = total(inbox, (row) => row.received)
  const reserved = total(inbox, (row) => row.reservedPayout + row.reservedRefund + row.fees)
  return [
    equal(
      "received",
      asset,
      -balanceOf(books, "ledger-in", asset),
      total(settled, (row) => row.received),
      "inbox"
    ),
    {
      what: "parked",
      asset,
      isDrift: suspense < least || suspense > most,
      said: `the journal says ${decimal(suspense)}, the inbox ${
        least === most ? decimal(most) : `${decimal(least)} to ${decimal(most)}, by what is being returned`
      }`
    },
    {
      what: "reserved",
      asset,
      isDrift: reserved > received,
      said: `${decimal(reserved)} of ${decimal(received)} received`
    },
    {
      what: "payable",
      asset,
      isDrift: payable < 0n,
      said: `${decimal(payable)} is yet to be delivered or returned`
    },
    equal(
      `delivered${delivered.map(({ amount, rail }) => ` (${rail} ${decimal(amount)})`).join("")}`,
      asset,
      balanceOf(books, "rail-out", asset),
      total(delivered, ({ amount }) => amount),
      "payouts"
    ),
    equal(
      "returned",
      asset,
      balanceOf(books, "refund-out", asset),
      total(returned, ({ amount }) => amount),
      "refunds"
    )
  ]
}

/** Per asset: refunds that may be on the ledger already and are not in the books yet. */
const onTheirWay = Effect.gen(function* () {
  const storage = yield* Storage
  const sums = new Map<string, bigint>()
  let after: RefundId | undefined
  for (;;) {
    const page = yield* storage.unfinishedRefunds({
      limit: pageSize,
      ...(after === undefined ? {} : { after })
    })
    for (const { amount, payment, state } of page)
      if (state === "open" || state === "planned")
        sums.set(payment.asset, (sums.get(payment.asset) ?? 0n) + toStroops(amount))
    after = page.at(-1)?.id
    if (page.length < pageSize) return sums
  }
})

/** Per asset: what our accounts hold on the ledger. */
const heldOnLedger = Effect.fnUntraced(function* (accounts: ReadonlyArray<string>) {
  const ledger = yield* StellarSubmission
  const sums = new Map<string, bigint>()
  for (const account of accounts)
    for (const { asset, balance } of (yield* ledger.account(account))?.balances ?? [])
      sums.set(assetId(asset), (sums.get(assetId(asset)) ?? 0n) + toStroops(balance))
  return sums
})

const againstLedger = (
  books: Books,
  held: ReadonlyMap<string, bigint>,
  leaving: ReadonlyMap<string, bigint>
): ReadonlyArray<Comparison> =>
  [...new Set(books.inbox.map(({ asset }) => asset))].sort().map((asset) => {
    const waiting = books.inbox.filter((row) => row.asset === asset && row.state === "waiting")
    const owed =
      balanceOf(books, "payable", asset) +
      balanceOf(books, "suspense", asset) +
      total(waiting, ({ received }) => received) -
      (leaving.get(asset) ?? 0n)
    const has = held.get(asset) ?? 0n
    return {
      what: "on the ledger",
      asset,
      isDrift: has < owed,
      said: `our accounts hold ${decimal(has)}, and ${decimal(owed)} is owed`
    }
  })

/** Every sum that can be held against another, now; `silent` is why the ledger could not be asked. */
const look = Effect.gen(function* () {
  const storage = yield* Storage
  const leaving = yield* onTheirWay
  const books = yield* storage.books
  const accounts = [...new Set([...books.inbox, ...books.processed].map(({ account }) => account))].sort()
  const { comparisons, silent } = yield* heldOnLedger(accounts).pipe(
    Effect.map((held) => ({ comparisons: againstLedger(books, held, leaving), silent: null })),
    Effect.catchTag("LedgerUnavailable", ({ message }) =>
      Effect.succeed({ comparisons: [], silent: message })
    )
  )
  return {
    comparisons: [...assetsOf(books).flatMap((asset) => within(books, asset)), ...comparisons],
    silent
  }
})

const hasDrift = ({ comparisons }: { readonly comparisons: ReadonlyArray<Comparison> }): boolean =>
  comparisons.some(({ isDrift }) => isDrift)

/** One line a comparison, drift marked as such. `mismatch` counts the drift, or says what could not be compared. */
export const reconcile = Effect.fnUntraced(function* (json: boolean) {
  const first = yield* look
  const { comparisons, silent } = hasDrift(first) ? yield* look : first
  const drifts = comparisons.filter(({ isDrift }) => isDrift).length
  const lines = comparisons.map(
    ({ asset, isDrift, said, what }) => `${isDrift ? "DRIFT" : "ok   "}  ${asset}  ${what}: ${said}`
  )
  const unasked = silent === null ? [] : [`not compared with the ledger, which does not answer: ${silent}`]
  const text = json
    ? JSON.stringify({ comparisons, ledgerSilent: silent }, null, 2)
    : [...(lines.length === 0 ? ["the books are empty"] : lines), ...unasked].join("\n")
  if (drifts > 0) return { text, found: true, mismatch: `sums that drift: ${drifts}` }
  return silent === null
    ? { text, found: true }
    : { text, found: true, mismatch: "the ledger could not be asked, so not everything was compared" }
})
