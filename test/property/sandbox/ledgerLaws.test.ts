// Does the sandbox's ledger keep its books, whatever is asked of it? No lumen appears or vanishes, a failed transaction
// changes nothing but its fee and its number, ids only grow, and the log replays to the very same ledger.
import { Asset, Claimant, Keypair, Operation } from "@stellar/stellar-sdk"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { amountOf, INT64_MAX } from "../../../adapters/sandbox/amounts.ts"
import { Faucet } from "../../../adapters/sandbox/Faucet.ts"
import { Ledger } from "../../../adapters/sandbox/Ledger.ts"
import { TOTAL_COINS } from "../../../adapters/sandbox/ledgerHeader.ts"
import type { LedgerEntry, LedgerJournal } from "../../../adapters/sandbox/ledgerJournal.ts"
import { rateTable } from "../../../adapters/sandbox/rateTable.ts"
import { assetOf, transactionOf } from "../../support/sandboxStellar.ts"

const GENESIS = 1_800_000_000
const UNIT = 10_000_000n

class RememberedJournal implements LedgerJournal {
  readonly passphrase = "Kedge Sandbox ; laws"
  readonly genesisAt = GENESIS
  readonly written: Array<LedgerEntry> = []
  readonly entries: ReadonlyArray<LedgerEntry>

  constructor(entries: ReadonlyArray<LedgerEntry> = []) {
    this.entries = entries
  }

  readonly append = async (entry: LedgerEntry): Promise<void> => {
    this.written.push(entry)
  }

  readonly close = async (): Promise<void> => {}
}

const ledgerOver = (journal: LedgerJournal): Ledger =>
  new Ledger({ journal, now: () => GENESIS, rate: rateTable({ "USDC/EURC": "0.9173" }) })

const kinds = ["lumens", "usdc", "send", "receive", "merge", "create", "trust", "balance", "claim"] as const

interface Wish {
  readonly kind: (typeof kinds)[number]
  readonly from: number
  readonly to: number
  readonly stroops: bigint
  /** Waits for the ledger of the next wish. */
  readonly isShared: boolean
}

const PEOPLE = 4
const wishes = fc.array(
  fc.record<Wish>({
    kind: fc.constantFrom(...kinds),
    from: fc.nat(PEOPLE - 1),
    to: fc.nat(PEOPLE - 1),
    stroops: fc.oneof(fc.bigInt(1n, 50n * UNIT), fc.bigInt(1n, INT64_MAX)),
    isShared: fc.boolean()
  }),
  { minLength: 1, maxLength: 25 }
)

class Country {
  readonly journal = new RememberedJournal()
  readonly ledger = ledgerOver(this.journal)
  readonly faucet = new Faucet(this.ledger, ["USDC", "EURC"])
  readonly people = Array.from({ length: PEOPLE }, (_, index) =>
    Keypair.fromRawEd25519Seed(Buffer.alloc(32, index + 1))
  )

  async open(): Promise<void> {
    await this.faucet.open()
    for (const person of this.people) await this.faucet.fund(person.publicKey(), "USDC", 100n * UNIT)
  }

  operationOf({ kind, to, stroops }: Wish): Parameters<typeof transactionOf>[0]["operations"][number] {
    const destination = this.people[to]?.publicKey() ?? ""
    const amount = amountOf(stroops)
    const [usdc, eurc] = [assetOf(this.faucet.assets[0]), assetOf(this.faucet.assets[1])]
    const path = { sendAsset: usdc, destAsset: eurc, destination }
    switch (kind) {
      case "lumens":
        return Operation.payment({ destination, asset: Asset.native(), amount })
      case "usdc":
        return Operation.payment({ destination, asset: usdc, amount })
      case "send":
        return Operation.pathPaymentStrictSend({ ...path, sendAmount: amount, destMin: "0.0000001" })
      case "receive":
        return Operation.pathPaymentStrictReceive({ ...path, sendMax: "1000", destAmount: amount })
      case "merge":
        return Operation.accountMerge({ destination })
      case "create":
        return Operation.createAccount({ destination, startingBalance: amount })
      case "trust":
        return Operation.changeTrust({ asset: eurc, limit: amount })
      case "balance": {
        const claimants = [new Claimant(destination)]
        return Operation.createClaimableBalance({ asset: Asset.native(), amount, claimants })
      }
      case "claim": {
        const [balance] = Array.from(this.ledger.claimableBalances())
        return Operation.claimClaimableBalance({ balanceId: balance?.id ?? "0".repeat(72) })
      }
    }
  }

  /** Asks for one thing more; where it stands alone in its ledger and fails, nothing else may have changed. */
  async ask(wish: Wish): Promise<void> {
    const from = this.people[wish.from]
    const account = from === undefined ? undefined : this.ledger.account(from.publicKey())
    if (from === undefined || account === undefined) return
    const isAlone = !this.ledger.hasPending
    const before = this.everybody(from.publicKey())
    const transaction = transactionOf({
      passphrase: this.ledger.passphrase,
      sequence: this.ledger.sequenceOf(account) + 1n,
      operations: [this.operationOf(wish)],
      signers: [from]
    })
    const submission = this.ledger.submit(transaction.toEnvelope().toXdr("base64"))
    if (wish.isShared || submission.status !== "pending") return
    await this.ledger.close()
    const settlement = await submission.settled
    if (!isAlone || settlement.status === "dropped" || settlement.transaction.isSuccessful) return
    expect(this.everybody(from.publicKey())).toEqual(before)
    expect(this.ledger.account(from.publicKey())).toMatchObject({
      balance: account.balance - 100n,
      sequence: BigInt(transaction.sequence)
    })
  }

  /** All accounts as they are, but for what a fee changes in the payer's. */
  everybody(payer: string): unknown {
    return this.keys.map((id) => {
      const account = this.ledger.account(id)
      if (account === undefined || id !== payer) return account
      const { trustlines, signers, data, thresholds } = account
      return { trustlines, signers, data, thresholds }
    })
  }

  get keys(): ReadonlyArray<string> {
    const { root } = this.ledger
    const { friendbot, issuer } = this.faucet
    return [...this.people, root, friendbot, issuer].map((keypair) => keypair.publicKey())
  }

  get lumens(): bigint {
    const held = this.keys.reduce((sum, id) => sum + (this.ledger.account(id)?.balance ?? 0n), 0n)
    const claimable = Array.from(this.ledger.claimableBalances(), ({ amount }) => amount)
    return claimable.reduce((sum, amount) => sum + amount, held + this.ledger.tip.feePool)
  }
}

describe("the sandbox's ledger", () => {
  it("keeps its laws under any run of transactions", async () => {
    await fc.assert(
      fc.asyncProperty(wishes, async (asked) => {
        const country = new Country()
        await country.open()

        for (const wish of asked) await country.ask(wish)
        await country.ledger.close()

        const { ledger, journal } = country
        const positions = ledger.history.all.operations.between(0n, INT64_MAX).map(({ position }) => position)
        const replayed = ledgerOver(new RememberedJournal(journal.written))
        expect(country.lumens).toBe(TOTAL_COINS)
        expect(positions).toEqual(positions.toSorted((a, b) => (a < b ? -1 : 1)))
        expect(new Set(positions).size).toBe(positions.length)
        expect(replayed.tip).toEqual(ledger.tip)
        for (const id of country.keys) expect(replayed.account(id)).toEqual(ledger.account(id))
      }),
      { numRuns: 40 }
    )
  })
})
