/** A signed payment with a memo: what a Sending Anchor sends us. */
import { Account, Asset, Keypair, Operation, TransactionBuilder } from "@stellar/stellar-sdk/base"
import type { Amount } from "../../machines/domain/Amount.ts"
import type { StellarAsset } from "../../machines/domain/Asset.ts"
import type { Memo } from "../../machines/domain/Memo.ts"
import { toHex } from "./bytes.ts"
import { toStellarMemo } from "./memos.ts"

export interface PaymentOrder {
  readonly seed: string
  /** Of the payer's account as the ledger has it; the payment takes the next. */
  readonly sequence: string
  readonly destination: string
  readonly asset: StellarAsset
  readonly amount: Amount
  /** Null for a payment nobody can match. */
  readonly memo: Memo | null
  readonly passphrase: string
  /** Stroops. */
  readonly fee: string
  /** Seconds since 1970 after which the ledger takes it no more. */
  readonly maxTime: number
}

/** The envelope in base64, and its hash in hex. */
export const buildPayment = (order: PaymentOrder): { readonly envelope: string; readonly hash: string } => {
  const keypair = Keypair.fromSecret(order.seed)
  const { code, issuer } = order.asset
  const asset = issuer === null ? Asset.native() : new Asset(code, issuer)
  const transaction = new TransactionBuilder(new Account(keypair.publicKey(), order.sequence), {
    fee: order.fee,
    networkPassphrase: order.passphrase,
    timebounds: { minTime: 0, maxTime: order.maxTime },
    ...(order.memo === null ? {} : { memo: toStellarMemo(order.memo) })
  })
    .addOperation(Operation.payment({ destination: order.destination, asset, amount: order.amount }))
    .build()
  transaction.sign(keypair)
  return { envelope: transaction.toXdr(), hash: toHex(transaction.hash()) }
}
