/** How many decimals money of a currency has where nothing else is said: the minor units of ISO 4217 (S38-F-07). */

const codes = (text: string): ReadonlySet<string> => new Set(text.split(" "))

const without = codes("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF")
const three = codes("BHD IQD JOD KWD LYD OMR TND")
const four = codes("CLF UYW")

/** Of an ISO 4217 code such as `BRL`; 2 for all that no list names. */
export const minorUnits = (currency: string): number => {
  if (without.has(currency)) return 0
  if (three.has(currency)) return 3
  return four.has(currency) ? 4 : 2
}
