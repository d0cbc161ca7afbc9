/** Makes a key a signer of an account, with weight 1: how the sandbox's receiving accounts let one key return their money. */
import { Account, Keypair, Operation, TransactionBuilder } from "@stellar/stellar-sdk/base"

export const addSigner = (order: {
  /** Of the account. */
  readonly seed: string
  /** Of the account as the ledger has it. */
  readonly sequence: string
  /** `G…` */
  readonly signer: string
  readonly passphrase: string
  /** Seconds since 1970. */
  readonly maxTime: number
}): string => {
  const keypair = Keypair.fromSecret(order.seed)
  const transaction = new TransactionBuilder(new Account(keypair.publicKey(), order.sequence), {
    fee: "100",
    networkPassphrase: order.passphrase,
    timebounds: { minTime: 0, maxTime: order.maxTime }
  })
    .addOperation(Operation.setOptions({ signer: { ed25519PublicKey: order.signer, weight: 1 } }))
    .build()
  transaction.sign(keypair)
  return transaction.toXdr()
}
