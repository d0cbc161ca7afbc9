// May this account give, and may that one take, so much of an asset? The rules shared by every kind of payment.
// An issuer neither holds nor runs out of its own asset: to pay it out is to make it, to receive it is to burn it.

import { INT64_MAX } from "./amounts.ts"
import { reserveOf } from "./LedgerState.ts"
import type { Draft } from "./LedgerState.ts"

const isIssuer = (asset: string, accountId: string): boolean => asset.endsWith(`:${accountId}`)

export type DebitFailure = "op_underfunded" | "op_src_no_trust" | "op_src_not_authorized"

/** Takes the amount from the account, or tells why it cannot and changes nothing. */
export const debit = (
  draft: Draft,
  accountId: string,
  asset: string,
  amount: bigint
): DebitFailure | undefined => {
  const account = draft.account(accountId)
  if (account === undefined) return "op_underfunded"
  if (asset === "native") {
    if (account.balance - reserveOf(account) < amount) return "op_underfunded"
    draft.edit(accountId).balance -= amount
    return undefined
  }
  if (isIssuer(asset, accountId)) return undefined
  const line = account.trustlines.get(asset)
  if (line === undefined) return "op_src_no_trust"
  if (!line.isAuthorized) return "op_src_not_authorized"
  if (line.balance < amount) return "op_underfunded"
  const edited = draft.edit(accountId).trustlines.get(asset)
  if (edited !== undefined) {
    edited.balance -= amount
    edited.lastModifiedLedger = draft.ledger.sequence
  }
  return undefined
}

export type CreditFailure = "op_no_destination" | "op_no_trust" | "op_not_authorized" | "op_line_full"

/** Gives the amount to the account, or tells why it cannot and changes nothing. */
export const credit = (
  draft: Draft,
  accountId: string,
  asset: string,
  amount: bigint
): CreditFailure | undefined => {
  const account = draft.account(accountId)
  if (account === undefined) return "op_no_destination"
  if (asset === "native") {
    if (account.balance + amount > INT64_MAX) return "op_line_full"
    draft.edit(accountId).balance += amount
    return undefined
  }
  if (isIssuer(asset, accountId)) return undefined
  const line = account.trustlines.get(asset)
  if (line === undefined) return "op_no_trust"
  if (!line.isAuthorized) return "op_not_authorized"
  if (line.balance + amount > line.limit) return "op_line_full"
  const edited = draft.edit(accountId).trustlines.get(asset)
  if (edited !== undefined) {
    edited.balance += amount
    edited.lastModifiedLedger = draft.ledger.sequence
  }
  return undefined
}
