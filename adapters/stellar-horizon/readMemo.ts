/**
 * The memo of a Stellar transaction as Horizon shows it, in the one form in which we compare: type, and canonical value.
 *
 * Gotcha: `memo` of a text memo has been made presentable (bytes that are no UTF-8 replaced, NUL removed), so another memo
 * than the payer's could be read from it. `memo_bytes` is what the ledger holds and alone decides.
 */
import { Result } from "effect"
import { memoFault } from "../../machines/domain/Memo.ts"
import type { Credit } from "../../src/ports/StellarNetwork.ts"

export interface MemoMembers {
  readonly memo_type: string
  readonly memo?: string | undefined
  readonly memo_bytes?: string | undefined
}

type Memo = Credit["memo"]

/** Longer than the 28 bytes of any text memo: what stands behind it can never equal one of ours. */
const notText = "bytes that are not text, in base64: "

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

const readText = (bytes: Buffer): string => {
  const base64 = bytes.toString("base64")
  try {
    const text = utf8.decode(bytes)
    // PostgreSQL text cannot hold NUL, and no memo of ours has one.
    return text.includes("\0") ? `${notText}${base64}` : text
  } catch {
    return `${notText}${base64}`
  }
}

const base64Grammar = /^[A-Za-z0-9+/]*={0,2}$/

const readBytes = (text: string, what: string): Result.Result<Buffer, string> =>
  base64Grammar.test(text) && text.length % 4 === 0
    ? Result.succeed(Buffer.from(text, "base64"))
    : Result.fail(`${what} is not base64`)

const read32Bytes = (text: string): Result.Result<string, string> =>
  Result.flatMap(readBytes(text, "the memo"), (bytes) =>
    bytes.length === 32
      ? Result.succeed(bytes.toString("base64"))
      : Result.fail(`the memo has ${bytes.length} bytes where a hash has 32`)
  )

/** The failure is a sentence for the quarantine. */
export const readMemo = (members: MemoMembers): Result.Result<Memo, string> => {
  const { memo, memo_bytes: bytes, memo_type: type } = members
  if (type === "none") return Result.succeed({ type, value: null })
  if (type === "text" && bytes !== undefined) {
    return Result.map(readBytes(bytes, "memo_bytes"), (read) => ({ type, value: readText(read) }))
  }
  if (memo === undefined) return Result.fail(`the transaction has a memo of type ${type} and no memo`)
  switch (type) {
    case "text":
      return Result.succeed({ type, value: readText(Buffer.from(memo, "utf8")) })
    case "id": {
      const fault = memoFault({ type, value: memo })
      return fault === null
        ? Result.succeed({ type, value: memo })
        : Result.fail(`memo ${memo}: ${String(fault)}`)
    }
    case "hash":
    case "return":
      return Result.map(read32Bytes(memo), (value) => ({ type, value }))
    default:
      return Result.fail(`memo type ${type} is not known`)
  }
}
