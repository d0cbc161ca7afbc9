// How the ledger and the rail read and write money: bigint stroops inside, a decimal string outside.
// Gotcha: Horizon always prints seven places ("10.0000000"), a rail answers in the shortest form ("10").

export const STROOPS_PER_UNIT = 10_000_000n

/** The largest amount an XDR int64 can hold, in stroops; also the limit of a trust line that names none. */
export const INT64_MAX = 9_223_372_036_854_775_807n

const DECIMAL = /^(\d{1,12})(?:\.(\d{1,7}))?$/

/** Reads a non-negative decimal string of at most seven places as stroops; `undefined` for anything else. */
export const parseAmount = (text: string): bigint | undefined => {
  const match = DECIMAL.exec(text)
  if (match === null) return undefined
  const stroops = BigInt(match[1] ?? "0") * STROOPS_PER_UNIT + BigInt((match[2] ?? "").padEnd(7, "0"))
  return stroops > INT64_MAX ? undefined : stroops
}

/** As {@link parseAmount}, for amounts that were already checked: a bad one is a defect. */
export const stroopsOf = (text: string): bigint => {
  const stroops = parseAmount(text)
  if (stroops === undefined) throw new RangeError(`not an amount of at most seven places: ${text}`)
  return stroops
}

/** Stroops as Horizon prints them: "12.5000000". */
export const amountOf = (stroops: bigint): string =>
  `${stroops / STROOPS_PER_UNIT}.${(stroops % STROOPS_PER_UNIT).toString().padStart(7, "0")}`

/** Stroops in the shortest decimal form: "12.5". */
export const shortAmountOf = (stroops: bigint): string => amountOf(stroops).replace(/\.?0+$/, "")
