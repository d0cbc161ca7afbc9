// How are the few XDR values we write ourselves laid out? Everything is big-endian in units of four bytes; opaque
// data of variable length is preceded by its length and padded with zeros. Reading XDR is left to stellar-sdk.

import { StrKey } from "@stellar/stellar-sdk"

export const int32 = (value: number): Buffer => {
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeInt32BE(value)
  return bytes
}

export const int64 = (value: bigint): Buffer => {
  const bytes = Buffer.allocUnsafe(8)
  bytes.writeBigInt64BE(value)
  return bytes
}

const PADDING = [Buffer.alloc(0), Buffer.alloc(3), Buffer.alloc(2), Buffer.alloc(1)] as const

export const opaque = (bytes: Uint8Array): Buffer =>
  Buffer.concat([int32(bytes.length), bytes, PADDING[bytes.length % 4] ?? Buffer.alloc(0)])

// Reading an address costs more than all the rest of an envelope, and the same few come again and again.
const CACHE_MAX = 10_000

const cached = (make: (text: string) => Buffer): ((text: string) => Buffer) => {
  const made = new Map<string, Buffer>()
  return (text) => {
    const known = made.get(text)
    if (known !== undefined) return known
    if (made.size >= CACHE_MAX) made.clear()
    const bytes = make(text)
    made.set(text, bytes)
    return bytes
  }
}

/** PublicKey, AccountID and a MuxedAccount without an id are the same bytes: the type 0 and the key. */
export const accountId = cached((address) =>
  Buffer.concat([int32(0), StrKey.decodeEd25519PublicKey(address)])
)

/** `native` or `CODE:ISSUER` as an XDR Asset. */
export const assetXdr = cached((asset) => {
  if (asset === "native") return int32(0)
  const [code = "", issuer = ""] = asset.split(":")
  const width = code.length <= 4 ? 4 : 12
  const name = Buffer.alloc(width)
  name.write(code, "ascii")
  return Buffer.concat([int32(width === 4 ? 1 : 2), name, accountId(issuer)])
})
