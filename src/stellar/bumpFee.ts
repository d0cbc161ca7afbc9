/** The same transaction for a higher fee: its payment, hash and sequence number stay those of the envelope inside. */
import { Keypair, TransactionBuilder } from "@stellar/stellar-sdk/base"
import { readRefund, type Unsigned, unsigned } from "./buildRefund.ts"

export const bumpFee = (order: {
  /** Base64, signed: one operation. */
  readonly envelope: string
  /** `G…` */
  readonly payer: string
  /** Stroops for each operation, the wrapper counting as one; never less than the envelope offered. */
  readonly feePerOperation: number
  readonly passphrase: string
}): Unsigned => {
  const inner = readRefund(order.envelope, order.passphrase)
  const fee = Math.max(order.feePerOperation, Number(inner.fee))
  const payer = Keypair.fromPublicKey(order.payer)
  return unsigned(TransactionBuilder.buildFeeBumpTransaction(payer, String(fee), inner, order.passphrase))
}
