// Whatever is told at once, in whatever groups it is committed: each transaction takes its events one by one, in order, once.
import { Context, Effect, Result } from "effect"
import { TestClock } from "effect/testing"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { balanceOf } from "../../../adapters/storage-memory/commitGroup.ts"
import { emptyTables } from "../../../adapters/storage-memory/tables.ts"
import { amount, toStroops } from "../../../machines/domain/Amount.ts"
import type { TransactionEvent } from "../../../machines/transaction/events.ts"
import { revive, type Snapshot, storedContext } from "../../../machines/transaction/snapshot.ts"
import type { Storage } from "../../../src/ports/Storage.ts"
import { Actors, type Told } from "../../../src/runtime/Actors.ts"
import { step } from "../../../src/runtime/step.ts"
import { funded, type Process, startProcess, turns } from "../../support/payoutWorld.ts"
import { asset, birth, scriptedRail, transactionId } from "../../support/runtimeWorld.ts"
import { holdsAsync, seeded } from "../../support/seed.ts"
import { type Draw, draw, eventOf } from "../../support/transactionPlay.ts"

const run = <A, E>(effect: Effect.Effect<A, E, never>): Promise<A> =>
  Effect.runPromise(effect.pipe(Effect.provide(TestClock.layer())))

/** Commits and reads take as many turns as drawn, so that groups form at random. */
const slow =
  (pauses: ReadonlyArray<number>) =>
  (storage: Storage["Service"]): Storage["Service"] => {
    let at = 0
    const pause = Effect.suspend(() => turns(pauses[at++ % pauses.length] ?? 0))
    return {
      ...storage,
      commit: (group) =>
        pause.pipe(
          Effect.andThen(storage.commit(group)),
          Effect.tap(() => pause)
        ),
      actors: (ids) => storage.actors(ids).pipe(Effect.tap(() => pause))
    }
  }

/** What the machine alone makes of these draws, one by one. */
const alone = (from: Snapshot, draws: ReadonlyArray<Draw>) => {
  const events: Array<TransactionEvent> = []
  const answers: Array<Told> = []
  let now = from
  for (const drawn of draws) {
    const event = eventOf(drawn, now)
    // a second payment is the watcher's to bring, not to tell
    if (event.type === "payment.matched") continue
    // and a refund comes with its envelope, whose hash the ledger gives (test/unit/refunds)
    if (event.type.startsWith("refund.")) continue
    events.push(event)
    const result = step(now, event)
    if (result._tag === "Refused") answers.push(result)
    else {
      answers.push({ _tag: "Stepped", before: result.before, after: result.after.leaf })
      now = result.after
    }
  }
  return { events, answers, now }
}

const snapshotOf = (tables: ReturnType<typeof emptyTables>, n: number): Snapshot => {
  const row = tables.transactions.get(transactionId(n))
  if (row === undefined) throw new Error(`no transaction ${n}`)
  return Result.getOrThrow(revive(row))
}

const life = fc.array(draw, { minLength: 1, maxLength: 12, size: "max" })

describe(seeded("events told at once"), () => {
  it("are taken in order by each of many transactions, none lost and none twice", async () => {
    await holdsAsync(
      fc.asyncProperty(
        fc.array(life, { minLength: 1, maxLength: 6, size: "max" }),
        fc.array(fc.nat(6), { minLength: 5, maxLength: 20 }),
        fc.array(fc.boolean(), { minLength: 7, maxLength: 7 }),
        (lives, pauses, stales) =>
          run(
            Effect.scoped(
              Effect.gen(function* () {
                const tables = emptyTables()
                const process: Process = yield* startProcess({
                  rails: scriptedRail(() => Effect.never).rail,
                  tables,
                  executes: false,
                  storage: slow(pauses)
                })
                const actors = Context.get(process.services, Actors)
                for (const n of lives.keys()) yield* funded(process, n)
                yield* turns(100)
                const stale = new Map(
                  [...lives.keys()].map((n) => [n, tables.transactions.get(transactionId(n))])
                )
                const expected = lives.map((draws, n) => alone(snapshotOf(tables, n), draws))

                // one event of each in turn, so that the mailbox holds them mixed
                const told = expected.map(({ events }) => events.map((): Told | null => null))
                const longest = Math.max(...expected.map(({ events }) => events.length))
                const tells = Array.from({ length: longest }, (_, at) => at).flatMap((at) =>
                  expected.flatMap(({ events }, n) => {
                    const event = events[at]
                    const known = stales[(n + at) % 7] === true ? stale.get(n) : undefined
                    return event === undefined
                      ? []
                      : [
                          actors
                            .tell({
                              to: transactionId(n),
                              event,
                              cause: "test",
                              ...(known === undefined ? {} : { known })
                            })
                            .pipe(
                              Effect.map((answer) => {
                                const answers = told[n]
                                if (answers !== undefined) answers[at] = answer
                              })
                            )
                        ]
                  })
                )
                yield* Effect.all(tells, { concurrency: "unbounded", discard: true })

                for (const [n, { answers, now }] of expected.entries()) {
                  const id = transactionId(n)
                  const row = tables.transactions.get(id)
                  expect(told[n]).toEqual(answers)
                  expect(row?.state).toBe(now.leaf)
                  expect(row?.context).toEqual(storedContext(now.context))
                  const moves = answers.filter(({ _tag }) => _tag === "Stepped").length
                  const audits = tables.audits.get(id) ?? []
                  expect(audits.map(({ version }) => version)).toEqual(
                    Array.from({ length: moves + 2 }, (_, at) => at + 1)
                  )
                  expect(row?.version).toBe(moves + 2)
                  const refused = tables.refusals.filter(({ transactionId: of }) => of === id)
                  expect(refused.map(({ reason }) => reason)).toEqual(
                    answers.flatMap((answer) => (answer._tag === "Refused" ? [answer.reason] : []))
                  )
                  // each audit starts where the one before ended
                  for (const [at, audit] of audits.entries())
                    if (at > 0) expect(audit.before).toBe(audits[at - 1]?.after)
                }
                // and the journal of all of them together sums to what came in
                const accounts = ["payable", "rail-out", "refund-out", "fee"] as const
                const total = accounts.reduce((sum, account) => sum + balanceOf(tables, account, asset), 0n)
                expect(total).toBe(BigInt(lives.length) * toStroops(amount("100")))
              })
            )
          )
      ),
      60
    )
  })

  it("are committed together: what waits goes in one group", async () => {
    const groups: Array<number> = []
    await run(
      Effect.scoped(
        Effect.gen(function* () {
          const process = yield* startProcess({
            rails: scriptedRail(() => Effect.never).rail,
            executes: false,
            storage: (storage) => ({
              ...storage,
              commit: (group) => {
                groups.push(group.births.length)
                return turns(10).pipe(Effect.andThen(storage.commit(group)))
              }
            })
          })
          const actors = Context.get(process.services, Actors)
          yield* Effect.forEach(
            Array.from({ length: 600 }, (_, n) => n),
            (n) => actors.bear(birth(n)),
            { concurrency: "unbounded" }
          )
        })
      )
    )

    // an event alone goes at once; the rest in full groups of at most 256
    expect(groups.reduce((total, size) => total + size, 0)).toBe(600)
    expect(Math.max(...groups)).toBe(256)
    expect(groups.length).toBeLessThanOrEqual(5)
  })
})
