/**
 * Ids that must not be mixed up. A payout's id is the idempotency key given to the rail: `<transaction>:<n>`, where n grows
 * only after attempt n was proven not accepted.
 */
import type { Brand } from "effect"

/** A UUID. */
export type TransactionId = string & Brand.Brand<"TransactionId">
/** `<network>:<ledger operation id>:<index of the credit within it>`: the same from Horizon and from RPC. */
export type PaymentId = string & Brand.Brand<"PaymentId">
export type PayoutId = string & Brand.Brand<"PayoutId">
/** A UUID. */
export type CustomerId = string & Brand.Brand<"CustomerId">
/** A UUID. */
export type QuoteId = string & Brand.Brand<"QuoteId">
/** A UUID. */
export type FileId = string & Brand.Brand<"FileId">
/** A row of the encrypted store: the only form in which customer data is referred to. A UUID. */
export type SealedId = string & Brand.Brand<"SealedId">

/** `<payment>/<ordinal>`: one return of money to whoever paid. */
export type RefundId = string & Brand.Brand<"RefundId">
export const refundId = (payment: PaymentId, ordinal: number): RefundId => `${payment}/${ordinal}` as RefundId

export const payoutId = (transaction: TransactionId, n: number): PayoutId => `${transaction}:${n}` as PayoutId

/** The transaction of a payout id; dies on text that is not one. */
export const transactionOf = (payout: PayoutId): TransactionId => {
  const at = payout.lastIndexOf(":")
  if (at < 1) throw new Error(`not a payout id: ${payout}`)
  return payout.slice(0, at) as TransactionId
}

/** Ordinal of the attempt a payout id names. */
export const ordinalOf = (payout: PayoutId): number =>
  Number.parseInt(payout.slice(payout.lastIndexOf(":") + 1), 10)

export const paymentId = (network: string, operationId: string, index: number): PaymentId =>
  `${network}:${operationId}:${index}` as PaymentId
