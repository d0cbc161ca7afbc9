// A ledger in memory behind the StellarNetwork port: the test closes ledgers, breaks the connection, holds a page back or
// rings the bell, and every read is counted. For the watcher's tests, where the clock is the test's.
import { Effect, Latch, Layer, PubSub, Stream } from "effect"
import {
  type Credit,
  type CreditPage,
  LedgerUnavailable,
  PositionRefused,
  StellarNetwork,
  type UnreadableRecord
} from "../../src/ports/StellarNetwork.ts"

/** One Stellar transaction to an account: its credits, or the reason why it cannot be read. */
interface Entry {
  readonly account: string
  readonly ledger: number
  readonly credits: ReadonlyArray<Credit>
  readonly unreadable: string | null
}

export interface TestLedger {
  readonly layer: Layer.Layer<StellarNetwork>
  /** Closes a ledger with one Stellar transaction for each list of credits. */
  readonly close: (closedAtMillis: number, ...transactions: ReadonlyArray<ReadonlyArray<Credit>>) => void
  /** Closes a ledger with a Stellar transaction nobody can read. */
  readonly closeUnreadable: (account: string, closedAtMillis: number, reason: string) => void
  /** From now on what could not be read can be, and holds this. */
  readonly teach: (position: string, credits: ReadonlyArray<Credit>) => void
  readonly ring: Effect.Effect<void>
  /** Positions that pages were asked from. */
  readonly reads: Array<string>
  /** Pages wait here. */
  readonly gate: Latch.Latch
  passphrase: string
  /** While set, every page fails with it. */
  fault: LedgerUnavailable | PositionRefused | Error | null
  /** Transactions in one page. */
  pageSize: number
  /** While set, pages vouch for this ledger and no newer one, as a lagging instance's do. */
  behind: CreditPage["processedLedger"]
}

export const ledgerDown = new LedgerUnavailable({ message: "the ledger is away" })
export const positionGone = new PositionRefused({ message: "the history begins later" })

export const makeTestLedger = (passphrase: string): TestLedger => {
  const entries: Array<Entry> = []
  // The last ring is heard by whoever comes to listen after it: a bell may not be lost between two connections.
  const bell = Effect.runSync(PubSub.unbounded<void>({ replay: 1 }))
  let tip = { sequence: 1, closedAtMillis: 0 }
  const push = (closedAtMillis: number, added: ReadonlyArray<Omit<Entry, "ledger">>): void => {
    tip = { sequence: tip.sequence + 1, closedAtMillis }
    for (const entry of added) {
      const credits = entry.credits.map((credit) => ({ ...credit, ledger: tip.sequence, closedAtMillis }))
      entries.push({ ...entry, credits, ledger: tip.sequence })
    }
  }
  const ledger: TestLedger = {
    layer: Layer.sync(StellarNetwork, () => network),
    close: (closedAtMillis, ...transactions) =>
      push(
        closedAtMillis,
        transactions.map((credits) => ({ account: credits[0]?.account ?? "", credits, unreadable: null }))
      ),
    closeUnreadable: (account, closedAtMillis, reason) =>
      push(closedAtMillis, [{ account, credits: [], unreadable: reason }]),
    teach: (position, credits) => {
      const entry = entries[Number(position) - 1]
      if (entry !== undefined) entries[Number(position) - 1] = { ...entry, credits, unreadable: null }
    },
    ring: PubSub.publish(bell, undefined).pipe(Effect.asVoid),
    reads: [],
    gate: Latch.makeUnsafe(true),
    passphrase,
    fault: null,
    pageSize: 200,
    behind: null
  }

  /** A position is how many entries, of all accounts, lie before it. */
  const pageOf = (position: string, chosen: ReadonlyArray<readonly [Entry, number]>): CreditPage => {
    const last = chosen.at(-1)
    const full = chosen.length === ledger.pageSize
    return {
      credits: chosen.flatMap(([{ credits }]) => credits),
      unreadable: chosen.flatMap(
        ([entry, index], ordinal): ReadonlyArray<UnreadableRecord> =>
          entry.unreadable === null
            ? []
            : [{ position: String(index + 1), ordinal, reason: entry.unreadable, raw: "{}" }]
      ),
      transactions: chosen.length,
      position: last === undefined ? position : String(last[1] + 1),
      processedLedger: full ? null : (ledger.behind ?? tip),
      full
    }
  }
  const behind = (account: string, position: string) =>
    entries.flatMap((entry, index) =>
      entry.account === account && index >= Number(position) ? [[entry, index] as const] : []
    )

  const network = StellarNetwork.of({
    passphrase: Effect.sync(() => ledger.passphrase),
    tip: () => Effect.sync(() => String(entries.length)),
    page: (account, position) =>
      Effect.gen(function* () {
        ledger.reads.push(position)
        const page = pageOf(position, behind(account, position).slice(0, ledger.pageSize))
        yield* ledger.gate.await
        if (ledger.fault instanceof LedgerUnavailable || ledger.fault instanceof PositionRefused) {
          return yield* Effect.fail(ledger.fault)
        }
        if (ledger.fault !== null) return yield* Effect.die(ledger.fault)
        return page
      }),
    wakeUps: () => Stream.fromPubSub(bell),
    signers: () => Effect.succeed(null),
    reread: (_account, position) =>
      Effect.sync(() => {
        const entry = entries[Number(position) - 1]
        const chosen = entry === undefined ? [] : [[entry, Number(position) - 1] as const]
        return { ...pageOf(position, chosen), position, processedLedger: null, full: false }
      })
  })
  return ledger
}
