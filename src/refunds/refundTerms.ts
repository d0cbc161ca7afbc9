/**
 * To whom a refund goes, in what and with which memo: from the payment it returns and what the Sending Anchor asked for.
 *
 * The memo asked for goes to the payer's account; without one the payment's own memo goes where the payment came from, muxed
 * if it was (S31-REF-04, S31-REF-05). Gotcha: a memo that cannot be repeated as it was is a reason not to send at all, for
 * behind an account may stand thousands.
 */
import { Result } from "effect"
import { parseAssetId, type StellarAsset } from "../../machines/domain/Asset.ts"
import { type Memo, memoFault } from "../../machines/domain/Memo.ts"
import type { RefundJob } from "../ports/rows.ts"
import { baseAccount } from "../stellar/strkeys.ts"

export interface RefundTerms {
  /** `G…` or `M…` */
  readonly destination: string
  /** `G…`: the destination on the ledger. */
  readonly account: string
  readonly asset: StellarAsset
  readonly memo: Memo | null
}

/** The failure is a sentence for the operator. */
export const refundTerms = ({ payment, refundMemo }: RefundJob): Result.Result<RefundTerms, string> => {
  const account = baseAccount(payment.from)
  if (account === null) return Result.fail("the payer is no account that a payment can reach")
  const asset = parseAssetId(payment.asset)
  if (Result.isFailure(asset)) return Result.fail(`what was paid is no asset: ${payment.asset}`)
  if (refundMemo !== null)
    return Result.succeed({ destination: account, account, asset: asset.success, memo: refundMemo })
  const memo = ownMemo(payment)
  return memo === "strange"
    ? Result.fail(`a memo of type ${payment.memoType} as the payment's own cannot be repeated`)
    : Result.succeed({ destination: payment.from, account, asset: asset.success, memo })
}

const ownMemo = ({ memo: value, memoType: type }: RefundJob["payment"]): Memo | null | "strange" => {
  if (type === "none" || value === null) return null
  if (type !== "id" && type !== "text" && type !== "hash") return "strange"
  const memo: Memo = { type, value }
  return memoFault(memo) === null ? memo : "strange"
}
