/**
 * Whether a refund can be made, as the ledger stands now: the payer can receive it and we can pay it. Pure: accounts in, a
 * sentence for the operator or null.
 *
 * Asked before each envelope, for a payment that the ledger would refuse costs a fee and a sequence number and tells nothing new.
 */
import { type Amount, add, isLess, isMore } from "../../machines/domain/Amount.ts"
import type { StellarAsset } from "../../machines/domain/Asset.ts"
import type { LedgerAccount, LedgerBalance } from "../ports/StellarSubmission.ts"
import type { RefundTerms } from "./refundTerms.ts"

const balanceIn = (account: LedgerAccount, asset: StellarAsset): LedgerBalance | undefined =>
  account.balances.find(
    ({ asset: held }) => held.issuer === asset.issuer && (asset.issuer === null || held.code === asset.code)
  )

const nameOf = ({ code, issuer }: StellarAsset): string => (issuer === null ? "XLM" : code)

/** What is in the way on the payer's side. */
export const destinationFault = (
  { account: address, asset, destination, memo }: RefundTerms,
  account: LedgerAccount | null,
  amount: Amount
): string | null => {
  if (account === null) return "the payer's account is no longer on the ledger"
  if (account.isMemoRequired && memo === null && !destination.startsWith("M"))
    return "the payer's account takes no payment without a memo, and there is none"
  // The issuer of an asset takes it back without a trustline.
  if (asset.issuer === address) return null
  const balance = balanceIn(account, asset)
  if (balance === undefined) return `the payer's account holds no ${nameOf(asset)} any more`
  if (!balance.isAuthorized) return `the payer's account may not receive ${nameOf(asset)}`
  return balance.limit !== null && isMore(add(balance.balance, amount), balance.limit)
    ? `the payer's account may not hold so much ${nameOf(asset)}`
    : null
}

/** What is in the way on ours. */
export const sourceFault = (
  address: string,
  account: LedgerAccount | null,
  asset: StellarAsset,
  amount: Amount
): string | null => {
  if (account === null) return `our account ${address} is not on the ledger`
  if (asset.issuer === address) return null
  const balance = balanceIn(account, asset)
  return balance === undefined || isLess(balance.balance, amount)
    ? `our account ${address} holds less ${nameOf(asset)} than is to be returned`
    : null
}
