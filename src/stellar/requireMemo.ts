/** Has an account ask for a memo (SEP-29): what the sandbox's receiving accounts say, and what yours should. */
import { Account, Keypair, Operation, TransactionBuilder } from "@stellar/stellar-sdk/base"

/** The entry that says it. */
export const memoRequired = { name: "config.memo_required", value: "1" }

export const requireMemo = (order: {
  /** Of the account. */
  readonly seed: string
  /** Of the account as the ledger has it. */
  readonly sequence: string
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
    .addOperation(Operation.manageData(memoRequired))
    .build()
  transaction.sign(keypair)
  return transaction.toXdr()
}
