/**
 * What is said to a client, kept as a template and its values until the language is known (S31-GEN-10).
 *
 * Written with the tagged template `say`, it reads like a string: the template is the English text with {0}, {1}, … for the
 * values, and the key of every other language. Gotcha: a sentence within a sentence is a value, so it is rendered in the same
 * language; a word of English put in as a plain string stays English.
 */

import { Schema } from "effect"

/** A value within a sentence. A list is joined with ", "; amounts, names and codes are the same in every language. */
export type Value = string | number | bigint | Sentence | ReadonlyArray<Value>

/** What is said, or words that have but one language: an integrator's own. */
export type Words = Sentence | string

/** English template to the same in another language; undefined where there is none. */
export type Catalogue = ReadonlyMap<string, string>

/** A sentence, or a part of one ("a calendar date such as …"), in no language yet. */
export class Sentence {
  readonly template: string
  readonly values: ReadonlyArray<Value>

  constructor(template: string, values: ReadonlyArray<Value>) {
    this.template = template
    this.values = values
  }

  /** In English. */
  toString(): string {
    return render(this)
  }

  /** In English, so that a sentence which reaches a log or an answer by mistake is text and not a structure. */
  toJSON(): string {
    return render(this)
  }
}

/** For the schemas of errors that carry one. */
export const Said = Schema.instanceOf(Sentence)

/** A sentence from a template literal: say`amount ${amount} is less than the minimum of ${minimum}`. */
export const say = (parts: TemplateStringsArray, ...values: ReadonlyArray<Value>): Sentence =>
  new Sentence(
    parts.reduce((template, part, at) => `${template}{${at - 1}}${part}`),
    values
  )

const placeholder = /\{([0-9]+)\}/g

const shown = (value: Value | undefined, catalogue: Catalogue | undefined): string => {
  if (value === undefined) return ""
  if (value instanceof Sentence) return render(value, catalogue)
  return typeof value === "object" ? value.map((each) => shown(each, catalogue)).join(", ") : value.toString()
}

/** The text in the catalogue's language, in English without one; words of one language as they are. */
export const render = (words: Words, catalogue?: Catalogue): string => {
  if (typeof words === "string") return words
  const template = catalogue?.get(words.template) ?? words.template
  // one pass: braces within a value are the value's own
  return template.replaceAll(placeholder, (_, number: string) =>
    shown(words.values[Number(number)], catalogue)
  )
}

/** The numbers of a template's placeholders, in ascending order and each once. */
export const placeholdersOf = (template: string): ReadonlyArray<number> =>
  [...new Set(Array.from(template.matchAll(placeholder), ([, number]) => Number(number)))].sort(
    (a, b) => a - b
  )

/** Text of an institution's own: in one language, or by language (ISO 639-1). */
export type Description = string | Readonly<Record<string, string>>
