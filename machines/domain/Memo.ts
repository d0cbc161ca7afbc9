import { say, type Sentence } from "./Sentence.ts"

/** The memo of a Stellar payment: how a payment finds its transaction. Type and value both count (S31-MEMO-04). */
export type MemoType = "id" | "text" | "hash"

export interface Memo {
  readonly type: MemoType
  /** `id`: uint64 in decimal; `text`: at most 28 bytes of UTF-8; `hash`: 32 bytes in base64. */
  readonly value: string
}

const uint64 = /^(0|[1-9][0-9]{0,19})$/
// The last digit before the padding carries four bits: any other spelling is the same 32 bytes under a second name.
const hash = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/

/** What is wrong with a value for its type, as a sentence for the client; null when it is right. */
export const memoFault = (memo: Memo): Sentence | null => {
  switch (memo.type) {
    case "id":
      return uint64.test(memo.value) && BigInt(memo.value) <= 18_446_744_073_709_551_615n
        ? null
        : say`an id memo is a decimal number from 0 to 18446744073709551615`
    case "text":
      return new TextEncoder().encode(memo.value).length <= 28
        ? null
        : say`a text memo is at most 28 bytes of UTF-8`
    case "hash":
      return hash.test(memo.value) ? null : say`a hash memo is 32 bytes in base64`
  }
}

/** One string for account, type and value: the key under which a payment and its transaction meet. */
export const memoKey = (account: string, memo: Memo): string => `${account}:${memo.type}:${memo.value}`
