// What do the operations that move money do: payment, path payment, account creation and merge?
// Paths go through an endless market maker at a settable rate (1 unless given), so that what is sent may differ
// from what arrives; the intermediate assets of a path are recorded and not visited.

import type { OperationRecord } from "@stellar/stellar-sdk"
import { amountOf, stroopsOf } from "./amounts.ts"
import { assetMembers, done, failed } from "./AppliedOperation.ts"
import type { Effect, OperationContext, Ruling } from "./AppliedOperation.ts"
import { partyOf } from "./Envelope.ts"
import type { Party } from "./Envelope.ts"
import { AUTH_IMMUTABLE, BASE_RESERVE, newAccount, subentriesOf } from "./LedgerState.ts"
import { credit, debit } from "./moveBalance.ts"
import { assetKeyOf } from "./wellFormed.ts"
import { accountId, assetXdr, int32, int64 } from "./xdrWriter.ts"

type Of<Type extends OperationRecord["type"]> = Extract<OperationRecord, { type: Type }>

const muxedMembers = (party: Party) =>
  party.muxed === undefined ? {} : { account_muxed: party.muxed.address, account_muxed_id: party.muxed.id }

const credited = (to: Party, asset: string, amount: bigint): Effect => ({
  type: "account_credited",
  number: 2,
  account: to.id,
  details: { ...muxedMembers(to), ...assetMembers(asset), amount: amountOf(amount) }
})

const debited = (from: Party, asset: string, amount: bigint): Effect => ({
  type: "account_debited",
  number: 3,
  account: from.id,
  details: { ...muxedMembers(from), ...assetMembers(asset), amount: amountOf(amount) }
})

export const applyCreateAccount = (operation: Of<"createAccount">, context: OperationContext): Ruling => {
  const { draft, source } = context
  const balance = stroopsOf(operation.startingBalance)
  if (draft.account(operation.destination) !== undefined) return failed("op_already_exists")
  if (balance < BASE_RESERVE * 2n) return failed("op_low_reserve")
  if (debit(draft, source.id, "native", balance) !== undefined) return failed("op_underfunded")
  draft.create(newAccount(operation.destination, balance, draft.ledger.sequence, draft.ledger.closedAt))
  return done([
    {
      type: "account_created",
      number: 0,
      account: operation.destination,
      details: { starting_balance: amountOf(balance) }
    },
    debited(source, "native", balance),
    {
      type: "signer_created",
      number: 10,
      account: operation.destination,
      details: { weight: 1, public_key: operation.destination, key: "" }
    }
  ])
}

export const applyPayment = (operation: Of<"payment">, context: OperationContext): Ruling => {
  const { draft, source } = context
  const to = partyOf(operation.destination)
  const asset = assetKeyOf(operation.asset)
  const amount = stroopsOf(operation.amount)
  if (draft.account(to.id) === undefined) return failed("op_no_destination")
  const failure = debit(draft, source.id, asset, amount) ?? credit(draft, to.id, asset, amount)
  if (failure !== undefined) return failed(failure)
  return done([credited(to, asset, amount), debited(source, asset, amount)])
}

const pathDone = (
  context: OperationContext,
  to: Party,
  sent: { readonly asset: string; readonly amount: bigint },
  received: { readonly asset: string; readonly amount: bigint }
): Ruling => {
  const { draft, source } = context
  const failure =
    (draft.account(to.id) === undefined ? "op_no_destination" : undefined) ??
    debit(draft, source.id, sent.asset, sent.amount) ??
    credit(draft, to.id, received.asset, received.amount)
  if (failure !== undefined) return failed(failure)
  const noOffers = int32(0)
  return done(
    [credited(to, received.asset, received.amount), debited(source, sent.asset, sent.amount)],
    Buffer.concat([noOffers, accountId(to.id), assetXdr(received.asset), int64(received.amount)]),
    { amount: amountOf(received.amount), source_amount: amountOf(sent.amount) }
  )
}

export const applyPathPaymentStrictSend = (
  operation: Of<"pathPaymentStrictSend">,
  context: OperationContext
): Ruling => {
  const sent = { asset: assetKeyOf(operation.sendAsset), amount: stroopsOf(operation.sendAmount) }
  const asset = assetKeyOf(operation.destAsset)
  const { numerator, denominator } = context.rate(sent.asset, asset)
  const amount = (sent.amount * numerator) / denominator
  if (amount < stroopsOf(operation.destMin)) return failed("op_under_dest_min")
  return pathDone(context, partyOf(operation.destination), sent, { asset, amount })
}

export const applyPathPaymentStrictReceive = (
  operation: Of<"pathPaymentStrictReceive">,
  context: OperationContext
): Ruling => {
  const received = { asset: assetKeyOf(operation.destAsset), amount: stroopsOf(operation.destAmount) }
  const asset = assetKeyOf(operation.sendAsset)
  const { numerator, denominator } = context.rate(asset, received.asset)
  // Rounded up, in favour of the market maker.
  const amount = (received.amount * denominator + numerator - 1n) / numerator
  if (amount > stroopsOf(operation.sendMax)) return failed("op_over_source_max")
  return pathDone(context, partyOf(operation.destination), { asset, amount }, received)
}

export const applyAccountMerge = (operation: Of<"accountMerge">, context: OperationContext): Ruling => {
  const { draft, source } = context
  const into = partyOf(operation.destination)
  const account = draft.account(source.id)
  if (account === undefined || draft.account(into.id) === undefined) return failed("op_no_account")
  if ((account.flags & AUTH_IMMUTABLE) !== 0) return failed("op_immutable_set")
  // Signers go with the account; trust lines and data entries would be left behind.
  if (subentriesOf(account) > account.signers.length) return failed("op_has_sub_entries")
  if (account.sequence >= BigInt(draft.ledger.sequence) << 32n) return failed("op_seq_num_too_far")
  const { balance } = account
  if (credit(draft, into.id, "native", balance) !== undefined) return failed("op_dest_full")
  draft.remove(source.id)
  return done(
    [
      debited(source, "native", balance),
      credited(into, "native", balance),
      { type: "account_removed", number: 1, account: source.id, details: {} }
    ],
    int64(balance)
  )
}
