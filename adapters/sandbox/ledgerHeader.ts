// What is a ledger's header, and so its hash? The XDR LedgerHeader, each naming the hash of the one before it.
// Gotcha: there are no buckets and no skip list here; their hashes are zero.

import { Buffer } from "node:buffer"
import { createHash } from "node:crypto"
import { BASE_FEE, BASE_RESERVE } from "./LedgerState.ts"
import { int32, int64 } from "./xdrWriter.ts"

export const PROTOCOL_VERSION = 23
export const TRANSACTIONS_MAX = 1000
/** In stroops; made once, as on the public network. */
export const TOTAL_COINS = 1_000_000_000_000_000_000n

const ZERO_HASH = Buffer.alloc(32)

export interface HeaderContent {
  readonly sequence: number
  readonly previousHash: string
  readonly closedAt: number
  readonly feePool: bigint
  readonly transactionHashes: ReadonlyArray<string>
  readonly resultXdrs: ReadonlyArray<string>
}

const sha256 = (parts: ReadonlyArray<string>, encoding: "hex" | "base64"): Buffer => {
  const hash = createHash("sha256")
  for (const part of parts) hash.update(part, encoding)
  return hash.digest()
}

export const ledgerHeader = (content: HeaderContent): Buffer =>
  Buffer.concat([
    int32(PROTOCOL_VERSION),
    Buffer.from(content.previousHash, "hex"),
    sha256(content.transactionHashes, "hex"),
    int64(BigInt(content.closedAt)),
    int32(0),
    int32(0),
    sha256(content.resultXdrs, "base64"),
    ZERO_HASH,
    int32(content.sequence),
    int64(TOTAL_COINS),
    int64(content.feePool),
    int32(0),
    int64(0n),
    int32(Number(BASE_FEE)),
    int32(Number(BASE_RESERVE)),
    int32(TRANSACTIONS_MAX),
    Buffer.alloc(32 * 4),
    int32(0)
  ])

export const hashOfHeader = (header: Buffer): string => createHash("sha256").update(header).digest("hex")
