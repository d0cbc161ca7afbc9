// Which rule applies an operation? Dispatches to it and puts result, record and effects together.
// Gotcha: an operation that fails may have edited its draft; the whole transaction is thrown away then.

import type { OperationRecord } from "@stellar/stellar-sdk"
import type { AppliedOperation, OperationContext, Ruling } from "./AppliedOperation.ts"
import { failed } from "./AppliedOperation.ts"
import {
  applyBumpSequence,
  applyChangeTrust,
  applyManageData,
  applySetOptions,
  applySetTrustLineFlags
} from "./applyAccountChange.ts"
import { applyClaimClaimableBalance, applyCreateClaimableBalance } from "./applyClaimableBalance.ts"
import {
  applyAccountMerge,
  applyCreateAccount,
  applyPathPaymentStrictReceive,
  applyPathPaymentStrictSend,
  applyPayment
} from "./applyPayment.ts"
import { describeOperation } from "./operationDetails.ts"
import { operationFailed, operationRefused, operationSucceeded } from "./transactionResult.ts"
import { operationNames } from "./wellFormed.ts"

const rulingOf = (operation: OperationRecord, context: OperationContext): Ruling => {
  switch (operation.type) {
    case "createAccount":
      return applyCreateAccount(operation, context)
    case "payment":
      return applyPayment(operation, context)
    case "pathPaymentStrictReceive":
      return applyPathPaymentStrictReceive(operation, context)
    case "pathPaymentStrictSend":
      return applyPathPaymentStrictSend(operation, context)
    case "accountMerge":
      return applyAccountMerge(operation, context)
    case "setOptions":
      return applySetOptions(operation, context)
    case "manageData":
      return applyManageData(operation, context)
    case "changeTrust":
      return applyChangeTrust(operation, context)
    case "bumpSequence":
      return applyBumpSequence(operation, context)
    case "setTrustLineFlags":
      return applySetTrustLineFlags(operation, context)
    case "createClaimableBalance":
      return applyCreateClaimableBalance(operation, context)
    case "claimClaimableBalance":
      return applyClaimClaimableBalance(operation, context)
    default:
      return failed("op_not_supported")
  }
}

/** Applies one operation to the context's draft and tells what it did. */
export const applyOperation = (operation: OperationRecord, context: OperationContext): AppliedOperation => {
  const { source, draft } = context
  const name = operationNames[operation.type]
  if (name === undefined) throw new Error(`a check let an unsupported operation pass: ${operation.type}`)
  const { details, others } = describeOperation(operation, source)
  const participants = new Set([source.id, ...others])
  // An earlier operation of the same transaction may have merged the source away.
  if (draft.account(source.id) === undefined) {
    const result = operationRefused("op_no_source_account")
    return { name, source, result, details, participants, effects: [] }
  }
  const ruling = rulingOf(operation, context)
  if (!ruling.isDone) {
    return { name, source, result: operationFailed(name, ruling.code), details, participants, effects: [] }
  }
  return {
    name,
    source,
    result: operationSucceeded(name, ruling.payload),
    details: { ...details, ...ruling.details },
    participants,
    effects: ruling.effects
  }
}
