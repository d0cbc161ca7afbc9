// A ledger in memory whose clock and closes a test holds in its hand, with accounts that can pay.
import { Keypair } from "@stellar/stellar-sdk"
import type { Asset } from "@stellar/stellar-sdk"
import type { Rate } from "../../../adapters/sandbox/AppliedOperation.ts"
import { Faucet } from "../../../adapters/sandbox/Faucet.ts"
import { Ledger } from "../../../adapters/sandbox/Ledger.ts"
import type { Settlement } from "../../../adapters/sandbox/Ledger.ts"
import type { HistoryTransaction } from "../../../adapters/sandbox/LedgerHistory.ts"
import { openLedgerJournal } from "../../../adapters/sandbox/ledgerJournal.ts"
import { rateTable } from "../../../adapters/sandbox/rateTable.ts"
import { assetOf, transactionOf } from "../../support/sandboxStellar.ts"
import type { EnvelopeWish } from "../../support/sandboxStellar.ts"

export const START = 1_800_000_000

export class LedgerWorld {
  readonly ledger: Ledger
  readonly faucet: Faucet
  readonly usdc: Asset
  readonly eurc: Asset
  readonly clock: { seconds: number }

  private constructor(ledger: Ledger, faucet: Faucet, clock: { seconds: number }) {
    this.ledger = ledger
    this.faucet = faucet
    this.clock = clock
    this.usdc = assetOf(faucet.assets[0])
    this.eurc = assetOf(faucet.assets[1])
  }

  static async make(rates: Readonly<Record<string, string>> = {}): Promise<LedgerWorld> {
    const clock = { seconds: START }
    const rate: (from: string, to: string) => Rate = rateTable(rates)
    const journal = await openLedgerJournal({ now: START })
    const ledger = new Ledger({ journal, now: () => clock.seconds, rate })
    const faucet = new Faucet(ledger, ["USDC", "EURC"])
    await faucet.open()
    return new LedgerWorld(ledger, faucet, clock)
  }

  /** A new account with 10,000 XLM. */
  async account(): Promise<Keypair> {
    const keypair = Keypair.random()
    await this.faucet.openAccount(keypair.publicKey())
    return keypair
  }

  /** A new account with 10,000 XLM and so many stroops of USDC. */
  async holder(stroops: bigint): Promise<Keypair> {
    const keypair = Keypair.random()
    const funding = await this.faucet.fund(keypair.publicKey(), "USDC", stroops)
    if (!funding.isDone) throw new Error(funding.reason)
    return keypair
  }

  sequenceOf(keypair: Keypair): bigint {
    const account = this.ledger.account(keypair.publicKey())
    if (account === undefined) throw new Error(`no account ${keypair.publicKey()}`)
    return this.ledger.sequenceOf(account)
  }

  balanceOf(keypair: Keypair, asset: Asset | "native"): bigint | undefined {
    const account = this.ledger.account(keypair.publicKey())
    if (asset === "native") return account?.balance
    return account?.trustlines.get(`${asset.code}:${asset.issuer ?? ""}`)?.balance
  }

  /** The envelope in base64, from the first signer and next in its turn unless told otherwise. */
  envelope(wish: Partial<EnvelopeWish> & Pick<EnvelopeWish, "operations" | "signers">): string {
    const [first] = wish.signers
    const sequence = wish.sequence ?? (first === undefined ? 1n : this.sequenceOf(first) + 1n)
    const transaction = transactionOf({ passphrase: this.ledger.passphrase, ...wish, sequence })
    return transaction.toEnvelope().toXdr("base64")
  }

  /** The code by which the envelope is refused before any ledger, with its operations' codes; else "pending". */
  verdictOf(xdr: string): string {
    const submission = this.ledger.submit(xdr)
    if (submission.status !== "refused") return submission.status
    const { transaction, inner_transaction: inner, operations } = submission.resultCodes
    return [transaction, ...(inner === undefined ? [] : [inner]), ...(operations ?? [])].join(" ")
  }

  /** Submits and closes; the transaction as its ledger has it. */
  async include(xdr: string): Promise<HistoryTransaction> {
    const settlement = await this.settle(xdr)
    if (settlement.status !== "included") throw new Error("the ledger left the transaction out")
    return settlement.transaction
  }

  async settle(xdr: string): Promise<Settlement> {
    const submission = this.ledger.submit(xdr)
    if (submission.status !== "pending") throw new Error(`not pending: ${JSON.stringify(submission)}`)
    await this.ledger.close()
    return submission.settled
  }

  /** What `include` comes to, in codes: "tx_failed op_underfunded". */
  async outcomeOf(xdr: string): Promise<string> {
    const { resultCodes } = await this.include(xdr)
    const { transaction, inner_transaction: inner, operations } = resultCodes
    return [transaction, ...(inner === undefined ? [] : [inner]), ...(operations ?? [])].join(" ")
  }
}
