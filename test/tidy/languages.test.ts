// Whatever is said to a client can be said in every language there is: the templates of `say` in the sources are the list, and
// each language is held to it.
// Gotcha: only the tag `say` is looked for; a sentence built otherwise would not be found, so nothing else may make one.
import { describe, expect, it } from "vitest"
import { placeholdersOf } from "../../machines/domain/Sentence.ts"
import { es } from "../../src/http/languages/es.ts"
import { allSources, descend, lineOf, type Node, parse, type Source, textOf } from "./Source.ts"

interface Template {
  readonly place: string
  readonly text: string
}

const speaks = (path: string) => /^(machines|src|adapters)\//.test(path)

const cookedOf = (quasi: Node): string => {
  const elements = quasi["quasis"] as ReadonlyArray<{ readonly value: { readonly cooked: string } }>
  return elements.map(({ value }) => value.cooked).reduce((text, part, at) => `${text}{${at - 1}}${part}`)
}

/** The templates a file says, as `say` keeps them. */
const templatesIn = (source: Source): ReadonlyArray<Template> =>
  [...descend(source.program)]
    .filter((node) => node.type === "TaggedTemplateExpression" && textOf(node["tag"]) === "say")
    .map((node) => ({
      place: `${source.path}:${lineOf(source.text, node.start)}`,
      text: cookedOf(node["quasi"] as Node)
    }))

const templates = allSources()
  .filter(({ path }) => speaks(path))
  .flatMap(templatesIn)

const gaps = (said: ReadonlyArray<Template>, language: Readonly<Record<string, string>>) =>
  said
    .filter(({ text }) => !Object.hasOwn(language, text))
    .map(({ place, text }) => `${place} ${JSON.stringify(text)} is not translated`)

const spares = (said: ReadonlyArray<Template>, language: Readonly<Record<string, string>>) => {
  const known = new Set(said.map(({ text }) => text))
  return Object.keys(language).filter((text) => !known.has(text))
}

const misfits = (language: Readonly<Record<string, string>>) =>
  Object.entries(language).filter(
    ([english, other]) => placeholdersOf(english).join() !== placeholdersOf(other).join()
  )

describe.each([["es", es]] as const)("the language %s", (_, language) => {
  it("has every sentence that is said (S31-GEN-10)", () => {
    expect(gaps(templates, language)).toEqual([])
  })

  it("has no sentence that nobody says", () => {
    expect(spares(templates, language)).toEqual([])
  })

  it("puts the same values into each sentence", () => {
    expect(misfits(language)).toEqual([])
  })

  it("has no machine's word, which is never translated (S31-GEN-10, S31-ERR-02)", () => {
    const words = ["customer_info_needed", "transaction_info_needed"]
    expect(
      [...Object.keys(language), ...Object.values(language)].filter((text) => words.includes(text))
    ).toEqual([])
  })
})

const machineWords = new Set(["customer_info_needed", "transaction_info_needed"])
const answers = (path: string) => /^src\/(http|sep\d+)\//.test(path)
const refusing = new Set(["refuse", "refused", "notThis", "unavailable", "worded"])

/** English written where a sentence should stand: it could never be said otherwise. */
const isPlain = (value: unknown): boolean => {
  const node = value as Node | null
  const text = textOf(node)
  return (
    node?.type === "TemplateLiteral" ||
    (node?.type === "Literal" && text !== undefined && !machineWords.has(text))
  )
}

const plainIn = (source: Source): ReadonlyArray<string> =>
  [...descend(source.program)]
    .filter((node) => {
      if (node.type === "Property") return textOf(node["key"]) === "error" && isPlain(node["value"])
      const isRefusal = node.type === "CallExpression" && refusing.has(textOf(node["callee"]) ?? "")
      return isRefusal && (node["arguments"] as ReadonlyArray<unknown>).some(isPlain)
    })
    .map(
      (node) =>
        `${source.path}:${lineOf(source.text, node.start)} is said in English alone; write it with say`
    )

describe("what is said to a client", () => {
  it("is a sentence, and never a string of English (S31-GEN-10)", () => {
    expect(
      allSources()
        .filter(({ path }) => answers(path))
        .flatMap(plainIn)
    ).toEqual([])
  })
})

describe("the languages' rules catch", () => {
  it.each([
    'new BadRequest({ error: "no" })',
    "jsonUnsafe({ error: `no ${a}` })",
    'refuse(BadRequest, "no")',
    'unavailable("later", 5)'
  ])("English in %s", (text) => {
    expect(plainIn(parse("src/http/x.ts", text))).toHaveLength(1)
  })

  it.each(["refuse(BadRequest, say`no`)", "new NotFound({ error })", '({ error: "customer_info_needed" })'])(
    "nothing in %s",
    (text) => {
      expect(plainIn(parse("src/http/x.ts", text))).toEqual([])
    }
  )

  const source = parse("src/x.ts", "const a = say`{${1}} is less than ${say`the minimum`}`")

  it("a sentence without translation, and one within another", () => {
    expect(gaps(templatesIn(source), {})).toHaveLength(2)
    expect(gaps(templatesIn(source), { "{{0}} is less than {1}": "", "the minimum": "" })).toEqual([])
  })

  it("a translation nobody says", () => {
    expect(spares(templatesIn(source), { gone: "ido" })).toEqual(["gone"])
  })

  it("a translation that drops a value, or has one too many", () => {
    expect(
      misfits({ "{0} and {1}": "{1} y {0}", "{0} or": "o", none: "{0}" }).map(([english]) => english)
    ).toEqual(["{0} or", "none"])
  })
})
