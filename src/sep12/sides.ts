/**
 * Which side of a transaction a SEP-12 type speaks of, and what the customer of a side is judged as (S31-KYC-02, S31-KYC-05).
 *
 * Gotcha: a side takes part in KYC where the transaction names a type for it. One that names a customer and no type needs no
 * verdict before the payment; only when a rail contests its data is it judged, under the usual type.
 */
import { Result } from "effect"
import { assetId } from "../../machines/domain/Asset.ts"
import type { CustomerId } from "../../machines/domain/Ids.ts"
import type { Party } from "../../machines/transaction/context.ts"
import { say, type Sentence } from "../http/Sentence.ts"
import type { AssetConfig, Settings } from "../KedgeConfig.ts"
import type { AboutTransaction } from "../ports/KycProvider.ts"
import type { TransactionRow } from "../ports/rows.ts"

/** What SEP-31 calls the types where a server has but one for each side. */
const usualTypes = { sender: "sep31-sender", receiver: "sep31-receiver" } as const

type Sided = Pick<TransactionRow, "asset" | "senderId" | "senderType" | "receiverId" | "receiverType">

export const customerOf = (row: Sided, party: Party): CustomerId | null =>
  party === "sender" ? row.senderId : row.receiverId

const ownTypeOf = (row: Sided, party: Party): string | null =>
  party === "sender" ? row.senderType : row.receiverType

const typesOf = (asset: AssetConfig | undefined, party: Party): ReadonlyArray<string> =>
  (party === "sender" ? asset?.senderTypes : asset?.receiverTypes) ?? []

/** A side that is asked for data, by the type it was asked under. */
export interface Side {
  readonly party: Party
  /** Of the SEP-12 types. */
  readonly type: string
}

const both = say`type is one of both sides of the transaction: use one that is the sender's or the receiver's alone`
const neither = say`type is neither the sender's nor the receiver's in this transaction`

/**
 * The side a type means. The transaction's own types go before its asset's, and those before the usual names; a usual name that
 * is no type here stands for the side's own.
 */
export const sideOf = (
  settings: Pick<Settings, "assets" | "customerTypes">,
  row: Sided,
  type: string
): Result.Result<Side, Sentence> => {
  const asset = settings.assets.find((each) => assetId(each) === row.asset)
  const lists = (party: Party) => [[ownTypeOf(row, party)], typesOf(asset, party), [usualTypes[party]]]
  const [sender, receiver] = [lists("sender"), lists("receiver")]
  let isBoth = false
  for (const at of sender.keys()) {
    const isSender = sender[at]?.includes(type) ?? false
    const isReceiver = receiver[at]?.includes(type) ?? false
    if (isSender !== isReceiver) {
      const party = isSender ? "sender" : "receiver"
      const own = ownTypeOf(row, party)
      const isKnown = type === own || Object.hasOwn(settings.customerTypes, type)
      const judged = isKnown ? type : (own ?? typesOf(asset, party)[0])
      return judged === undefined ? Result.fail(neither) : Result.succeed({ party, type: judged })
    }
    isBoth ||= isSender
  }
  return Result.fail(isBoth ? both : neither)
}

export const aboutOf = (
  row: Pick<TransactionRow, "id" | "terms" | "asset" | "fundingMethod">
): AboutTransaction => ({
  transactionId: row.id,
  amount: row.terms.expected,
  asset: row.asset,
  fundingMethod: row.fundingMethod,
  destinationAsset: row.terms.conversion?.to ?? null
})

/** A side whose verdict counts; nobody has come to it yet where `id` is null. */
export interface AwaitedSide extends Side {
  readonly id: CustomerId | null
}

/** Before the payment: the sides with a type, whoever stands there. */
export const sidesBefore = (row: Sided): ReadonlyArray<AwaitedSide> =>
  (["sender", "receiver"] as const).flatMap((party) => {
    const type = ownTypeOf(row, party)
    return type === null ? [] : [{ party, type, id: customerOf(row, party) }]
  })

/** After it: those who stand there, whether or not they needed a verdict before. */
export const sidesAfter = (row: Sided, defaultType: string): ReadonlyArray<AwaitedSide> =>
  (["sender", "receiver"] as const).flatMap((party) => {
    const id = customerOf(row, party)
    return id === null ? [] : [{ party, type: ownTypeOf(row, party) ?? defaultType, id }]
  })
