/**
 * The language of a request, and the one place where what is said becomes text in it (S31-GEN-10).
 *
 * It is the query's `lang`, else English; a handler whose body has a `lang` says so with `speak`. A language nobody has
 * translated falls back to English. Gotcha: it stands in the request's note, so `speak` also holds for refusals that are
 * answered further out; background work has no request and names the language itself (`inLanguage`, `describe`).
 */
import { Effect, Result } from "effect"
import {
  type Catalogue,
  type Description,
  render,
  Sentence,
  type Words
} from "../../machines/domain/Sentence.ts"
import { es } from "./languages/es.ts"
import { RequestNote } from "./RequestNote.ts"

export const defaultLanguage = "en"

/** English needs none: the templates are English. */
const catalogues: ReadonlyMap<string, Catalogue> = new Map([["es", new Map(Object.entries(es))]])

/** Languages Kedge's own words are in. */
export const languages: ReadonlyArray<string> = [defaultLanguage, ...catalogues.keys()]

/** ISO 639-1, lower case, also out of a longer tag such as `en-GB`; null for text that is no language tag. */
export const languageOf = (tag: string): string | null =>
  /^([A-Za-z]{2})(?:-[A-Za-z0-9]{1,8}){0,4}$/.exec(tag)?.[1]?.toLowerCase() ?? null

/** The text in a language, in English where there is no translation. */
export const inLanguage = (words: Words, language: string): string => render(words, catalogues.get(language))

/**
 * A description in a language: an institution's own by its languages, else its English, else whichever stands first; one of
 * ours through the catalogue.
 */
export const describe = (description: Description | Sentence, language: string): string => {
  if (typeof description === "string") return catalogues.get(language)?.get(description) ?? description
  if (description instanceof Sentence) return inLanguage(description, language)
  const own = new Map(Object.entries(description))
  return own.get(language) ?? own.get(defaultLanguage) ?? [...own.values()][0] ?? ""
}

/** The language of the request under way; English where there is none. */
export const language: Effect.Effect<string> = Effect.map(
  RequestNote,
  (note) => note?.language ?? defaultLanguage
)

/** From here on this request is answered in the language (ISO 639-1). */
export const speak = (tongue: string): Effect.Effect<void> =>
  Effect.map(RequestNote, (note) => {
    if (note !== undefined) note.language = tongue
  })

/** The text in the language of the request. */
export const worded = (words: Words): Effect.Effect<string> =>
  Effect.map(language, (tongue) => inLanguage(words, tongue))

/** Refuses in the language of the request: `refuse(BadRequest, say`…`)`. */
export const refuse = <E>(
  Refusal: new (body: { readonly error: string }) => E,
  words: Words
): Effect.Effect<never, E> => Effect.flatMap(worded(words), (error) => Effect.fail(new Refusal({ error })))

/** A result as an effect, whose failure is refused in the language of the request: `orRefuse(BadRequest, parse(text))`. */
export const orRefuse = <A, E>(
  Refusal: new (body: { readonly error: string }) => E,
  result: Result.Result<A, Words>
): Effect.Effect<A, E> =>
  Result.isSuccess(result) ? Effect.succeed(result.success) : refuse(Refusal, result.failure)

/** The language a URL's query asks for first; null where it asks for none, or not for a language. */
export const languageOfUrl = (url: string): string | null => {
  const start = url.indexOf("?")
  // Most requests ask for none, and need not pay for reading their query.
  if (start < 0 || !url.includes("lang=", start)) return null
  const tag = new URLSearchParams(url.slice(start + 1)).get("lang")
  return tag === null ? null : languageOf(tag)
}
