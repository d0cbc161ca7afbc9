// Where is the ledger kept, and how does it come back? Of each ledger its inputs are appended (close time, envelopes)
// before they are applied; at start they are applied again. Every line names the hash of the ledger before it, so a
// log that this version would apply differently is noticed and refused instead of becoming another history.

import { randomBytes } from "node:crypto"
import { join } from "node:path"
import { Schema } from "effect"
import { memoryLog, openLog } from "./AppendLog.ts"
import type { AppendLog } from "./AppendLog.ts"
import type { SyntheticPayment } from "./SyntheticPayment.ts"

const Header = Schema.Struct({
  log: Schema.Literal("kedge-sandbox-ledger"),
  version: Schema.Literal(1),
  passphrase: Schema.String,
  /** Unix seconds at which the first ledger closed. */
  genesisAt: Schema.Int
})

const Synthetic = Schema.Struct({
  from: Schema.String,
  to: Schema.String,
  asset: Schema.String,
  amount: Schema.BigIntFromString,
  memo: Schema.optionalKey(
    Schema.Struct({
      type: Schema.Literals(["none", "id", "text", "hash", "return"]),
      value: Schema.String
    })
  )
})

const Entry = Schema.Struct({
  ledger: Schema.Int,
  closedAt: Schema.Int,
  previousHash: Schema.String,
  envelopes: Schema.optionalKey(Schema.Array(Schema.String)),
  /** Which of the envelopes, counted from 0, are the faucet's. */
  privileged: Schema.optionalKey(Schema.Array(Schema.Int)),
  synthetic: Schema.optionalKey(Schema.Array(Synthetic))
})

const decodeHeader = Schema.decodeUnknownSync(Header)
const decodeEntry = Schema.decodeUnknownSync(Entry)
const encodeEntry = Schema.encodeSync(Entry)

export interface LedgerEntry {
  readonly ledger: number
  readonly closedAt: number
  readonly previousHash: string
  readonly envelopes?: ReadonlyArray<string>
  readonly privileged?: ReadonlyArray<number>
  readonly synthetic?: ReadonlyArray<SyntheticPayment>
}

export interface LedgerJournal {
  readonly passphrase: string
  readonly genesisAt: number
  readonly entries: ReadonlyArray<LedgerEntry>
  /** Resolves when the ledger's inputs are durable. */
  readonly append: (entry: LedgerEntry) => Promise<void>
  readonly close: () => Promise<void>
}

const newPassphrase = (): string => `Kedge Sandbox ; ${randomBytes(16).toString("hex")}`

export interface JournalOptions {
  /** Absent: nothing is kept. */
  readonly directory?: string
  /** For the first start; a kept ledger has its own. */
  readonly passphrase?: string
  /** Unix seconds. */
  readonly now: number
}

const journalOver = (
  log: AppendLog,
  header: typeof Header.Type,
  entries: ReadonlyArray<LedgerEntry>
): LedgerJournal => ({
  passphrase: header.passphrase,
  genesisAt: header.genesisAt,
  entries,
  append: (entry) => (log === memoryLog ? memoryLog.append(entry) : log.append(encodeEntry(entry))),
  close: () => log.close()
})

export const openLedgerJournal = async (options: JournalOptions): Promise<LedgerJournal> => {
  const made: typeof Header.Type = {
    log: "kedge-sandbox-ledger",
    version: 1,
    passphrase: options.passphrase ?? newPassphrase(),
    genesisAt: options.now
  }
  if (options.directory === undefined) return journalOver(memoryLog, made, [])
  const { log, entries } = await openLog(join(options.directory, "ledger.log"))
  const [first, ...rest] = entries
  if (first === undefined) {
    await log.append(made)
    return journalOver(log, made, [])
  }
  const header = decodeHeader(first)
  if (options.passphrase !== undefined && options.passphrase !== header.passphrase) {
    await log.close()
    throw new Error(
      `the sandbox ledger in ${options.directory} is of the network "${header.passphrase}", not "${options.passphrase}"`
    )
  }
  return journalOver(
    log,
    header,
    rest.map((entry) => decodeEntry(entry))
  )
}
