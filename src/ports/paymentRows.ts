/** A credit to our account as the inbox keeps it, and why one is parked. */
import type { Amount } from "../../machines/domain/Amount.ts"
import type { AssetId } from "../../machines/domain/Asset.ts"
import type { PaymentId, TransactionId } from "../../machines/domain/Ids.ts"
import type { OddCredit } from "./StellarNetwork.ts"

export type ParkReason =
  | "no-memo"
  | "unknown-memo"
  | "wrong-asset"
  | "second"
  | "early"
  | "late"
  | "under"
  | "over"
  | "no-price"
  | "merge"
  | "created-account"
  | "return-memo"
  | "muxed-without-memo"

/** One credit to our account, as an inbox row. */
export interface PaymentRow {
  readonly id: PaymentId
  /** The first credit of the same Stellar transaction to the same memo and asset; itself for a single one. */
  readonly leader: PaymentId
  /** On the leader: sum of its credits. Zero on the others. */
  readonly received: Amount
  readonly operationId: string
  readonly index: number
  readonly stellarTransactionId: string
  readonly account: string
  readonly muxedAccount: string | null
  readonly from: string
  readonly asset: AssetId
  /** Null where the ledger source cannot tell. */
  readonly amount: Amount | null
  readonly memoType: string
  readonly memo: string | null
  /** Why its memo does not count, whatever it says; kept, so that a payment told again is judged as it was at first. */
  readonly odd: OddCredit | null
  readonly closedAtMillis: number
  readonly ledger: number
}

/** An inbox row as it stands. */
export interface InboxRow {
  readonly payment: PaymentRow
  readonly state: "applied" | "parked" | "waiting"
  readonly reason: ParkReason | null
  readonly transactionId: TransactionId | null
  readonly reservedPayout: Amount
  readonly reservedRefund: Amount
  readonly fees: Amount
  /** A decision stands about it: it is being returned, or is kept. */
  readonly resolved: boolean
}

/** A credit that waits, with the transaction it is meant for where one is known, whatever its memo says. */
export interface WaitingPayment extends PaymentRow {
  readonly transactionId: TransactionId | null
}
