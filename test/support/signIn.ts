// The parts of a SEP-10 sign-in that tests move about: keys, challenges built and signed by hand, and a ledger that
// says of each account what the test wants. Keys come from names, so that a failing test can be read.
import { Account, encodeMuxedAccount, encodeMuxedAccountToAddress, hash, Keypair } from "@stellar/stellar-sdk"
import {
  FeeBumpTransaction,
  Networks,
  Operation,
  type Transaction,
  TransactionBuilder
} from "@stellar/stellar-sdk"
import { Effect, Layer, Stream } from "effect"
import type { Memo } from "@stellar/stellar-sdk"
import { type AccountSigners, LedgerUnavailable, StellarNetwork } from "../../src/ports/StellarNetwork.ts"
import { buildChallenge, type ChallengeTerms } from "../../src/stellar/buildChallenge.ts"
import type { ChallengeRules } from "../../src/stellar/readChallenge.ts"

export const keyOf = (name: string): Keypair =>
  Keypair.fromRawEd25519Seed(hash(new TextEncoder().encode(`key of ${name}`)))

export const serverKey = keyOf("server")
export const clientKey = keyOf("client")

/** The `M…` of an account and an id. */
export const muxed = (account: string, id: string): string =>
  encodeMuxedAccountToAddress(encodeMuxedAccount(account, id))

export const plain = (account: string) => ({ text: account, account, muxedId: null })

export const noon = 1_800_000_000

export const terms: ChallengeTerms = {
  server: serverKey.publicKey(),
  passphrase: Networks.TESTNET,
  client: plain(clientKey.publicKey()),
  memo: null,
  homeDomain: "anchor.example.org",
  webAuthDomain: "auth.anchor.example.org:8443",
  nonce: new Uint8Array(48).fill(7),
  minTime: noon,
  maxTime: noon + 900
}

export const rules: ChallengeRules = {
  server: terms.server,
  passphrase: terms.passphrase,
  homeDomains: [terms.homeDomain],
  webAuthDomain: terms.webAuthDomain,
  now: noon + 10
}

/** A challenge of ours, as a client receives it. */
export const challengeFor = (over: Partial<ChallengeTerms> = {}, server = serverKey): string => {
  const unsigned = buildChallenge({ ...terms, ...over })
  return unsigned.signed(server.sign(unsigned.hash))
}

export const parsed = (envelope: string, passphrase: string = Networks.TESTNET): Transaction => {
  const transaction = TransactionBuilder.fromXdr(envelope, passphrase)
  if (transaction instanceof FeeBumpTransaction)
    throw new Error("a fee bump where a transaction was expected")
  return transaction
}

/** The envelope with more signatures. */
export const signedBy = (envelope: string, ...keys: ReadonlyArray<Keypair>): string => {
  const transaction = parsed(envelope)
  transaction.sign(...keys)
  return transaction.toXdr()
}

export interface HandMade {
  readonly source?: string
  readonly sequence?: string
  readonly memo?: Memo
  readonly timebounds?: { readonly minTime: number; readonly maxTime: number } | null
  readonly operations?: ReadonlyArray<ReturnType<typeof Operation.manageData>>
  readonly signers?: ReadonlyArray<Keypair>
}

export const nonceText = "A".repeat(64)

export const authOperation = (
  name = `${terms.homeDomain} auth`,
  value: string | Uint8Array | null = nonceText
) => Operation.manageData({ name, value, source: clientKey.publicKey() })

export const domainOperation = (value: string = terms.webAuthDomain, source = serverKey.publicKey()) =>
  Operation.manageData({ name: "web_auth_domain", value, source })

/** A transaction that looks like a challenge but for what the test changes, signed by server and client. */
export const handMade = (wish: HandMade = {}): string => {
  const {
    sequence = "-1",
    source = serverKey.publicKey(),
    timebounds = { minTime: noon, maxTime: noon + 900 }
  } = wish
  const builder = new TransactionBuilder(new Account(source, sequence), {
    fee: "100",
    networkPassphrase: Networks.TESTNET,
    // Zero is the builder's word for no bound.
    timebounds: timebounds ?? { minTime: 0, maxTime: 0 },
    ...(wish.memo === undefined ? {} : { memo: wish.memo })
  })
  for (const operation of wish.operations ?? [authOperation(), domainOperation()])
    builder.addOperation(operation)
  const transaction = builder.build()
  transaction.sign(...(wish.signers ?? [serverKey, clientKey]))
  return transaction.toXdr()
}

/** What the ledger says of an account; "down" for no answer, absent for no such account. */
export type LedgerAccounts = ReadonlyMap<string, AccountSigners | "down">

/** One signer of weight 1 and thresholds of 0: an account as it is born. */
export const freshAccount = (key: string): AccountSigners => ({
  signers: [{ key, weight: 1 }],
  thresholds: { low: 0, medium: 0, high: 0 }
})

/** A ledger that knows signers and nothing else; the map may change while it runs. */
export const ledgerOf = (accounts: LedgerAccounts): Layer.Layer<StellarNetwork> => {
  const unasked = Effect.die(new Error("a sign-in asks the ledger for signers only"))
  return Layer.succeed(StellarNetwork, {
    passphrase: unasked,
    tip: () => unasked,
    page: () => unasked,
    wakeUps: () => Stream.die(new Error("a sign-in asks the ledger for signers only")),
    reread: () => unasked,
    signers: (account) => {
      const found = accounts.get(account)
      return found === "down"
        ? Effect.fail(new LedgerUnavailable({ message: "the ledger does not answer" }))
        : Effect.succeed(found ?? null)
    }
  })
}
