/**
 * Reads account addresses: `G…`, or `M…` which is a `G…` with a uint64 id (SEP-23).
 *
 * Gotcha: what was sent is never repeated in a failure. It may be a secret seed, and failures are logged (S23-04).
 */
import { StrKey } from "@stellar/stellar-sdk/base"
import { Result } from "effect"
import { say, type Sentence } from "../../machines/domain/Sentence.ts"
import { toBase64 } from "./bytes.ts"

/** An account as a client names it. */
export interface Address {
  /** As it was written: `G…` or `M…`. */
  readonly text: string
  /** The account on the ledger: always `G…`. */
  readonly account: string
  /** uint64 in decimal; null for a plain `G…`. */
  readonly muxedId: string | null
}

export type AddressFault = "seed" | "contract" | "invalid"

/** What is wrong with an address, for the client: what follows the name of the parameter. */
export const addressSentence: Readonly<Record<AddressFault, Sentence>> = {
  seed: say`is a secret seed: it must never be sent anywhere, and must be treated as stolen now`,
  contract: say`is a contract (C…), which cannot be used here; an account (G… or M…) is needed`,
  invalid: say`is not a Stellar account: G… with 56 characters or M… with 69 is needed`
}

/** True for the public key of an account (`G…`) whose checksum is right. */
export const isAccount = (text: string): boolean => StrKey.isValidEd25519PublicKey(text)

const muxedIdOf = (text: string): string => {
  const bytes = StrKey.decodeMed25519PublicKey(text)
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(32).toString()
}

/** The key of an account for which `isAccount` holds, as a JSON Web Key (RFC 8037). */
export const publicKeyJwk = (
  account: string
): { readonly kty: "OKP"; readonly crv: "Ed25519"; readonly x: string } => ({
  kty: "OKP",
  crv: "Ed25519",
  x: toBase64(StrKey.decodeEd25519PublicKey(account))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "")
})

/** Reads `G…` or `M…`; exactly as it would be encoded, so no other spelling of the same key passes (S23-03). */
export const parseAddress = (text: string): Result.Result<Address, AddressFault> => {
  if (isAccount(text)) return Result.succeed({ text, account: text, muxedId: null })
  if (StrKey.isValidMed25519PublicKey(text)) {
    const key = StrKey.decodeMed25519PublicKey(text).subarray(0, 32)
    return Result.succeed({ text, account: StrKey.encodeEd25519PublicKey(key), muxedId: muxedIdOf(text) })
  }
  if (/^S[A-Z2-7]{50,}/.test(text)) return Result.fail("seed")
  return Result.fail(StrKey.isValidContract(text) ? "contract" : "invalid")
}

/** The account on the ledger behind `G…` or `M…`; null for a contract and for what is no address. */
export const baseAccount = (text: string): string | null => {
  const parsed = parseAddress(text)
  return Result.isSuccess(parsed) ? parsed.success.account : null
}
