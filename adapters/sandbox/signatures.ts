// Do an envelope's signatures carry enough weight for what it asks? Sums the weights of the account's signers
// that signed, and remembers which signatures were of use: one that was not spoils the transaction (tx_bad_auth_extra).
// Verification is node's own ed25519, an order of magnitude faster than one in JavaScript.

import { createHash, createPublicKey, verify } from "node:crypto"
import type { KeyObject } from "node:crypto"
import { StrKey } from "@stellar/stellar-sdk"
import type { DecoratedSignature } from "./Envelope.ts"
import type { Account, Signer, SignerType, Thresholds } from "./LedgerState.ts"

export type Level = keyof Thresholds

const keys = new Map<string, KeyObject>()
const KEYS_MAX = 10_000
const WEIGHT_MAX = 255

const keyObjectOf = (publicKey: Uint8Array, cacheKey: string): KeyObject => {
  const known = keys.get(cacheKey)
  if (known !== undefined) return known
  if (keys.size >= KEYS_MAX) keys.clear()
  const key = createPublicKey({
    key: { kty: "OKP", crv: "Ed25519", x: Buffer.from(publicKey).toString("base64url") },
    format: "jwk"
  })
  keys.set(cacheKey, key)
  return key
}

const signerTypes = new Map<string, SignerType>([
  ["G", "ed25519_public_key"],
  ["X", "sha256_hash"],
  ["T", "preauth_tx"]
])

const endsWith = (bytes: Uint8Array, hint: Uint8Array): boolean =>
  Buffer.compare(bytes.subarray(bytes.length - 4), hint) === 0

export class SignatureCheck {
  readonly #hash: Buffer
  readonly #signatures: ReadonlyArray<DecoratedSignature>
  readonly #used: Set<number> = new Set()
  readonly #verified: Map<string, boolean> = new Map()

  constructor(hash: Buffer, signatures: ReadonlyArray<DecoratedSignature>) {
    this.#hash = hash
    this.#signatures = signatures
  }

  /** Whether the account's signers reach the level's threshold; at least one of them must have signed. */
  reaches(account: Readonly<Account>, level: Level): boolean {
    const master: Signer = { key: account.id, type: "ed25519_public_key", weight: account.masterWeight }
    return this.#weigh([master, ...account.signers], account.thresholds[level])
  }

  /** An account that does not exist yet is signed for by its own key alone. */
  reachesAbsent(id: string): boolean {
    return this.#weigh([{ key: id, type: "ed25519_public_key", weight: 1 }], 0)
  }

  /** Whether a key that no account names has signed, given as its G, X or T address. */
  isSignedBy(address: string): boolean {
    const type = signerTypes.get(address.charAt(0))
    return type !== undefined && this.#weigh([{ key: address, type, weight: 1 }], 1)
  }

  get hasUnused(): boolean {
    return this.#used.size < this.#signatures.length
  }

  // As the network does it: kind by kind, the signatures in their order, and no further than the threshold. A
  // signature that was not needed therefore stays unused, and is refused as one too many.
  #weigh(signers: ReadonlyArray<Signer>, needed: number): boolean {
    let weight = 0
    const carrying = signers.filter((signer) => signer.weight > 0)
    for (const signer of carrying) {
      if (signer.type !== "preauth_tx") continue
      if (!this.#hash.equals(StrKey.decodePreAuthTx(signer.key))) continue
      weight += Math.min(signer.weight, WEIGHT_MAX)
      if (weight >= needed) return true
    }
    for (const type of ["sha256_hash", "ed25519_public_key"] as const) {
      const left = new Set(carrying.filter((signer) => signer.type === type))
      for (const [index, signature] of this.#signatures.entries()) {
        for (const signer of left) {
          if (!this.#isBy(signer, index, signature)) continue
          this.#used.add(index)
          left.delete(signer)
          weight += Math.min(signer.weight, WEIGHT_MAX)
          if (weight >= needed) return true
          break
        }
      }
    }
    return false
  }

  #isBy(signer: Signer, index: number, { hint, signature }: DecoratedSignature): boolean {
    if (signer.type === "sha256_hash") {
      const hash = StrKey.decodeSha256Hash(signer.key)
      return endsWith(hash, hint) && createHash("sha256").update(signature).digest().equals(hash)
    }
    const key = StrKey.decodeEd25519PublicKey(signer.key)
    if (!endsWith(key, hint) || signature.length !== 64) return false
    const memo = `${signer.key}/${index}`
    const known = this.#verified.get(memo)
    if (known !== undefined) return known
    const isValid = verify(null, this.#hash, keyObjectOf(key, signer.key), signature)
    this.#verified.set(memo, isValid)
    return isValid
  }
}
