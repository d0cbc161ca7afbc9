// An asset, customers and rows of SEP-31 as its tests start from.
import { deliverAsReceived } from "../../machines/transaction/context.ts"
import { amount } from "../../machines/domain/Amount.ts"
import type { CustomerId, TransactionId } from "../../machines/domain/Ids.ts"
import type { AssetConfig } from "../../src/KedgeConfig.ts"
import type { CustomerRow, TransactionRow } from "../../src/ports/rows.ts"

export const issuer = "GCFIRY65OQE7DFP5KLNS2PF2LVZMUZYJX4OZIEQ36N2IQANUB5XVYOJR"
export const receivingAccount = "GCATS5YOVB6ROX2WUNKGNQ2MP3GMXDMKSG2O4N5CLX3A6W4PZGZZI55U"
export const sendingAnchor = "GDWUSKGGFDI4FRXK5EBTRECZSVQSSWJHHJOGH6JWG3AUMFFMQ435DIAG"
/** The Sending Anchor's account with the muxed id 7. */
export const muxedAnchor = "MDWUSKGGFDI4FRXK5EBTRECZSVQSSWJHHJOGH6JWG3AUMFFMQ435CAAAAAAAAAAAA7SPO"
export const otherAnchor = "GDFJHLAXAUMHA4OWPOB4P7YO72AQR2HMIUYFOXLXE2DZGM633K7HZDQP"

/** The asset of the seed's example: two required fields and a choice. */
export const usdc: AssetConfig = {
  code: "USDC",
  issuer,
  account: receivingAccount,
  minimum: amount("1"),
  maximum: amount("10000"),
  fee: { fixed: amount("1"), percent: amount("1") },
  fundingMethods: ["SEPA", "SWIFT"],
  fields: {
    routing_number: { description: "routing number of the destination bank account" },
    account_number: { description: "bank account number of the destination" },
    type: { description: "type of deposit to make", choices: ["SEPA", "SWIFT"] },
    note: { description: "a line for the Receiving Client", optional: true }
  },
  senderTypes: ["sep31-sender", "sep31-large-sender"],
  receiverTypes: ["sep31-receiver"],
  rails: {},
  quotes: "off"
}

export const customerTypes = {
  "sep31-sender": { description: "a person who sends money", fields: {} },
  "sep31-large-sender": { description: "a person who sends much money", fields: {} },
  "sep31-receiver": { description: "a person who receives money", fields: {} }
}

export const senderId = "0190a000-0000-7000-8000-00000000a001" as CustomerId
export const receiverId = "0190a000-0000-7000-8000-00000000b001" as CustomerId

export const customer = (
  id: CustomerId,
  statuses: Readonly<Record<string, string>>,
  rest: Partial<CustomerRow> = {}
): CustomerRow => ({
  id,
  owner: sendingAnchor,
  account: sendingAnchor,
  memo: null,
  version: 1,
  erased: false,
  statuses: Object.fromEntries(
    Object.entries(statuses).map(([type, status]) => [
      type,
      { status, message: null, askAgainAtMillis: null }
    ])
  ),
  contested: [],
  ...rest
})

export const transactionId = "0190a000-0000-7000-8000-000000000001" as TransactionId

/** An announced transaction of 100 USDC, as its row stands; tests change what they are about. */
export const transactionRow = (rest: Partial<TransactionRow> = {}): TransactionRow => ({
  id: transactionId,
  version: 1,
  state: "pending_sender.awaitingPayment",
  status: "pending_sender",
  terms: {
    expected: amount("100"),
    minimum: usdc.minimum,
    maximum: usdc.maximum,
    fee: usdc.fee,
    expiresAtMillis: 1_800_086_400_000,
    ...deliverAsReceived
  },
  amounts: { received: null, accepted: null, fee: null, delivered: null },
  context: { v: 1 },
  asset: `stellar:USDC:${issuer}`,
  account: receivingAccount,
  memo: { type: "id", value: "18446744073709551615" },
  fundingMethod: "SEPA",
  senderId,
  receiverId,
  fundedBy: null,
  destination: null,
  sendingAnchor,
  creator: `${sendingAnchor}:1`,
  clientDomain: null,
  quoteId: null,
  callbackUrl: null,
  senderType: "sep31-sender",
  receiverType: "sep31-receiver",
  reference: "internal-reference",
  metadata: { desk: "internal-desk" },
  lang: "en",
  refundMemo: null,
  stellarTransactionId: null,
  payer: null,
  externalTransactionId: null,
  createdAtMillis: 1_800_000_000_000,
  statusAtMillis: 1_800_000_000_000,
  completedAtMillis: null,
  refunds: [],
  ...rest
})
