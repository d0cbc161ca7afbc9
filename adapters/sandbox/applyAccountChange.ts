// What do the operations that change an account itself do: options, trust lines, data entries, sequence?

import { Buffer } from "node:buffer"
import { StrKey } from "@stellar/stellar-sdk"
import type { OperationRecord } from "@stellar/stellar-sdk"
import { amountOf, stroopsOf } from "./amounts.ts"
import { assetMembers, done, failed } from "./AppliedOperation.ts"
import type { Effect, JsonObject, OperationContext, Ruling } from "./AppliedOperation.ts"
import { AUTH_IMMUTABLE, AUTH_REQUIRED, AUTH_REVOCABLE, reserveOf } from "./LedgerState.ts"
import type { Account, Signer } from "./LedgerState.ts"
import { lineKeyOf } from "./wellFormed.ts"

type Of<Type extends OperationRecord["type"]> = Extract<OperationRecord, { type: Type }>

const SIGNERS_MAX = 20

const isShort = (account: Readonly<Account>): boolean => account.balance < reserveOf(account)

type SignerRecord = NonNullable<Of<"setOptions">["signer"]>

export const signerOf = (record: SignerRecord): Signer | undefined => {
  const weight = Number(record.weight ?? 0)
  if (record.ed25519PublicKey !== undefined) {
    return { key: record.ed25519PublicKey, type: "ed25519_public_key", weight }
  }
  if (record.sha256Hash !== undefined) {
    const hash = Buffer.from(record.sha256Hash as Uint8Array)
    return { key: StrKey.encodeSha256Hash(hash), type: "sha256_hash", weight }
  }
  if (record.preAuthTx !== undefined) {
    const hash = Buffer.from(record.preAuthTx as Uint8Array)
    return { key: StrKey.encodePreAuthTx(hash), type: "preauth_tx", weight }
  }
  return undefined
}

const setSigner = (account: Account, signer: Signer): Effect | undefined => {
  const isKnown = account.signers.some(({ key }) => key === signer.key)
  if (signer.weight === 0 && !isKnown) return undefined
  const others = account.signers.filter(({ key }) => key !== signer.key)
  account.signers = signer.weight === 0 ? others : [...others, signer]
  const details = { weight: signer.weight, public_key: signer.key, key: "" }
  if (signer.weight === 0) return { type: "signer_removed", number: 11, account: account.id, details }
  return isKnown
    ? { type: "signer_updated", number: 12, account: account.id, details }
    : { type: "signer_created", number: 10, account: account.id, details }
}

export const applySetOptions = (operation: Of<"setOptions">, context: OperationContext): Ruling => {
  const account = context.draft.edit(context.source.id)
  const effects: Array<Effect> = []
  const effect = (type: string, number: number, details: JsonObject): void => {
    effects.push({ type, number, account: account.id, details })
  }
  const { masterWeight, lowThreshold, medThreshold, highThreshold, homeDomain } = operation
  if (operation.inflationDest !== undefined) {
    if (context.draft.account(operation.inflationDest) === undefined) return failed("op_invalid_inflation")
    account.inflationDestination = operation.inflationDest
  }
  if (operation.setFlags !== undefined || operation.clearFlags !== undefined) {
    if ((account.flags & AUTH_IMMUTABLE) !== 0) return failed("op_cant_change")
    account.flags = (account.flags | (operation.setFlags ?? 0)) & ~(operation.clearFlags ?? 0)
    effect("account_flags_updated", 6, {
      auth_required_flag: (account.flags & AUTH_REQUIRED) !== 0,
      auth_revokable_flag: (account.flags & AUTH_REVOCABLE) !== 0
    })
  }
  if (masterWeight !== undefined) {
    account.masterWeight = masterWeight
    const details = { weight: masterWeight, public_key: account.id, key: "" }
    effect(masterWeight === 0 ? "signer_removed" : "signer_updated", masterWeight === 0 ? 11 : 12, details)
  }
  if (lowThreshold !== undefined || medThreshold !== undefined || highThreshold !== undefined) {
    const { low, medium, high } = account.thresholds
    account.thresholds = {
      low: lowThreshold ?? low,
      medium: medThreshold ?? medium,
      high: highThreshold ?? high
    }
    effect("account_thresholds_updated", 4, {
      low_threshold: account.thresholds.low,
      med_threshold: account.thresholds.medium,
      high_threshold: account.thresholds.high
    })
  }
  if (homeDomain !== undefined) {
    account.homeDomain = homeDomain === "" ? undefined : homeDomain
    effect("account_home_domain_updated", 5, { home_domain: homeDomain })
  }
  const signer = operation.signer === undefined ? undefined : signerOf(operation.signer)
  if (signer !== undefined) {
    const changed = setSigner(account, signer)
    if (account.signers.length > SIGNERS_MAX) return failed("op_too_many_signers")
    if (changed !== undefined) effects.push(changed)
    if (changed?.type === "signer_created" && isShort(account)) return failed("op_low_reserve")
  }
  return done(effects)
}

export const applyManageData = (operation: Of<"manageData">, context: OperationContext): Ruling => {
  const { draft, source } = context
  const isKnown = draft.account(source.id)?.data.has(operation.name) ?? false
  const effect = (type: string, number: number, details: JsonObject): Ruling =>
    done([{ type, number, account: source.id, details: { name: operation.name, ...details } }])
  if (operation.value === undefined) {
    if (!isKnown) return failed("op_data_name_not_found")
    draft.edit(source.id).data.delete(operation.name)
    return effect("data_removed", 41, {})
  }
  const value = Buffer.from(operation.value).toString("base64")
  const account = draft.edit(source.id)
  account.data.set(operation.name, value)
  if (isKnown) return effect("data_updated", 42, { value })
  return isShort(account) ? failed("op_low_reserve") : effect("data_created", 40, { value })
}

export const applyChangeTrust = (operation: Of<"changeTrust">, context: OperationContext): Ruling => {
  const { draft, source } = context
  const key = lineKeyOf(operation.line)
  if (key === undefined) return failed("op_malformed")
  const [code = "", issuer = ""] = key.split(":")
  const limit = stroopsOf(operation.limit)
  const line = draft.account(source.id)?.trustlines.get(key)
  const effect = (type: string, number: number): Ruling =>
    done([
      {
        type,
        number,
        account: source.id,
        details: { ...assetMembers(key), limit: amountOf(limit) }
      }
    ])
  if (line === undefined) {
    if (limit === 0n) return failed("op_invalid_limit")
    const issuing = draft.account(issuer)
    if (issuing === undefined) return failed("op_no_issuer")
    const account = draft.edit(source.id)
    account.trustlines.set(key, {
      code,
      issuer,
      balance: 0n,
      limit,
      isAuthorized: (issuing.flags & AUTH_REQUIRED) === 0,
      lastModifiedLedger: draft.ledger.sequence
    })
    return isShort(account) ? failed("op_low_reserve") : effect("trustline_created", 20)
  }
  if (limit < line.balance) return failed("op_invalid_limit")
  const lines = draft.edit(source.id).trustlines
  if (limit === 0n) {
    lines.delete(key)
    return effect("trustline_removed", 21)
  }
  lines.set(key, { ...line, limit, lastModifiedLedger: draft.ledger.sequence })
  return effect("trustline_updated", 22)
}

export const applySetTrustLineFlags = (
  operation: Of<"setTrustLineFlags">,
  context: OperationContext
): Ruling => {
  const { draft, source } = context
  const key = `${operation.asset.code}:${source.id}`
  const line = draft.account(operation.trustor)?.trustlines.get(key)
  if (line === undefined) return failed("op_no_trust_line")
  const isRevocable = ((draft.account(source.id)?.flags ?? 0) & AUTH_REVOCABLE) !== 0
  const { authorized } = operation.flags
  if (authorized === false && line.isAuthorized && !isRevocable) return failed("op_cant_revoke")
  if (authorized !== undefined) {
    draft.edit(operation.trustor).trustlines.set(key, {
      ...line,
      isAuthorized: authorized,
      lastModifiedLedger: draft.ledger.sequence
    })
  }
  return done([
    {
      type: "trustline_flags_updated",
      number: 26,
      account: source.id,
      details: {
        ...assetMembers(key),
        trustor: operation.trustor,
        ...(authorized === undefined ? {} : { authorized_flag: authorized })
      }
    }
  ])
}

export const applyBumpSequence = (operation: Of<"bumpSequence">, context: OperationContext): Ruling => {
  const bumpTo = BigInt(operation.bumpTo)
  const account = context.draft.edit(context.source.id)
  if (bumpTo <= account.sequence) return done([])
  account.sequence = bumpTo
  account.sequenceLedger = context.draft.ledger.sequence
  account.sequenceTime = context.draft.ledger.closedAt
  return done([
    {
      type: "sequence_bumped",
      number: 43,
      account: account.id,
      details: { new_seq: operation.bumpTo }
    }
  ])
}
