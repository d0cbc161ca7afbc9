// Does an operation make sense by itself, whatever the ledger holds? The network refuses one that does not before
// it takes a fee, so such a transaction is never in a ledger.

import type { Asset, LiquidityPoolAsset, OperationRecord } from "@stellar/stellar-sdk"
import { parseAmount } from "./amounts.ts"
import { partyOf } from "./Envelope.ts"
import type { OperationName, OperationResult } from "./resultCodes.ts"
import { operationFailed } from "./transactionResult.ts"

/** Horizon's name of each operation we can apply, by stellar-sdk's; what is missing is op_not_supported. */
export const operationNames: { readonly [Type in OperationRecord["type"]]?: OperationName } = {
  createAccount: "create_account",
  payment: "payment",
  pathPaymentStrictReceive: "path_payment_strict_receive",
  pathPaymentStrictSend: "path_payment_strict_send",
  setOptions: "set_options",
  changeTrust: "change_trust",
  accountMerge: "account_merge",
  manageData: "manage_data",
  bumpSequence: "bump_sequence",
  createClaimableBalance: "create_claimable_balance",
  claimClaimableBalance: "claim_claimable_balance",
  setTrustLineFlags: "set_trust_line_flags"
}

const isPositive = (amount: string): boolean => (parseAmount(amount) ?? 0n) > 0n

/** `native` or `CODE:ISSUER`. */
export const assetKeyOf = (asset: Asset): string =>
  asset.issuer === undefined ? "native" : `${asset.code}:${asset.issuer}`

/** `undefined` for shares of a liquidity pool, which the sandbox has none of. */
export const lineKeyOf = (line: Asset | LiquidityPoolAsset): string | undefined =>
  "code" in line ? assetKeyOf(line) : undefined

const THRESHOLD_MAX = 255
const CLAIMANTS_MAX = 10
const NAME_BYTES_MAX = 64
const HOME_DOMAIN_BYTES_MAX = 32
const FLAGS = 15

const malformedSetOptions = (
  operation: Extract<OperationRecord, { type: "setOptions" }>,
  sourceId: string
): string | undefined => {
  const set = operation.setFlags ?? 0
  const clear = operation.clearFlags ?? 0
  if ((set | clear) & ~FLAGS) return "op_unknown_flag"
  if (set & clear) return "op_bad_flags"
  const numbers = [
    operation.masterWeight,
    operation.lowThreshold,
    operation.medThreshold,
    operation.highThreshold
  ]
  if (numbers.some((number) => number !== undefined && number > THRESHOLD_MAX)) {
    return "op_threshold_out_of_range"
  }
  const { signer, homeDomain } = operation
  if (signer !== undefined) {
    if (signer.ed25519SignedPayload !== undefined) return "op_bad_signer"
    if (signer.ed25519PublicKey === sourceId || Number(signer.weight ?? 0) > THRESHOLD_MAX) {
      return "op_bad_signer"
    }
  }
  if (homeDomain !== undefined && Buffer.byteLength(homeDomain) > HOME_DOMAIN_BYTES_MAX) {
    return "op_invalid_home_domain"
  }
  return undefined
}

const codeOf = (operation: OperationRecord, sourceId: string): string | undefined => {
  const malformed = "op_malformed"
  switch (operation.type) {
    case "createAccount":
      return parseAmount(operation.startingBalance) === undefined || operation.destination === sourceId
        ? malformed
        : undefined
    case "payment":
      return isPositive(operation.amount) ? undefined : malformed
    case "pathPaymentStrictReceive":
      return isPositive(operation.destAmount) && isPositive(operation.sendMax) ? undefined : malformed
    case "pathPaymentStrictSend":
      return isPositive(operation.sendAmount) && isPositive(operation.destMin) ? undefined : malformed
    case "changeTrust": {
      const key = lineKeyOf(operation.line)
      const isOwn = key?.endsWith(`:${sourceId}`) ?? false
      return key === undefined || key === "native" || isOwn || parseAmount(operation.limit) === undefined
        ? malformed
        : undefined
    }
    case "accountMerge":
      return partyOf(operation.destination).id === sourceId ? malformed : undefined
    case "setOptions":
      return malformedSetOptions(operation, sourceId)
    case "manageData": {
      const length = Buffer.byteLength(operation.name)
      return length === 0 || length > NAME_BYTES_MAX ? "op_data_invalid_name" : undefined
    }
    case "bumpSequence":
      return operation.bumpTo.startsWith("-") ? "op_bad_seq" : undefined
    case "createClaimableBalance": {
      const destinations = operation.claimants.map(({ destination }) => destination)
      const isDistinct = new Set(destinations).size === destinations.length
      const isCountable = destinations.length > 0 && destinations.length <= CLAIMANTS_MAX
      return isPositive(operation.amount) && isDistinct && isCountable ? undefined : malformed
    }
    case "setTrustLineFlags":
      return operation.asset.issuer === sourceId && operation.trustor !== sourceId ? undefined : malformed
    default:
      return undefined
  }
}

/** `undefined` when the operation makes sense, else its result. */
export const wellFormed = (operation: OperationRecord, sourceId: string): OperationResult | undefined => {
  const code = codeOf(operation, sourceId)
  const name = operationNames[operation.type]
  return code === undefined || name === undefined ? undefined : operationFailed(name, code)
}
