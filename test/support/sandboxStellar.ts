// Envelopes for the sandbox's ledger as a test wants to write them: operations, who signs, and what is out of order.
// Gotcha: no time bounds unless asked for; the network would take such a transaction at any time.
import { Asset, TransactionBuilder } from "@stellar/stellar-sdk"
import type { Keypair, Memo, Transaction } from "@stellar/stellar-sdk"

type XdrOperation = Parameters<TransactionBuilder["addOperation"]>[0]

export interface EnvelopeWish {
  readonly passphrase: string
  /** G or M address; default the first signer's. */
  readonly source?: string
  /** The number of this transaction, one above the account's. */
  readonly sequence: bigint
  readonly operations: ReadonlyArray<XdrOperation>
  readonly signers: ReadonlyArray<Keypair>
  /** Stroops for one operation; default 100. */
  readonly fee?: string
  readonly memo?: Memo
  /** Unix seconds; 0, the default, is no bound. */
  readonly minTime?: number
  readonly maxTime?: number
}

export const transactionOf = (wish: EnvelopeWish): Transaction => {
  const address = wish.source ?? wish.signers[0]?.publicKey()
  if (address === undefined) throw new Error("an envelope needs a source or a signer")
  // A source as the builder asks for one; stellar-sdk's Account would refuse an M address.
  const source = {
    accountId: () => address,
    sequenceNumber: () => String(wish.sequence - 1n),
    incrementSequenceNumber: () => {}
  }
  const builder = new TransactionBuilder(source, {
    fee: wish.fee ?? "100",
    networkPassphrase: wish.passphrase,
    timebounds: { minTime: wish.minTime ?? 0, maxTime: wish.maxTime ?? 0 },
    ...(wish.memo === undefined ? {} : { memo: wish.memo })
  })
  for (const operation of wish.operations) builder.addOperation(operation)
  const transaction = builder.build()
  transaction.sign(...wish.signers)
  return transaction
}

export const assetOf = (asset: { readonly code: string; readonly issuer: string } | undefined): Asset => {
  if (asset === undefined) throw new Error("the sandbox issues no such asset")
  return new Asset(asset.code, asset.issuer)
}
