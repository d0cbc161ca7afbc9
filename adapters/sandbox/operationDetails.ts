// What does Horizon say of an operation beyond what all have in common? Member names and forms as its records have
// them, taken from the operation as submitted; what only the outcome tells (a path's amounts) is laid over later.

import { Buffer } from "node:buffer"
import type { OperationRecord } from "@stellar/stellar-sdk"
import { assetMembers, partyMembers } from "./AppliedOperation.ts"
import type { JsonObject } from "./AppliedOperation.ts"
import { signerOf } from "./applyAccountChange.ts"
import { predicateMembers, predicateOf } from "./applyClaimableBalance.ts"
import { partyOf } from "./Envelope.ts"
import type { Party } from "./Envelope.ts"
import { assetKeyOf, lineKeyOf } from "./wellFormed.ts"

const FLAG_NAMES = ["auth_required", "auth_revocable", "auth_immutable", "auth_clawback_enabled"] as const

const flagMembers = (name: "set_flags" | "clear_flags", flags: number | undefined): JsonObject => {
  if (flags === undefined || flags === 0) return {}
  const set = FLAG_NAMES.map((flag, place) => ({ flag, bit: 1 << place })).filter(({ bit }) => flags & bit)
  return { [name]: set.map(({ bit }) => bit), [`${name}_s`]: set.map(({ flag }) => flag) }
}

const setOptionsMembers = (operation: Extract<OperationRecord, { type: "setOptions" }>): JsonObject => {
  const signer = operation.signer === undefined ? undefined : signerOf(operation.signer)
  return {
    home_domain: operation.homeDomain,
    inflation_dest: operation.inflationDest,
    master_key_weight: operation.masterWeight,
    signer_key: signer?.key,
    signer_weight: signer?.weight,
    ...flagMembers("set_flags", operation.setFlags),
    ...flagMembers("clear_flags", operation.clearFlags),
    low_threshold: operation.lowThreshold,
    med_threshold: operation.medThreshold,
    high_threshold: operation.highThreshold
  }
}

/** The members, and the accounts besides the source in whose history the operation stands. */
export interface OperationDescription {
  readonly details: JsonObject
  readonly others: ReadonlyArray<string>
}

const NOTHING = "0.0000000"

export const describeOperation = (operation: OperationRecord, source: Party): OperationDescription => {
  switch (operation.type) {
    case "createAccount":
      return {
        details: {
          starting_balance: operation.startingBalance,
          ...partyMembers("funder", source),
          account: operation.destination
        },
        others: [operation.destination]
      }
    case "payment": {
      const to = partyOf(operation.destination)
      return {
        details: {
          ...assetMembers(assetKeyOf(operation.asset)),
          ...partyMembers("from", source),
          ...partyMembers("to", to),
          amount: operation.amount
        },
        others: [to.id]
      }
    }
    case "pathPaymentStrictReceive":
    case "pathPaymentStrictSend": {
      const to = partyOf(operation.destination)
      const isSend = operation.type === "pathPaymentStrictSend"
      return {
        details: {
          ...assetMembers(assetKeyOf(operation.destAsset)),
          ...partyMembers("from", source),
          ...partyMembers("to", to),
          amount: isSend ? NOTHING : operation.destAmount,
          path: operation.path.map((asset) => assetMembers(assetKeyOf(asset))),
          source_amount: isSend ? operation.sendAmount : NOTHING,
          ...(isSend ? { destination_min: operation.destMin } : { source_max: operation.sendMax }),
          ...assetMembers(assetKeyOf(operation.sendAsset), "source_")
        },
        others: [to.id]
      }
    }
    case "accountMerge": {
      const into = partyOf(operation.destination)
      return {
        details: { ...partyMembers("account", source), ...partyMembers("into", into) },
        others: [into.id]
      }
    }
    case "changeTrust": {
      const key = lineKeyOf(operation.line) ?? "native"
      return {
        details: {
          ...assetMembers(key),
          limit: operation.limit,
          trustee: key.split(":")[1],
          ...partyMembers("trustor", source)
        },
        others: []
      }
    }
    case "setOptions":
      return { details: setOptionsMembers(operation), others: [] }
    case "manageData":
      return {
        details: {
          name: operation.name,
          value: operation.value === undefined ? null : Buffer.from(operation.value).toString("base64")
        },
        others: []
      }
    case "bumpSequence":
      return { details: { bump_to: operation.bumpTo }, others: [] }
    case "createClaimableBalance":
      return {
        details: {
          sponsor: source.id,
          asset: assetKeyOf(operation.asset),
          amount: operation.amount,
          claimants: operation.claimants.map(({ destination, predicate }) => ({
            destination,
            predicate: predicateMembers(predicateOf(predicate))
          }))
        },
        others: operation.claimants.map(({ destination }) => destination)
      }
    case "claimClaimableBalance":
      return {
        details: { balance_id: operation.balanceId, ...partyMembers("claimant", source) },
        others: []
      }
    case "setTrustLineFlags": {
      const { authorized } = operation.flags
      return {
        details: {
          ...assetMembers(assetKeyOf(operation.asset)),
          trustor: operation.trustor,
          ...(authorized === true ? { set_flags: [1], set_flags_s: ["authorized"] } : {}),
          ...(authorized === false ? { clear_flags: [1], clear_flags_s: ["authorized"] } : {})
        },
        others: [operation.trustor]
      }
    }
    default:
      throw new Error(`an operation that is not supported cannot be in a ledger: ${operation.type}`)
  }
}
