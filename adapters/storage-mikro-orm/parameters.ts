/** Parameters of our own statements, and ids as text that may be anything. */
import { arrayLiteral } from "./literals.ts"

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Whether the text is a UUID as we write them; no row has an id of another form. */
export const isUuid = (text: string): boolean => uuid.test(text)

export const uuidList = (ids: ReadonlyArray<string>): string => arrayLiteral(ids.filter(isUuid), (id) => id)

export const textList = (texts: ReadonlyArray<string>): string => arrayLiteral(texts, (text) => text)

/** Payment and ordinal of a refund id; null for text that no refund has as its id. */
export const refundKey = (id: string): { readonly payment: string; readonly ordinal: number } | null => {
  const match = /^(.+)\/([1-9][0-9]{0,8})$/s.exec(id)
  const payment = match?.[1]
  return payment === undefined ? null : { payment, ordinal: Number.parseInt(match?.[2] ?? "", 10) }
}

/** Transaction and ordinal of a payout id; null for text that no payout has as its id. */
export const payoutKey = (id: string): { readonly transactionId: string; readonly n: number } | null => {
  const match = /^([^:]*):([1-9][0-9]{0,8})$/.exec(id)
  const transactionId = match?.[1] ?? ""
  return isUuid(transactionId) ? { transactionId, n: Number.parseInt(match?.[2] ?? "", 10) } : null
}
