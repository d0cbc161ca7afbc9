// What do making and claiming a claimable balance do, and when may it be claimed?
// Gotcha: a relative deadline is turned into an absolute one when the balance is made.

import { Buffer } from "node:buffer"
import type { OperationRecord } from "@stellar/stellar-sdk"
import { amountOf, stroopsOf } from "./amounts.ts"
import { assetMembers, done, failed } from "./AppliedOperation.ts"
import type { Effect, JsonObject, OperationContext, Ruling } from "./AppliedOperation.ts"
import { isoTimeOf } from "./isoTime.ts"
import type { Predicate } from "./LedgerState.ts"
import { credit, debit } from "./moveBalance.ts"
import { assetKeyOf } from "./wellFormed.ts"

type Of<Type extends OperationRecord["type"]> = Extract<OperationRecord, { type: Type }>
type ClaimPredicate = Of<"createClaimableBalance">["claimants"][number]["predicate"]

/** The predicate as the operation gave it. */
export const predicateOf = (predicate: ClaimPredicate): Predicate => {
  switch (predicate.type) {
    case "claimPredicateUnconditional":
      return { unconditional: true }
    case "claimPredicateAnd":
      return { and: predicate.andPredicates.map(predicateOf) }
    case "claimPredicateOr":
      return { or: predicate.orPredicates.map(predicateOf) }
    case "claimPredicateNot":
      return {
        not: predicate.notPredicate === null ? { unconditional: true } : predicateOf(predicate.notPredicate)
      }
    case "claimPredicateBeforeAbsoluteTime":
      return { absBefore: predicate.absBefore }
    case "claimPredicateBeforeRelativeTime":
      return { relBefore: predicate.relBefore }
  }
}

const madeAbsolute = (predicate: Predicate, closedAt: number): Predicate => {
  if ("and" in predicate) return { and: predicate.and.map((part) => madeAbsolute(part, closedAt)) }
  if ("or" in predicate) return { or: predicate.or.map((part) => madeAbsolute(part, closedAt)) }
  if ("not" in predicate) return { not: madeAbsolute(predicate.not, closedAt) }
  if ("relBefore" in predicate) return { absBefore: BigInt(closedAt) + predicate.relBefore }
  return predicate
}

const holds = (predicate: Predicate, closedAt: number): boolean => {
  if ("and" in predicate) return predicate.and.every((part) => holds(part, closedAt))
  if ("or" in predicate) return predicate.or.some((part) => holds(part, closedAt))
  if ("not" in predicate) return !holds(predicate.not, closedAt)
  if ("absBefore" in predicate) return BigInt(closedAt) < predicate.absBefore
  return "unconditional" in predicate
}

export const predicateMembers = (predicate: Predicate): JsonObject => {
  if ("and" in predicate) return { and: predicate.and.map(predicateMembers) }
  if ("or" in predicate) return { or: predicate.or.map(predicateMembers) }
  if ("not" in predicate) return { not: predicateMembers(predicate.not) }
  if ("relBefore" in predicate) return { rel_before: String(predicate.relBefore) }
  if ("absBefore" in predicate) {
    return {
      abs_before: isoTimeOf(Number(predicate.absBefore)),
      abs_before_epoch: String(predicate.absBefore)
    }
  }
  return { unconditional: true }
}

/** The asset as claimable balances print it, in one string. */
const balanceMembers = (id: string, asset: string, amount: bigint): JsonObject => ({
  balance_id: id,
  asset,
  amount: amountOf(amount)
})

// A claimable balance is paid from a trust line under names of its own.
const failureOf = (failure: string): string => failure.replace("op_src_", "op_")

export const applyCreateClaimableBalance = (
  operation: Of<"createClaimableBalance">,
  context: OperationContext
): Ruling => {
  const { draft, source } = context
  const { closedAt, sequence } = draft.ledger
  const asset = assetKeyOf(operation.asset)
  const amount = stroopsOf(operation.amount)
  const failure = debit(draft, source.id, asset, amount)
  if (failure !== undefined) return failed(failureOf(failure))
  const id = context.claimableBalanceId()
  const claimants = operation.claimants.map(({ destination, predicate }) => ({
    destination,
    predicate: madeAbsolute(predicateOf(predicate), closedAt)
  }))
  draft.putClaimableBalance({
    id,
    asset,
    amount,
    sponsor: source.id,
    claimants,
    lastModifiedLedger: sequence,
    lastModifiedTime: closedAt
  })
  const members = balanceMembers(id, asset, amount)
  const effects: ReadonlyArray<Effect> = [
    { type: "claimable_balance_created", number: 50, account: source.id, details: members },
    ...claimants.map(({ destination, predicate }) => ({
      type: "claimable_balance_claimant_created",
      number: 51,
      account: destination,
      details: { ...members, predicate: predicateMembers(predicate) }
    })),
    {
      type: "account_debited",
      number: 3,
      account: source.id,
      details: { ...assetMembers(asset), amount: amountOf(amount) }
    }
  ]
  return done(effects, Buffer.from(id, "hex"))
}

export const applyClaimClaimableBalance = (
  operation: Of<"claimClaimableBalance">,
  context: OperationContext
): Ruling => {
  const { draft, source } = context
  const balance = draft.claimableBalance(operation.balanceId)
  if (balance === undefined) return failed("op_does_not_exist")
  const claimant = balance.claimants.find(({ destination }) => destination === source.id)
  if (claimant === undefined || !holds(claimant.predicate, draft.ledger.closedAt)) {
    return failed("op_cannot_claim")
  }
  const failure = credit(draft, source.id, balance.asset, balance.amount)
  if (failure !== undefined) return failed(failure)
  draft.removeClaimableBalance(balance.id)
  return done([
    {
      type: "claimable_balance_claimed",
      number: 52,
      account: source.id,
      details: balanceMembers(balance.id, balance.asset, balance.amount)
    },
    {
      type: "account_credited",
      number: 2,
      account: source.id,
      details: { ...assetMembers(balance.asset), amount: amountOf(balance.amount) }
    }
  ])
}
