/** The public surface for integrators: ports to implement, doors to report through, amounts to compute with. */
export {
  add,
  type Amount,
  amount,
  fromStroops,
  isLess,
  isMore,
  parseAmount,
  subtract,
  toStroops
} from "../machines/domain/Amount.ts"
export type { FeeTerms } from "../machines/domain/Fee.ts"
export type { CustomerId, PayoutId, QuoteId, TransactionId } from "../machines/domain/Ids.ts"
export { Payouts, PayoutNotFound } from "./payouts/Payouts.ts"
export {
  type AssetInfo,
  BusinessHooks,
  type FileVerdict,
  type Hooks,
  type ProposedTransaction,
  type ProposedUpdate,
  type ReceivedFile,
  type UpdateVerdict,
  type Validation
} from "./ports/BusinessHooks.ts"
export { Entropy } from "./ports/Entropy.ts"
export {
  type AboutTransaction,
  type CodeMessage,
  type CustomerField,
  CustomerRefused,
  type CustomerStatus,
  type CustomerValue,
  KycProvider,
  KycUnavailable,
  type Verdict
} from "./ports/KycProvider.ts"
export {
  Outbound,
  type OutboundAnswer,
  OutboundRefused,
  type OutboundRequest,
  OutboundUnavailable
} from "./ports/Outbound.ts"
export {
  type FieldDescription,
  type LookUpAnswer,
  NothingAccepted,
  type PaymentRail,
  type Payout,
  type PayoutOutcome,
  type PendingPayout,
  type PollAnswer,
  Rails,
  RailUnavailable
} from "./ports/Rails.ts"
export { NoRate, type Rate, RateProvider, type RateQuestion, RateUnavailable } from "./ports/RateProvider.ts"
export { type RefundKeys, RefundSigner, RefundSignerUnavailable } from "./ports/RefundSigner.ts"
export { Signer } from "./ports/Signer.ts"
export { StellarNetwork } from "./ports/StellarNetwork.ts"
export {
  type LedgerAccount,
  type LedgerBalance,
  StellarSubmission,
  Submitted
} from "./ports/StellarSubmission.ts"
export { Storage } from "./ports/Storage.ts"
export { Vault } from "./ports/Vault.ts"
export { type ReceivedCallback, verifyCallback } from "./client/verifyCallback.ts"
export { layer, type Role, Roles, routes } from "./Kedge.ts"
export { Customers } from "./sep12/Customers.ts"
