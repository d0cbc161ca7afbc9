// Which number and which word does the network use for each way an operation or a transaction can fail?
// The word is Horizon's (`op_underfunded`), the number stands in the result XDR. The lists are in the order of
// the XDR enums, whose failures count -1, -2, …, so the place in the list is the number.

import type { Buffer } from "node:buffer"

export type OperationName =
  | "create_account"
  | "payment"
  | "path_payment_strict_receive"
  | "set_options"
  | "change_trust"
  | "account_merge"
  | "manage_data"
  | "bump_sequence"
  | "path_payment_strict_send"
  | "create_claimable_balance"
  | "claim_claimable_balance"
  | "set_trust_line_flags"

const paymentFailures = [
  "op_malformed",
  "op_underfunded",
  "op_src_no_trust",
  "op_src_not_authorized",
  "op_no_destination",
  "op_no_trust",
  "op_not_authorized",
  "op_line_full",
  "op_no_issuer"
] as const

const pathFailures = [...paymentFailures, "op_too_few_offers", "op_cross_self"] as const

interface OperationKind {
  /** The XDR OperationType, Horizon's `type_i`. */
  readonly number: number
  readonly failures: ReadonlyArray<string>
}

export const operationKinds: { readonly [Name in OperationName]: OperationKind } = {
  create_account: {
    number: 0,
    failures: ["op_malformed", "op_underfunded", "op_low_reserve", "op_already_exists"]
  },
  payment: { number: 1, failures: paymentFailures },
  path_payment_strict_receive: { number: 2, failures: [...pathFailures, "op_over_source_max"] },
  set_options: {
    number: 5,
    failures: [
      "op_low_reserve",
      "op_too_many_signers",
      "op_bad_flags",
      "op_invalid_inflation",
      "op_cant_change",
      "op_unknown_flag",
      "op_threshold_out_of_range",
      "op_bad_signer",
      "op_invalid_home_domain",
      "op_auth_revocable_required"
    ]
  },
  change_trust: {
    number: 6,
    failures: [
      "op_malformed",
      "op_no_issuer",
      "op_invalid_limit",
      "op_low_reserve",
      "op_self_not_allowed",
      "op_trust_line_missing",
      "op_cannot_delete",
      "op_not_aut_maintain_liabilities"
    ]
  },
  account_merge: {
    number: 8,
    failures: [
      "op_malformed",
      "op_no_account",
      "op_immutable_set",
      "op_has_sub_entries",
      "op_seq_num_too_far",
      "op_dest_full",
      "op_is_sponsor"
    ]
  },
  manage_data: {
    number: 10,
    failures: ["op_not_supported_yet", "op_data_name_not_found", "op_low_reserve", "op_data_invalid_name"]
  },
  bump_sequence: { number: 11, failures: ["op_bad_seq"] },
  path_payment_strict_send: { number: 13, failures: [...pathFailures, "op_under_dest_min"] },
  create_claimable_balance: {
    number: 14,
    failures: ["op_malformed", "op_low_reserve", "op_no_trust", "op_not_authorized", "op_underfunded"]
  },
  claim_claimable_balance: {
    number: 15,
    failures: ["op_does_not_exist", "op_cannot_claim", "op_line_full", "op_no_trust", "op_not_authorized"]
  },
  set_trust_line_flags: {
    number: 21,
    failures: ["op_malformed", "op_no_trust_line", "op_cant_revoke", "op_invalid_state", "op_low_reserve"]
  }
}

/** Failures of an operation before its own rules are asked. */
export const outerFailures = { op_bad_auth: -1, op_no_source_account: -2, op_not_supported: -3 } as const

export const transactionCodes = {
  tx_fee_bump_inner_success: 1,
  tx_success: 0,
  tx_failed: -1,
  tx_too_early: -2,
  tx_too_late: -3,
  tx_missing_operation: -4,
  tx_bad_seq: -5,
  tx_bad_auth: -6,
  tx_insufficient_balance: -7,
  tx_no_source_account: -8,
  tx_insufficient_fee: -9,
  tx_bad_auth_extra: -10,
  tx_fee_bump_inner_failed: -13,
  tx_bad_minseq_age_or_gap: -15,
  tx_malformed: -16
} as const

export type TransactionCode = keyof typeof transactionCodes

/** One operation's result: Horizon's word and its XDR. */
export interface OperationResult {
  readonly code: string
  readonly xdr: Buffer
}
