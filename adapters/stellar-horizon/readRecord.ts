/**
 * One record of an account's payments, read into the credits it brought that account.
 *
 * It guesses nothing: a member that is missing, or of another form than Horizon gives it, makes the record unreadable, and
 * so does an operation of a kind we have never heard of. Gotchas: `amount` is what was received, on every kind of path
 * payment; our own outgoing payments and other accounts' operations are in the same list; nothing we send ourselves is a
 * credit, since our balance did not come from outside.
 */
import { encodeMuxedAccount, encodeMuxedAccountToAddress } from "@stellar/stellar-sdk"
import { Result, Schema } from "effect"
import { type Amount, parseAmount } from "../../machines/domain/Amount.ts"
import { parseAssetId, type StellarAsset } from "../../machines/domain/Asset.ts"
import { memoFault } from "../../machines/domain/Memo.ts"
import type { Credit, OddCredit } from "../../src/ports/StellarNetwork.ts"
import { mergedBalance } from "./mergedBalance.ts"
import { readMemo } from "./readMemo.ts"
import { ledgerOf, operationIndexOf } from "./toid.ts"

const Text = Schema.String
const Maybe = Schema.optionalKey(Schema.String)

const assetMembers = { asset_type: Text, asset_code: Maybe, asset_issuer: Maybe }

const Kind = Schema.Struct({ type: Text, transaction_successful: Schema.Boolean })
const Payment = Schema.Struct({
  from: Text,
  from_muxed: Maybe,
  to: Text,
  to_muxed: Maybe,
  amount: Text,
  ...assetMembers
})
const CreatedAccount = Schema.Struct({ account: Text, funder: Text, starting_balance: Text })
const Merge = Schema.Struct({ account: Text, into: Text, into_muxed: Maybe })
const Change = Schema.Struct({
  type: Text,
  from: Maybe,
  to: Maybe,
  amount: Text,
  destination_muxed_id: Maybe,
  ...assetMembers
})
const Invocation = Schema.Struct({
  asset_balance_changes: Schema.optionalKey(Schema.NullOr(Schema.Array(Change)))
})
const Operation = Schema.Struct({
  id: Text,
  created_at: Text,
  transaction_hash: Text,
  transaction: Schema.Struct({
    hash: Text,
    ledger: Schema.Int,
    successful: Schema.Boolean,
    memo_type: Text,
    memo: Maybe,
    memo_bytes: Maybe,
    result_xdr: Maybe
  })
})

const decoder = <S extends Schema.ConstraintDecoder<unknown>>(schema: S) => {
  const decode = Schema.decodeUnknownResult(schema)
  return (record: unknown): Result.Result<S["Type"], string> =>
    Result.mapError(decode(record), (error) => error.message.replaceAll(/\s+/g, " ").slice(0, 300))
}
const readKind = decoder(Kind)
const readPayment = decoder(Payment)
const readCreatedAccount = decoder(CreatedAccount)
const readMerge = decoder(Merge)
const readInvocation = decoder(Invocation)
const readOperation = decoder(Operation)

/** What came in, before it is known with which memo. */
interface Receipt {
  readonly from: string
  readonly muxedAccount: string | null
  readonly asset: StellarAsset
  readonly amount: Amount | null
  readonly odd: "merge" | "created-account" | null
}

type Receipts = Result.Result<ReadonlyArray<Receipt>, string>

const native: StellarAsset = { code: "native", issuer: null }

const readAsset = (members: {
  readonly asset_type: string
  readonly asset_code?: string | undefined
  readonly asset_issuer?: string | undefined
}): Result.Result<StellarAsset, string> =>
  members.asset_type === "native"
    ? Result.succeed(native)
    : members.asset_type === "credit_alphanum4" || members.asset_type === "credit_alphanum12"
      ? parseAssetId(`stellar:${members.asset_code ?? ""}:${members.asset_issuer ?? ""}`)
      : Result.fail(`asset type ${members.asset_type} is not known`)

const amountIn = (text: string): Result.Result<Amount, string> => Result.mapError(parseAmount(text), String)

const fromPayment = (account: string, record: unknown): Receipts =>
  Result.gen(function* () {
    const payment = yield* readPayment(record)
    if (payment.to !== account || payment.from === account) return []
    return [
      {
        from: payment.from_muxed ?? payment.from,
        muxedAccount: payment.to_muxed ?? null,
        asset: yield* readAsset(payment),
        amount: yield* amountIn(payment.amount),
        odd: null
      }
    ]
  })

const fromCreatedAccount = (account: string, record: unknown): Receipts =>
  Result.gen(function* () {
    const created = yield* readCreatedAccount(record)
    if (created.account !== account) return []
    const amount = yield* amountIn(created.starting_balance)
    return [
      { from: created.funder, muxedAccount: null, asset: native, amount, odd: "created-account" as const }
    ]
  })

const fromMerge = (account: string, record: unknown): Receipts =>
  Result.map(readMerge(record), (merge) =>
    merge.into !== account
      ? []
      : [
          {
            from: merge.account,
            muxedAccount: merge.into_muxed ?? null,
            asset: native,
            amount: null,
            odd: "merge" as const
          }
        ]
  )

/** Transfers of Stellar assets that a contract call made; Horizon takes them from the events of the assets' own contracts. */
const fromInvocation = (account: string, record: unknown): Receipts =>
  Result.gen(function* () {
    const invocation = yield* readInvocation(record)
    const receipts: Array<Receipt> = []
    for (const change of invocation.asset_balance_changes ?? []) {
      if (change.to !== account || change.from === account) continue
      if (change.type !== "transfer" && change.type !== "mint") {
        return yield* Result.fail(`a balance change of type ${change.type} names us as its receiver`)
      }
      const asset = yield* readAsset(change)
      const muxedId = change.destination_muxed_id ?? null
      const fault = muxedId === null ? null : memoFault({ type: "id", value: muxedId })
      if (fault !== null) return yield* Result.fail(`destination_muxed_id ${muxedId}: ${String(fault)}`)
      receipts.push({
        // A mint has no sender: the money comes from the issuer.
        from: change.from ?? asset.issuer ?? account,
        muxedAccount:
          muxedId === null ? null : encodeMuxedAccountToAddress(encodeMuxedAccount(account, muxedId)),
        asset,
        amount: yield* amountIn(change.amount),
        odd: null
      })
    }
    return receipts
  })

const receiptsOf = (type: string, account: string, record: unknown): Receipts => {
  switch (type) {
    case "payment":
    case "path_payment_strict_receive":
    case "path_payment_strict_send":
      return fromPayment(account, record)
    case "create_account":
      return fromCreatedAccount(account, record)
    case "account_merge":
      return fromMerge(account, record)
    case "invoke_host_function":
      return fromInvocation(account, record)
    default:
      return Result.fail(`operations of type ${type} are not known among payments`)
  }
}

const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/

/** When the ledger of a record closed, milliseconds since 1970; null when it does not say. */
export const closedAtOf = (record: unknown): number | null => {
  if (typeof record !== "object" || record === null || !("created_at" in record)) return null
  const { created_at: text } = record
  return typeof text === "string" && instant.test(text) && !Number.isNaN(Date.parse(text))
    ? Date.parse(text)
    : null
}

const oddityOf = (receipt: Receipt, memo: Credit["memo"]): OddCredit | null => {
  if (receipt.odd !== null) return receipt.odd
  if (memo.type === "return") return "return-memo"
  return memo.type === "none" && receipt.muxedAccount !== null ? "muxed-without-memo" : null
}

/** The credits of a record that stands at `toid`; the failure says why it cannot be read. */
export const readRecord = (
  account: string,
  toid: bigint,
  record: unknown
): Result.Result<ReadonlyArray<Credit>, string> =>
  Result.gen(function* () {
    const { transaction_successful: isSuccessful, type } = yield* readKind(record)
    // A failed transaction moved nothing (S31-PAY-03).
    if (!isSuccessful) return yield* Result.succeed([])
    const receipts = yield* receiptsOf(type, account, record)
    if (receipts.length === 0) return []
    const operation = yield* readOperation(record)
    const { transaction } = operation
    const closedAtMillis = closedAtOf(record)
    if (closedAtMillis === null)
      return yield* Result.fail(`created_at ${operation.created_at} is not a UTC time`)
    if (operation.id !== toid.toString()) {
      return yield* Result.fail(`the record with paging token ${toid} has the id ${operation.id}`)
    }
    if (transaction.ledger !== ledgerOf(toid) || transaction.hash !== operation.transaction_hash) {
      return yield* Result.fail(
        `the record's transaction (ledger ${transaction.ledger}) is not the one it belongs to`
      )
    }
    if (!transaction.successful)
      return yield* Result.fail("the record says its transaction succeeded, the transaction that it failed")
    const memo = yield* readMemo(transaction)
    return receipts.map(
      (receipt, index): Credit => ({
        operationId: operation.id,
        index,
        stellarTransactionId: operation.transaction_hash,
        account,
        muxedAccount: receipt.muxedAccount,
        from: receipt.from,
        asset: receipt.asset,
        amount:
          receipt.odd === "merge"
            ? mergedBalance(transaction.result_xdr, operationIndexOf(toid))
            : receipt.amount,
        memo,
        odd: oddityOf(receipt, memo),
        closedAtMillis,
        ledger: transaction.ledger
      })
    )
  })
