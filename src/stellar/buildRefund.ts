/**
 * The envelope of a refund: one payment from our account, under the sequence number of an account that may be another.
 *
 * Gotcha: it is bound in time on both sides. Past the upper bound no ledger takes it; before the lower one none can have, so
 * whoever asks for it knows how far back a history must reach.
 */
import {
  Account,
  Asset,
  type FeeBumpTransaction,
  Keypair,
  Operation,
  Transaction,
  TransactionBuilder,
  xdr
} from "@stellar/stellar-sdk/base"
import type { Amount } from "../../machines/domain/Amount.ts"
import type { StellarAsset } from "../../machines/domain/Asset.ts"
import type { Memo } from "../../machines/domain/Memo.ts"
import { toHex } from "./bytes.ts"
import { toStellarMemo } from "./memos.ts"

export interface RefundOrder {
  /** `G…`: whose sequence number is used and who pays the fee. */
  readonly source: string
  /** Of the source; this very number is used. */
  readonly sequence: string
  /** `G…`: the account the money came to. */
  readonly from: string
  /** `G…` or `M…`: who paid. */
  readonly destination: string
  readonly asset: StellarAsset
  readonly amount: Amount
  readonly memo: Memo | null
  readonly passphrase: string
  /** Stroops for the whole transaction. */
  readonly fee: string
  /** Seconds since 1970, of the ledgers that may take it. */
  readonly minTime: number
  readonly maxTime: number
}

export interface AccountSignature {
  readonly publicKey: string
  readonly signature: Uint8Array
}

export interface Unsigned {
  /** 32 bytes. */
  readonly bytes: Uint8Array
  /** Hex. */
  readonly hash: string
  /** The envelope in base64 with these signatures. */
  readonly signed: (signatures: ReadonlyArray<AccountSignature>) => string
}

/** A built transaction as something to be signed elsewhere. */
export const unsigned = (transaction: Transaction | FeeBumpTransaction): Unsigned => {
  const bytes = transaction.hash()
  return {
    bytes,
    hash: toHex(bytes),
    signed: (signatures) => {
      for (const { publicKey, signature } of signatures) {
        const hint = Keypair.fromPublicKey(publicKey).signatureHint()
        transaction.addDecoratedSignature(new xdr.DecoratedSignature({ hint, signature }))
      }
      return transaction.toXdr()
    }
  }
}

export const buildRefund = (order: RefundOrder): Unsigned => {
  const { code, issuer } = order.asset
  const before = (BigInt(order.sequence) - 1n).toString()
  const transaction = new TransactionBuilder(new Account(order.source, before), {
    fee: order.fee,
    networkPassphrase: order.passphrase,
    timebounds: { minTime: order.minTime, maxTime: order.maxTime },
    ...(order.memo === null ? {} : { memo: toStellarMemo(order.memo) })
  })
    .addOperation(
      Operation.payment({
        destination: order.destination,
        asset: issuer === null ? Asset.native() : new Asset(code, issuer),
        amount: order.amount,
        ...(order.from === order.source ? {} : { source: order.from })
      })
    )
    .build()
  return unsigned(transaction)
}

/** The signed transaction of an envelope that `buildRefund` made. */
export const readRefund = (envelope: string, passphrase: string): Transaction => {
  const inner = TransactionBuilder.fromXdr(envelope, passphrase)
  if (inner instanceof Transaction) return inner
  throw new Error("the envelope of a refund is a fee bump itself")
}

/** Seconds since 1970 before which no ledger can have taken it. */
export const earliestOf = (envelope: string, passphrase: string): number =>
  Number(readRefund(envelope, passphrase).timeBounds?.minTime ?? 0)
