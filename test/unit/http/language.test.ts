import { describe, expect, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import { BadRequest } from "../../../src/http/errors.ts"
import {
  describe as described,
  inLanguage,
  language,
  languageOf,
  languageOfUrl,
  orRefuse,
  refuse,
  speak,
  worded
} from "../../../src/http/Language.ts"
import { type Note, RequestNote } from "../../../src/http/RequestNote.ts"
import { say } from "../../../src/http/Sentence.ts"

const missing = say`${"amount"} is missing`
const noteIn = (tag: string): Note => ({ route: null, isOpenToBrowsers: false, language: tag })

describe("a language tag", () => {
  it.each([
    ["es", "es"],
    ["ES-mx", "es"],
    ["pt-Latn-BR", "pt"]
  ])("%s asks for %s", (tag, wanted) => {
    expect(languageOf(tag)).toBe(wanted)
  })

  it.each(["", "e", "eng", "e1", "es-", "es_MX", "es-toolongtag", "*", "español"])("%j is none", (tag) => {
    expect(languageOf(tag)).toBeNull()
  })

  it("is read from a query, and only a valid one", () => {
    expect(languageOfUrl("/info?lang=es-AR&x=1")).toBe("es")
    expect(languageOfUrl("/info?x=1&lang=%65s")).toBe("es")
    expect(languageOfUrl("/info?lang=xx1")).toBeNull()
    expect(languageOfUrl("/info?slang=es")).toBeNull()
    expect(languageOfUrl("/lang=es")).toBeNull()
    expect(languageOfUrl("/info?lang=%zz")).toBeNull()
  })
})

describe("what is said", () => {
  it.effect("is in the language of the request, English outside of one (S31-GEN-10)", () =>
    Effect.gen(function* () {
      expect(yield* worded(missing)).toBe("amount is missing")
      expect(yield* Effect.provideService(worded(missing), RequestNote, noteIn("es"))).toBe("amount: falta")
    })
  )

  it.effect("is English in a language nobody has translated (S31-GEN-10)", () =>
    Effect.gen(function* () {
      expect(yield* Effect.provideService(worded(missing), RequestNote, noteIn("xh"))).toBe(
        "amount is missing"
      )
    })
  )

  it.effect("is in the language a body asked for, from there on and further out", () => {
    const note = noteIn("en")
    return Effect.gen(function* () {
      yield* speak("es")
      expect(yield* language).toBe("es")
      expect(yield* Effect.flip(refuse(BadRequest, missing))).toEqual(
        new BadRequest({ error: "amount: falta" })
      )
    }).pipe(
      Effect.provideService(RequestNote, note),
      Effect.tap(() => Effect.sync(() => expect(note.language).toBe("es")))
    )
  })

  it.effect("lets a success through, and refuses a failure in words", () =>
    Effect.gen(function* () {
      expect(yield* orRefuse(BadRequest, Result.succeed(1))).toBe(1)
      const refused = yield* Effect.flip(orRefuse(BadRequest, Result.fail("as the bank said")))
      expect(refused.error).toBe("as the bank said")
    })
  )
})

describe("a description", () => {
  const ours = { en: "Account number", es: "Número de cuenta" }

  it("is in the language asked for, else in English, else in whichever there is (S31-GEN-10)", () => {
    expect(described(ours, "es")).toBe("Número de cuenta")
    expect(described(ours, "fr")).toBe("Account number")
    expect(described({ pt: "Conta" }, "fr")).toBe("Conta")
    expect(described({}, "fr")).toBe("")
  })

  it("of one language is the same in all, and one of our own is translated", () => {
    expect(described("Conto", "es")).toBe("Conto")
    expect(described(say`the body`, "es")).toBe("el cuerpo")
    expect(inLanguage(say`the body`, "en")).toBe("the body")
  })

  it("looks up no prototype", () => {
    expect(described(ours, "constructor")).toBe("Account number")
  })
})
