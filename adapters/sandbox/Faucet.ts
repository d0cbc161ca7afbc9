// Where does money in the sandbox come from? Friendbot opens accounts with lumens, the issuer pays out its assets; both
// through real transactions, so all of it stands in the history. Every call closes a ledger at once, in every mode.
// Gotcha: to fund an account without a trust line the faucet makes one in that account's name, unsigned: a privilege
// that only its own transactions have.

import { createHash } from "node:crypto"
import { Account, Asset, Keypair, Operation, TransactionBuilder } from "@stellar/stellar-sdk"
import { amountOf } from "./amounts.ts"
import type { Ledger } from "./Ledger.ts"
import type { HistoryTransaction } from "./LedgerHistory.ts"

export interface SandboxAsset {
  readonly code: string
  readonly issuer: string
}

export type Funding =
  | { readonly isDone: true; readonly transaction: HistoryTransaction }
  | { readonly isDone: false; readonly reason: string }

type Signed = Parameters<TransactionBuilder["addOperation"]>[0]

const STARTING_BALANCE = "10000"
const FRIENDBOT_BALANCE = "50000000000"
const ISSUER_BALANCE = "1000000"
const FEE = "1000"

const keypairFor = (passphrase: string, name: string): Keypair =>
  Keypair.fromRawEd25519Seed(createHash("sha256").update(`${passphrase} ${name}`).digest())

export class Faucet {
  readonly friendbot: Keypair
  readonly issuer: Keypair
  readonly assets: ReadonlyArray<SandboxAsset>
  readonly #ledger: Ledger

  constructor(ledger: Ledger, codes: ReadonlyArray<string>) {
    this.#ledger = ledger
    this.friendbot = keypairFor(ledger.passphrase, "friendbot")
    this.issuer = keypairFor(ledger.passphrase, "issuer")
    this.assets = codes.map((code) => ({ code, issuer: this.issuer.publicKey() }))
  }

  /** Makes the faucet's own accounts, where the ledger does not have them yet. */
  async open(): Promise<void> {
    if (this.#ledger.account(this.friendbot.publicKey()) !== undefined) return
    const opened = await this.#transact(this.#ledger.root, [
      Operation.createAccount({
        destination: this.friendbot.publicKey(),
        startingBalance: FRIENDBOT_BALANCE
      }),
      Operation.createAccount({ destination: this.issuer.publicKey(), startingBalance: ISSUER_BALANCE })
    ])
    if (!opened.isDone) throw new Error(`the faucet cannot open its accounts: ${opened.reason}`)
  }

  /** Opens an account with 10,000 XLM. */
  openAccount(id: string): Promise<Funding> {
    if (this.#ledger.account(id) !== undefined) {
      return Promise.resolve({ isDone: false, reason: "account already funded to starting balance" })
    }
    return this.#transact(this.friendbot, [
      Operation.createAccount({ destination: id, startingBalance: STARTING_BALANCE })
    ])
  }

  /** Pays the asset (or XLM) to the account; opens the account and its trust line where they are missing. */
  async fund(id: string, code: string, stroops: bigint): Promise<Funding> {
    const amount = amountOf(stroops)
    if (this.#ledger.account(id) === undefined) {
      const opened = await this.openAccount(id)
      if (!opened.isDone && this.#ledger.account(id) === undefined) return opened
    }
    if (code === "XLM" || code === "native") {
      const payment = Operation.payment({ destination: id, asset: Asset.native(), amount })
      return this.#transact(this.friendbot, [payment])
    }
    if (!this.assets.some((asset) => asset.code === code)) {
      const known = ["XLM", ...this.assets.map((asset) => asset.code)].join(", ")
      return { isDone: false, reason: `the sandbox issues no ${code}; it has ${known}` }
    }
    const asset = new Asset(code, this.issuer.publicKey())
    const trusts = this.#ledger.account(id)?.trustlines.has(`${code}:${this.issuer.publicKey()}`) ?? false
    return this.#transact(this.issuer, [
      ...(trusts ? [] : [Operation.changeTrust({ asset, source: id })]),
      Operation.payment({ destination: id, asset, amount })
    ])
  }

  async #transact(source: Keypair, operations: ReadonlyArray<Signed>): Promise<Funding> {
    const account = this.#ledger.account(source.publicKey())
    if (account === undefined) return { isDone: false, reason: `no account ${source.publicKey()}` }
    const sequence = this.#ledger.sequenceOf(account)
    const builder = new TransactionBuilder(new Account(account.id, sequence.toString()), {
      fee: FEE,
      networkPassphrase: this.#ledger.passphrase
    })
    for (const operation of operations) builder.addOperation(operation)
    const transaction = builder.setTimeout(0).build()
    transaction.sign(source)
    const submission = this.#ledger.submit(transaction.toEnvelope().toXdr("base64"), true)
    if (submission.status === "malformed") return { isDone: false, reason: "malformed" }
    if (submission.status === "refused") {
      const { transaction: code, operations: codes } = submission.resultCodes
      return { isDone: false, reason: [code, ...(codes ?? [])].join(", ") }
    }
    const [settlement] = await Promise.all([submission.settled, this.#ledger.close()])
    if (settlement.status === "dropped") return { isDone: false, reason: "dropped" }
    const { transaction: included } = settlement
    return included.isSuccessful
      ? { isDone: true, transaction: included }
      : { isDone: false, reason: (included.resultCodes.operations ?? []).join(", ") }
  }
}
