/**
 * What makes a secret no secret: too short, a placeholder from some example, a pattern, or known to everyone (A21).
 *
 * Gotcha: it cannot prove that a secret is good. It refuses what no random generator would ever make.
 */
import { Result, Schema } from "effect"

const placeholder =
  /change.?me|secret|password|example|placeholder|default|insecure|test|foo|bar|todo|xxxx|1234567|qwert|abcdef/i

/** How many different symbols stand in it, and whether it repeats a shorter piece. */
const isPattern = (symbols: ReadonlyArray<string | number>, distinctMin: number): boolean => {
  if (new Set(symbols).size < distinctMin) return true
  const steps = new Set(symbols.slice(1).map((symbol, at) => Number(symbol) - Number(symbols[at])))
  if (typeof symbols[0] === "number" && steps.size === 1) return true
  for (let length = 1; length <= symbols.length / 2; length++) {
    if (symbols.every((symbol, at) => symbol === symbols[at % length])) return true
  }
  return false
}

/** What is wrong with a text secret, completing "KEDGE_… is"; null when nothing is. */
export const textSecretFault = (text: string): string | null => {
  if (text.length < 32) return `only ${text.length} characters long`
  // A long random base64 text meets a word of four letters by chance once in a while; one of seven never.
  const words =
    text.replaceAll(/[^A-Za-z0-9]/g, "").length < 64 ? text.match(new RegExp(placeholder, "gi")) : null
  if (words?.some((word) => word.length >= 6)) return "a placeholder, or made of one"
  return isPattern(text.split(""), 12) ? "a pattern, not random" : null
}

const fromHex = Schema.decodeUnknownResult(Schema.Uint8ArrayFromHex)
const fromBase64 = Schema.decodeUnknownResult(Schema.Uint8ArrayFromBase64)

/** The 32 bytes of a data key given in base64 or hex; the failure completes "KEDGE_DATA_KEY is". */
export const dataKeyBytes = (text: string): Result.Result<Uint8Array, string> => {
  const decoded = /^[0-9a-fA-F]{64}$/.test(text) ? fromHex(text) : fromBase64(text)
  if (Result.isFailure(decoded)) return Result.fail("neither base64 nor hex")
  const bytes = decoded.success
  if (bytes.length !== 32) return Result.fail(`${bytes.length} bytes long`)
  return isPattern([...bytes], 16) ? Result.fail("a pattern, not random") : Result.succeed(bytes)
}

/** Whether the 32 bytes of a signing seed are a pattern that someone typed. */
export const isPatternSeed = (bytes: Uint8Array): boolean => isPattern([...bytes], 16)
