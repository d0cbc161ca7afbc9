/** A firm quote as it is kept. */
import type { Amount } from "../../machines/domain/Amount.ts"
import type { QuoteId, TransactionId } from "../../machines/domain/Ids.ts"
import type { PriceFee } from "../../machines/transaction/context.ts"

/** A firm quote (SEP-38 §POST Quote). It is never changed: its use is the transaction that names it. */
export interface QuoteRow {
  readonly id: QuoteId
  /** Base account (`G…`) of the one it was given to. */
  readonly owner: string
  readonly context: "sep6" | "sep24" | "sep31"
  /** Assets as SEP-38 names them. */
  readonly sellAsset: string
  readonly sellAmount: Amount
  readonly buyAsset: string
  readonly buyAmount: Amount
  /** Decimal strings, as they were printed. */
  readonly price: string
  readonly totalPrice: string
  readonly fee: PriceFee
  /** As requested; null where none was. */
  readonly sellDeliveryMethod: string | null
  readonly buyDeliveryMethod: string | null
  readonly countryCode: string | null
  /** How the asset bought is delivered: as requested, or the only way there was; null where neither said it. */
  readonly deliveryMethod: string | null
  readonly expiresAtMillis: number
  readonly createdAtMillis: number
  /** Who redeemed it. */
  readonly transactionId: TransactionId | null
}
