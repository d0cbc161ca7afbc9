/** Tables of TOML as text: the one place that knows its escapes, so every value passes through here (S1-14). */
import type { TomlTable } from "../KedgeConfig.ts"

type Value = TomlTable[string]
export type Pairs = ReadonlyArray<readonly [key: string, value: Value]>

const escapes: ReadonlyMap<string, string> = new Map([
  ["\\", "\\\\"],
  ['"', '\\"'],
  ["\b", "\\b"],
  ["\t", "\\t"],
  ["\n", "\\n"],
  ["\f", "\\f"],
  ["\r", "\\r"]
])

const codePoint = (letter: string) => `\\u${letter.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`

/** A TOML basic string. Halves of surrogate pairs, which TOML has no form for, become U+FFFD. */
const text = (value: string): string =>
  `"${value.toWellFormed().replace(/[\\"\p{Cc}]/gu, (letter) => escapes.get(letter) ?? codePoint(letter))}"`

const written = (value: Value): string => {
  if (typeof value === "string") return text(value)
  return typeof value === "object" ? `[${value.map(text).join(", ")}]` : String(value)
}

/** `key=value` lines. Keys are written as they stand, so they were checked before. */
export const lines = (pairs: Pairs): ReadonlyArray<string> =>
  pairs.map(([key, value]) => `${key}=${written(value)}`)
