// What has the rail accepted? Its own book, the only witness that nothing was paid twice: every acceptance in order,
// on disk before the answer leaves. A key accepted twice stands in it twice. It also remembers the keys it voided.
// Gotcha: an entry is in memory before it is on disk; whoever tells of it waits for `durable` first.

import { join } from "node:path"
import { Schema } from "effect"
import { memoryLog, openLog } from "./AppendLog.ts"
import type { AppendLog } from "./AppendLog.ts"

const Accepted = Schema.Struct({
  kind: Schema.Literal("accepted"),
  payoutId: Schema.String,
  transactionId: Schema.String,
  /** What is delivered, in the shortest decimal form. */
  amount: Schema.String,
  /** What of the payout is not delivered, where that is a part. */
  refusedAmount: Schema.optionalKey(Schema.String),
  account: Schema.NullOr(Schema.String),
  at: Schema.String,
  behaviour: Schema.Literals([
    "delivers",
    "delivers_later",
    "unavailable_twice",
    "loses_reply",
    "hangs",
    "refuses_part",
    "loses_reply_and_memory"
  ]),
  externalId: Schema.String
})

const Line = Schema.Union([
  Schema.Struct({
    kind: Schema.Literal("opened"),
    log: Schema.Literal("kedge-sandbox-book"),
    version: Schema.Literal(1),
    passphrase: Schema.String
  }),
  Accepted,
  Schema.Struct({ kind: Schema.Literal("voided"), payoutId: Schema.String, at: Schema.String }),
  Schema.Struct({ kind: Schema.Literal("settled"), payoutId: Schema.String, at: Schema.String }),
  Schema.Struct({ kind: Schema.Literal("unavailable"), transactionId: Schema.String, at: Schema.String })
])

const decodeLine = Schema.decodeUnknownSync(Line)

type Line = typeof Line.Type

export type AcceptedEntry = typeof Accepted.Type

export interface BookEntry extends AcceptedEntry {
  /** Resolves when the entry is on disk. */
  readonly durable: Promise<void>
}

const onDisk = Promise.resolve()

export class RailBook {
  readonly #log: AppendLog
  readonly #entries: Array<BookEntry> = []
  readonly #byPayout = new Map<string, Array<BookEntry>>()
  readonly #byTransaction = new Map<string, Array<BookEntry>>()
  readonly #voided = new Map<string, Promise<void>>()
  readonly #settled = new Map<string, Promise<void>>()
  readonly #unavailable = new Map<string, number>()

  private constructor(log: AppendLog) {
    this.#log = log
  }

  /** Opens the book of the network's rail; without a directory nothing is kept. */
  static async open(directory: string | undefined, passphrase: string): Promise<RailBook> {
    if (directory === undefined) return new RailBook(memoryLog)
    const { log, entries } = await openLog(join(directory, "book.log"))
    const book = new RailBook(log)
    const lines = entries.map((line) => decodeLine(line))
    const [first] = lines
    if (first === undefined) {
      const opened: Line = { kind: "opened", log: "kedge-sandbox-book", version: 1, passphrase }
      await log.append(opened)
    } else if (first.kind !== "opened" || first.passphrase !== passphrase) {
      await log.close()
      throw new Error(
        `the rail's book in ${directory} belongs to another sandbox ledger: keep or delete the two together`
      )
    }
    for (const line of lines) book.#take(line, onDisk)
    return book
  }

  get entries(): ReadonlyArray<BookEntry> {
    return this.#entries
  }

  ofTransaction(transactionId: string): ReadonlyArray<BookEntry> {
    return this.#byTransaction.get(transactionId) ?? []
  }

  /** One for each time the key was accepted. */
  ofPayout(payoutId: string): ReadonlyArray<BookEntry> {
    return this.#byPayout.get(payoutId) ?? []
  }

  accept(entry: Omit<AcceptedEntry, "kind" | "externalId">): BookEntry {
    const externalId = `SBX${String(this.#entries.length + 1).padStart(9, "0")}`
    const line: AcceptedEntry = { kind: "accepted", ...entry, externalId }
    const accepted: BookEntry = { ...line, durable: this.#log.append(line) }
    this.#add(accepted)
    return accepted
  }

  /** When the key's void is on disk; `undefined` for a key that is not voided. */
  voided(payoutId: string): Promise<void> | undefined {
    return this.#voided.get(payoutId)
  }

  /** Makes the key worthless for ever; resolves when that is on disk. */
  void(payoutId: string, at: string): Promise<void> {
    return this.voided(payoutId) ?? this.#write({ kind: "voided", payoutId, at })
  }

  isSettled(payoutId: string): boolean {
    return this.#settled.has(payoutId)
  }

  settle(payoutId: string, at: string): Promise<void> {
    return this.#settled.get(payoutId) ?? this.#write({ kind: "settled", payoutId, at })
  }

  /** How often the rail was unavailable to the transaction. */
  unavailableCount(transactionId: string): number {
    return this.#unavailable.get(transactionId) ?? 0
  }

  noteUnavailable(transactionId: string, at: string): Promise<void> {
    return this.#write({ kind: "unavailable", transactionId, at })
  }

  close(): Promise<void> {
    return this.#log.close()
  }

  #write(line: Line): Promise<void> {
    const durable = this.#log.append(line)
    this.#take(line, durable)
    return durable
  }

  #take(line: Line, durable: Promise<void>): void {
    switch (line.kind) {
      case "opened":
        return
      case "accepted":
        this.#add({ ...line, durable })
        return
      case "voided":
        this.#voided.set(line.payoutId, durable)
        return
      case "settled":
        this.#settled.set(line.payoutId, durable)
        return
      case "unavailable":
        this.#unavailable.set(line.transactionId, this.unavailableCount(line.transactionId) + 1)
        return
    }
  }

  #add(entry: BookEntry): void {
    this.#entries.push(entry)
    const under = (map: Map<string, Array<BookEntry>>, key: string): void => {
      const known = map.get(key)
      if (known === undefined) map.set(key, [entry])
      else known.push(entry)
    }
    under(this.#byPayout, entry.payoutId)
    under(this.#byTransaction, entry.transactionId)
  }
}
