// A Stellar ledger in one process: takes envelopes, closes ledgers, remembers everything. Who submits sees the outcome
// when the ledger that decides it has closed and is durable. It knows no HTTP and starts no timer (see pacemaker.ts).
// Gotcha: several transactions of one account may enter one ledger, in their order; the real network takes one.

import { createHash } from "node:crypto"
import { Keypair } from "@stellar/stellar-sdk"
import type { Rate } from "./AppliedOperation.ts"
import { applyTransaction } from "./applyTransaction.ts"
import { checkTransaction } from "./checkTransaction.ts"
import { decodeEnvelope } from "./Envelope.ts"
import type { Envelope } from "./Envelope.ts"
import { hashOfHeader, ledgerHeader, TOTAL_COINS } from "./ledgerHeader.ts"
import { LedgerHistory } from "./LedgerHistory.ts"
import type { ClosedLedger, HistoryTransaction } from "./LedgerHistory.ts"
import type { LedgerEntry, LedgerJournal } from "./ledgerJournal.ts"
import { Draft, newAccount } from "./LedgerState.ts"
import type { Account, ClaimableBalance, LedgerState } from "./LedgerState.ts"
import { recordSyntheticPayment } from "./SyntheticPayment.ts"
import type { SyntheticPayment } from "./SyntheticPayment.ts"
import { toid } from "./toid.ts"
import { resultCodesOf, resultXdrOf } from "./transactionResult.ts"
import type { ResultCodes } from "./transactionResult.ts"

/** Included, well or failed, or left out because it had become invalid when the ledger closed. */
export type Settlement =
  | { readonly status: "included"; readonly transaction: HistoryTransaction }
  | { readonly status: "dropped" }

export type Submission =
  | { readonly status: "malformed" }
  | {
      readonly status: "refused"
      readonly hash: string
      readonly resultCodes: ResultCodes
      readonly resultXdr: string
    }
  | {
      readonly status: "pending" | "duplicate"
      readonly hash: string
      readonly settled: Promise<Settlement>
    }

export interface LedgerOptions {
  readonly journal: LedgerJournal
  /** Unix seconds. */
  readonly now: () => number
  readonly rate: (from: string, to: string) => Rate
}

interface Pending {
  readonly envelope: Envelope
  readonly isPrivileged: boolean
  readonly settled: Promise<Settlement>
  readonly settle: (settlement: Settlement) => void
}

const PER_LEDGER = 1000

export class Ledger {
  readonly passphrase: string
  readonly root: Keypair
  readonly history = new LedgerHistory()
  readonly #state: LedgerState = { accounts: new Map(), claimableBalances: new Map() }
  readonly #options: LedgerOptions
  readonly #networkId: Buffer
  readonly #pendingByHash = new Map<string, Pending>()
  readonly #pendingSequences = new Map<string, bigint>()
  readonly #closeListeners = new Set<(ledger: ClosedLedger) => void>()
  readonly #pendingListeners = new Set<() => void>()
  #waiting: Array<Pending> = []
  #closing: Promise<unknown> = Promise.resolve()
  #tip: ClosedLedger

  /** Applies again what the journal holds. */
  constructor(options: LedgerOptions) {
    this.#options = options
    const { journal } = options
    this.passphrase = journal.passphrase
    this.root = Keypair.master(journal.passphrase)
    this.#networkId = createHash("sha256").update(journal.passphrase).digest()
    this.#state.accounts.set(
      this.root.publicKey(),
      newAccount(this.root.publicKey(), TOTAL_COINS, 1, journal.genesisAt)
    )
    this.#tip = this.#seal(1, journal.genesisAt, "00".repeat(32), [], 0n)
    for (const entry of journal.entries) {
      if (entry.previousHash !== this.#tip.hash || entry.ledger !== this.#tip.sequence + 1) {
        throw new Error(
          `the sandbox ledger log does not replay to the ledger it was written from (at ledger ${entry.ledger}): ` +
            "it was written by another version; delete the sandbox's directory to begin anew"
        )
      }
      this.#apply(entry)
    }
  }

  get tip(): ClosedLedger {
    return this.#tip
  }

  get hasPending(): boolean {
    return this.#waiting.length > 0
  }

  account(id: string): Readonly<Account> | undefined {
    return this.#state.accounts.get(id)
  }

  claimableBalances(): Iterable<ClaimableBalance> {
    return this.#state.claimableBalances.values()
  }

  claimableBalance(id: string): ClaimableBalance | undefined {
    return this.#state.claimableBalances.get(id)
  }

  /** The sequence number that the account's next transaction must follow, pending ones counted. */
  sequenceOf(account: Readonly<Account>): bigint {
    return this.#pendingSequences.get(account.id) ?? account.sequence
  }

  /** Calls back after each close; answers how to stop it. */
  onClose(listener: (ledger: ClosedLedger) => void): () => void {
    this.#closeListeners.add(listener)
    return () => this.#closeListeners.delete(listener)
  }

  /** Calls back whenever a transaction begins to wait for a close. */
  onPending(listener: () => void): () => void {
    this.#pendingListeners.add(listener)
    return () => this.#pendingListeners.delete(listener)
  }

  /** Checks an envelope in base64 and lets it wait for the next close. */
  submit(xdr: string, isPrivileged = false): Submission {
    const envelope = decodeEnvelope(xdr, this.passphrase)
    if (envelope === undefined) return { status: "malformed" }
    const hash = envelope.hash.toString("hex")
    const transaction = this.history.transaction(hash)
    if (transaction !== undefined) {
      return { status: "duplicate", hash, settled: Promise.resolve({ status: "included", transaction }) }
    }
    const known = this.#pendingByHash.get(hash)
    if (known !== undefined) return { status: "duplicate", hash, settled: known.settled }
    const refused = checkTransaction(envelope, {
      account: (id) => this.account(id),
      sequenceOf: (account) => this.sequenceOf(account),
      ledger: this.#tip.sequence + 1,
      closeTime: this.#closeTime(),
      isPrivileged
    })
    if (refused !== undefined) {
      return {
        status: "refused",
        hash,
        resultCodes: resultCodesOf(refused, envelope),
        resultXdr: resultXdrOf(refused, envelope, 0n)
      }
    }
    const { promise: settled, resolve: settle } = Promise.withResolvers<Settlement>()
    const pending: Pending = { envelope, isPrivileged, settled, settle }
    this.#waiting.push(pending)
    this.#pendingByHash.set(hash, pending)
    this.#pendingSequences.set(envelope.inner.source.id, envelope.inner.sequence)
    for (const listener of this.#pendingListeners) listener()
    return { status: "pending", hash, settled }
  }

  /** Closes a ledger of all that waits, empty if nothing does; resolves when it is durable and visible. */
  close(): Promise<ClosedLedger> {
    return this.#inTurn(() => this.#closeWith([]))
  }

  /** Records synthetic payments (see SyntheticPayment.ts), in as many ledgers as they need, closed at once. */
  async injectPayments(
    payments: ReadonlyArray<SyntheticPayment>,
    perLedger: number = PER_LEDGER
  ): Promise<ClosedLedger> {
    for (let start = 0; start < payments.length; start += perLedger) {
      await this.#inTurn(() => this.#closeWith(payments.slice(start, start + perLedger)))
    }
    return this.#tip
  }

  #inTurn(close: () => Promise<ClosedLedger>): Promise<ClosedLedger> {
    const closed = this.#closing.then(close, close)
    this.#closing = closed.catch(() => {})
    return closed
  }

  // Close times never go back, though the clock may; ledgers closed within one second share it.
  #closeTime(): number {
    return Math.max(this.#tip.closedAt, Math.floor(this.#options.now()))
  }

  async #closeWith(synthetic: ReadonlyArray<SyntheticPayment>): Promise<ClosedLedger> {
    const batch = this.#waiting
    this.#waiting = []
    const privileged = batch.flatMap(({ isPrivileged }, index) => (isPrivileged ? [index] : []))
    const entry: LedgerEntry = {
      ledger: this.#tip.sequence + 1,
      closedAt: this.#closeTime(),
      previousHash: this.#tip.hash,
      ...(batch.length === 0 ? {} : { envelopes: batch.map(({ envelope }) => envelope.xdr) }),
      ...(privileged.length === 0 ? {} : { privileged }),
      ...(synthetic.length === 0 ? {} : { synthetic })
    }
    await this.#options.journal.append(entry)
    const settlements = this.#apply(
      entry,
      batch.map(({ envelope }) => envelope)
    )
    for (const { envelope } of batch) this.#pendingByHash.delete(envelope.hash.toString("hex"))
    this.#pendingSequences.clear()
    for (const { envelope } of this.#waiting) {
      this.#pendingSequences.set(envelope.inner.source.id, envelope.inner.sequence)
    }
    for (const [index, { settle }] of batch.entries()) settle(settlements[index] ?? { status: "dropped" })
    for (const listener of this.#closeListeners) listener(this.#tip)
    return this.#tip
  }

  #apply(entry: LedgerEntry, decoded?: ReadonlyArray<Envelope>): ReadonlyArray<Settlement> {
    const ledger = { sequence: entry.ledger, closedAt: entry.closedAt }
    const transactions: Array<HistoryTransaction> = []
    const nextPosition = (): bigint => toid(ledger.sequence, transactions.length + 1, 0)
    const settlements = (entry.envelopes ?? []).map((xdr, index): Settlement => {
      const envelope = decoded?.[index] ?? decodeEnvelope(xdr, this.passphrase)
      if (envelope === undefined) return { status: "dropped" }
      const applied = applyTransaction(envelope, nextPosition(), {
        state: this.#state,
        ledger,
        rate: this.#options.rate,
        isPrivileged: entry.privileged?.includes(index) ?? false
      })
      if (applied === undefined) return { status: "dropped" }
      this.history.record(applied.transaction, applied.operations)
      transactions.push(applied.transaction)
      return { status: "included", transaction: applied.transaction }
    })
    const draft = new Draft(this.#state, ledger)
    for (const payment of entry.synthetic ?? []) {
      transactions.push(recordSyntheticPayment(payment, nextPosition(), this.#networkId, this.history, draft))
    }
    draft.commit()
    const fees = transactions.reduce((sum, { feeCharged }) => sum + feeCharged, this.#tip.feePool)
    this.#tip = this.#seal(ledger.sequence, ledger.closedAt, this.#tip.hash, transactions, fees)
    return settlements
  }

  #seal(
    sequence: number,
    closedAt: number,
    previousHash: string,
    transactions: ReadonlyArray<HistoryTransaction>,
    feePool: bigint
  ): ClosedLedger {
    const header = ledgerHeader({
      sequence,
      previousHash,
      closedAt,
      feePool,
      transactionHashes: transactions.map(({ hash }) => hash),
      resultXdrs: transactions.map(({ resultXdr }) => resultXdr)
    })
    const successful = transactions.filter(({ isSuccessful }) => isSuccessful)
    const countOf = (of: ReadonlyArray<HistoryTransaction>): number =>
      of.reduce((sum, { operationCount }) => sum + operationCount, 0)
    const closed: ClosedLedger = {
      position: toid(sequence, 0, 0),
      sequence,
      hash: hashOfHeader(header),
      previousHash,
      closedAt,
      successfulCount: successful.length,
      failedCount: transactions.length - successful.length,
      operationCount: countOf(successful),
      submittedOperationCount: countOf(transactions),
      feePool,
      header
    }
    this.history.ledgers.append(closed)
    return closed
  }
}
