// What number names a ledger, a transaction or an operation, and in which order do they come?
// Horizon's total order id: ledger in the high 32 bits, then 20 bits of transaction and 12 of operation, the
// last two counted from 1; 0 stands for the enclosing thing itself. Past ledger 2^21 it no longer fits a double.

export const toid = (ledger: number, transaction: number, operation: number): bigint =>
  (BigInt(ledger) << 32n) | (BigInt(transaction) << 12n) | BigInt(operation)

/** The position after all that a ledger holds: what `cursor=now` means while that ledger is the tip. */
export const afterLedger = (ledger: number): bigint => (BigInt(ledger) << 32n) | 0xffff_ffffn

/** Effects are ordered by operation and by their number within it (from 1); Horizon prints "operation-number". */
export const effectPosition = (operation: bigint, order: number): bigint => (operation << 12n) | BigInt(order)
