/**
 * Reads JSON without losing anything: a number stays the text it was, so an amount never passes through a float
 * (S31-POST-03), and whatever two readers could understand differently is refused instead of guessed at (SEC-43).
 *
 * Refused beside malformed JSON: invalid UTF-8, a key given twice, the key `__proto__`, halves of a surrogate pair, and
 * nesting deeper than the limit. Gotcha: objects are Maps, so a key is never looked up on a prototype.
 */
import { Result } from "effect"
import { say, type Sentence } from "../../machines/domain/Sentence.ts"

/** A JSON number as it was written. */
export class JsonNumber {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}
export type JsonObject = ReadonlyMap<string, JsonValue>
export type JsonValue = null | boolean | string | JsonNumber | ReadonlyArray<JsonValue> | JsonObject

export const isJsonObject = (value: JsonValue | undefined): value is JsonObject => value instanceof Map

/** Deeper than any body of the SEPs (three), and far from what a stack cannot hold. */
const depthMax = 32

const utf8 = new TextDecoder("utf-8", { fatal: true })

/**
 * Reads one JSON text. The failure is a sentence for the client that names the position and quotes nothing.
 */
export const readJson = (input: Uint8Array | string): Result.Result<JsonValue, Sentence> => {
  try {
    return Result.succeed(new Reader(typeof input === "string" ? input : decoded(input)).whole())
  } catch (fault) {
    if (fault instanceof Fault) return Result.fail(fault.sentence)
    throw fault
  }
}

/** How the reader leaves its recursion; it never leaves this file. */
class Fault extends Error {
  readonly sentence: Sentence
  constructor(sentence: Sentence) {
    super()
    this.sentence = sentence
  }
}
const refuse = (sentence: Sentence): never => {
  throw new Fault(sentence)
}

const decoded = (bytes: Uint8Array): string => {
  try {
    return utf8.decode(bytes)
  } catch {
    return refuse(say`the body is not valid UTF-8`)
  }
}

class Reader {
  private readonly text: string
  private at = 0
  private readonly space = /[ \t\n\r]*/y
  private readonly number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y
  // all but control characters, the quote and the backslash
  private readonly plain = /[ !#-[\]-\u{10ffff}]*/uy

  constructor(text: string) {
    this.text = text
  }

  whole(): JsonValue {
    const value = this.value(0)
    this.skip()
    return this.at === this.text.length ? value : this.unexpected()
  }

  private value(depth: number): JsonValue {
    this.skip()
    switch (this.text[this.at]) {
      case "{":
        return this.object(this.deeper(depth))
      case "[":
        return this.array(this.deeper(depth))
      case '"':
        return this.string()
      case "t":
        return this.word("true", true)
      case "f":
        return this.word("false", false)
      case "n":
        return this.word("null", null)
      default:
        return this.numeral()
    }
  }

  private object(depth: number): JsonObject {
    const members = new Map<string, JsonValue>()
    this.at += 1
    this.skip()
    if (this.takes("}")) return members
    while (true) {
      this.skip()
      const start = this.at
      if (this.text[start] !== '"') return this.unexpected()
      const key = this.string()
      if (members.has(key)) return refuse(say`the body names a key twice, at position ${start}`)
      if (key === "__proto__")
        return refuse(say`the body has the key __proto__ at position ${start}, which is not allowed`)
      this.skip()
      if (!this.takes(":")) return this.unexpected()
      members.set(key, this.value(depth))
      this.skip()
      if (this.takes("}")) return members
      if (!this.takes(",")) return this.unexpected()
    }
  }

  private array(depth: number): ReadonlyArray<JsonValue> {
    const items: Array<JsonValue> = []
    this.at += 1
    this.skip()
    if (this.takes("]")) return items
    while (true) {
      items.push(this.value(depth))
      this.skip()
      if (this.takes("]")) return items
      if (!this.takes(",")) return this.unexpected()
    }
  }

  private string(): string {
    const start = this.at
    this.at += 1
    let read = this.match(this.plain)
    while (this.text[this.at] === "\\") read += this.escape() + this.match(this.plain)
    if (!this.takes('"')) return this.unexpected()
    // checked on the whole, since a pair may be written as two escapes
    return read.isWellFormed()
      ? read
      : refuse(say`the string at position ${start} holds half a surrogate pair`)
  }

  private escape(): string {
    const letter = this.text[this.at + 1] ?? ""
    if (letter === "u") {
      const digits = this.text.slice(this.at + 2, this.at + 6)
      if (!/^[0-9A-Fa-f]{4}$/.test(digits)) return this.unexpected()
      this.at += 6
      return String.fromCharCode(Number.parseInt(digits, 16))
    }
    const meant = escapes.get(letter)
    if (meant === undefined) return this.unexpected()
    this.at += 2
    return meant
  }

  private numeral(): JsonNumber {
    const text = this.match(this.number)
    return text === "" ? this.unexpected() : new JsonNumber(text)
  }

  private word<A>(spelling: string, value: A): A {
    if (!this.text.startsWith(spelling, this.at)) return this.unexpected()
    this.at += spelling.length
    return value
  }

  private deeper(depth: number): number {
    return depth < depthMax ? depth + 1 : refuse(say`the body is nested deeper than ${depthMax} levels`)
  }

  private skip(): void {
    this.match(this.space)
  }

  private takes(sign: string): boolean {
    if (this.text[this.at] !== sign) return false
    this.at += 1
    return true
  }

  private match(pattern: RegExp): string {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)?.[0] ?? ""
    this.at += found.length
    return found
  }

  private unexpected(): never {
    return refuse(
      this.at < this.text.length
        ? say`the body is not valid JSON: unexpected character at position ${this.at}`
        : say`the body is not valid JSON: it ends too early`
    )
  }
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"]
])
