/** Whether bytes were signed by an account's master key; what is no account or no signature was not. */
import { Keypair } from "@stellar/stellar-sdk"
import { fromBase64 } from "./bytes.ts"
import { isAccount } from "./strkeys.ts"

/** `signature` in base64, of 64 bytes. */
export const isSignatureOf = (account: string, bytes: Uint8Array, signature: string): boolean =>
  isAccount(account) && Keypair.fromPublicKey(account).verify(bytes, fromBase64(signature))
