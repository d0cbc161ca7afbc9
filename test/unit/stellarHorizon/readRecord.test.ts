import { Result } from "effect"
import { describe, expect, it } from "vitest"
import { readRecord } from "../../../adapters/stellar-horizon/readRecord.ts"
import type { Credit } from "../../../src/ports/StellarNetwork.ts"
import {
  closedAtMillis,
  hashOf,
  idMemo,
  issuer,
  type Json,
  payer,
  paymentRecord,
  record,
  textMemo,
  toidOf,
  us,
  usdc,
  usMuxed
} from "../../support/horizonRecords.ts"

const place = { ledger: 500, transaction: 7, operation: 2 }
/** As it comes off the wire: a member that is undefined is not there. */
const read = (json: unknown) => readRecord(us, toidOf(place), JSON.parse(JSON.stringify(json)))
const credits = (json: unknown): ReadonlyArray<Credit> => Result.getOrThrow(read(json))
const only = (json: unknown): Credit | undefined => {
  const found = credits(json)
  expect(found).toHaveLength(1)
  return found[0]
}
const reason = (json: unknown): string => {
  const result = read(json)
  return Result.isFailure(result) ? result.failure : "it was read"
}
const path = (type: string, members: Json = {}) =>
  record(place, type, {
    ...usdc,
    from: payer,
    to: us,
    amount: "10.5000000",
    path: [],
    source_amount: "99.0000000",
    source_asset_type: "native",
    ...members
  })

describe("stellar-horizon readRecord", () => {
  it("a payment is read with everything the inbox keeps (S31-PAY-13)", () => {
    expect(only(paymentRecord(place, idMemo("18446744073709551615")))).toEqual({
      operationId: toidOf(place).toString(),
      index: 0,
      stellarTransactionId: hashOf(place),
      account: us,
      muxedAccount: null,
      from: payer,
      asset: { code: "USDC", issuer },
      amount: "39",
      memo: { type: "id", value: "18446744073709551615" },
      odd: null,
      closedAtMillis: closedAtMillis(500),
      ledger: 500
    })
  })

  it("lumens are the native asset", () => {
    const lumens = { asset_type: "native", asset_code: undefined, asset_issuer: undefined }
    expect(only(paymentRecord(place, idMemo("1"), lumens))?.asset).toEqual({ code: "native", issuer: null })
  })

  it.each(["path_payment_strict_send", "path_payment_strict_receive"])(
    "a %s credits what was received, not what was sent (S31-PAY-04, I13)",
    (type) => {
      const credit = only(path(type))

      expect(credit?.amount).toBe("10.5")
      expect(credit?.asset).toEqual({ code: "USDC", issuer })
    }
  )

  it("the largest balance Stellar can hold is read exactly (I35)", () => {
    const most = paymentRecord(place, idMemo("1"), { amount: "922337203685.4775807" })
    expect(only(most)?.amount).toBe("922337203685.4775807")
  })

  it("a failed transaction moved nothing (S31-PAY-03, I20)", () => {
    const failed = { transaction_successful: false }
    expect(credits(paymentRecord(place, { successful: false }, failed))).toEqual([])
  })

  it.each([
    ["our own payment to another", { from: us, to: payer }],
    ["a payment to ourselves", { from: us, to: us }],
    ["a payment of others that we only paid the fee for", { from: payer, to: issuer }]
  ])("%s is no credit", (_, members) => {
    expect(credits(paymentRecord(place, idMemo("1"), members))).toEqual([])
  })

  it("a fee bump carries the memo of its inner transaction and the hash of the outer one (S31-PAY-06, I21)", () => {
    const inner = "ab".repeat(32)
    const credit = only(
      paymentRecord(place, {
        ...idMemo("77"),
        fee_account: issuer,
        fee_bump_transaction: { hash: hashOf(place), signatures: [] },
        inner_transaction: { hash: inner, signatures: [], max_fee: "300" }
      })
    )

    expect(credit?.memo).toEqual({ type: "id", value: "77" })
    expect(credit?.stellarTransactionId).toBe(hashOf(place))
  })

  it("a payment to a muxed form of our account keeps that form, and its memo decides (S31-MEMO-06)", () => {
    const members = { to_muxed: usMuxed, to_muxed_id: "123" }

    expect(only(paymentRecord(place, idMemo("5"), members))).toMatchObject({
      muxedAccount: usMuxed,
      odd: null
    })
    expect(only(paymentRecord(place, { memo_type: "none" }, members))).toMatchObject({
      muxedAccount: usMuxed,
      odd: "muxed-without-memo"
    })
  })

  it("a created account is an odd credit of its starting balance (S31-PAY-11, I26)", () => {
    const created = record(place, "create_account", {
      account: us,
      funder: payer,
      starting_balance: "20.0000000"
    })
    expect(only(created)).toMatchObject({
      odd: "created-account",
      amount: "20",
      from: payer,
      asset: { code: "native", issuer: null }
    })
  })

  it("an account we create is no credit", () => {
    const created = record(place, "create_account", {
      account: payer,
      funder: us,
      starting_balance: "20.0000000"
    })
    expect(credits(created)).toEqual([])
  })

  it("a merge brings what the result of its own operation says, fee bump or not (I26)", () => {
    // A result of two operations: a payment, then a merge of 1000 lumens.
    const results = [
      "00000002", // two
      "0000000000000001" + "00000000", // inner, payment, success
      "0000000000000008" + "00000000" + "00000002540be400", // inner, merge, success, stroops
      "00000000" // no extension
    ].join("")
    const plain = `0000000000000064${"00000000"}${results}`
    const bumped = `0000000000000190${"00000001"}${"ab".repeat(32)}0000000000000064${"00000000"}${results}00000000`
    const merge = (hex: string) =>
      only(
        record(
          place,
          "account_merge",
          { account: payer, into: us },
          { result_xdr: Buffer.from(hex, "hex").toString("base64") }
        )
      )

    expect(merge(plain)).toMatchObject({ odd: "merge", amount: "1000", from: payer })
    expect(merge(bumped)).toMatchObject({ odd: "merge", amount: "1000" })
  })

  it("a merge whose result cannot be read is a credit of an unknown amount", () => {
    expect(only(record(place, "account_merge", { account: payer, into: us }))).toMatchObject({
      odd: "merge",
      amount: null
    })
  })

  it("a contract call credits each transfer of a Stellar asset to us, in its order (S31-PAY-11, I27)", () => {
    const contract = "CAEQSCIJBEEQSCIJBEEQSCIJBEEQSCIJBEEQSCIJBEEQSCIJBEEQTD2L"
    const change = (members: Json) => ({
      ...usdc,
      type: "transfer",
      from: contract,
      amount: "1.0000000",
      ...members
    })
    const found = credits(
      record(
        place,
        "invoke_host_function",
        {
          function: "HostFunctionTypeHostFunctionTypeInvokeContract",
          parameters: [],
          asset_balance_changes: [
            change({ to: payer }),
            change({ to: us, amount: "5.0000000" }),
            change({ from: us, to: payer }),
            { ...usdc, type: "mint", to: us, amount: "6.0000000" }
          ]
        },
        idMemo("9")
      )
    )

    expect(found.map(({ amount, from, index }) => ({ amount, from, index }))).toEqual([
      { amount: "5", from: contract, index: 0 },
      { amount: "6", from: issuer, index: 1 }
    ])
  })

  it("a contract's transfer to a muxed id of ours without a memo is odd, and names the muxed account", () => {
    const [credit] = credits(
      record(place, "invoke_host_function", {
        asset_balance_changes: [
          { ...usdc, type: "transfer", from: payer, to: us, amount: "5.0000000", destination_muxed_id: "123" }
        ]
      })
    )

    expect(credit?.odd).toBe("muxed-without-memo")
    expect(credit?.muxedAccount).toBe(usMuxed)
  })

  it("a contract call that moves no Stellar asset is no credit", () => {
    expect(credits(record(place, "invoke_host_function", { asset_balance_changes: null }))).toEqual([])
    expect(credits(record(place, "invoke_host_function", {}))).toEqual([])
  })

  it.each([
    ["an operation of a kind nobody has heard of", record(place, "teleport", { to: us }), "type teleport"],
    ["a record that is no object", "payment", "Expected object"],
    ["a missing amount", paymentRecord(place, idMemo("1"), { amount: undefined }), "amount"],
    [
      "an amount as a number, which has lost digits",
      paymentRecord(place, idMemo("1"), { amount: 39 }),
      "amount"
    ],
    [
      "an amount with a sign",
      paymentRecord(place, idMemo("1"), { amount: "-39.0000000" }),
      "not a decimal amount"
    ],
    [
      "an asset without an issuer",
      paymentRecord(place, idMemo("1"), { asset_issuer: undefined }),
      "not a Stellar asset"
    ],
    [
      "an asset of an unknown type",
      paymentRecord(place, idMemo("1"), { asset_type: "pool" }),
      "asset type pool"
    ],
    [
      "no word on success",
      paymentRecord(place, idMemo("1"), { transaction_successful: undefined }),
      "transaction_successful"
    ],
    [
      "a transaction that was not joined",
      paymentRecord(place, idMemo("1"), { transaction: undefined }),
      "transaction"
    ],
    ["the transaction of another ledger", paymentRecord(place, { ledger: 499 }), "not the one it belongs to"],
    ["another transaction", paymentRecord(place, { hash: "ff".repeat(32) }), "not the one it belongs to"],
    ["two words on success", paymentRecord(place, { successful: false }), "that it failed"],
    ["a time that is none", paymentRecord(place, idMemo("1"), { created_at: "yesterday" }), "not a UTC time"],
    ["another id than its place", paymentRecord(place, idMemo("1"), { id: "17" }), "has the id 17"],
    [
      "a memo of an unknown type",
      paymentRecord(place, { memo_type: "riddle", memo: "x" }),
      "memo type riddle"
    ],
    ["a memo that is announced and missing", paymentRecord(place, { memo_type: "id" }), "no memo"]
  ])("%s makes a record unreadable (I34)", (_, json, why) => {
    expect(reason(json)).toContain(why)
  })

  it("what is unreadable in a record that pays someone else does not concern us", () => {
    expect(credits(paymentRecord(place, { memo_type: "riddle" }, { to: payer, from: us }))).toEqual([])
  })

  it("a text memo is read from its bytes", () => {
    expect(only(paymentRecord(place, textMemo("żółw")))?.memo).toEqual({ type: "text", value: "żółw" })
  })
})
