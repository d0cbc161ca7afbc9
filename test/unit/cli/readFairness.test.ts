// The settings of who may ask how often, and descriptions in several languages, as the operator gives them.
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { configFile, problemsOf, read } from "../../support/configEnvironment.ts"

const withDescription = (description: unknown) => ({
  "kedge.json": JSON.stringify({
    ...configFile,
    customerTypes: { "sep31-receiver": { description, fields: { last_name: { description } } } }
  })
})

const refusal = (...asked: Parameters<typeof problemsOf>) =>
  Effect.map(problemsOf(...asked), (problems) => problems.join("\n"))

describe("fairness", () => {
  it.effect("is generous and trusts no proxy when nothing is set (S10-CH-16, SEC-44)", () =>
    Effect.gen(function* () {
      expect((yield* read({})).fairness).toEqual({
        account: { perSecond: 200, burst: 400 },
        address: { perSecond: 20, burst: 60 },
        trustedProxies: 0
      })
    })
  )

  it.effect("is as it is given", () =>
    Effect.gen(function* () {
      const { fairness } = yield* read({
        KEDGE_RATE_PER_SECOND: "0",
        KEDGE_RATE_BURST: "5",
        KEDGE_ADDRESS_RATE_PER_SECOND: "7",
        KEDGE_ADDRESS_RATE_BURST: "8",
        KEDGE_TRUSTED_PROXIES: "2"
      })

      expect(fairness).toEqual({
        account: { perSecond: 0, burst: 5 },
        address: { perSecond: 7, burst: 8 },
        trustedProxies: 2
      })
    })
  )

  it.effect("is refused where it makes no sense", () =>
    Effect.gen(function* () {
      const problems = yield* refusal({
        KEDGE_RATE_PER_SECOND: "-1",
        KEDGE_RATE_BURST: "0",
        KEDGE_TRUSTED_PROXIES: "many"
      })
      for (const name of ["KEDGE_RATE_PER_SECOND", "KEDGE_RATE_BURST", "KEDGE_TRUSTED_PROXIES"]) {
        expect(problems).toContain(name)
      }
    })
  )
})

describe("a description in the file", () => {
  it.effect("is in one language, or in several (S31-GEN-10)", () =>
    Effect.gen(function* () {
      for (const description of ["Receives", { en: "Receives", es: "Recibe" }]) {
        const type = (yield* read({}, withDescription(description))).customerTypes["sep31-receiver"]
        expect(type?.description).toEqual(description)
        expect(type?.fields["last_name"]?.description).toEqual(description)
      }
    })
  )

  it.effect("is refused without any language, and under what is none", () =>
    Effect.gen(function* () {
      expect(yield* refusal({}, withDescription({}))).toContain("in at least one language")
      expect(yield* refusal({}, withDescription({ english: "Receives" }))).toContain(
        "customerTypes.sep31-receiver.description"
      )
    })
  )
})
