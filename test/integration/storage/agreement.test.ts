// Groups and questions nobody thought of, put to the memory storage and to PostgreSQL alike: every answer is the same.
// Both clocks stand still and are moved together, so that even times are compared.
import { describe, expect, it } from "@effect/vitest"
import { Cause, Clock, Effect, Exit } from "effect"
import { TestClock } from "effect/testing"
import fc from "fast-check"
import { make } from "../../../adapters/storage-memory/MemoryStorage.ts"
import { emptyTables } from "../../../adapters/storage-memory/tables.ts"
import type { Committed, RefundJob } from "../../../src/ports/rows.ts"
import type { Storage } from "../../../src/ports/Storage.ts"
import { noPostgres } from "../../support/postgres.ts"
import { migratedStorage, observer } from "../../support/storage.ts"
import { type Deed, deeds, doing } from "../../support/storageDeeds.ts"
import { questions } from "../../support/storageQuestions.ts"
import { fundedToReturn, type World, world } from "../../support/storageWorld.ts"

type Service = Storage["Service"]

/** Order where the port promises none, and the bytes' class, make no difference. */
const plain = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return [...value]
  if (typeof value === "bigint") return `${value}n`
  if (Array.isArray(value))
    return value.map(plain).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  if (typeof value !== "object" || value === null) return value
  // What the memory storage shows beside the port's own members is no part of an answer.
  const { seenAtMillis: _, ...rest } = value as Record<string, unknown>
  const names = Object.keys(rest).sort()
  return Object.fromEntries(names.map((name) => [name, plain(rest[name])]))
}

interface Answer {
  readonly answer?: unknown
  readonly failure?: string
}

const answerOf = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<Answer> =>
  Effect.map(Effect.exit(effect), (exit) => {
    if (Exit.isSuccess(exit)) return { answer: plain(exit.value) }
    const error: unknown = Cause.squash(exit.cause)
    const tag = typeof error === "object" && error !== null && "_tag" in error ? error._tag : undefined
    return { failure: typeof tag === "string" ? tag : Cause.pretty(exit.cause) }
  })

/** What an answer shows of the deed having met something worth meeting. */
const noteworthy = (deed: Deed, { answer, failure }: Answer): ReadonlyArray<string> => {
  if (failure !== undefined) return [failure]
  if (deed.type === "return") return [answer === null ? "return refused" : "return"]
  if (deed.type === "seal") return answer === 0 ? [] : ["seal"]
  if (typeof answer === "boolean") return judged.has(deed.type) ? [`${deed.type} ${answer}`] : []
  if (typeof answer === "string") return [`${deed.type} ${answer}`]
  if (deed.type !== "commit") {
    const isSomething = Array.isArray(answer)
      ? answer.length > 0
      : typeof answer === "object" && answer !== null
    return isSomething && askers.has(deed.type) ? [deed.type] : []
  }
  const { unborn, ...rest } = answer as Committed
  const losers = Object.entries(rest).flatMap(([name, rows]) => (rows.length > 0 ? [name] : []))
  const unwritten = [...losers, ...unborn.map(({ why }) => `unborn ${why}`)]
  return unwritten.length === 0 && deed.shape.steps.length > 0 ? ["all written"] : unwritten
}
const askers: ReadonlySet<string> = new Set([
  "claim",
  "due",
  "attend",
  "verdicts",
  "expirable",
  "judge",
  "send",
  "tell",
  "defer",
  "waiting",
  "refunds"
])
/** Deeds of which both answers must be met. */
const judged: ReadonlySet<string> = new Set(["retry", "keep", "give", "settleParked"])
/** What refunds must have come to. */
const refunds = ["planned", "open", "held", "cancelled", "confirmed"].flatMap((state) => [
  `${state} refund`,
  `${state} refund of parked`
])
const outcomes = [
  ...[...judged].flatMap((type) => [`${type} true`, `${type} false`]),
  ...refunds,
  "return",
  "return refused",
  "seal",
  "GroupRejected",
  "lost",
  "known",
  "refusedPages",
  "unborn memo",
  "unborn customers",
  "unborn quote",
  "unborn repeat",
  "quote created",
  "quote too-many",
  "quote no-capacity",
  "all written"
]
const toMeet = [...askers, ...outcomes]

describe.skipIf(noPostgres)("the memory storage and PostgreSQL", () => {
  it.live(
    "give the same answer to any run of commits and questions",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const { storage: sql, url } = yield* migratedStorage
          const { query } = yield* observer(url)
          const tables = emptyTables()
          const memory = make(tables)
          const clock = yield* TestClock.make()
          let now = Date.UTC(2026, 0, 1)
          let runs = 0
          /** What the run must have come across, or it proved nothing. */
          const met = new Set<string>()

          const setTime = Effect.gen(function* () {
            yield* clock.setTime(now)
            yield* Effect.promise(() =>
              query(`create or replace function kedge_now() returns timestamptz language sql stable as
                'select to_timestamp(${now / 1000})'`)
            )
          })
          const both = (ask: (storage: Service) => Effect.Effect<unknown, unknown>, what: unknown) =>
            Effect.gen(function* () {
              const expected = yield* answerOf(Effect.provideService(ask(memory), Clock.Clock, clock))
              const actual = yield* answerOf(ask(sql))
              expect({ what, ...actual }).toEqual({ what, ...expected })
              return expected
            })
          const act = (deed: Deed, here: World) =>
            Effect.gen(function* () {
              if (deed.type === "advance") {
                now += deed.seconds * 1000
                return yield* setTime
              }
              const ask = yield* Effect.provideService(doing(memory, here, deed), Clock.Clock, clock)
              const answer = yield* both(ask, deed)
              for (const what of noteworthy(deed, answer)) met.add(what)
            })

          yield* setTime
          yield* Effect.promise(() =>
            fc.assert(
              fc.asyncProperty(deeds, (run) =>
                Effect.runPromise(
                  Effect.gen(function* () {
                    runs += 1
                    const here = world(runs, now)
                    const first = here.rows.group({ births: here.births.slice(0, 3) })
                    yield* both((storage) => storage.commit(first), "the first births")
                    const owing = fundedToReturn(here)
                    yield* both((storage) => storage.commit(owing), "the first refunds")
                    for (const id of here.customers) {
                      const customer = { id, owner: here.rows.account, account: null, memo: null }
                      yield* both((storage) => storage.createCustomer(customer), "the first customers")
                    }
                    for (const account of here.accounts) {
                      const cursor = { account, network: "n", tip: "1", epoch: 1 }
                      yield* both((storage) => storage.openCursor(cursor), "the first cursors")
                    }
                    yield* Effect.forEach(run, (deed) => act(deed, here), { discard: true })
                    for (const [what, ask] of Object.entries(questions(here))) {
                      const { answer } = yield* both(ask, what)
                      if (what === "refunds" && Array.isArray(answer))
                        for (const { actor, state } of answer as ReadonlyArray<RefundJob>)
                          met.add(`${state} refund${actor === null ? " of parked" : ""}`)
                      if (what === "expirable" && Array.isArray(answer) && answer.length > 0) met.add(what)
                    }
                  })
                )
              ),
              { numRuns: 60, endOnFailure: true }
            )
          )
          const [head] = yield* Effect.promise(() =>
            query("select encode(hash, 'hex') as hash from audit_head")
          )
          expect(head).toEqual({ hash: tables.seals.at(-1)?.hash })
          expect(toMeet.filter((what) => !met.has(what)).join(", ")).toBe("")
          expect([...met].filter((what) => !toMeet.includes(what)).join(", ")).toBe("")
        })
      ),
    240_000
  )
})
