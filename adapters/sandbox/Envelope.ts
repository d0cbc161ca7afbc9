// What does a submitted envelope say? The one place where XDR is decoded, so that the rules read plain values.
// Gotcha: of a fee bump the inner transaction is what is applied; the outer one only pays and names the hash.

import { FeeBumpTransaction, MuxedAccount, SignerKey, StrKey, TransactionBuilder } from "@stellar/stellar-sdk"
import type { OperationRecord, Transaction } from "@stellar/stellar-sdk"

/** An account as an envelope names it: the G address, and the M address with its id where one was used. */
export interface Party {
  readonly id: string
  readonly muxed?: { readonly address: string; readonly id: string }
}

export interface DecoratedSignature {
  readonly hint: Uint8Array
  readonly signature: Uint8Array
}

export interface EnvelopeMemo {
  readonly type: "none" | "id" | "text" | "hash" | "return"
  /** Text as UTF-8, an id as decimal digits, hashes in base64; absent for none. */
  readonly value?: string
  /** Base64 of a text memo's bytes. */
  readonly bytes?: string
}

export interface Preconditions {
  readonly timebounds?: { readonly minTime: bigint; readonly maxTime: bigint }
  readonly ledgerbounds?: { readonly minLedger: number; readonly maxLedger: number }
  readonly minAccountSequence?: bigint
  readonly minAccountSequenceAge?: bigint
  readonly minAccountSequenceLedgerGap?: number
  /** Keys that must have signed besides the accounts', as G, X, T or P addresses. */
  readonly extraSigners?: ReadonlyArray<string>
}

export interface TransactionBody {
  readonly hash: Buffer
  readonly source: Party
  readonly sequence: bigint
  /** The most it may cost, in stroops, for all operations. */
  readonly maxFee: bigint
  readonly memo: EnvelopeMemo
  readonly preconditions: Preconditions
  readonly operations: ReadonlyArray<OperationRecord>
  readonly signatures: ReadonlyArray<DecoratedSignature>
  /** The id of the balance made by the operation at `index` (from 0), in hex. */
  readonly claimableBalanceId: (index: number) => string
}

export interface FeeBump {
  readonly hash: Buffer
  readonly feeSource: Party
  readonly maxFee: bigint
  readonly signatures: ReadonlyArray<DecoratedSignature>
}

export interface Envelope {
  readonly xdr: string
  /** The hash the network knows it by: of a fee bump the outer one. */
  readonly hash: Buffer
  readonly inner: TransactionBody
  readonly feeBump?: FeeBump
}

export const partyOf = (address: string): Party => {
  if (!address.startsWith("M")) return { id: address }
  const muxed = MuxedAccount.fromAddress(address, "0")
  return { id: muxed.baseAccount().accountId(), muxed: { address, id: muxed.id() } }
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64")

const memoOf = (transaction: Transaction): EnvelopeMemo => {
  const { type, value } = transaction.memo
  if (type === "none" || value === null) return { type: "none" }
  if (type === "id") return { type, value: String(value) }
  const bytes = typeof value === "string" ? Buffer.from(value, "utf8") : Buffer.from(value)
  if (type === "text") return { type, value: bytes.toString("utf8"), bytes: bytes.toString("base64") }
  return { type, value: bytes.toString("base64") }
}

const preconditionsOf = (transaction: Transaction): Preconditions => {
  const { timeBounds, ledgerBounds, minAccountSequence } = transaction
  const age = transaction.minAccountSequenceAge
  const gap = transaction.minAccountSequenceLedgerGap
  const extraSigners = (transaction.extraSigners ?? []).map((key) => SignerKey.encodeSignerKey(key))
  return {
    ...(timeBounds === undefined
      ? {}
      : { timebounds: { minTime: BigInt(timeBounds.minTime), maxTime: BigInt(timeBounds.maxTime) } }),
    ...(ledgerBounds === undefined ? {} : { ledgerbounds: ledgerBounds }),
    ...(minAccountSequence === undefined ? {} : { minAccountSequence: BigInt(minAccountSequence) }),
    ...(age === undefined || age === 0n ? {} : { minAccountSequenceAge: age }),
    ...(gap === undefined || gap === 0 ? {} : { minAccountSequenceLedgerGap: gap }),
    ...(extraSigners.length === 0 ? {} : { extraSigners })
  }
}

const signaturesOf = (transaction: Transaction | FeeBumpTransaction): ReadonlyArray<DecoratedSignature> =>
  transaction.signatures.map(({ hint, signature }) => ({
    hint: hint.toBytes(),
    signature: signature.toBytes()
  }))

const bodyOf = (transaction: Transaction): TransactionBody => ({
  hash: Buffer.from(transaction.hash()),
  source: partyOf(transaction.source),
  sequence: BigInt(transaction.sequence),
  maxFee: BigInt(transaction.fee),
  memo: memoOf(transaction),
  preconditions: preconditionsOf(transaction),
  operations: transaction.operations,
  signatures: signaturesOf(transaction),
  claimableBalanceId: (index) => transaction.getClaimableBalanceId(index)
})

const envelopeOf = (xdr: string, passphrase: string): Envelope => {
  const transaction = TransactionBuilder.fromXdr(xdr, passphrase)
  if (!(transaction instanceof FeeBumpTransaction)) {
    const inner = bodyOf(transaction)
    return { xdr, hash: inner.hash, inner }
  }
  const hash = Buffer.from(transaction.hash())
  return {
    xdr,
    hash,
    inner: bodyOf(transaction.innerTransaction),
    feeBump: {
      hash,
      feeSource: partyOf(transaction.feeSource),
      maxFee: BigInt(transaction.fee),
      signatures: signaturesOf(transaction)
    }
  }
}

/** Reads an envelope in base64; `undefined` when it is not one. */
export const decodeEnvelope = (xdr: string, passphrase: string): Envelope | undefined => {
  try {
    return envelopeOf(xdr, passphrase)
  } catch {
    // stellar-sdk throws plain errors for whatever it cannot read.
    return undefined
  }
}

export const base64OfSignatures = (signatures: ReadonlyArray<DecoratedSignature>): ReadonlyArray<string> =>
  signatures.map(({ signature }) => base64(signature))

export const isAccountAddress = (text: string): boolean => StrKey.isValidEd25519PublicKey(text)
