/** What storage and runtime exchange about money that goes back to whoever paid. */
import type { Amount } from "../../machines/domain/Amount.ts"

export type RefundState = "planned" | "open" | "held" | "confirmed" | "cancelled"

/** What a step makes of the refund of its funding payment; a transaction has one at most. How they may follow: refundMoves.ts. */
export type RefundChange =
  | { readonly to: "planned"; readonly amount: Amount }
  | { readonly to: "cancelled" | "confirmed" | "held" }
  | { readonly to: "open"; readonly envelope: EnvelopeRow }

/**
 * A signed Stellar transaction that returns money: committed before it is submitted. At most one of a refund is open, and at
 * most one of a source account, so that the next sequence number is always the ledger's own plus one.
 */
export interface EnvelopeRow {
  /** Hash of the (inner) transaction, hex. */
  readonly hash: string
  /** Base64. */
  readonly xdr: string
  /** `G…`: whose sequence number it uses. */
  readonly source: string
  readonly sequence: string
  /** Seconds since 1970 after which no ledger takes it. */
  readonly maxTime: number
}

/** How an envelope ended: in a ledger and successful, in a ledger and failed (nothing moved), or never in any. */
export type EnvelopeEnd = "included" | "failed" | "expired"
