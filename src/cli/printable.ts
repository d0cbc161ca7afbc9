/**
 * Text from outside on an operator's terminal: what would move the cursor, change colours, begin a line of its own or turn the
 * reading order is written as its number, so that nobody can write into the answer of Kedge.
 *
 * Gotcha: in JSON the same numbers are escapes, so a text stays the JSON it was.
 */
const number = (character: string): string =>
  `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`

/** Of a whole answer: its own line ends stay. */
export const printable = (text: string): string =>
  text.replaceAll(/(?!\n)[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, number)

/** Of a value within a line. */
export const inLine = (text: string): string => printable(text).replaceAll("\n", String.raw`\n`)
