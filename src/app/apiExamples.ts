/**
 * What the OpenAPI document shows of each operation beside its schemas: a request and an answer as they look.
 *
 * A test decodes every one with the endpoint's own schema, so none can rot. Gotcha: keyed by operation id, `<group>.<endpoint>`;
 * an operation without an entry fails the test too.
 */

export type Json = { readonly [name: string]: unknown }

export interface OperationExample {
  /** By name: of the path and of the query. */
  readonly parameters?: Json
  readonly request?: Json
  /** Of the success; left out where it has no JSON. */
  readonly answer?: Json
  /** The sentence of a 400, where there is one. */
  readonly refusal?: string
}

const issuer = "GA5ZSEJYB37JRC5AVCIA5MOP4RHTM335X2KGX3IHOJAPP5RE34K4KZVN"
const receiving = "GAIP3JIBGUEPH3G23ZBCHUHCKCOWAU6DEGBJUOJQHXORW5IP6VGEIOFW"
const sender = "GDWBIE5VNCY5JXZ2MV2HPHS4DVCAUVV742IZH5X5L24UVPWQG6SG4WZ7"
const usdc = `stellar:USDC:${issuer}`
const brl = "iso4217:BRL"
const transactionId = "0199f2c4-7a4e-7c31-9b0a-2f6f5d1f0a11"
const quoteId = "0199f2c4-1c2d-7e55-8f3a-6f0d9f0b7c22"
const senderId = "0199f2c3-55aa-7b10-a1c4-5e8f7a9b3c33"
const receiverId = "0199f2c3-9e77-7d42-b2d5-7f1a8b0c4d44"
const fileId = "0199f2c3-c0de-7a01-8b6e-1a2b3c4d5e55"

const familyName = { type: "string", description: "Family name" }
const accountNumber = { type: "string", description: "Number of the bank account to be paid" }
const corrected = { account_number: { description: "Number of the account, with its check digits" } }

const priced = {
  total_price: "0.2",
  price: "0.18",
  sell_amount: "100",
  buy_amount: "500",
  fee: { total: "10", asset: usdc, details: [{ name: "Service fee", amount: "10" }] }
}

const quote = {
  id: quoteId,
  expires_at: "2030-01-31T12:10:00.000Z",
  sell_asset: usdc,
  buy_asset: brl,
  buy_delivery_method: "PIX",
  ...priced
}

const transaction = {
  id: transactionId,
  status: "pending_sender",
  amount_in: "100",
  amount_in_asset: usdc,
  amount_out: "98.5",
  amount_out_asset: usdc,
  amount_fee: "1.5",
  amount_fee_asset: usdc,
  fee_details: { total: "1.5", asset: usdc },
  stellar_account_id: receiving,
  stellar_memo_type: "id",
  stellar_memo: "12345678901234567890",
  started_at: "2030-01-31T12:00:00.000Z",
  updated_at: "2030-01-31T12:00:00.000Z",
  refunded: false
}

export const apiExamples: Readonly<Record<string, OperationExample>> = {
  "sep1.stellarToml": {},
  "sep10.challenge": {
    parameters: { account: sender, home_domain: "anchor.example.org" },
    answer: {
      transaction: "AAAAAgAAAADp…",
      network_passphrase: "Public Global Stellar Network ; September 2015"
    },
    refusal: "account is not a Stellar account: G… with 56 characters or M… with 69 is needed"
  },
  "sep10.token": {
    request: { transaction: "AAAAAgAAAADp…" },
    answer: { token: "eyJhbGciOiJIUzI1NiIsInR5cCI6InNlcDEwK2p3dCJ9.…" },
    refusal: "the challenge has expired; ask for a new one"
  },
  "sep12.get": {
    parameters: { type: "sep31-receiver" },
    answer: {
      id: receiverId,
      status: "NEEDS_INFO",
      fields: { bank_account_number: accountNumber },
      provided_fields: { last_name: { ...familyName, status: "ACCEPTED" } }
    },
    refusal: "memo_type is sent without memo"
  },
  "sep12.put": {
    request: {
      type: "sep31-receiver",
      first_name: "Ada",
      last_name: "Okafor",
      bank_account_number: "1234567890"
    },
    answer: { id: receiverId },
    refusal: 'birth_date must be a calendar date such as "1985-04-12" (YYYY-MM-DD)'
  },
  "sep12.verify": {
    request: { id: receiverId, mobile_number_verification: "123456" },
    answer: { id: receiverId, status: "ACCEPTED" },
    refusal: "mobile_number_verification is not the code that was sent"
  },
  "sep12.callback": {
    request: { id: receiverId, url: "https://sender.example.org/kyc" },
    answer: {},
    refusal: "url is not one that is called: it is not https"
  },
  "sep12.addFile": {
    answer: {
      file_id: fileId,
      content_type: "image/jpeg",
      size: 48213,
      expires_at: "2030-02-01T12:00:00.000Z",
      customer_id: null
    },
    refusal: "file must be a JPEG, PNG or PDF file"
  },
  "sep12.files": {
    parameters: { customer_id: receiverId },
    answer: {
      files: [{ file_id: fileId, content_type: "image/jpeg", size: 48213, customer_id: receiverId }]
    },
    refusal: "give file_id or customer_id"
  },
  "sep12.erase": {
    parameters: { account: sender },
    answer: {},
    refusal: "memo_type is sent without memo"
  },
  "sep31.info": {
    parameters: { lang: "en" },
    answer: {
      receive: {
        USDC: {
          enabled: true,
          quotes_supported: true,
          quotes_required: false,
          funding_methods: ["PIX"],
          min_amount: 1,
          max_amount: 10000,
          fee_fixed: 0.5,
          fee_percent: 1,
          sep12: {
            sender: { types: { "sep31-sender": { description: "A person who sends money" } } },
            receiver: { types: { "sep31-receiver": { description: "A person who receives money" } } }
          },
          sender_sep12_type: "sep31-sender",
          receiver_sep12_type: "sep31-receiver",
          fields: { transaction: corrected }
        }
      }
    },
    refusal: 'lang "english" is not an ISO 639-1 language such as "en"'
  },
  "sep31.create": {
    request: {
      amount: "100",
      asset_code: "USDC",
      asset_issuer: issuer,
      funding_method: "PIX",
      sender_id: senderId,
      receiver_id: receiverId,
      fields: { transaction: { account_number: "1234567890" } }
    },
    answer: {
      id: transactionId,
      stellar_account_id: receiving,
      stellar_memo_type: "id",
      stellar_memo: "12345678901234567890"
    },
    refusal: "amount 0.5 is less than the minimum of 1 USDC"
  },
  "sep31.get": { parameters: { id: transactionId }, answer: { transaction } },
  "sep31.update": {
    parameters: { id: transactionId },
    request: { fields: { transaction: { account_number: "1234567897" } } },
    answer: { transaction: { ...transaction, status: "pending_receiver" } },
    refusal: "the transaction waits for no update: its status is completed"
  },
  "sep31.callback": {
    parameters: { id: transactionId },
    request: { url: "https://sender.example.org/payments" },
    refusal: "url is not one that is called: it is not https"
  },
  "sep38.info": {
    answer: {
      assets: [
        { asset: usdc },
        {
          asset: brl,
          buy_delivery_methods: [{ name: "PIX", description: "To a PIX key, at once" }],
          country_codes: ["BR"]
        }
      ]
    }
  },
  "sep38.prices": {
    parameters: { sell_asset: usdc, sell_amount: "100" },
    answer: { buy_assets: [{ asset: brl, price: "0.18", decimals: 2 }] },
    refusal: "sell_asset and buy_asset are missing; give one of them"
  },
  "sep38.price": {
    parameters: { sell_asset: usdc, buy_asset: brl, sell_amount: "100", context: "sep31" },
    answer: priced,
    refusal: "give sell_amount or buy_amount, not both"
  },
  "sep38.create": {
    request: {
      sell_asset: usdc,
      buy_asset: brl,
      sell_amount: "100",
      buy_delivery_method: "PIX",
      context: "sep31"
    },
    answer: quote,
    refusal: "expire_after is not in the future"
  },
  "sep38.get": { parameters: { id: quoteId }, answer: quote }
}
