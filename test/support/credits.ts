// Credits to our account as a ledger source reads them, and the actors that own their memos.
import { amount } from "../../machines/domain/Amount.ts"
import type { AssetId } from "../../machines/domain/Asset.ts"
import type { Memo } from "../../machines/domain/Memo.ts"
import { deliverAsReceived } from "../../machines/transaction/context.ts"
import type { ActorRow } from "../../src/ports/rows.ts"
import type { Credit } from "../../src/ports/StellarNetwork.ts"
import { issuer, payer, us } from "./horizonRecords.ts"
import { transactionId } from "./runtimeWorld.ts"

export const usdcId: AssetId = `stellar:USDC:${issuer}`

/** 100 USDC in operation `n`, alone in its Stellar transaction unless `over` says otherwise. */
export const credit = (n: number, memo: Credit["memo"], over: Partial<Credit> = {}): Credit => ({
  operationId: String(n),
  index: 0,
  stellarTransactionId: n.toString(16).padStart(64, "0"),
  account: us,
  muxedAccount: null,
  from: payer,
  asset: { code: "USDC", issuer },
  amount: amount("100"),
  memo,
  odd: null,
  closedAtMillis: 5_000,
  ledger: 10,
  ...over
})

/** A transaction that waits for 100 USDC under a memo. */
export const actor = (n: number, memo: Memo, over: Partial<ActorRow> = {}): ActorRow => ({
  id: transactionId(n),
  version: 1,
  state: "pending_sender.awaitingPayment",
  terms: {
    expected: amount("100"),
    minimum: amount("10"),
    maximum: amount("1000"),
    fee: { fixed: amount("1"), percent: amount("1") },
    expiresAtMillis: 86_400_000,
    ...deliverAsReceived
  },
  amounts: { received: null, accepted: null, fee: null, delivered: null },
  context: { v: 1 },
  asset: usdcId,
  account: us,
  memo,
  fundingMethod: "SEPA",
  senderId: null,
  receiverId: null,
  fundedBy: null,
  destination: null,
  ...over
})
