/**
 * Horizon's total order: every operation has a number that holds its ledger, its place among the ledger's transactions and
 * its place within the transaction. Positions of the port are these numbers in decimal.
 *
 * Gotcha: they pass 2^53 at ledger 2,097,152, so they are bigint here and strings everywhere else.
 */

/** A position as the port carries it, to its number; null for text that is none. */
export const parseToid = (position: string): bigint | null =>
  /^[0-9]{1,19}$/.test(position) ? BigInt(position) : null

export const ledgerOf = (toid: bigint): number => Number(toid >> 32n)

/** The same for all operations of one Stellar transaction, and for no other's. */
export const transactionOf = (toid: bigint): bigint => toid >> 12n

/** Place of the operation in its transaction, from 0. */
export const operationIndexOf = (toid: bigint): number => Number(toid & 0xfffn) - 1

/** Just before the first operation of the same Stellar transaction. */
export const startOfTransaction = (toid: bigint): bigint => (toid >> 12n) << 12n

/** Behind everything a ledger holds, before anything the next one does. */
export const endOfLedger = (sequence: number): bigint => (BigInt(sequence) << 32n) | 0xffff_ffffn
