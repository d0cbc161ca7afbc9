// What of a log entry reaches the line, and what does not whoever wrote it.
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Logger, Schema } from "effect"
import { TestConsole } from "effect/testing"
import * as Logging from "../../../src/telemetry/Logging.ts"
import { clientKey } from "../../support/signIn.ts"

type Line = Readonly<Record<string, unknown>>

/** The lines an effect logs. */
const linesOf = <E>(effect: Effect.Effect<unknown, E>): Effect.Effect<ReadonlyArray<Line>, E> => {
  const lines: Array<Line> = []
  const collect = Logger.layer([Logger.map(Logging.json, (line) => lines.push(JSON.parse(line) as Line))])
  return effect.pipe(Effect.provide(collect), Effect.as(lines))
}

describe("a log line", () => {
  it.effect("is the sentence, its level and time, and the members that are allowed", () =>
    Effect.gen(function* () {
      const [line] = yield* linesOf(
        Effect.logWarning("payout held", { transactionId: "t-1", amount: 10n, attempt: 2, asset: null }).pipe(
          Effect.annotateLogs("request", "r-1")
        )
      )
      expect(line).toEqual({
        time: "1970-01-01T00:00:00.000Z",
        level: "warn",
        message: "payout held",
        request: "r-1",
        transactionId: "t-1",
        amount: "10",
        attempt: 2,
        asset: null
      })
    })
  )

  it.effect("drops members nobody declared harmless, and says which (SEC-21)", () =>
    Effect.gen(function* () {
      const [line] = yield* linesOf(
        Effect.logInfo("customer put", {
          customer: "c-1",
          first_name: "Ada",
          email_address: "ada@example.org",
          fields: ["first_name"],
          transaction: { bank_account_number: "0001" }
        }).pipe(Effect.annotateLogs("body", "Ada"))
      )
      expect(line).toMatchObject({ customer: "c-1", fields: ["first_name"] })
      expect(line?.["dropped"]).toEqual(["body", "first_name", "email_address", "transaction"])
      expect(JSON.stringify(line)).not.toMatch(/Ada|ada@|0001/)
    })
  )

  it.effect("tells a failure by tag and message, a defect with its frames", () =>
    Effect.gen(function* () {
      class Busy extends Schema.TaggedError<Busy>()("Busy", { message: Schema.String }) {}
      const [failure, defect] = yield* linesOf(
        Effect.gen(function* () {
          yield* Effect.fail(new Busy({ message: "too many" })).pipe(
            Effect.catchCause((cause) => Effect.logError("not done", cause))
          )
          yield* Effect.die(new TypeError("oops", { cause: new Error("beneath") })).pipe(
            Effect.catchCause((cause) => Effect.logError("broken", cause))
          )
        })
      )
      expect(failure?.["cause"]).toEqual([{ kind: "failure", name: "Busy", message: "too many" }])
      expect(defect).toMatchObject({
        cause: [{ kind: "defect", name: "TypeError", message: "oops", cause: { message: "beneath" } }]
      })
      expect(JSON.stringify(defect)).toContain("Logging.test.ts")
    })
  )

  it.effect("blots out seeds, tokens and passwords wherever they slipped in", () =>
    Effect.gen(function* () {
      const seed = clientKey.secret()
      const token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJHIn0.c2lnbmF0dXJl"
      const address = "postgres://kedge:hush@db/kedge"
      const lines = yield* linesOf(
        Effect.logError(
          `used ${seed}`,
          { reason: `Bearer abcdefghijkl and ${token}` },
          new Error(`to ${address}`)
        )
      )
      const text = JSON.stringify(lines)
      for (const secret of [seed, token, "abcdefghijkl", "hush"]) expect(text).not.toContain(secret)
      expect(text).toContain("S…(seed)")
      expect(text).toContain("postgres://kedge:…@db/kedge")
    })
  )

  it.effect("says where a value did not fit its schema, and not which value", () =>
    Effect.gen(function* () {
      const decode = Schema.decodeUnknownEffect(
        Schema.Struct({ birth: Schema.Struct({ year: Schema.Int }) }),
        {
          reportInput: true
        }
      )
      const lines = yield* linesOf(
        decode({ birth: { year: "nineteen-oh-six" } }).pipe(
          Effect.catchCause((cause) => Effect.logError("unreadable", cause))
        )
      )
      expect(JSON.stringify(lines)).toContain("does not fit its schema at birth.year")
      expect(JSON.stringify(lines)).not.toContain("nineteen")
    })
  )
})

describe("the logger's layer", () => {
  it.effect("writes one line of JSON per entry to the console, from its level up", () =>
    Effect.gen(function* () {
      yield* Effect.logInfo("quiet").pipe(
        Effect.andThen(Effect.logWarning("loud")),
        Effect.provide(Logging.layer("Warn"))
      )
      const [line, ...more] = yield* TestConsole.logLines
      expect(more).toEqual([])
      expect(JSON.parse(String(line))).toMatchObject({ level: "warn", message: "loud" })
    }).pipe(Effect.provide(Layer.fresh(TestConsole.layer)))
  )
})
