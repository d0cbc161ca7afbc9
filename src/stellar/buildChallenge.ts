/**
 * Builds a SEP-10 challenge: a transaction that can never be submitted (sequence 0), for the client to sign.
 *
 * Gotcha: the SDK has its own builder, which takes the time and the nonce from the machine; here both are given, and the
 * signature comes from the Signer port, so the key need not be in this process.
 */
import {
  Account,
  BASE_FEE,
  Keypair,
  Operation,
  type Transaction,
  TransactionBuilder,
  xdr
} from "@stellar/stellar-sdk/base"
import { toBase64 } from "./bytes.ts"
import { toStellarMemo } from "./memos.ts"
import type { Address } from "./strkeys.ts"

/** Bytes of a challenge's nonce before base64 (S10-CH-10). */
export const nonceLength = 48

export interface ChallengeTerms {
  /** Our signing account, `G…`. */
  readonly server: string
  readonly passphrase: string
  readonly client: Address
  /** Decimal uint64; null for none, and always for `M…` (S10-CH-03). */
  readonly memo: string | null
  readonly homeDomain: string
  readonly webAuthDomain: string
  /** 48 unpredictable bytes. */
  readonly nonce: Uint8Array
  /** Seconds since 1970. */
  readonly minTime: number
  readonly maxTime: number
  /** Verified attribution: the domain and the `SIGNING_KEY` it publishes. */
  readonly clientDomain?: { readonly domain: string; readonly key: string }
}

export interface UnsignedChallenge {
  /** 32 bytes: what the server signs, and the identity of the challenge. */
  readonly hash: Uint8Array
  /** The envelope in base64, with the server's signature (64 bytes) as the only one. */
  readonly signed: (signature: Uint8Array) => string
}

/** The operations in the order wallets expect: who logs in where, which endpoint asks, on whose behalf. */
const operationsOf = (terms: ChallengeTerms): ReadonlyArray<xdr.Operation> => {
  const { server, client, clientDomain } = terms
  const put = (name: string, value: string, source: string) => Operation.manageData({ name, value, source })
  return [
    put(`${terms.homeDomain} auth`, toBase64(terms.nonce), client.text),
    put("web_auth_domain", terms.webAuthDomain, server),
    ...(clientDomain === undefined ? [] : [put("client_domain", clientDomain.domain, clientDomain.key)])
  ]
}

const withSignature = (transaction: Transaction, server: string, signature: Uint8Array): string => {
  const hint = Keypair.fromPublicKey(server).signatureHint()
  transaction.addDecoratedSignature(new xdr.DecoratedSignature({ hint, signature }))
  return transaction.toXdr()
}

/** Builds the challenge. Dies on terms that were not checked: domains above 59 characters, a nonce of another length. */
export const buildChallenge = (terms: ChallengeTerms): UnsignedChallenge => {
  if (terms.nonce.length !== nonceLength)
    throw new Error(`a nonce has ${nonceLength} bytes, not ${terms.nonce.length}`)
  // The builder adds one to the sequence of the account: -1 makes 0 (S10-CH-07).
  const builder = new TransactionBuilder(new Account(terms.server, "-1"), {
    fee: BASE_FEE,
    networkPassphrase: terms.passphrase,
    timebounds: { minTime: terms.minTime, maxTime: terms.maxTime },
    ...(terms.memo === null ? {} : { memo: toStellarMemo({ type: "id", value: terms.memo }) })
  })
  for (const operation of operationsOf(terms)) builder.addOperation(operation)
  const transaction = builder.build()
  return {
    hash: transaction.hash(),
    signed: (signature) => withSignature(transaction, terms.server, signature)
  }
}
