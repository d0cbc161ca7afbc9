// An asset, customers and rows of SEP-31 as its tests start from.
import { amount } from "../../machines/domain/Amount.ts"
import type { CustomerId, TransactionId } from "../../machines/domain/Ids.ts"
import type { AssetConfig } from "../../src/KedgeConfig.ts"
import type { CustomerRow, TransactionRow } from "../../src/ports/rows.ts"

export const issuer = "GDQOE23CFSUMSVQK4Y5JHPPYK73VYCNHZHA7ENKCV37P6SUEO6XQBKPP"
export const receivingAccount = "GCFXHS4GXL6BVUCXBWXGTITROWLVYXQKQLF4YH5O5JT3YZXCYPAFBJZB"
export const sendingAnchor = "GAAZI4TCR3TY5OJHCTJC2A4QSY6CJWJH5IAJTGKIN2ER7LBNVKOCCWN7"
export const otherAnchor = "GAIH3ULLFQ4DGSECF2AR555KZ4KNDGEKN4AFI4SU2M7B43MGK3QJZNSR"

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
  rails: {}
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
    expiresAtMillis: 1_800_086_400_000
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
