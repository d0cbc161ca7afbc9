// A ledger that refunds are submitted to, with a book of its own: it decodes and checks real envelopes as the network does
// (sequence, time bounds, fee, balances, trust), and does to its clients what networks do: takes an envelope and loses the
// answer, takes nothing, forgets what waits, hears an old envelope again, closes ledgers, lags behind itself.
// Gotcha: what was paid is read from `paid`, which no code under test can write.
import { FeeBumpTransaction, MuxedAccount, type Transaction, TransactionBuilder } from "@stellar/stellar-sdk"
import { Effect } from "effect"
import { type Amount, fromStroops, parseAmount, toStroops } from "../../machines/domain/Amount.ts"
import { LedgerUnavailable } from "../../src/ports/StellarNetwork.ts"
import type { LedgerAccount, StellarSubmission, Submitted } from "../../src/ports/StellarSubmission.ts"
import { Result } from "effect"

interface Line {
  stroops: bigint
  limit: bigint | null
  isAuthorized: boolean
}

export interface SimulatedAccount {
  sequence: bigint
  /** By `CODE:ISSUER`, or `native`. */
  readonly lines: Map<string, Line>
  isMemoRequired: boolean
}

export interface Paid {
  readonly hash: string
  readonly ledger: number
  readonly source: string
  readonly from: string
  readonly destination: string
  readonly amount: string
  readonly memo: string
}

interface Waiting {
  readonly inner: Transaction
  readonly fee: number
}

const hashOf = (transaction: Transaction): string => Buffer.from(transaction.hash()).toString("hex")
const baseOf = (address: string): string =>
  address.startsWith("M") ? MuxedAccount.fromAddress(address, "0").baseAccount().accountId() : address
const refused = (code: string, operations: ReadonlyArray<string> = []): Submitted => ({
  _tag: "Refused",
  code,
  operations
})
const taken: Submitted = { _tag: "Taken" }
const unavailable = (message: string) => new LedgerUnavailable({ message })

export class SimulatedLedger {
  readonly accounts = new Map<string, SimulatedAccount>()
  /** What left an account, in order: the truth. */
  readonly paid: Array<Paid> = []
  /** Every envelope that was ever given, taken or not; its inner hash and the fee offered for an operation. */
  readonly given: Array<{
    readonly hash: string
    readonly xdr: string
    readonly fee: number
    readonly isBump: boolean
  }> = []
  readonly #waiting = new Map<string, Waiting>()
  readonly #closed = new Map<string, { readonly ledger: number; readonly codes: ReadonlyArray<string> }>()
  readonly #issuers: ReadonlySet<string>
  readonly #passphrase: string
  #sequence = 100
  /** Seconds since 1970. */
  #closedAt = 1_000_000
  /** Stroops for an operation below which nothing is taken. */
  feeMin = 100
  /** What the next submissions come to; where there is none they are heard and answered. */
  readonly fates: Array<"answered" | "answer-lost" | "never-heard"> = []
  /** Ledgers by which the one who answers questions about transactions is behind. */
  lag = 0
  /** Nobody answers anything. */
  isAway = false
  keptSinceSeconds = 0

  constructor(passphrase: string, issuers: ReadonlyArray<string>) {
    this.#passphrase = passphrase
    this.#issuers = new Set(issuers)
  }

  open(id: string, lines: Readonly<Record<string, string>> = {}): SimulatedAccount {
    const account: SimulatedAccount = {
      sequence: 4_294_967_296n * BigInt(this.accounts.size + 1),
      lines: new Map(
        Object.entries({ native: "10", ...lines }).map(([asset, balance]) => [
          asset,
          {
            stroops: stroopsOf(balance),
            limit: asset === "native" ? null : stroopsOf("900000"),
            isAuthorized: true
          }
        ])
      ),
      isMemoRequired: false
    }
    this.accounts.set(id, account)
    return account
  }

  get waiting(): ReadonlyArray<string> {
    return [...this.#waiting.keys()]
  }
  get closedAt(): number {
    return this.#closedAt
  }

  /** Forgets what waits: the network is not obliged to keep it. */
  forget(): void {
    this.#waiting.clear()
  }

  /** Whoever has seen an envelope may give it to the network again, at any time. */
  replay(index: number): void {
    const each = this.given[index]
    if (each !== undefined) this.#hear(each.xdr)
  }

  /** Uses up a sequence number of an account, as another program would. */
  takeNumber(id: string): void {
    const account = this.accounts.get(id)
    if (account !== undefined) account.sequence += 1n
  }

  /** Closes a ledger with all that waits and is valid. */
  close(seconds = 5): void {
    this.#sequence += 1
    this.#closedAt += seconds
    for (const [hash, { inner }] of this.#waiting) {
      const source = this.accounts.get(baseOf(inner.source))
      if (source === undefined || source.sequence + 1n !== BigInt(inner.sequence) || this.#isLate(inner))
        continue
      source.sequence += 1n
      this.#closed.set(hash, { ledger: this.#sequence, codes: this.#apply(inner, hash) })
    }
    this.#waiting.clear()
  }

  readonly port: StellarSubmission["Service"] = {
    account: (id) => this.#ask(() => this.#account(id)),
    submit: (envelope) =>
      Effect.suspend(() => {
        if (this.isAway) return Effect.fail(unavailable("the line was cut"))
        const fate = this.fates.shift() ?? "answered"
        if (fate === "never-heard") return Effect.fail(unavailable("the line was cut"))
        const said = this.#hear(envelope)
        return fate === "answered" ? Effect.succeed(said) : Effect.fail(unavailable("no answer within 15 s"))
      }),
    transaction: (hash) =>
      this.#ask(() => {
        const found = this.#closed.get(hash)
        if (found === undefined || found.ledger > this.#sequence - this.lag) return null
        return { successful: found.codes.length === 0, ledger: found.ledger, codes: found.codes }
      }),
    newest: this.#ask(() => ({ sequence: this.#sequence, closedAtMillis: this.#closedAt * 1000, fee: 100 })),
    keptSinceMillis: this.#ask(() => this.keptSinceSeconds * 1000)
  }

  #ask<A>(answer: () => A): Effect.Effect<A, LedgerUnavailable> {
    return Effect.suspend(() =>
      this.isAway ? Effect.fail(unavailable("Horizon does not answer")) : Effect.sync(answer)
    )
  }

  #account(id: string): LedgerAccount | null {
    const account = this.accounts.get(id)
    if (account === undefined) return null
    return {
      sequence: account.sequence.toString(),
      isMemoRequired: account.isMemoRequired,
      ledger: this.#sequence,
      balances: [...account.lines].map(([asset, line]) => {
        const [code = "", issuer = null] = asset.split(":")
        return {
          asset: { code, issuer },
          balance: fromStroops(line.stroops),
          limit: line.limit === null ? null : fromStroops(line.limit),
          isAuthorized: line.isAuthorized
        }
      })
    }
  }

  #hear(xdr: string): Submitted {
    const transaction = TransactionBuilder.fromXdr(xdr, this.#passphrase)
    const isBump = transaction instanceof FeeBumpTransaction
    const inner = isBump ? transaction.innerTransaction : transaction
    // For an operation; a fee bump counts as one more.
    const fee = Number(transaction.fee) / (isBump ? 2 : 1)
    const hash = hashOf(inner)
    this.given.push({ hash, xdr, fee, isBump })
    if (this.#waiting.has(hash)) return taken
    if (this.#isLate(inner)) return refused("tx_too_late")
    const source = this.accounts.get(baseOf(inner.source))
    if (source === undefined) return refused("tx_no_source_account")
    // What is in a ledger is forgotten by the network, which sees a number that is used up (S2).
    if (source.sequence + 1n !== BigInt(inner.sequence)) return refused("tx_bad_seq")
    if (fee < this.feeMin) return refused("tx_insufficient_fee")
    if ((source.lines.get("native")?.stroops ?? 0n) < 1_0000000n) return refused("tx_insufficient_balance")
    this.#waiting.set(hash, { inner, fee })
    return taken
  }

  #isLate(inner: Transaction): boolean {
    return Number(inner.timeBounds?.maxTime ?? 0) < this.#closedAt
  }

  /** Moves the money, or says why not; the number is used up either way. */
  #apply(inner: Transaction, hash: string): ReadonlyArray<string> {
    const [operation] = inner.operations
    if (operation?.type !== "payment") throw new Error("a refund is one payment")
    const from = baseOf(operation.source ?? inner.source)
    const to = baseOf(operation.destination)
    const asset = operation.asset.isNative() ? "native" : `${operation.asset.code}:${operation.asset.issuer}`
    const amount = stroopsOf(operation.amount)
    const payer = this.accounts.get(from)?.lines.get(asset)
    const payee = this.accounts.get(to)?.lines.get(asset)
    if (!this.accounts.has(to)) return ["tx_failed", "op_no_destination"]
    if (payer === undefined || payer.stroops < amount) return ["tx_failed", "op_underfunded"]
    if (payee === undefined && !this.#issuers.has(to)) return ["tx_failed", "op_no_trust"]
    payer.stroops -= amount
    if (payee !== undefined) payee.stroops += amount
    this.paid.push({
      hash,
      ledger: this.#sequence,
      source: baseOf(inner.source),
      from,
      destination: operation.destination,
      amount: amountOf(operation.amount),
      memo: inner.memo.type === "none" ? "none" : `${inner.memo.type} ${textOf(inner.memo.value)}`
    })
    return []
  }
}

const textOf = (value: unknown): string =>
  value instanceof Uint8Array ? Buffer.from(value).toString("utf8") : String(value)

const amountOf = (text: string): Amount => {
  const parsed = parseAmount(text.replace(/\.?0+$/, "") || text)
  if (Result.isFailure(parsed)) throw new Error(`${text} is no amount`)
  return parsed.success
}
const stroopsOf = (text: string): bigint => {
  const parsed = parseAmount(text)
  if (Result.isFailure(parsed)) throw new Error(`${text} is no amount`)
  return toStroops(parsed.success)
}
