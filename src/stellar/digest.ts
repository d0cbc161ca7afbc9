/** A digest of text, to compare what need not be kept. */
import { hash } from "@stellar/stellar-sdk/base"
import { toHex } from "./bytes.ts"

/** SHA-256 of the text's UTF-8, in hex. */
export const digestOf = (text: string): string => toHex(hash(new TextEncoder().encode(text)))
