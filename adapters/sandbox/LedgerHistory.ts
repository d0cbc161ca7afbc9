// What has happened, in order, and how is a page of it found? Ledgers, transactions, operations and effects, each
// list sorted by its position (see toid.ts) because it is only ever appended to; a page is a binary search away.

import type { Buffer } from "node:buffer"
import type { Effect, JsonObject } from "./AppliedOperation.ts"
import type { EnvelopeMemo, Party, Preconditions } from "./Envelope.ts"
import type { OperationName } from "./resultCodes.ts"
import type { ResultCodes } from "./transactionResult.ts"
import { effectPosition, toid } from "./toid.ts"

export interface ClosedLedger {
  readonly position: bigint
  readonly sequence: number
  readonly hash: string
  readonly previousHash: string
  /** Unix seconds. */
  readonly closedAt: number
  readonly successfulCount: number
  readonly failedCount: number
  readonly operationCount: number
  /** Operations of failed transactions included. */
  readonly submittedOperationCount: number
  readonly feePool: bigint
  /** The XDR LedgerHeader, of which `hash` is the SHA-256. */
  readonly header: Buffer
}

export interface HistoryTransaction {
  readonly position: bigint
  readonly hash: string
  readonly ledger: number
  readonly closedAt: number
  readonly isSuccessful: boolean
  readonly source: Party
  readonly sequence: bigint
  readonly feeAccount: Party
  readonly feeCharged: bigint
  readonly maxFee: bigint
  readonly operationCount: number
  readonly memo: EnvelopeMemo
  readonly preconditions: Preconditions
  readonly envelopeXdr: () => string
  readonly resultXdr: string
  readonly resultCodes: ResultCodes
  readonly signatures: ReadonlyArray<string>
  readonly feeBump?: {
    readonly innerHash: string
    readonly innerSignatures: ReadonlyArray<string>
    readonly innerMaxFee: bigint
  }
}

export interface HistoryOperation {
  readonly position: bigint
  readonly transaction: HistoryTransaction
  readonly name: OperationName
  readonly source: Party
  readonly details: JsonObject
}

export interface HistoryEffect {
  readonly position: bigint
  readonly operation: HistoryOperation
  readonly order: number
  readonly effect: Effect
}

export interface PageRequest {
  /** Exclusive; absent: from the beginning, or from the end when descending. */
  readonly cursor: bigint | undefined
  readonly order: "asc" | "desc"
  readonly limit: number
}

/** An append-only list sorted by position. */
export class Timeline<Item extends { readonly position: bigint }> {
  readonly #items: Array<Item> = []

  append(item: Item): void {
    this.#items.push(item)
  }

  get last(): Item | undefined {
    return this.#items.at(-1)
  }

  /** How many items stand at or before the position. */
  #countUpTo(position: bigint): number {
    let low = 0
    let high = this.#items.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const item = this.#items[middle]
      if (item !== undefined && item.position <= position) low = middle + 1
      else high = middle
    }
    return low
  }

  find(position: bigint): Item | undefined {
    const item = this.#items[this.#countUpTo(position) - 1]
    return item?.position === position ? item : undefined
  }

  /** The next items after the cursor in the order asked for, only those that `keeps` lets through. */
  page({ cursor, order, limit }: PageRequest, keeps: (item: Item) => boolean = () => true): Array<Item> {
    const found: Array<Item> = []
    const items = this.#items
    const step = order === "asc" ? 1 : -1
    let place: number
    if (order === "asc") place = cursor === undefined ? 0 : this.#countUpTo(cursor)
    else place = cursor === undefined ? items.length - 1 : this.#countUpTo(cursor - 1n) - 1
    for (; found.length < limit; place += step) {
      const item = items[place]
      if (item === undefined) break
      if (keeps(item)) found.push(item)
    }
    return found
  }

  /** The items between two positions, both included. */
  between(first: bigint, last: bigint): ReadonlyArray<Item> {
    return this.#items.slice(this.#countUpTo(first - 1n), this.#countUpTo(last))
  }
}

/** The lists of all, or of one account. */
export class Timelines {
  readonly transactions = new Timeline<HistoryTransaction>()
  readonly operations = new Timeline<HistoryOperation>()
  readonly payments = new Timeline<HistoryOperation>()
  readonly effects = new Timeline<HistoryEffect>()
}

const paymentNames: ReadonlySet<OperationName> = new Set([
  "create_account",
  "payment",
  "path_payment_strict_receive",
  "path_payment_strict_send",
  "account_merge"
])

/** An operation about to be recorded: with whom it touched and, unless it failed, its effects. */
export interface RecordedOperation {
  readonly name: OperationName
  readonly source: Party
  readonly details: JsonObject
  readonly participants: Iterable<string>
  readonly effects: ReadonlyArray<Effect>
}

export class LedgerHistory {
  readonly ledgers = new Timeline<ClosedLedger>()
  readonly all = new Timelines()
  readonly #byAccount = new Map<string, Timelines>()
  readonly #byHash = new Map<string, HistoryTransaction>()

  /** `undefined` for an account that nothing ever happened to. */
  ofAccount(id: string): Timelines | undefined {
    return this.#byAccount.get(id)
  }

  /** By its hash, or by that of the transaction inside a fee bump. */
  transaction(hash: string): HistoryTransaction | undefined {
    return this.#byHash.get(hash)
  }

  ledger(sequence: number): ClosedLedger | undefined {
    return this.ledgers.find(toid(sequence, 0, 0))
  }

  record(transaction: HistoryTransaction, operations: ReadonlyArray<RecordedOperation>): void {
    const accounts = new Set([transaction.source.id, transaction.feeAccount.id])
    for (const [index, { participants, effects, ...operation }] of operations.entries()) {
      const position = transaction.position | BigInt(index + 1)
      const recorded: HistoryOperation = {
        position,
        transaction,
        name: operation.name,
        source: operation.source,
        details: operation.details
      }
      const isPayment = paymentNames.has(operation.name)
      this.all.operations.append(recorded)
      if (isPayment) this.all.payments.append(recorded)
      for (const id of participants) {
        accounts.add(id)
        const lists = this.#listsOf(id)
        lists.operations.append(recorded)
        if (isPayment) lists.payments.append(recorded)
      }
      for (const [place, effect] of effects.entries()) {
        const order = place + 1
        const entry = { position: effectPosition(position, order), operation: recorded, order, effect }
        this.all.effects.append(entry)
        this.#listsOf(effect.account).effects.append(entry)
      }
    }
    this.all.transactions.append(transaction)
    for (const id of accounts) this.#listsOf(id).transactions.append(transaction)
    this.#byHash.set(transaction.hash, transaction)
    if (transaction.feeBump !== undefined) this.#byHash.set(transaction.feeBump.innerHash, transaction)
  }

  #listsOf(id: string): Timelines {
    const known = this.#byAccount.get(id)
    if (known !== undefined) return known
    const lists = new Timelines()
    this.#byAccount.set(id, lists)
    return lists
  }
}
