/** What configuration says of networks and secret seeds, checked so that a mistake is found at start and not by a payment. */
import { hash, Keypair, Networks, StrKey } from "@stellar/stellar-sdk/base"

export const publicPassphrase: string = Networks.PUBLIC
export const testnetPassphrase: string = Networks.TESTNET

/** An `S…` secret seed whose checksum is right. */
export const isSeed = (text: string): boolean => StrKey.isValidEd25519SecretSeed(text)

/** The account of a seed for which `isSeed` holds. */
export const accountOfSeed = (seed: string): string => Keypair.fromSecret(seed).publicKey()

/** The seed that everyone can derive from a network's passphrase: the root account's. */
export const rootSeedOf = (passphrase: string): string => Keypair.master(passphrase).secret()

/** 32 bytes of a seed for which `isSeed` holds. */
export const seedBytes = (seed: string): Uint8Array => new Uint8Array(StrKey.decodeEd25519SecretSeed(seed))

/** First 8 hex digits of the passphrase's SHA-256: a short name for a network that has none. */
export const shortNetworkId = (passphrase: string): string =>
  [...hash(new TextEncoder().encode(passphrase)).subarray(0, 4)]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("")

/** The `S…` form of 32 bytes. */
export const seedOf = (bytes: Uint8Array): string => StrKey.encodeEd25519SecretSeed(bytes)
