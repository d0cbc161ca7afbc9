/**
 * Memos between our words and XDR: `id` is a decimal string, `text` is UTF-8, `hash` is base64 (as SEP-12, SEP-31 and
 * Horizon write it).
 *
 * Gotcha: a text memo on the ledger may hold any bytes; what is not UTF-8 has no value here and matches nothing.
 */
import { Memo as StellarMemo } from "@stellar/stellar-sdk/base"
import type { Memo } from "../../machines/domain/Memo.ts"
import { fromBase64, toBase64 } from "./bytes.ts"

export type LedgerMemo =
  | { readonly type: "none" }
  | Memo
  | { readonly type: "return"; readonly value: string }
  | { readonly type: "unreadable" }

const utf8 = new TextDecoder("utf-8", { fatal: true })

/** For a transaction we build. Dies on a value that is wrong for its type: `memoFault` was asked before. */
export const toStellarMemo = (memo: Memo): StellarMemo => {
  switch (memo.type) {
    case "id":
      return StellarMemo.id(memo.value)
    case "text":
      return StellarMemo.text(memo.value)
    case "hash":
      return StellarMemo.hash(fromBase64(memo.value))
  }
}

const textOf = (value: string | Uint8Array): LedgerMemo => {
  try {
    return { type: "text", value: typeof value === "string" ? value : utf8.decode(value) }
  } catch {
    return { type: "unreadable" }
  }
}

const bytesOf = (value: string | Uint8Array | null | undefined): string =>
  value instanceof Uint8Array ? toBase64(value) : (value ?? "")

/** What the memo of a transaction says. */
export const fromStellarMemo = (memo: StellarMemo): LedgerMemo => {
  switch (memo.type) {
    case "none":
      return { type: "none" }
    case "id":
      return { type: "id", value: String(memo.value) }
    case "text":
      return textOf(memo.value ?? "")
    case "hash":
      return { type: "hash", value: bytesOf(memo.value) }
    case "return":
      return { type: "return", value: bytesOf(memo.value) }
  }
}
