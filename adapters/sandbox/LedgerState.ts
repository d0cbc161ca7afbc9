// What does the ledger hold now: accounts, trust lines, claimable balances; and how does a transaction change
// it all or not at all? Reads go to the state, writes to a Draft that copies an entry the first time it is edited.
// Gotcha: an entry read before `edit` is the old one; after an edit read it from the draft again.

export interface Trustline {
  readonly code: string
  readonly issuer: string
  balance: bigint
  limit: bigint
  isAuthorized: boolean
  lastModifiedLedger: number
}

export type SignerType = "ed25519_public_key" | "sha256_hash" | "preauth_tx"

export interface Signer {
  readonly key: string
  readonly type: SignerType
  readonly weight: number
}

export interface Thresholds {
  readonly low: number
  readonly medium: number
  readonly high: number
}

export interface Account {
  readonly id: string
  /** Stroops of the native asset. */
  balance: bigint
  sequence: bigint
  sequenceLedger: number
  sequenceTime: number
  masterWeight: number
  thresholds: Thresholds
  /** All but the master key. */
  signers: ReadonlyArray<Signer>
  /** Keyed by `CODE:ISSUER`, in the order they were made. */
  trustlines: Map<string, Trustline>
  /** Name to value in base64. */
  data: Map<string, string>
  homeDomain: string | undefined
  inflationDestination: string | undefined
  flags: number
  lastModifiedLedger: number
  lastModifiedTime: number
}

export type Predicate =
  | { readonly unconditional: true }
  | { readonly and: ReadonlyArray<Predicate> }
  | { readonly or: ReadonlyArray<Predicate> }
  | { readonly not: Predicate }
  | { readonly absBefore: bigint }
  | { readonly relBefore: bigint }

export interface Claimant {
  readonly destination: string
  readonly predicate: Predicate
}

export interface ClaimableBalance {
  /** Hex of the XDR ClaimableBalanceID, as Horizon spells it. */
  readonly id: string
  /** `native` or `CODE:ISSUER`. */
  readonly asset: string
  readonly amount: bigint
  readonly sponsor: string
  readonly claimants: ReadonlyArray<Claimant>
  readonly lastModifiedLedger: number
  readonly lastModifiedTime: number
}

export const BASE_RESERVE = 5_000_000n
export const BASE_FEE = 100n

export const AUTH_REQUIRED = 1
export const AUTH_REVOCABLE = 2
export const AUTH_IMMUTABLE = 4
export const AUTH_CLAWBACK_ENABLED = 8

export const newAccount = (id: string, balance: bigint, ledger: number, closedAt: number): Account => ({
  id,
  balance,
  // An account's first sequence number comes from the ledger that made it, so a merged and made-again account
  // cannot see its old transactions replayed.
  sequence: BigInt(ledger) << 32n,
  sequenceLedger: 0,
  sequenceTime: 0,
  masterWeight: 1,
  thresholds: { low: 0, medium: 0, high: 0 },
  signers: [],
  trustlines: new Map(),
  data: new Map(),
  homeDomain: undefined,
  inflationDestination: undefined,
  flags: 0,
  lastModifiedLedger: ledger,
  lastModifiedTime: closedAt
})

export const subentriesOf = (account: Account): number =>
  account.trustlines.size + account.signers.length + account.data.size

/** What an account must keep, in stroops: two base reserves and one for each subentry. */
export const reserveOf = (account: Account): bigint => BASE_RESERVE * BigInt(2 + subentriesOf(account))

const copyOf = (account: Account): Account => ({
  ...account,
  trustlines: new Map(Array.from(account.trustlines, ([key, line]) => [key, { ...line }])),
  data: new Map(account.data)
})

export interface LedgerState {
  readonly accounts: Map<string, Account>
  readonly claimableBalances: Map<string, ClaimableBalance>
}

/** The ledger a draft is written for: what its entries get as the time of their last change. */
export interface DraftLedger {
  readonly sequence: number
  /** Unix seconds. */
  readonly closedAt: number
}

export class Draft {
  readonly ledger: DraftLedger
  readonly #state: LedgerState
  readonly #accounts = new Map<string, Account | undefined>()
  readonly #claimableBalances = new Map<string, ClaimableBalance | undefined>()

  constructor(state: LedgerState, ledger: DraftLedger) {
    this.#state = state
    this.ledger = ledger
  }

  account(id: string): Readonly<Account> | undefined {
    return this.#accounts.has(id) ? this.#accounts.get(id) : this.#state.accounts.get(id)
  }

  /** The account as this draft may change it; asking for one that does not exist is a defect. */
  edit(id: string): Account {
    const drafted = this.#accounts.get(id)
    if (drafted !== undefined) return drafted
    const account = this.account(id)
    if (account === undefined) throw new Error(`no account to edit: ${id}`)
    const copy = copyOf(account)
    copy.lastModifiedLedger = this.ledger.sequence
    copy.lastModifiedTime = this.ledger.closedAt
    this.#accounts.set(id, copy)
    return copy
  }

  create(account: Account): void {
    this.#accounts.set(account.id, account)
  }

  remove(id: string): void {
    this.#accounts.set(id, undefined)
  }

  claimableBalance(id: string): ClaimableBalance | undefined {
    return this.#claimableBalances.has(id)
      ? this.#claimableBalances.get(id)
      : this.#state.claimableBalances.get(id)
  }

  putClaimableBalance(balance: ClaimableBalance): void {
    this.#claimableBalances.set(balance.id, balance)
  }

  removeClaimableBalance(id: string): void {
    this.#claimableBalances.set(id, undefined)
  }

  commit(): void {
    for (const [id, account] of this.#accounts) {
      if (account === undefined) this.#state.accounts.delete(id)
      else this.#state.accounts.set(id, account)
    }
    for (const [id, balance] of this.#claimableBalances) {
      if (balance === undefined) this.#state.claimableBalances.delete(id)
      else this.#state.claimableBalances.set(id, balance)
    }
  }
}
